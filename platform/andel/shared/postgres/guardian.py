"""The process that holds the server's life to its parent's; run as a script, with the standard library alone.

parent --pipe--> guardian --> postgres. The parent holds the pipe's other end and writes nothing: when the parent
ends, however it ends, the guardian reads end-of-file, stops the server and removes what was temporary. A child
that the parent forked may still hold the pipe, so the guardian also asks now and then who its own parent is.
Should the guardian itself be killed, Linux tells the server (PR_SET_PDEATHSIG) to shut down.

The guardian is in a session of its own: an interrupt from the keyboard reaches the parent only, which then stops
the server in order.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial

_PR_SET_PDEATHSIG = 1
_LOOK_AT_PARENT_EVERY = 0.5
# fast shutdown with a checkpoint, then immediate, then by force: (signal, seconds to wait)
_STOPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the guardian is told, as JSON in its one argument.

    Attributes:
        command: The server and its arguments.
        parent: The process id of the one who started the guardian.
        user: The user id for the server; None keeps the guardian's own.
        group: The group id for the server, with ``user``.
        lock: The descriptor of the locked file that the server must keep open while it lives.
        remove: Folders to remove after stopping the server; one that ended by itself leaves them to the parent.
    """

    command: list[str]
    parent: int
    user: int | None
    group: int | None
    lock: int
    remove: list[str]


def main() -> int:
    """Start the server, tell its process id on standard output, and stay until it ends or must end."""
    orders = Orders(**json.loads(sys.argv[1]))
    told: list[int] = []
    wake = _wake_on_signals(told)
    server = _start(orders)
    with contextlib.suppress(BrokenPipeError):
        os.write(1, f"{server.pid}\n".encode())
    while server.poll() is None and not told and os.getppid() == orders.parent:
        ready, _, _ = select.select([0, wake], [], [], _LOOK_AT_PARENT_EVERY)
        if wake in ready:
            os.read(wake, 512)
        if 0 in ready and not os.read(0, 512):
            break
    if server.poll() is None:
        _stop(server)
        for folder in orders.remove:
            shutil.rmtree(folder, ignore_errors=True)
    return abs(server.poll() or 0)


def _wake_on_signals(told: list[int]) -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: told.append(received))
    return reading


def _start(orders: Orders) -> subprocess.Popen[bytes]:
    drop = orders.user is not None
    return subprocess.Popen(  # noqa: S603 - a list without a shell, from our own parent
        orders.command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=sys.stderr,
        cwd="/",
        umask=0o077,
        user=orders.user,
        group=orders.group,
        extra_groups=[] if drop else None,
        pass_fds=[orders.lock],
        preexec_fn=_death_pact(),  # noqa: PLW1509 - the guardian has one thread
    )


def _death_pact() -> partial[None] | None:
    if sys.platform != "linux":
        return None
    return partial(_die_with, os.getpid(), ctypes.CDLL(None, use_errno=True))


def _die_with(guardian: int, library: ctypes.CDLL) -> None:
    library.prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != guardian:
        os._exit(1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in _STOPS:
        if server.poll() is None:
            server.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(seconds)


if __name__ == "__main__":
    sys.exit(main())
