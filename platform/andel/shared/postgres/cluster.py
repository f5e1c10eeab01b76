"""The data directory: made by initdb, and refused when it is not the one for these programs.

Who may connect: every connection, by socket too, must prove a password (scram-sha-256). By TCP any user of the
machine can knock. Trust by socket would rest on the mode of its folder alone, which a mount into a container or a
moved socket silently undoes; with one rule for both ways, tests and demo also sign in as production does. The
password is generated, 256 bits, and kept beside the data in a file that only we can read.
"""

from __future__ import annotations

import secrets
import shutil
import stat
from typing import TYPE_CHECKING

from andel.shared.postgres.errors import PostgresError, WrongVersionError
from andel.shared.postgres.folders import write_new

if TYPE_CHECKING:
    from pathlib import Path

    from andel.shared.postgres.binaries import Binaries
    from andel.shared.postgres.folders import Folders

SUPERUSER = "postgres"


def check_version(data: Path, binaries: Binaries) -> None:
    """Refuse a data directory that these programs cannot open.

    Raises:
        WrongVersionError: It was made by another major version.
        PostgresError: It is no data directory at all.
    """
    try:
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        what = "The folder is there, but it is no data directory of PostgreSQL: PG_VERSION is missing."
        raise PostgresError(what, where=str(data), remedy="Move it away, and start again.") from None
    if made_by != str(binaries.major):
        what = f"The data directory was made by PostgreSQL {made_by}, and the programs are {binaries.version}."
        remedy = (
            f"Point ANDEL_POSTGRES_BIN at the programs of PostgreSQL {made_by}; or export the data with them, "
            "move the folder away, start again and import."
        )
        raise WrongVersionError(what, where=str(data), remedy=remedy)


def make_cluster(folders: Folders, binaries: Binaries, *, durable: bool, lock: int) -> None:
    """Make the data directory and its superuser's password.

    initdb works beside the place and the result is renamed, so that a killed start leaves no half data directory.
    Its process keeps ``lock`` open: nobody else begins before it has ended.

    Raises:
        PostgresError: initdb failed.
    """
    if folders.unfinished.exists():
        shutil.rmtree(folders.unfinished)
    folders.unfinished.mkdir(mode=0o700)
    folders.account.give(folders.unfinished)
    write_new(folders.password, secrets.token_urlsafe(32))
    hint = folders.state / "password.initdb"
    hint.unlink(missing_ok=True)
    write_new(hint, read_password(folders.password))
    folders.account.give(hint)
    command = [
        binaries.program("initdb"),
        f"--pgdata={folders.unfinished}",
        f"--username={SUPERUSER}",
        f"--pwfile={hint}",
        "--encoding=UTF8",
        "--locale=C",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        *([] if durable else ["--no-sync"]),
    ]
    try:
        result = folders.account.run(command, keep=[lock])
    finally:
        hint.unlink()
    if result.returncode != 0:
        what = f"initdb failed: {(result.stderr or result.stdout).strip()}"
        raise PostgresError(what, where=str(folders.unfinished), remedy="Mend what it names, and start again.")
    folders.unfinished.rename(folders.data)


def read_password(file: Path) -> str:
    """Read the superuser's password.

    Raises:
        PostgresError: The file is missing or others can read it.
    """
    try:
        mode = file.stat().st_mode
        password = file.read_text(encoding="utf-8")
    except OSError as error:
        what = f"Cannot read the superuser's password: {error.strerror}."
        remedy = "Restore the file, or move the data directory beside it away and start again."
        raise PostgresError(what, where=str(file), remedy=remedy) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        what = "Others can read the superuser's password."
        raise PostgresError(what, where=str(file), remedy=f"Run: chmod 600 {file}")
    return password
