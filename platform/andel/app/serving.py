"""Serve the pages and the API by gunicorn."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from andel.app.api import TokenGate
from andel.app.web import DatabaseRegions, create_app
from andel.sdk.errors import AndelError
from andel.shared.logs import configure_logs
from andel.tenancy.service.databases import Databases

MOST_REQUESTS = 20_000
"""After about so many requests a worker is replaced, so that no leak of any library grows for ever."""

GRACE = 30


class Site(BaseApplication):
    """A gunicorn server whose workers each make their own application.

    ``sync`` workers were steadier and faster than threads for database work on two cores. The application is
    made after the fork: connections and engines are never shared between processes.
    """

    def __init__(self, make_app: Callable[[], Flask], *, host: str, port: int, workers: int = 0) -> None:
        self._make_app = make_app
        self._options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers or min(4, multiprocessing.cpu_count()),
            "worker_class": "sync",
            "timeout": 60,
            "graceful_timeout": GRACE,
            "max_requests": MOST_REQUESTS,
            "max_requests_jitter": MOST_REQUESTS // 10,
            "forwarded_allow_ips": "",
            "proc_name": "andel",
            "loglevel": "warning",
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401  (any WSGI application)
        """Make the application, in the worker."""
        return self._make_app()


class ServingError(AndelError):
    """The pages may not be served there."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages of every region by gunicorn. Ctrl-C or SIGTERM ends it when the last answer is given."""
    _check_loopback(host)
    configure_logs(level=os.environ.get("ANDEL_LOG_LEVEL", "info"))
    databases = Databases.from_environment()

    def make() -> Flask:
        regions = DatabaseRegions(databases)
        return create_app(regions, check=regions.check, programs=TokenGate(engine_of=regions.region))

    Site(make, host=host, port=port, workers=workers).run()


def _check_loopback(host: str) -> None:
    """Refuse any address but the machine's own: whoever reaches the pages sees all of a region.

    Raises:
        ServingError: the address is no loopback address.
    """
    try:
        alone = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not alone:
        message = f"The pages have no sign-in, so they are not served on {host}."
        raise ServingError(message, where="--host", remedy="Use 127.0.0.1, and a tunnel of your own to reach it.")
