"""One PostgreSQL server per test process, with two regions on it that a test gets empty.

``region_db`` and ``second_region_db`` are engines, as a web process has them: open a ``region_transaction`` on one.
``as_owner_of_all`` is the superuser's connection to a region, for tests that take a guard away. ``peopled`` is the
four regions of ``tenants/`` with some of their years run, for tests that read. The server is the embedded one;
``ANDEL_POSTGRES_BIN`` names another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine
from sqlalchemy.orm import Session

from andel.app import ROOT, Installation
from andel.app.web import DatabaseRegions
from andel.costs.service.running import Workplace, execute_run, order_run
from andel.host.view import TenantView
from andel.sdk.period import Period
from andel.shared.database import region_engine
from andel.shared.database.names import region_database
from andel.shared.database.secrets import Secrets
from andel.shared.postgres import Server, find_binaries
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import apply
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


@pytest.fixture(scope="session")
def peopled(admin: URL, databases: Databases) -> Iterator[DatabaseRegions]:
    """The four regions, applied. Dalarna and Stockholm have been run, Dalarna's 2025 twice: its seats were corrected.

    Skåne's run of 2026 waits for a worker, Västra Götaland has no run. Tests only read them.
    """
    installation = Installation(tenants_folder=ROOT / "tenants")
    documents = {name: installation.loaded(name).valid_document() for name in installation.names()}
    regions = DatabaseRegions(databases, registry=installation.registry)
    for name, document in documents.items():
        provision_region(admin, databases, Order(key=name, name=document.region.name, code=document.region.code))
    for document in documents.values():  # a process believes for a moment that a region is not there
        _apply(regions, document)
    for year in (2024, 2025, 2026):
        _run(regions, databases, "dalarna", year)
    _apply(regions, _with_corrected_seats(documents["dalarna"]))
    _run(regions, databases, "dalarna", 2025)
    _run(regions, databases, "stockholm", 2026)
    with regions.open("skane", writing=True) as session:
        order_run(session, Period.year(2026), view=lambda one: regions.view("skane", one), ordered_by="a test")
    yield regions
    regions.close()


def _apply(regions: DatabaseRegions, document: TenantDocument) -> None:
    with regions.open(document.region.key, writing=True) as session:
        apply(session, document, registry=regions.registry, applied_by="a test")


def _run(regions: DatabaseRegions, databases: Databases, name: str, year: int) -> None:
    def view(session: Session) -> TenantView:
        return regions.view(name, session)

    with regions.open(name, writing=True) as session:
        ordered = order_run(session, Period.year(year), view=view, ordered_by="a test")
    engine = region_engine(databases.region_address(name))
    execute_run(Workplace(engine=engine, view=view), ordered.run.id)
    engine.dispose()


def _with_corrected_seats(document: TenantDocument) -> TenantDocument:
    """Return the document with a correction of the seats that 2025 is charged by: Mora had five, not four."""
    data = json.loads(json.dumps(document.plain()))
    counted = next(one for one in data["facts"] if one["name"] == "seats" and one["reference_date"] == "2024-12-31")
    values = {**counted["values"], "mora": 5}
    data["facts"].append({**counted, "values": values, "revision": 2, "corrects": "en licens var inte med"})
    reading = read_document(data)
    assert reading.document is not None, reading.faults
    return reading.document


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


@pytest.fixture(autouse=True)
def _own_event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hide the loop that a browser keeps running in this thread from tests that do not use the browser."""
    if "chromium" in request.fixturenames:
        yield
        return
    running = asyncio._get_running_loop()  # noqa: SLF001  (no public way to set a loop aside)
    asyncio._set_running_loop(None)  # noqa: SLF001  (as above)
    yield
    asyncio._set_running_loop(running)  # noqa: SLF001  (as above)
