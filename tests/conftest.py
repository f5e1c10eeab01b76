"""One PostgreSQL server per test process, with two regions on it that a test gets empty.

``region_db`` and ``second_region_db`` are engines, as a web process has them: open a ``region_transaction`` on one.
``as_owner_of_all`` is the superuser's connection to a region, for tests that take a guard away. The server is the
embedded one; ``ANDEL_POSTGRES_BIN`` names another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine

from andel.shared.database import region_engine
from andel.shared.database.names import region_database
from andel.shared.database.secrets import Secrets
from andel.shared.postgres import Server, find_binaries
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.provisioning import Order, prepare_instance, provision_region
from andel.tenancy.service.schema import region_metadata

FIRST, SECOND = "testlandet", "andra-landet"
_QUEUE = ("jobs", "events", "workers", "periodic_defers")


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The running server of this test process; parametrized, one of another folder of programs."""
    folder = getattr(request, "param", None)
    with Server.temporary(binaries=find_binaries(folder) if folder else None) as server:
        yield server


@pytest.fixture(scope="session")
def admin(database_server: Server) -> URL:
    """The elevated login of the server."""
    return database_server.address().sqlalchemy_url()


@pytest.fixture(scope="session")
def databases(admin: URL, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """An instance with roles, control database and template, and nothing else."""
    made = Databases(admin, Secrets(tmp_path_factory.mktemp("secrets")))
    prepare_instance(admin, made)
    return made


@pytest.fixture(scope="session")
def _first(admin: URL, databases: Databases) -> Iterator[Engine]:
    yield from _region(admin, databases, Order(key=FIRST, name="Testlandet", code="90"))


@pytest.fixture(scope="session")
def _second(admin: URL, databases: Databases) -> Iterator[Engine]:
    yield from _region(admin, databases, Order(key=SECOND, name="Andra landet", code="91"))


def _region(admin: URL, databases: Databases, order: Order) -> Iterator[Engine]:
    engine = region_engine(provision_region(admin, databases, order))
    yield engine
    engine.dispose()


@pytest.fixture
def region_db(_first: Engine, admin: URL) -> Iterator[Engine]:
    """A region without a row in it."""
    yield _first
    _empty(admin, region_database(FIRST))


@pytest.fixture
def second_region_db(_second: Engine, admin: URL) -> Iterator[Engine]:
    """Another region without a row in it."""
    yield _second
    _empty(admin, region_database(SECOND))


@pytest.fixture(scope="session")
def as_owner_of_all(admin: URL) -> Callable[[Engine], AbstractContextManager[Connection]]:
    """Return a way to connect as the superuser to the database of an engine; nothing of it is committed."""

    @contextmanager
    def connect(engine: Engine) -> Iterator[Connection]:
        privileged = create_engine(admin.set(database=engine.url.database), poolclass=NullPool)
        with privileged.connect() as connection:
            yield connection
            connection.rollback()

    return connect


def _empty(admin: URL, database: str) -> None:
    """Remove every row, past the triggers that refuse it: they are what tests are about. Faster than TRUNCATE."""
    tables = [sql.Identifier(table.name) for table in region_metadata().sorted_tables]
    tables += [sql.Identifier("procrastinate", f"procrastinate_{name}") for name in _QUEUE]
    address = admin.set(drivername="postgresql", database=database).render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        statements = [sql.SQL("DELETE FROM {}").format(table) for table in tables]
        connection.execute(sql.SQL("SET session_replication_role = replica; ") + sql.SQL("; ").join(statements))
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )
