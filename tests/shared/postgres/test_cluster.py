from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import Binaries, PostgresError
from andel.shared.postgres.cluster import make_cluster, read_password
from andel.shared.postgres.folders import place_state
from andel.shared.postgres.process import locked

if TYPE_CHECKING:
    from pathlib import Path


def fake_initdb(folder: Path) -> Binaries:
    """Make an initdb that tells the password it was given and the descriptors it has, and fails."""
    (folder / "initdb").write_text(
        '#!/bin/sh\nfor a; do case "$a" in --pwfile=*) echo "password $(cat "${a#*=}")";; esac; done\n'
        "for f in /dev/fd/*; do echo open $f; done; exit 1\n",
        encoding="utf-8",
    )
    (folder / "initdb").chmod(0o755)
    return Binaries(folder=folder, major=18, version="18")


def test_initdb_holds_the_lock_and_reads_the_password_as_the_servers_account(place: Path, disk: Path) -> None:
    folders, fake = place_state(place / "state"), fake_initdb(disk)
    with locked(folders, patience=0) as lock, pytest.raises(PostgresError, match="initdb failed") as failure:
        make_cluster(folders, fake, durable=False, lock=lock)
    said = failure.value.what.splitlines()
    assert f"open /dev/fd/{lock}" in said
    assert f"initdb failed: password {read_password(folders.password)}" in said


def test_passwords_are_long_and_never_twice_the_same(place: Path, disk: Path) -> None:
    found = set()
    for name in ("a", "b"):
        folders = place_state(place / name)
        with locked(folders, patience=0) as lock, pytest.raises(PostgresError):
            make_cluster(folders, fake_initdb(disk), durable=False, lock=lock)
        found.add(read_password(folders.password))
    assert len(found) == 2
    assert all(len(password) >= 43 for password in found)
