"""The four regions and a small one as documents, and a way to apply them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Engine, insert, text

from andel.costs.service.reading import component_ids
from andel.costs.tables import AllocationRow, WorkingsRow
from andel.host.registry import Registry
from andel.shared.database import Viewer, new_id, region_transaction
from andel.shared.database.names import CONTROL, region_database, region_login
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.plan import Plan
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import Applied, apply, plan_for
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.loading import load_tenant
from andel.tenancy.service.schema import region_metadata

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder

TENANTS = Path(__file__).parents[3] / "tenants"
REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")

Data = dict[str, Any]
Apply = Callable[..., Applied]
Forget = Callable[[str], None]
Edit = Callable[..., TenantDocument]
Planned = Callable[[Engine, TenantDocument], Plan]
StoredResult = Callable[..., None]
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
def stored() -> Stored:
    """Return what gives the place and the transaction of every row: a row that is written again has others."""

    def read(engine: Engine) -> dict[str, list[tuple[str, str]]]:
        with region_transaction(engine, Viewer.staff(read_only=True)) as session:
            versions = "SELECT ctid::text AS at, xmin::text AS by FROM {}"
            return {
                table.name: sorted((row.at, row.by) for row in session.execute(text(versions.format(table.name))))
                for table in region_metadata().sorted_tables
            }

    return read


@pytest.fixture
def store_result() -> StoredResult:
    """Return what stores a result of a component for a year: a split that charges nobody."""

    def store(engine: Engine, service: str, component: str, *, year: int) -> None:
        canonical = b'{"schema":1}'
        digest = hashlib.sha256(canonical).hexdigest()
        with region_transaction(engine, Viewer.staff()) as session:
            if session.get(WorkingsRow, digest) is None:
                session.execute(insert(WorkingsRow), [{"digest": digest, "canonical": canonical}])
            values = {
                "id": new_id(),
                "component_id": component_ids(session)[service, component],
                "period_start": date(year, 1, 1),
                "period_end": date(year + 1, 1, 1),
                "kind": "split",
                "total_ore": 100,
                "region_ore": 100,
                "charged_ore": 0,
                "charge_count": 0,
                "plugin": "per-capita",
                "plugin_version": "0.1.0",
                "model": "per-capita",
                "model_version": "1.0.0",
                "settings_digest": digest,
                "input_digest": digest,
                "workings_digest": digest,
            }
            session.execute(insert(AllocationRow), [values])

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
