"""The demo as its user meets it: started, looked at, and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from andel.shared.postgres import running_address

REGIONS = ("Region Stockholm", "Region Skåne", "Region Dalarna", "Västra Götalandsregionen")
COMMAND = [sys.executable, "-c", "from andel.app import cli; cli()", "demo", "--year", "2026"]
PATIENCE = 90


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def _environment() -> dict[str, str]:
    return os.environ | {"COLUMNS": "140", "PYTHONWARNINGS": "error"}


def test_it_sets_up_the_four_regions_and_prints_a_table_of_each(state: Path) -> None:
    ran = subprocess.run(  # noqa: S603  (the project's own command)
        [*COMMAND, "--once", "--state", str(state)],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr
    for region in REGIONS:
        assert f"{region} 2026" in ran.stdout
    assert "Södermalm, 615\u00a0312\u00a0kr" in ran.stdout
    assert running_address(state / "postgres") is None


@pytest.fixture
def served(state: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  (the project's own command)
        [*COMMAND, "--port", str(port), "--state", str(state)],
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _get(port: int, path: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_its_pages_answer_and_its_database_ends_with_it_even_by_kill_9(
    served: tuple[subprocess.Popen[bytes], int], state: Path
) -> None:
    process, port = served
    assert _get(port, "/readyz") == "ok\n"
    assert "Region Stockholm</span> 2026" in _get(port, "/stockholm/?ar=2026")
    assert running_address(state / "postgres") is not None
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while running_address(state / "postgres") is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running_address(state / "postgres") is None
