from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import PostgresError, running_address
from andel.shared.postgres.account import account_for
from andel.shared.postgres.folders import HOME_VARIABLE, Folders, place_state, socket_folder, stand_in

if TYPE_CHECKING:
    from tests.shared.postgres.conftest import Rig

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to another account")


def marks(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid


def closed_folder(place: Path) -> Path:
    """Make what ``/root`` is: a folder that the server's account cannot pass."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    return closed


def test_no_folder_that_was_there_gets_another_mode_or_owner(embedded_rig: Rig) -> None:
    odd = embedded_rig.place / "odd"
    odd.mkdir()
    odd.chmod(0o751)
    parents = [odd, *odd.parents]
    before = [marks(path) for path in parents]
    embedded_rig.server(odd / "var" / "postgres").start().stop()
    assert [marks(path) for path in parents] == before


@ROOT_ONLY
def test_a_repository_that_the_account_cannot_enter_still_works_and_stays_closed(embedded_rig: Rig) -> None:
    closed = closed_folder(embedded_rig.place)
    state = closed / "repository" / "var" / "postgres"
    server = embedded_rig.server(state).start()
    moved = server.state
    assert moved == stand_in(state)
    assert str(moved) in (state / "MOVED.txt").read_text(encoding="utf-8")
    assert running_address(state) == server.address()
    embedded_rig.ask(server.address(), "create table kept as select 5 as value")
    server.stop()
    assert embedded_rig.ask(embedded_rig.server(state).start().address(), "select value from kept") == 5
    assert marks(closed) == (0o700, 0, 0)


@ROOT_ONLY
def test_data_that_moved_are_found_again_when_the_repository_is_opened(embedded_rig: Rig) -> None:
    closed = closed_folder(embedded_rig.place)
    server = embedded_rig.server(closed / "state").start()
    moved = server.state
    server.stop()
    closed.chmod(0o711)
    assert server.start().state == moved
    server.destroy()
    assert not moved.exists()
    assert not (closed / "state").exists()


@ROOT_ONLY
def test_data_in_place_that_their_owner_cannot_reach_are_not_replaced(embedded_rig: Rig) -> None:
    closed = closed_folder(embedded_rig.place)
    state = embedded_rig.copy("closed/state")
    with pytest.raises(PostgresError, match="cannot enter the folder of its own data") as refusal:
        embedded_rig.server(state).start()
    assert refusal.value.where == str(state)
    assert marks(closed) == (0o700, 0, 0)


@ROOT_ONLY
def test_a_shared_home_that_others_can_write_in_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(place / "open"))
    (place / "open").mkdir()
    (place / "open").chmod(0o777)
    with pytest.raises(PostgresError, match="writable by nobody else"):
        place_state(closed_folder(place) / "state")


@ROOT_ONLY
def test_a_shared_home_that_the_account_cannot_enter_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = closed_folder(place)
    monkeypatch.setenv(HOME_VARIABLE, str(closed / "home"))
    with pytest.raises(PostgresError, match="cannot enter") as refusal:
        place_state(closed / "state")
    assert HOME_VARIABLE in refusal.value.remedy


def test_folders_are_made_for_the_account_whatever_the_umask(place: Path) -> None:
    before = os.umask(0o077)
    try:
        folders = place_state(place / "var" / "postgres")
    finally:
        os.umask(before)
    assert folders.state == place / "var" / "postgres"
    assert folders.account.can_enter(folders.state)
    assert not folders.state.stat().st_mode & stat.S_IROTH


@pytest.mark.parametrize("name", ["l" * 90, "a,b"])
def test_a_path_that_no_socket_can_have_is_served_from_elsewhere(embedded_rig: Rig, name: str) -> None:
    server = embedded_rig.server(embedded_rig.copy(name)).start()
    host = Path(server.address().host)
    assert not host.is_relative_to(embedded_rig.place)
    assert marks(host)[0] == 0o700
    assert embedded_rig.ask(server.address(), "select 1") == 1
    server.stop()
    assert not host.exists()


def test_sockets_that_a_crash_left_are_swept(place: Path) -> None:
    folders = Folders(state=place, account=account_for(None))
    (place / "run").mkdir()
    (place / "run" / ".s.PGSQL.5432.lock").write_text("1", encoding="utf-8")
    assert list(socket_folder(folders).iterdir()) == []
