"""The demo's provider in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from werkzeug.serving import make_server

from andel.identity.demo.guarding import DemoError, check_demo
from andel.identity.demo.pages import demo_provider
from andel.identity.demo.personas import DemoOrganization

HOST: Final = "127.0.0.1"
_START: Final = 60.0
_WATCH: Final = 0.5


@contextmanager
def demo_provider_beside(organizations: Iterable[DemoOrganization], *, port: int, site: str) -> Iterator[str]:
    """Serve the demo's provider while the block lasts, and give its address.

    Args:
        organizations: each has an issuer of its own.
        port: of the provider, on this machine.
        site: the address of Andel.

    Raises:
        DemoError: this is no demo, or the provider does not start: the port may be taken.
    """
    base = f"http://{HOST}:{port}"
    check_demo(base, site)
    # spawned, not forked: what the parent has open (database connections, threads) stays its own
    context = multiprocessing.get_context("spawn")
    arguments = (tuple(organizations), base, site, port, os.getpid())
    process = context.Process(target=_serve, args=arguments, name="andel-demo-provider", daemon=True)
    process.start()
    try:
        until = time.monotonic() + _START
        while not _answers(port):
            if not process.is_alive() or time.monotonic() > until:
                what = "The demo's sign-in does not start."
                raise DemoError(what, where=base, remedy="Is something else on that port? Choose another one.")
            time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.join()


def _serve(organizations: tuple[DemoOrganization, ...], base: str, site: str, port: int, parent: int) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = demo_provider(organizations, base=base, site=site)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    make_server(HOST, port, app, threaded=True).serve_forever()


def _end_with(parent: int) -> None:
    """End when the parent is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(0)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
