from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from andel.shared.postgres import DataInUseError, Settings, running_address
from andel.shared.postgres.account import account_for
from andel.shared.postgres.postmaster import Postmaster, live_postmaster, read_postmaster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shared.postgres.conftest import Rig

NEEDS_PROC = pytest.mark.skipif(sys.platform != "linux", reason="only /proc shows what a process works on")


@contextlib.contextmanager
def running_as_owner(data: Path, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    account = account_for(data)
    process = subprocess.Popen(  # noqa: S603 - fixed commands of the tests
        command,
        user=account.uid if account.dropped else None,
        group=account.gid if account.dropped else None,
        extra_groups=[] if account.dropped else None,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def write_pid_file(data: Path, text: str) -> None:
    (data / "postmaster.pid").write_text(text, encoding="utf-8")
    account_for(data).give(data / "postmaster.pid")


def test_a_server_started_by_hand_is_refused_and_left_alone(rig: Rig) -> None:
    state = rig.made
    data, run = state / "data", rig.place / "by-hand"
    run.mkdir()
    account_for(data).give(run)
    arguments = Settings(durable=False).arguments(socket_folder=run, port=54391)
    arguments += ["-c", "listen_addresses="]
    command = [rig.binaries.program("postgres"), "-D", str(data), *arguments]
    with running_as_owner(data, command) as by_hand:
        assert rig.comes_true(lambda: (found := live_postmaster(data)) is not None and found.ready)
        server = rig.server(state)
        with pytest.raises(DataInUseError, match=f"process {by_hand.pid}, port 54391") as refusal:
            server.start()
        assert refusal.value.where == str(data)
        assert not server.status().running
        server.stop()
        assert by_hand.poll() is None
        found = running_address(state)
        assert found is not None
        assert (found.host, found.port) == (str(run), 54391)
        assert rig.ask(found, "select 1") == 1
    assert running_address(state) is None


@NEEDS_PROC
def test_a_stale_file_whose_number_now_is_another_process_is_cleared(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    with running_as_owner(state / "data", ["/bin/sleep", "60"]) as stranger:
        write_pid_file(state / "data", f"{stranger.pid}\n{state / 'data'}\n1\n5432\n/tmp\n127.0.0.1\n1 1\nready\n")
        assert running_address(state) is None
        server = embedded_rig.server(state).start()
        assert server.status().pid != stranger.pid
        assert embedded_rig.ask(server.address(), "select 1") == 1
        server.stop()
        assert stranger.poll() is None


def test_a_stale_file_of_a_process_that_is_gone_is_no_obstacle(rig: Rig) -> None:
    state = rig.copy()
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    write_pid_file(state / "data", f"{gone.pid}\n{state / 'data'}\n1\n5432\n/tmp\n127.0.0.1\n1 1\nready\n")
    assert rig.ask(rig.server(state).start().address(), "select 1") == 1


def test_a_file_cut_short_by_a_crash_is_no_obstacle(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    write_pid_file(state / "data", "")
    assert embedded_rig.ask(embedded_rig.server(state).start().address(), "select 1") == 1


def test_a_server_that_crashed_starts_again_with_what_was_committed(rig: Rig) -> None:
    server = rig.server(rig.copy()).start()
    rig.ask(server.address(), "create table kept as select 42 as value")
    crashed = server.status().pid
    assert crashed is not None
    os.kill(crashed, signal.SIGKILL)
    assert rig.comes_true(lambda: not server.status().running)
    with pytest.raises(psycopg.OperationalError):
        rig.ask(server.start().address("nowhere"), "select 1")
    assert rig.ask(server.address(), "select value from kept") == 42
    assert server.status().pid != crashed


def test_the_file_of_a_starting_server_is_read_as_not_ready(place: Path) -> None:
    (place / "postmaster.pid").write_text(f"{os.getpid()}\n/d\n1\n5432\n/s\n127.0.0.1\n1 1\nstarting\n")
    expected = Postmaster(pid=os.getpid(), port=5432, socket_folder="/s", ready=False)
    assert read_postmaster(place) == expected
    assert live_postmaster(place) is None
