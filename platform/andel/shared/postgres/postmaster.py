"""Who uses a data directory now, judged by the processes and not by a file that a crash leaves behind.

``postmaster.pid`` (PostgreSQL, src/include/utils/pidfile.h) names a process, but after a crash the number may
belong to anybody. A server and all of its backends work in their data directory, which the kernel shows as
``/proc/<pid>/cwd``; where there is no ``/proc`` a live process of that number is believed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from andel.shared.postgres.account import Account
from andel.shared.postgres.errors import DataInUseError

_PROCESSES = Path("/proc")
# the lines of the file
_PID, _PORT, _SOCKET_FOLDER, _STATUS = 0, 3, 4, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmaster:
    """What ``postmaster.pid`` says of the server that wrote it."""

    pid: int
    port: int
    socket_folder: str
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """Read ``postmaster.pid``; None when it is absent, or not complete yet."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return None
    try:
        return Postmaster(
            pid=int(lines[_PID]),
            port=int(lines[_PORT]),
            socket_folder=lines[_SOCKET_FOLDER],
            ready=lines[_STATUS:] != [] and lines[_STATUS].strip() == "ready",
        )
    except (IndexError, ValueError):
        return None


def works_in(pid: int, data: Path) -> bool:
    """Tell whether a live process of the data's owner has the data directory as its working directory."""
    if not (_PROCESSES / "self").exists():
        return _is_alive(pid)
    try:
        owner = data.stat()
    except FileNotFoundError:
        return False
    process = _PROCESSES / str(pid)
    try:
        if process.stat().st_uid != owner.st_uid:
            return False
        return (process / "cwd").samefile(data)
    except PermissionError:
        return _owner_says(owner, process, data)
    except OSError:
        return False


def live_postmaster(data: Path) -> Postmaster | None:
    """Return the server that runs on a data directory now, ours or not."""
    found = read_postmaster(data)
    return found if found and works_in(found.pid, data) else None


def refuse_if_in_use(data: Path) -> None:
    """Refuse a data directory on which a live server runs, and clear what a dead one left in the way.

    PostgreSQL itself replaces a stale ``postmaster.pid`` safely, so that file is removed only where PostgreSQL
    would take it for live: it is cut short, or its number now belongs to a process that is no server of this
    data directory.

    Raises:
        DataInUseError: A live server runs on the directory.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    found = live_postmaster(data)
    if found:
        what = f"The data directory is in use by a running PostgreSQL, process {found.pid}, port {found.port}."
        remedy = f"Stop it (kill -INT {found.pid}), or choose another folder."
        raise DataInUseError(what, where=str(data), remedy=remedy)
    recorded = _recorded_pid(file)
    if (recorded is None or _is_alive(recorded)) and not _anybody_works_in(data):
        file.unlink(missing_ok=True)


def _recorded_pid(file: Path) -> int | None:
    try:
        return abs(int(file.read_text(encoding="utf-8", errors="replace").partition("\n")[0]))
    except (OSError, ValueError):
        return None


def _anybody_works_in(data: Path) -> bool:
    return any(works_in(int(entry.name), data) for entry in _PROCESSES.glob("[0-9]*"))


def _owner_says(owner: os.stat_result, process: Path, data: Path) -> bool:
    # root in a container without CAP_SYS_PTRACE may not look at a process, and its owner may
    account = Account(uid=owner.st_uid, gid=owner.st_gid, name=str(owner.st_uid), dropped=True)
    command = ["/bin/sh", "-c", 'test "$1" -ef "$2"', "sh", str(process / "cwd"), str(data)]
    return account.run(command).returncode == 0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
