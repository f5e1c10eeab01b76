from __future__ import annotations

import os
import shutil
import socket
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy

from andel.shared.postgres import (
    DataInUseError,
    PostgresError,
    Server,
    Settings,
    StartError,
    WrongVersionError,
    running_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shared.postgres.conftest import Rig


@pytest.fixture
def running(rig: Rig) -> Iterator[Server]:
    with rig.server() as server:
        yield server


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_psycopg_and_sqlalchemy_reach_it_by_socket_and_by_tcp(rig: Rig, running: Server) -> None:
    for address in (running.address(), running.address(tcp=True)):
        assert str(rig.ask(address, "show server_version")).split()[0] == rig.binaries.version
        engine = sqlalchemy.create_engine(address.sqlalchemy_url())
        with engine.connect() as connection:
            by_tcp = connection.scalar(sqlalchemy.text("select inet_server_port() is not null"))
        engine.dispose()
        assert by_tcp == (address.host == "127.0.0.1")


def test_text_is_utf8_sorted_by_code_point_and_time_is_utc(rig: Rig, running: Server) -> None:
    query = "select pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype from pg_database limit 1"
    assert rig.ask(running.address(), query) == "UTF8 C C"
    assert rig.ask(running.address(), "show timezone") == "UTC"


def test_both_ways_ask_for_the_password(rig: Rig, running: Server) -> None:
    for address in (running.address(), running.address(tcp=True)):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            rig.ask(address.with_login("postgres", "not it"), "select 1")


def test_what_is_private_is_private(running: Server) -> None:
    state = running.state
    assert mode_of(state / "data") == 0o700
    assert mode_of(Path(running.address().host)) == 0o700
    assert mode_of(state / "password") == 0o600
    assert mode_of(state / "server.log") == 0o600
    assert (state / "password").stat().st_uid == os.geteuid()


def test_our_environment_stays_ours(embedded_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_SECRET", "hemligt")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=1GB")
    address = embedded_rig.server().start().address()
    with psycopg.connect(address.conninfo()) as connection:
        connection.execute("create temporary table seen (line text)")
        connection.execute("copy seen from program 'env'")
        seen = {str(line).partition("=")[0] for (line,) in connection.execute("select line from seen")}
    assert "PATH" in seen
    assert not seen & {"ANDEL_SECRET", "PGOPTIONS"}


def test_a_link_in_the_way_of_the_log_is_not_followed(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    target = embedded_rig.place / "target"
    target.write_text("untouched", encoding="utf-8")
    (state / "server.log").unlink()
    (state / "server.log").symlink_to(target)
    with pytest.raises(PostgresError, match="operating system refused") as refusal:
        embedded_rig.server(state).start()
    assert refusal.value.where == str(state / "server.log")
    assert target.read_text(encoding="utf-8") == "untouched"


def test_data_stay_when_the_server_stops(rig: Rig) -> None:
    server = rig.server(rig.copy())
    rig.ask(server.start().address(), "create table kept as select 7 as value")
    server.stop()
    assert not server.status().running
    assert rig.ask(server.start().address(), "select value from kept") == 7


def test_it_stops_though_clients_are_connected(embedded_rig: Rig) -> None:
    running = embedded_rig.server().start()
    with psycopg.connect(running.address().conninfo()) as connection:
        pid = running.status().pid
        running.stop()
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    assert embedded_rig.ask(running.start().address(), "select 1") == 1


def test_starting_twice_is_one_server_and_stopping_twice_is_harmless(embedded_rig: Rig) -> None:
    running = embedded_rig.server().start()
    status = running.status()
    assert running.start().status() == status
    running.stop()
    running.stop()


def test_a_server_that_does_not_run_has_no_address(embedded_rig: Rig) -> None:
    server = embedded_rig.server()
    with pytest.raises(PostgresError, match="does not run") as refusal:
        server.address()
    assert refusal.value.remedy == "Start it first."


def test_a_temporary_server_leaves_nothing(embedded_rig: Rig) -> None:
    with Server.temporary(binaries=embedded_rig.binaries) as server:
        state = server.state
        assert embedded_rig.ask(server.address(), "show fsync") == "off"
    assert not state.exists()


def test_a_temporary_server_that_cannot_start_leaves_nothing(
    embedded_rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = embedded_rig.place / "temporary"
    folders.mkdir()
    folders.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folders))
    bad = Settings(durable=False, extra={"no_such_thing": "1"})
    with pytest.raises(StartError):
        Server.temporary(settings=bad, binaries=embedded_rig.binaries).start()
    assert list(folders.iterdir()) == []


def test_many_databases_from_one_template(rig: Rig) -> None:
    running = rig.server(rig.copy()).start()
    rig.ask(running.address(), "create database template_region")
    rig.ask(running.address("template_region"), "create table fact (value int)")
    for number in range(8):
        rig.ask(running.address(), f"create database region_{number} template template_region")
    assert rig.ask(running.address("region_7"), "select count(*) from fact") == 0


def test_a_second_server_on_the_same_state_is_refused_and_the_first_goes_on(embedded_rig: Rig) -> None:
    state = embedded_rig.made
    first, second = embedded_rig.server(state).start(), embedded_rig.server(state)
    with pytest.raises(DataInUseError, match=f"another process: {os.getpid()}") as refusal:
        second.start()
    assert refusal.value.where == str(state)
    second.stop()
    assert embedded_rig.ask(first.address(), "select 1") == 1


def test_of_many_that_start_at_once_one_wins(embedded_rig: Rig) -> None:
    state = embedded_rig.place / "fresh"
    servers = [embedded_rig.server(state) for _ in range(4)]
    refused: list[Exception] = []

    def start(server: Server) -> None:
        try:
            server.start()
        except DataInUseError as error:
            refused.append(error)

    threads = [threading.Thread(target=start, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert [server.status().running for server in servers].count(True) == 1


def test_data_of_another_major_version_are_refused_untouched(rig: Rig) -> None:
    state = rig.copy()
    (state / "data" / "PG_VERSION").write_text("9\n", encoding="ascii")
    before = sorted(path.name for path in (state / "data").iterdir())
    with pytest.raises(WrongVersionError, match="made by PostgreSQL 9, and the programs are") as refusal:
        rig.server(state).start()
    assert refusal.value.where == str(state / "data")
    assert "ANDEL_POSTGRES_BIN" in refusal.value.remedy
    assert sorted(path.name for path in (state / "data").iterdir()) == before


def test_a_folder_that_is_no_data_directory_is_refused_untouched(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    (state / "data" / "PG_VERSION").unlink()
    with pytest.raises(PostgresError, match="PG_VERSION is missing"):
        embedded_rig.server(state).start()
    assert (state / "data" / "global").is_dir()


def test_a_start_killed_half_way_through_initdb_is_begun_anew(embedded_rig: Rig) -> None:
    state = embedded_rig.place / "half"
    (state / "data.unfinished" / "base").mkdir(parents=True)
    for path in (state, state / "data.unfinished"):
        path.chmod(0o711)
    (state / "password.initdb").write_text("old", encoding="utf-8")
    server = embedded_rig.server(state).start()
    assert embedded_rig.ask(server.address(), "select 1") == 1
    assert sorted(path.name for path in state.iterdir()) == ["data", "lock", "password", "run", "server.log"]


def test_a_lost_or_open_password_is_told(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    (state / "password").chmod(0o644)
    with pytest.raises(PostgresError, match="Others can read") as refusal:
        embedded_rig.server(state).start()
    assert refusal.value.remedy == f"Run: chmod 600 {state / 'password'}"
    (state / "password").unlink()
    with pytest.raises(PostgresError, match="Cannot read the superuser's password"):
        embedded_rig.server(state).start()


def test_a_fixed_port_is_kept_and_a_taken_one_is_told(embedded_rig: Rig) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        server = embedded_rig.server(settings=Settings(durable=False, port=port))
        with pytest.raises(StartError, match="could not create any TCP/IP sockets"):
            server.start()
    assert server.start().address(tcp=True).port == port


def test_a_free_port_lost_to_another_is_tried_again(embedded_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        ports = iter([taken, free])
        monkeypatch.setattr("andel.shared.postgres.process._free_port", lambda: next(ports))
        with Server.temporary(binaries=embedded_rig.binaries) as server:
            assert server.status().port == free


def test_a_forked_child_can_ask_but_not_stop(embedded_rig: Rig) -> None:
    server = embedded_rig.server().start()
    child = os.fork()
    if child == 0:
        running = server.status().running
        server.stop()
        os._exit(0 if running else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert embedded_rig.ask(server.address(), "select 1") == 1


def test_another_command_finds_the_running_server(embedded_rig: Rig) -> None:
    state = embedded_rig.made
    assert running_address(state) is None
    assert running_address(embedded_rig.place / "nothing") is None
    server = embedded_rig.server(state).start()
    assert running_address(state) == server.address()
    server.stop()
    assert running_address(state) is None


def test_destroying_removes_what_the_server_kept_and_nothing_else(embedded_rig: Rig) -> None:
    state = embedded_rig.copy()
    (state / "note.txt").write_text("mine", encoding="utf-8")
    server = embedded_rig.server(state).start()
    with pytest.raises(DataInUseError):
        embedded_rig.server(state).destroy()
    server.destroy()
    assert [path.name for path in state.iterdir()] == ["note.txt"]
    server.destroy()
    assert [path.name for path in state.iterdir()] == ["note.txt"]


def test_a_place_where_nothing_can_be_made_is_told(embedded_rig: Rig) -> None:
    (embedded_rig.place / "file").write_text("", encoding="utf-8")
    with pytest.raises(PostgresError, match="operating system refused") as refusal:
        embedded_rig.server(embedded_rig.place / "file" / "state").start()
    assert refusal.value.where.endswith("file/state")


def test_initdb_that_fails_is_told_with_its_own_words(embedded_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("andel.shared.postgres.cluster.SUPERUSER", "pg_reserved")
    with pytest.raises(PostgresError, match='superuser name "pg_reserved" is disallowed'):
        embedded_rig.server(embedded_rig.place / "new").start()
    assert not (embedded_rig.place / "new" / "data").exists()
    assert not (embedded_rig.place / "new" / "password.initdb").exists()
    shutil.rmtree(embedded_rig.place / "new")
