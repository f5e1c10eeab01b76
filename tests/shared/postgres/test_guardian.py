"""The server ends with the process that started it, however that ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import DataInUseError, Server
from andel.shared.postgres.postmaster import works_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shared.postgres.conftest import Rig

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
PARENT = """
import os, pathlib, sys, time
from andel.shared.postgres import Server, Settings, find_binaries
binaries = find_binaries(sys.argv[2])
state = None if sys.argv[1] == "temporary" else pathlib.Path(sys.argv[1])
server = Server(state, settings=Settings(durable=False), binaries=binaries).start()
forked = os.fork() if sys.argv[3] == "fork" else 1
if forked == 0:
    time.sleep(60)
print(server.status().pid, forked, server.state, flush=True)
if sys.argv[3] == "leave":
    os._exit(0)
time.sleep(60)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    process: subprocess.Popen[str]
    server_pid: int
    forked: int
    state: Path

    def server_runs(self) -> bool:
        return works_in(self.server_pid, self.state / "data")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def parent_of(rig: Rig, state: Path | None, how: str = "stay") -> Iterator[Parent]:
    command = [sys.executable, "-c", PARENT, str(state or "temporary"), str(rig.binaries.folder), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - a fixed script
        try:
            assert process.stdout is not None
            server_pid, forked, place = process.stdout.readline().split()
            parent = Parent(process=process, server_pid=int(server_pid), forked=int(forked), state=Path(place))
            yield parent
        finally:
            process.kill()


def test_it_ends_when_the_parent_is_killed_and_the_data_start_again(rig: Rig) -> None:
    with parent_of(rig, rig.made) as parent:
        assert parent.server_runs()
        parent.kill()
        server = rig.server()
        assert rig.comes_true(lambda: not parent.server_runs())
        assert rig.comes_true(lambda: is_gone(parent.server_pid))
    assert rig.ask(server.start().address(), "select 1") == 1
    assert server.status().pid != parent.server_pid


def test_it_ends_when_the_parent_leaves_without_stopping_it(embedded_rig: Rig) -> None:
    with parent_of(embedded_rig, embedded_rig.made, "leave") as parent:
        assert parent.process.wait() == 0
        assert embedded_rig.comes_true(lambda: not parent.server_runs())


def test_it_ends_though_a_forked_child_outlives_the_parent(embedded_rig: Rig) -> None:
    with parent_of(embedded_rig, embedded_rig.made, "fork") as parent:
        try:
            parent.kill()
            assert embedded_rig.comes_true(lambda: not parent.server_runs())
            os.kill(parent.forked, 0)
        finally:
            os.kill(parent.forked, signal.SIGKILL)


def test_a_temporary_one_leaves_nothing_when_the_parent_is_killed(embedded_rig: Rig) -> None:
    with parent_of(embedded_rig, None) as parent:
        assert parent.state.is_dir()
        parent.kill()
        assert embedded_rig.comes_true(lambda: not parent.state.exists())
        assert not parent.server_runs()


@ON_LINUX
def test_it_ends_when_its_guardian_is_killed(embedded_rig: Rig) -> None:
    server = embedded_rig.server().start()
    pid, data = server.status().pid, server.state / "data"
    assert pid is not None
    os.kill(parent_of_process(pid), signal.SIGKILL)
    assert embedded_rig.comes_true(lambda: not works_in(pid, data))
    assert not server.status().running
    assert embedded_rig.ask(server.start().address(), "select 1") == 1


@ON_LINUX
def test_a_server_that_outlives_its_guardian_still_holds_the_lock(embedded_rig: Rig) -> None:
    server = embedded_rig.server().start()
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        os.kill(parent_of_process(pid), signal.SIGKILL)
        assert embedded_rig.comes_true(lambda: not server.status().running)
        with pytest.raises(DataInUseError, match=f"another process: {os.getpid()}"):
            embedded_rig.server().start()
    finally:
        os.kill(pid, signal.SIGCONT)


@ON_LINUX
def test_stopping_waits_for_a_server_that_lost_its_guardian(embedded_rig: Rig) -> None:
    server = Server(embedded_rig.made, binaries=embedded_rig.binaries, patience=10).start()
    pid, data = server.status().pid, server.state / "data"
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    os.kill(parent_of_process(pid), signal.SIGKILL)
    wake = threading.Timer(0.2, os.kill, (pid, signal.SIGCONT))
    wake.start()
    server.stop()
    assert not works_in(pid, data)
    wake.join()


@ON_LINUX
def test_a_guardian_told_to_end_stops_its_server_and_clears_up(embedded_rig: Rig) -> None:
    with Server.temporary(binaries=embedded_rig.binaries) as server:
        pid, state = server.status().pid, server.state
        assert pid is not None
        os.kill(parent_of_process(pid), signal.SIGTERM)
        assert embedded_rig.comes_true(lambda: not state.exists())
        assert is_gone(pid)


def test_an_interrupt_from_the_keyboard_does_not_reach_it(embedded_rig: Rig) -> None:
    server = embedded_rig.server().start()
    pid = server.status().pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def parent_of_process(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
