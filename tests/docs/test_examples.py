"""Every example of the documentation that begins with ``$ andel`` is run, and must print what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from andel.app import ROOT, Installation, build_cli

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "plugins").glob("*/README.md")])
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
MENTIONED = re.compile(r"\]\((?!https?:)([^)#]+)")


def _examples() -> list[tuple[str, str, list[str]]]:
    found: list[tuple[str, str, list[str]]] = []
    for page in PAGES:
        for block in CONSOLE.findall(page.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("$ andel "):
                    found.append((str(page.relative_to(ROOT)), line.removeprefix("$ andel "), []))
                elif line.strip():
                    found[-1][2].append(line)
    return found


@pytest.fixture(scope="module")
def installation() -> Installation:
    return Installation(tenants_folder=ROOT / "tenants")


@pytest.mark.parametrize(("page", "command", "expected"), _examples(), ids=lambda value: str(value)[:60])
def test_an_example_prints_what_its_page_says(
    installation: Installation, page: str, command: str, expected: list[str]
) -> None:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(build_cli(installation), shlex.split(command))
    assert result.exit_code == 0, f"{page}: {result.output}"
    printed = result.output.replace("\u00a0", " ")
    for line in expected:
        assert line in printed, f"{page}: {line}"


def test_there_are_examples_for_every_reader() -> None:
    pages = {page for page, _, _ in _examples()}
    assert {"README.md", "docs/municipal-user.md", "docs/region-staff.md", "docs/operator.md"} <= pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    for target in MENTIONED.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
