"""The demo's provider as a process: it starts, it ends, and it leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from andel.identity.demo import DemoError, DemoOrganization, demo_provider_beside
from andel.identity.demo.guarding import VARIABLE
from andel.sdk.party import PartyKind

MORA = DemoOrganization(tenant="dalarna", key="mora", name="Mora", kind=PartyKind.MUNICIPALITY)
SITE = "http://127.0.0.1:8000"
PARENT = """
import time
from andel.identity.demo import DemoOrganization, demo_provider_beside
from andel.sdk.party import PartyKind
if __name__ == "__main__":
    mora = DemoOrganization(tenant="dalarna", key="mora", name="Mora", kind=PartyKind.MUNICIPALITY)
    with demo_provider_beside([mora], port={port}, site="http://127.0.0.1:8000"):
        print("ready", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _free(port: int) -> bool:
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_it_answers_while_the_block_lasts_and_frees_its_port(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    with demo_provider_beside([MORA], port=port, site=SITE) as base:
        with urlopen(f"{base}/dalarna/mora/.well-known/openid-configuration", timeout=5) as answer:  # noqa: S310  (the loopback)
            assert json.load(answer)["issuer"] == f"{base}/dalarna/mora"
        assert not _free(port)
    assert _free(port)


def test_it_runs_in_a_demo_alone(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(DemoError), demo_provider_beside([MORA], port=port, site=SITE):
        pass
    assert _free(port)


def test_a_parent_that_is_killed_takes_it_along(port: int, tmp_path: object) -> None:
    script = f"{tmp_path}/parent.py"
    with open(script, "w", encoding="utf-8") as file:  # noqa: PTH123  (a path as text)
        file.write(PARENT.format(port=port))
    with subprocess.Popen(  # noqa: S603  (this Python)
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=os.environ | {VARIABLE: "1"}
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline().strip() == "ready"
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while not _free(port) and time.monotonic() < until:
        time.sleep(0.05)
    assert _free(port)
