"""Serve the pages and the API by gunicorn."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from andel.app.api import TokenGate
from andel.app.signing import SignIn
from andel.app.web import DatabaseRegions, create_app
from andel.identity.pages.sign_in import Gateway
from andel.identity.service.oidc.directory import Directory
from andel.identity.service.oidc.fetching import Fetcher
from andel.identity.service.oidc.providers import Vault
from andel.identity.service.oidc.relying import Relying
from andel.sdk.errors import AndelError
from andel.shared.logs import configure_logs
from andel.shared.secretbox import SecretBox
from andel.tenancy.service.databases import Databases

MOST_REQUESTS = 20_000
"""After about so many requests a worker is replaced, so that no leak of any library grows for ever."""

GRACE = 30
ADDRESS_VARIABLE: Final = "ANDEL_ADDRESS"


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
@click.option(
    "--address",
    envvar=ADDRESS_VARIABLE,
    default="",
    show_envvar=True,
    help="The https address that people know the pages by. With it they sign in; without it, this machine alone.",
)
def serve(host: str, port: int, workers: int, address: str) -> None:
    """Serve the pages of every region by gunicorn. Ctrl-C or SIGTERM ends it when the last answer is given."""
    if address:
        _check_address(address)
    else:
        _check_loopback(host)
    configure_logs(level=os.environ.get("ANDEL_LOG_LEVEL", "info"))
    databases = Databases.from_environment()

    vault = Vault(box=SecretBox.from_environment()) if address else None
    flash_key = secrets.token_hex(32)

    def make() -> Flask:
        regions = DatabaseRegions(databases)
        sign_in = sign_in_at(address, regions, vault, flash_key) if vault else None
        programs = TokenGate(engine_of=regions.region)
        return create_app(regions, check=regions.check, programs=programs, sign_in=sign_in)

    Site(make, host=host, port=port, workers=workers).run()


def sign_in_at(address: str, regions: DatabaseRegions, vault: Vault, flash_key: str) -> SignIn:
    """Return how people sign in to the pages at an address, by the providers that the regions' databases name."""
    gateway = Gateway(relying=Relying(directory=Directory(Fetcher())), vault=vault, address=lambda: address.rstrip("/"))
    return SignIn(doors=regions, gateway=gateway, flash_key=flash_key)


def _check_address(address: str) -> None:
    """Refuse an address that browsers keep no session for.

    Raises:
        ServingError: it is no https address, or has more than a host.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        message = f"{address} is no address to sign in at."
        raise ServingError(message, where="--address", remedy="Write https:// and the host that people know.")


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
        message = f"Without sign-in the pages are not served on {host}."
        raise ServingError(message, where="--host", remedy="Give the --address that people sign in at, or 127.0.0.1.")
