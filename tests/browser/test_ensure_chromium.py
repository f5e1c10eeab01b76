from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("ensure_chromium.sh")


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script as an ordinary user of a machine that has nothing but what lies in the folder."""
    user = folder / "id"
    user.write_text("#!/bin/bash\necho 1000\n", encoding="utf-8")
    user.chmod(0o755)
    env = {"PATH": str(folder), **environment}
    asked = ["/bin/bash", str(SCRIPT)]
    return subprocess.run(asked, env=env, capture_output=True, text=True, check=False)  # noqa: S603  (our own script)


def test_without_chromium_it_says_what_is_missing_and_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0
    assert "Chromium is missing" in done.stderr
    assert "ANDEL_CHROMIUM" in done.stderr


def test_without_chromium_it_fails_in_ci(tmp_path: Path) -> None:
    assert run(tmp_path, CI="true").returncode == 1


@pytest.mark.parametrize("name", ["chromium", "my-browser"])
def test_a_chromium_that_is_there_or_named_is_enough(tmp_path: Path, name: str) -> None:
    browser = tmp_path / name
    browser.write_text("#!/bin/bash\n", encoding="utf-8")
    browser.chmod(0o755)
    done = run(tmp_path, CI="true", ANDEL_CHROMIUM=str(tmp_path / "my-browser"))
    assert (done.returncode, done.stdout) == (0, f"Chromium: {browser}\n")
