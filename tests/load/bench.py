"""What a benchmark has at hand: a server of its own, and regions on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine

from andel.host.registry import Registry, build_registry
from andel.shared.database import region_engine
from andel.shared.database.secrets import Secrets
from andel.shared.postgres import Server
from andel.shared.postgres.settings import Settings
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.provisioning import Order, prepare_instance, provision_region


@dataclass
class Bench:
    """The server and the installed plugins; ``soak``: measure the large sizes too."""

    admin: URL
    databases: Databases
    soak: bool = False
    registry: Registry = field(default_factory=build_registry)

    @contextmanager
    def region(self, key: str) -> Iterator[Engine]:
        """Provision an empty region, and close its connections in the end."""
        engine = region_engine(provision_region(self.admin, self.databases, Order(key=key, name=key, code="99")))
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def privileged(self, engine: Engine) -> Iterator[psycopg.Connection]:
        """Connect to a region past its guards; committed in the end."""
        address = self.admin.set(drivername="postgresql", database=engine.url.database)
        with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
            yield connection

    def settle(self, engine: Engine) -> None:
        """Write out what is to be written and gather statistics, so that the next measurement does not pay for it."""
        address = self.admin.set(drivername="postgresql", database=engine.url.database)
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            connection.execute("VACUUM ANALYZE")


@contextmanager
def opened(*, soak: bool) -> Iterator[Bench]:
    """Start a durable server for benchmarks, and throw it away in the end."""
    settings = Settings(shared_buffers_mb=512, extra={"max_wal_size": "8GB"})
    with tempfile.TemporaryDirectory() as secrets, Server.temporary(settings=settings) as server:
        admin = server.address().sqlalchemy_url()
        databases = Databases(admin, Secrets(Path(secrets)))
        prepare_instance(admin, databases)
        yield Bench(admin=admin, databases=databases, soak=soak)


def emptied(tables: tuple[str, ...]) -> sql.Composed:
    """Return the statement that removes every row of tables, past the triggers that refuse it."""
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    return sql.SQL("SET LOCAL session_replication_role = replica; TRUNCATE {}").format(names)
