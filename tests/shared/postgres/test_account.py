from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import PostgresError
from andel.shared.postgres.account import USER_VARIABLE, account_for

if TYPE_CHECKING:
    from pathlib import Path

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to another account")
NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may be any account")


@ROOT_ONLY
def test_root_gives_the_server_to_an_unprivileged_account() -> None:
    account = account_for(None)
    assert account.dropped
    assert account.uid != 0
    before = os.getgroups()
    os.setgroups([*before, 4])
    try:
        said = account.run(["/bin/sh", "-c", "id -u; id -g; id -G"]).stdout.split()
    finally:
        os.setgroups(before)
    assert said == [str(account.uid), str(account.gid), str(account.gid)]


@ROOT_ONLY
def test_root_can_name_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    assert account_for(None, user="nobody").uid == pwd.getpwnam("nobody").pw_uid
    monkeypatch.setenv(USER_VARIABLE, "nobody")
    assert account_for(None).name == "nobody"


@ROOT_ONLY
def test_existing_data_keep_their_owner(place: Path) -> None:
    data = place / "data"
    data.mkdir(mode=0o700)
    os.chown(data, pwd.getpwnam("nobody").pw_uid, -1)
    assert account_for(data).name == "nobody"
    with pytest.raises(PostgresError, match="belongs to user nobody, not to daemon"):
        account_for(data, user="daemon")


@ROOT_ONLY
def test_data_that_belong_to_root_are_refused_with_the_command_that_helps(place: Path) -> None:
    (place / "data").mkdir()
    with pytest.raises(PostgresError, match="belongs to root") as refusal:
        account_for(place / "data")
    assert "chown -R" in refusal.value.remedy


@ROOT_ONLY
def test_root_is_refused_as_the_servers_account() -> None:
    with pytest.raises(PostgresError, match="refuses to run as root"):
        account_for(None, user="root")


@NOT_ROOT
def test_a_normal_user_runs_the_server_as_themselves() -> None:
    account = account_for(None)
    assert (account.uid, account.dropped) == (os.geteuid(), False)


@NOT_ROOT
def test_a_normal_user_cannot_choose_another_account_or_take_anothers_data(place: Path) -> None:
    with pytest.raises(PostgresError, match="Only root can run the server as user root"):
        account_for(place / "data", user="root")
    with pytest.raises(PostgresError, match="belongs to user root"):
        account_for(place.parents[-1])


def test_an_unknown_account_is_refused_by_name() -> None:
    with pytest.raises(PostgresError, match="no user no-such-user-here"):
        account_for(None, user="no-such-user-here")


def test_the_servers_programs_see_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_SECRET", "hemligt")
    monkeypatch.setenv("PGDATA", "/elsewhere")
    said = account_for(None).run(["/bin/sh", "-c", "env"]).stdout
    assert "LC_ALL=C" in said.splitlines()
    assert "ANDEL_SECRET" not in said
    assert "PGDATA" not in said
