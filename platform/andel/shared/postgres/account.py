"""The operating system's account that the server runs as.

PostgreSQL refuses to run as root. As root the server is therefore given to an unprivileged account, and each
question about that account's rights is answered by trying as that account: mode bits alone miss access lists.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from andel.shared.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

USER_VARIABLE = "ANDEL_POSTGRES_USER"
_PREFERRED = ("postgres", "nobody")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of the operating system; ``dropped`` when it is not the one we run as ourselves."""

    uid: int
    gid: int
    name: str
    dropped: bool

    def run(self, command: Sequence[str], *, keep: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, with the file descriptors ``keep`` open, and return what it said."""
        return subprocess.run(  # noqa: S603 - a list without a shell, the programs are our own
            command,
            user=self.uid if self.dropped else None,
            group=self.gid if self.dropped else None,
            extra_groups=[] if self.dropped else None,
            cwd="/",
            env=server_environment(),
            pass_fds=tuple(keep),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account can enter a folder, through all of its parents."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0

    def give(self, path: Path) -> None:
        """Make this account the owner of one file or folder that we have just made."""
        if self.dropped:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_environment() -> dict[str, str]:
    """Return the environment of the server's programs: English, UTC, and none of our own secrets."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"PATH": os.defpath, **passed_on, "LC_ALL": "C", "TZ": "UTC"}


def ourselves() -> Account:
    """Return the account that this process runs as."""
    uid = os.geteuid()
    return Account(uid=uid, gid=os.getegid(), name=_name(uid), dropped=False)


def account_for(data: Path | None, *, user: str | None = None) -> Account:
    """Choose the account of a data directory, which may not exist yet.

    Not root: ourselves. Root: the owner of the data, else ``user`` (or ``ANDEL_POSTGRES_USER``), else
    ``postgres``, else ``nobody``.

    Raises:
        PostgresError: The account does not exist, may not be used by us, or is not the owner of the data.
    """
    wanted = user or os.environ.get(USER_VARIABLE) or None
    entry = _entry(wanted) if wanted else None
    if entry and entry.pw_uid != os.geteuid() != 0:
        what = f"Only root can run the server as user {entry.pw_name}."
        raise PostgresError(what, where=USER_VARIABLE, remedy="Leave it unset, or start as that user.")
    if data is not None and data.exists():
        return _owner_of(data, entry)
    if os.geteuid() != 0:
        return ourselves()
    entry = entry or _first_known()
    if entry.pw_uid == 0:
        what = "PostgreSQL refuses to run as root."
        raise PostgresError(what, where=USER_VARIABLE, remedy="Name an unprivileged user.")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name, dropped=True)


def _owner_of(data: Path, entry: pwd.struct_passwd | None) -> Account:
    status = data.stat()
    owner = status.st_uid
    if os.geteuid() not in {0, owner}:
        what = f"The data directory belongs to user {_name(owner)}, and we are {ourselves().name}."
        raise PostgresError(what, where=str(data), remedy="Start as that user, or choose another folder.")
    if owner == 0:
        what = "The data directory belongs to root, and PostgreSQL refuses to run as root."
        raise PostgresError(what, where=str(data), remedy=f"Run: chown -R postgres {data}")
    if entry and entry.pw_uid != owner:
        what = f"The data directory belongs to user {_name(owner)}, not to {entry.pw_name}."
        raise PostgresError(what, where=str(data), remedy=f"Leave {USER_VARIABLE} unset, or chown the data.")
    return Account(uid=owner, gid=status.st_gid, name=_name(owner), dropped=os.geteuid() == 0)


def _entry(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        what = f"There is no user {name} to run PostgreSQL as."
        raise PostgresError(what, where=USER_VARIABLE, remedy=f"Create it: useradd --system {name}") from None


def _first_known() -> pwd.struct_passwd:
    for name in _PREFERRED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    what = f"Found none of the users {', '.join(_PREFERRED)} to run PostgreSQL as; it refuses to run as root."
    raise PostgresError(what, where="/etc/passwd", remedy=f"Name an unprivileged user in {USER_VARIABLE}.")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
