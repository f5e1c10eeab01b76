"""Where the databases of an instance are, and how its processes get into them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from andel.shared.database import DatabaseError, RegionAddress, plain_engine
from andel.shared.database.names import CONTROL, region_database, region_login
from andel.shared.database.secrets import Secrets
from andel.shared.postgres import running_address

URL_VARIABLE: Final = "ANDEL_DATABASE_URL"
ADMIN_VARIABLE: Final = "ANDEL_ADMIN_DATABASE_URL"
EMBEDDED_STATE: Final = Path("var/postgres")
"""Where the embedded server keeps its data: what is used when no server is named."""


@dataclass(frozen=True, slots=True)
class Databases:
    """An instance as its web and worker processes see it: a server, and passwords.

    Attributes:
        server: URL of the server; of it only host, port and options count.
        secrets: the passwords of the logins.
    """

    server: URL
    secrets: Secrets

    @classmethod
    def from_environment(cls) -> Databases:
        """Read ``ANDEL_DATABASE_URL`` and ``ANDEL_SECRETS_DIR``.

        Raises:
            DatabaseError: the first is no URL, or it is missing and the embedded server does not run.
        """
        return cls(_url_of(URL_VARIABLE), Secrets.from_environment())

    def control_url(self) -> URL:
        """Return the URL of the control database, for its own login."""
        return self._url(self.server, database=CONTROL, login=CONTROL)

    def control_engine(self) -> Engine:
        """Make the engine of the control database. The caller disposes of it."""
        return plain_engine(self.control_url())

    def region_address(self, tenant: str, *, placement: str = "") -> RegionAddress:
        """Return where a region's database is, for its own login.

        Args:
            tenant: the region's key.
            placement: URL of the server that the region has for itself; empty for the instance's.
        """
        server = make_url(placement) if placement else self.server
        return RegionAddress(tenant, self._url(server, database=region_database(tenant), login=region_login(tenant)))

    def _url(self, server: URL, *, database: str, login: str) -> URL:
        return server.set(
            drivername="postgresql+psycopg",
            username=login,
            password=self.secrets.read(login),
            database=database,
        )


def admin_url() -> URL:
    """Read ``ANDEL_ADMIN_DATABASE_URL``: the elevated login, for provisioning and migrations only.

    Raises:
        DatabaseError: it is no URL, or it is missing and the embedded server does not run.
    """
    return _url_of(ADMIN_VARIABLE)


def _url_of(variable: str) -> URL:
    given = os.environ.get(variable)
    embedded = running_address(EMBEDDED_STATE) if given is None else None
    if embedded is not None:
        return embedded.sqlalchemy_url()
    try:
        return make_url(given or "").set(drivername="postgresql+psycopg")
    except ArgumentError:
        what = f"{variable} is no URL." if given else f"{variable} is not set, and the embedded server does not run."
        remedy = "Set it to postgresql://user:password@host:5432/postgres."
        raise DatabaseError(what, where=variable, remedy=remedy) from None
