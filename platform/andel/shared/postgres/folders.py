"""Where a server keeps its things, and how those folders are made.

Rules: a folder that already exists is never given another mode or owner, and neither is any of its parents.
As root, what the server must enter is 0711 and what it owns is 0700; the password stays with root. When the
server's account cannot enter the place asked for (a repository in ``/root``), the state moves to a folder
below ``ANDEL_POSTGRES_HOME`` (``/var/lib/andel/postgres``): a temporary folder would be swept by the system.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from andel.shared.postgres.account import Account, account_for
from andel.shared.postgres.errors import PostgresError

HOME_VARIABLE = "ANDEL_POSTGRES_HOME"
_DEFAULT_HOME = "/var/lib/andel/postgres"
_NOTE = "MOVED.txt"
# mkdtemp is what makes these safe
_MEMORY = Path("/dev/shm")  # noqa: S108 - as said above
_DISK = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - as said above
_ROOM = 2 * 1024**3
_PRIVATE = 0o700
_PASSAGE = 0o711
# sun_path holds 104 bytes on macOS and 108 on Linux, and the name is ".s.PGSQL.65535" with its ".lock"
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.65535.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """The state folder of one server and the names in it."""

    state: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.state / "data"

    @property
    def unfinished(self) -> Path:
        """The data directory while initdb works on it."""
        return self.state / "data.unfinished"

    @property
    def log(self) -> Path:
        """What the server said since its last start."""
        return self.state / "server.log"

    @property
    def password(self) -> Path:
        """The superuser's password, for the owner of the state folder only."""
        return self.state / "password"

    @property
    def lock(self) -> Path:
        """The file that every live process of the server holds locked."""
        return self.state / "lock"

    @property
    def run(self) -> Path:
        """The folder of the server's socket, unless that path is too long for one."""
        return self.state / "run"

    def remove(self) -> None:
        """Remove what a server keeps in its state folder, and the folder when nothing else is in it."""
        for folder in (self.data, self.unfinished, self.run):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.password, self.log, self.lock):
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.state.rmdir()


def place_state(state: Path, *, user: str | None = None) -> Folders:
    """Make the state folder, or its stand-in when the server's account cannot enter the place.

    Raises:
        PostgresError: No place could be made that the server's account can enter.
    """
    state = state.resolve()
    moved = stand_in(state)
    if find_state(state) != moved or moved.stat().st_uid != os.geteuid():
        account = account_for(state / "data", user=user)
        make_folder(state, account)
        if account.can_enter(state):
            return Folders(state=state, account=account)
        if (state / "data").exists():
            what = f"User {account.name} cannot enter the folder of its own data directory."
            remedy = "Give it the right to pass (chmod o+x on the parents), or move it."
            raise PostgresError(what, where=str(state), remedy=remedy)
    account = account_for(moved / "data", user=user)
    prepare_home(account)
    make_folder(moved, account)
    _require_entry(moved, account)
    make_folder(state, account)
    write_new(state / _NOTE, f"User {account.name} cannot enter this folder. PostgreSQL's data: {moved}\n")
    return Folders(state=moved, account=account)


def forget_move(state: Path) -> None:
    """Remove the note that tells where the data went, and its folder when nothing else is in it."""
    (state / _NOTE).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        state.rmdir()


def find_state(state: Path) -> Path | None:
    """Return the folder that holds the data of ``state``, or None when none was made. Changes nothing."""
    state = state.resolve()
    return next((place for place in (state, stand_in(state)) if (place / "data").exists()), None)


def temporary_state(*, user: str | None = None) -> Folders:
    """Make an empty state folder that its server removes again."""
    account = account_for(None, user=user)
    return Folders(state=temporary_folder(account, mode=_mode(account)), account=account)


def temporary_folder(account: Account, *, mode: int = _PRIVATE) -> Path:
    """Make a folder of our own in the first folder for temporary files that the account can enter.

    That is ``TMPDIR`` when it is set; else memory (``/dev/shm``) with room to spare, where a database is made
    several times faster than on a disk; else where Python puts temporary files.
    """
    for base in _temporary_bases():
        if account.can_enter(base):
            folder = Path(tempfile.mkdtemp(prefix="andel-postgres-", dir=base))
            folder.chmod(mode)
            return folder
    what = f"User {account.name} can enter no folder for temporary files."
    raise PostgresError(what, where=tempfile.gettempdir(), remedy="Point TMPDIR at a folder that it can enter.")


def socket_folder(folders: Folders) -> Path:
    """Make an empty folder for the server's socket, 0700 and owned by its account.

    It lies in the state folder, or among the temporary folders when that path is too long for a socket or has
    a comma, which libpq reads as a list of hosts.
    """
    run = folders.run
    if len(os.fsencode(run)) > _LONGEST_SOCKET_FOLDER or "," in str(run):
        run = temporary_folder(folders.account)
    else:
        if run.exists():
            shutil.rmtree(run)
        run.mkdir(mode=_PRIVATE)
    folders.account.give(run)
    return run


def shared_home() -> Path:
    """Return the folder for what the server's account could not reach where it was."""
    return Path(os.environ.get(HOME_VARIABLE) or _DEFAULT_HOME)


def stand_in(state: Path) -> Path:
    """Return where a state folder goes that the server's account cannot enter: the same place each time."""
    return shared_home() / f"state-{hashlib.sha256(os.fsencode(state)).hexdigest()[:16]}"


def prepare_home(account: Account) -> Path:
    """Make the shared home and refuse one that others could have filled.

    Raises:
        PostgresError: It belongs to somebody else, others may write in it, or the account cannot enter it.
    """
    home = shared_home()
    make_folder(home, account)
    status = home.stat()
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        what = "The shared folder for PostgreSQL must be ours and writable by nobody else."
        raise PostgresError(what, where=str(home), remedy=f"Mend its owner and mode, or set {HOME_VARIABLE}.")
    _require_entry(home, account)
    return home


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder and its missing parents, whatever the umask; leave those that exist as they are."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        try:
            path.mkdir()
        except FileExistsError:
            continue
        path.chmod(_mode(account))


def write_new(path: Path, text: str) -> None:
    """Write a file that only we may read, unless it exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _temporary_bases() -> list[Path]:
    asked = os.environ.get("TMPDIR")
    memory = [] if asked or not _has_room(_MEMORY) else [_MEMORY]
    return [*([Path(asked)] if asked else memory), Path(tempfile.gettempdir()), *_DISK]


def _has_room(folder: Path) -> bool:
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize >= _ROOM


def _mode(account: Account) -> int:
    return _PASSAGE if account.dropped else _PRIVATE


def _require_entry(folder: Path, account: Account) -> None:
    if not account.can_enter(folder):
        what = f"User {account.name} cannot enter the folder."
        raise PostgresError(what, where=str(folder), remedy=f"Point {HOME_VARIABLE} at one that it can enter.")
