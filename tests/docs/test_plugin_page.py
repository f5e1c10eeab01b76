"""The plugin of docs/plugin-developer.md, written out, examined and found by the host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from andel.app import ROOT
from andel.host.discovery import discover

PAGE = ROOT / "docs" / "plugin-developer.md"
FILE = re.compile(r"^`([\w./]+)`[^\n]*\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("andel-even")
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_the_page_holds_a_whole_plugin(written: Path) -> None:
    files = {str(file.relative_to(written)) for file in written.rglob("*") if file.is_file()}
    assert files == {
        "pyproject.toml",
        "src/andel_even/__init__.py",
        "src/andel_even/model.py",
        "src/andel_even/settings.py",
        "cases/even.yaml",
        "tests/test_even.py",
    }


def test_the_plugin_passes_its_own_examination_and_cases(written: Path) -> None:
    ran = subprocess.run(  # noqa: S603  (the interpreter of these tests)
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(written), str(written)],
        env=os.environ | {"PYTHONPATH": str(written / "src"), "ANDEL_EXAMPLES": "50"},
        cwd=written,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "passed" in ran.stdout


def test_the_host_finds_it_and_refuses_nothing(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    information = written / "src" / "andel_even-1.0.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: andel-even\nVersion: 1.0.0\nRequires-Dist: andel<0.2,>=0.1\n", encoding="utf-8"
    )
    (information / "entry_points.txt").write_text("[andel.plugins]\neven = andel_even\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(written / "src"))
    found = discover([PathDistribution(information)])
    assert found.refusals == ()
    assert [str(model) for plugin in found.plugins for model in plugin.models] == ["even 1.0.0 (andel-even 1.0.0)"]
