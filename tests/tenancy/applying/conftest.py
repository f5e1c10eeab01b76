"""The four regions and a small one as documents, and a way to apply them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, select, text
from sqlalchemy.orm import Session

from andel.costs.service.running import Workplace, execute_run, order_run
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction
from andel.shared.database.names import CONTROL, region_database, region_login
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.plan import Plan
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import Applied, apply, plan_for
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.loading import load_tenant
from andel.tenancy.service.schema import region_metadata
from andel.tenancy.tables import EnabledPluginRow

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder

TENANTS = Path(__file__).parents[3] / "tenants"
REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")

Data = dict[str, Any]
Apply = Callable[..., Applied]
Forget = Callable[[str], None]
Edit = Callable[..., TenantDocument]
Planned = Callable[[Engine, TenantDocument], Plan]
StoreResults = Callable[..., None]
Stored = Callable[[Engine], dict[str, list[tuple[str, str]]]]


@pytest.fixture(scope="session")
def documents(registry: Registry) -> dict[str, TenantDocument]:
    """The regions kept as files, by name."""
    return {name: load_tenant(TENANTS, name, registry).valid_document() for name in REGIONS}


@pytest.fixture
def edited(region: RegionFolder) -> Edit:
    """Return what gives the small region's document, changed as plain data by one function after the other."""
    plain = region.load().valid_document().plain()

    def edit(*changes: Callable[[Data], object]) -> TenantDocument:
        data = json.loads(json.dumps(plain))
        for change in changes:
            change(data)
        reading = read_document(data)
        assert reading.document is not None, reading.faults
        assert reading.faults == ()
        return reading.document

    return edit


@pytest.fixture
def applied(registry: Registry) -> Apply:
    """Return what applies a document in a transaction of its own."""

    def run(engine: Engine, document: TenantDocument, *, allow_deletion: bool = False) -> Applied:
        with region_transaction(engine, Viewer.staff()) as session:
            return apply(session, document, registry=registry, applied_by="a test", allow_deletion=allow_deletion)

    return run


@pytest.fixture
def planned() -> Planned:
    """Return what plans a document without writing anything."""

    def run(engine: Engine, document: TenantDocument) -> Plan:
        with region_transaction(engine, Viewer.staff(read_only=True)) as session:
            return plan_for(session, document)

    return run


@pytest.fixture
def stored(as_owner_of_all: Callable[[Engine], AbstractContextManager[Connection]]) -> Stored:
    """Return what gives the place and the transaction of every row: a row that is written again has others."""

    def read(engine: Engine) -> dict[str, list[tuple[str, str]]]:
        versions = "SELECT ctid::text AS at, xmin::text AS by FROM {}"
        with as_owner_of_all(engine) as connection:
            return {
                table.name: sorted((row.at, row.by) for row in connection.execute(text(versions.format(table.name))))
                for table in region_metadata().sorted_tables
            }

    return read


@pytest.fixture
def store_results(registry: Registry) -> StoreResults:
    """Return what allocates the costs of one service for a year, and stores the results."""

    def view(session: Session) -> TenantView:
        return TenantView.of(registry, "prov", session.scalars(select(EnabledPluginRow.plugin)))

    def store(engine: Engine, service: str, *, year: int) -> None:
        with region_transaction(engine, Viewer.staff()) as session:
            ordered = order_run(session, Period.year(year), view=view, ordered_by="a test", services=[service])
        run = execute_run(Workplace(engine=engine, view=view), ordered.run.id)
        assert not run.failed, run.failed

    return store


@pytest.fixture
def forget(admin: URL, databases: Databases) -> Forget:
    """Return what removes a region and its database, as if it had never been."""

    def remove(key: str) -> None:
        server = admin.set(drivername="postgresql")
        name, login = map(sql.Identifier, (region_database(key), region_login(key)))
        with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(login))
        with psycopg.connect(server.set(database=CONTROL).render_as_string(hide_password=False)) as connection:
            connection.execute("DELETE FROM tenant WHERE key = %s", (key,))
        (databases.secrets.folder / region_login(key)).unlink(missing_ok=True)

    return remove
