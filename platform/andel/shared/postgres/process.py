"""One start of the server: the lock, the guardian, and the wait until PostgreSQL is ready."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from andel.shared.postgres import guardian
from andel.shared.postgres.account import server_environment
from andel.shared.postgres.errors import DataInUseError, StartError
from andel.shared.postgres.folders import socket_folder
from andel.shared.postgres.postmaster import read_postmaster, works_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from andel.shared.postgres.binaries import Binaries
    from andel.shared.postgres.folders import Folders
    from andel.shared.postgres.settings import Settings

_ATTEMPTS = 5
_POLL = 0.005
_READY_WITHIN = 120.0
_PORT_TAKEN = "could not create any TCP/IP sockets"
_BACKENDS_STILL_ENDING = "pre-existing shared memory block"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProcess:
    """A started server: its guardian, the process that owns both, and where the server listens."""

    guardian: subprocess.Popen[bytes]
    owner: int
    pid: int
    port: int
    socket_folder: Path
    folders: Folders

    def is_alive(self) -> bool:
        """Tell whether the server still runs; a forked child may ask too."""
        if self.owner == os.getpid() and self.guardian.poll() is not None:
            return False
        return works_in(self.pid, self.folders.data)

    def end(self, *, patience: float) -> None:
        """Stop the server in order and wait until it is gone, at most ``patience`` seconds if it lost its guardian."""
        _dismiss(self.guardian)
        deadline = time.monotonic() + patience
        while works_in(self.pid, self.folders.data) and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)
            time.sleep(0.05)
        if not self.socket_folder.is_relative_to(self.folders.state):
            shutil.rmtree(self.socket_folder, ignore_errors=True)


@contextlib.contextmanager
def locked(folders: Folders, *, patience: float) -> Iterator[int]:
    """Hold the state folder's lock and give its descriptor, which the server's processes then keep open.

    So the lock is free when the last of them has ended, and not before.

    Raises:
        DataInUseError: Another live server holds it, ``patience`` seconds long.
    """
    lock = os.open(folders.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + patience
        while not _try_lock(lock):
            if time.monotonic() >= deadline:
                what = f"The database is in use by another process: {os.pread(lock, 20, 0).decode() or 'unknown'}."
                remedy = "Stop that process, or choose another folder."
                raise DataInUseError(what, where=str(folders.state), remedy=remedy)
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def start_process(
    folders: Folders, binaries: Binaries, settings: Settings, *, lock: int, temporary: bool
) -> ServerProcess:
    """Start the server on its data directory and return when it accepts connections.

    Raises:
        StartError: It ended, or was not ready in time; with what it said.
    """
    run = socket_folder(folders)
    outside = [] if run.is_relative_to(folders.state) else [run]
    remove = [*outside, *([folders.state] if temporary else [])]
    with contextlib.ExitStack() as on_failure:
        for folder in outside:
            on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
        for attempt in range(_ATTEMPTS):
            time.sleep(attempt * 0.2)
            port = settings.port or _free_port()
            arguments = ["-D", str(folders.data), *settings.arguments(socket_folder=run, port=port)]
            process = _spawn([binaries.program("postgres"), *arguments], folders, lock=lock, remove=remove)
            with contextlib.ExitStack() as on_end:
                on_end.callback(_dismiss, process)
                pid = _await_ready(process, folders)
                if pid is not None:
                    on_end.pop_all()
                    on_failure.pop_all()
                    owner = os.getpid()
                    return ServerProcess(
                        guardian=process, owner=owner, pid=pid, port=port, socket_folder=run, folders=folders
                    )
            said = folders.log.read_text(encoding="utf-8", errors="replace").strip()
            if not _is_passing(said, settings):
                break
    what = f"PostgreSQL {binaries.version} did not start, or was not ready in time. It said:\n{said}\n"
    raise StartError(what, where=str(folders.log), remedy="Mend what it names, and start again.")


def _spawn(command: list[str], folders: Folders, *, lock: int, remove: list[Path]) -> subprocess.Popen[bytes]:
    account = folders.account
    orders = guardian.Orders(
        command=command,
        parent=os.getpid(),
        user=account.uid if account.dropped else None,
        group=account.gid if account.dropped else None,
        lock=lock,
        remove=[str(folder) for folder in remove],
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    log = os.open(folders.log, flags, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 - a list without a shell: this Python and our own script
            [sys.executable, "-I", "-S", str(guardian.__file__), json.dumps(asdict(orders))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            env=server_environment(),
            pass_fds=[lock],
            start_new_session=True,
        )
    finally:
        os.close(log)


def _await_ready(process: subprocess.Popen[bytes], folders: Folders) -> int | None:
    """Return the server's process id when it is ready; None when it ended, or takes too long."""
    told = _first_line(process)
    deadline = time.monotonic() + _READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        found = read_postmaster(folders.data)
        if found and found.ready and str(found.pid) == told:
            return found.pid
        time.sleep(_POLL)
    return None


def _first_line(process: subprocess.Popen[bytes]) -> str:
    with process.stdout or contextlib.nullcontext() as output:
        return output.readline().decode().strip() if output else ""


def _dismiss(process: subprocess.Popen[bytes]) -> None:
    """Let go of the guardian: it stops the server and ends."""
    if process.stdin:
        process.stdin.close()
    process.wait()


def _is_passing(said: str, settings: Settings) -> bool:
    return _BACKENDS_STILL_ENDING in said or (settings.port == 0 and _PORT_TAKEN in said)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
