"""Regions applied to a real database, runs ordered and carried out, and what they stored."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql
from sqlalchemy import URL, Engine, select, text
from sqlalchemy.orm import Session

from andel.app import Installation, build_cli
from andel.costs.service.running import Ordered, Run, Workplace, execute_run, order_run
from andel.costs.tables import AllocationRow, CostAmountRow, CostComponentRow, ServiceRow
from andel.host.facade import Facade
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.sdk.period import Period
from andel.shared.database import Viewer, new_id, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying import apply
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.loading import load_tenant
from andel.tenancy.tables import EnabledPluginRow

TENANTS = Path(__file__).parents[3] / "tenants"
STAFF = Viewer.staff()
Edit = Callable[[dict[str, Any]], None]
Andel = Callable[..., Result]

RESULTS = ("run_item", "charge", "allocation", "workings", "allocation_input", "allocation_run")

STORED = """
SELECT service.key, cost_component.key, allocation.period_start, allocation.revision, allocation.is_current,
    allocation.digest, allocation.charged_ore,
    (SELECT json_agg(json_build_array(organization.key, payer.key, charge.workings_row, charge.ore)
                     ORDER BY charge.workings_row)
     FROM charge JOIN organization ON organization.id = charge.organization_id
         JOIN organization AS payer ON payer.id = charge.payer_id
     WHERE charge.allocation_id = allocation.id)
FROM allocation JOIN cost_component ON cost_component.id = allocation.component_id
    JOIN service ON service.id = cost_component.service_id
ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Region:
    """A region whose costs tests allocate."""

    engine: Engine
    registry: Registry
    tenant: str
    facade: Facade = field(default_factory=Facade)

    @property
    def place(self) -> Workplace:
        """The region as a worker sees it."""
        return Workplace(engine=self.engine, view=self.view, facade=self.facade)

    def view(self, session: Session) -> TenantView:
        """Return what the region may use."""
        return TenantView.of(self.registry, self.tenant, session.scalars(select(EnabledPluginRow.plugin)))

    def order(self, year: int, *services: str) -> Ordered:
        """Order a run of one year."""
        return self.order_days(Period.year(year), *services)

    def order_days(self, period: Period, *services: str) -> Ordered:
        """Order a run of any days."""
        with region_transaction(self.engine, STAFF) as session:
            return order_run(session, period, view=self.view, ordered_by="ekonom", services=services or None)

    def carry_out(self, run: Run | UUID) -> Run:
        """Do what is left of a run."""
        return execute_run(self.place, run if isinstance(run, UUID) else run.id)

    def run(self, year: int, *services: str) -> Run:
        """Order a run and carry it out."""
        return self.carry_out(self.order(year, *services).run)

    def apply(self, document: TenantDocument) -> None:
        """Apply a document."""
        with region_transaction(self.engine, STAFF) as session:
            apply(session, document, registry=self.registry, applied_by="ekonom", allow_deletion=True)

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        with region_transaction(self.engine, STAFF) as session:
            return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608  (a test's own word)

    def made(self) -> list[UUID]:
        """Return the ids of the stored results, in the order they were made."""
        with region_transaction(self.engine, STAFF) as session:
            return list(session.scalars(select(AllocationRow.id).order_by(AllocationRow.recorded_at)))

    def current_digests(self) -> set[str]:
        """Return the digests of the current results."""
        with region_transaction(self.engine, STAFF) as session:
            return set(session.scalars(select(AllocationRow.digest).where(AllocationRow.is_current)))

    def digest(self) -> str:
        """SHA-256 over every stored result and charge, without ids and times."""
        with region_transaction(self.engine, STAFF) as session:
            rows = [list(row) for row in session.execute(text(STORED))]
        return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


@pytest.fixture(scope="session")
def registry() -> Registry:
    """What is installed here."""
    return build_registry()


@pytest.fixture(scope="session")
def document_of(registry: Registry) -> Callable[[str], TenantDocument]:
    """Return what reads a region's document."""
    return lambda name: load_tenant(TENANTS, name, registry).valid_document()


@pytest.fixture
def dalarna(region_db: Engine, registry: Registry, document_of: Callable[[str], TenantDocument]) -> Region:
    """Dalarna, applied."""
    region = Region(region_db, registry, "dalarna")
    region.apply(document_of("dalarna"))
    return region


@pytest.fixture
def stockholm(region_db: Engine, registry: Registry, document_of: Callable[[str], TenantDocument]) -> Region:
    """Stockholm, applied: its cost model counts what earlier years charged."""
    region = Region(region_db, registry, "stockholm")
    region.apply(document_of("stockholm"))
    return region


@pytest.fixture
def forget_results(admin: URL) -> Callable[[Region], None]:
    """Return what removes every run and result of a region, past the triggers that refuse it."""

    def forget(region: Region) -> None:
        address = admin.set(drivername="postgresql", database=region.engine.url.database)
        with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
            deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in RESULTS]
            connection.execute(sql.SQL("SET session_replication_role = replica; ") + sql.SQL("; ").join(deletions))

    return forget


class Victims:
    """Workers in processes of their own, to be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def work(self, region: Region, runs: Sequence[Run], **how: float) -> list[int]:
        """Let one worker per run carry it out, and return their exit codes: -9 for one that was killed."""
        order = {
            "url": region.engine.url.render_as_string(hide_password=False),
            "tenant": region.tenant,
            "runs": [str(run.id) for run in runs],
            **how,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        codes: list[int] = json.loads(self._process.stdout.readline())
        return codes


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    """Workers to be killed."""
    script = str(Path(__file__).parent / "victim.py")
    with subprocess.Popen(  # noqa: S603  (a script of these tests)
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Victims(process)
        if process.stdin:
            process.stdin.close()


@pytest.fixture
def edited(document_of: Callable[[str], TenantDocument]) -> Callable[[Edit], TenantDocument]:
    """Return what gives Dalarna's document with something changed in it."""

    def make(edit: Edit) -> TenantDocument:
        data = document_of("dalarna").plain()
        edit(data)
        return TenantDocument.model_validate_json(json.dumps(data))

    return make


@pytest.fixture
def correct_budget(dalarna: Region) -> Callable[[int], None]:
    """Return what corrects Dalarna's budget of 2026 for the service sip, in kronor, as a row that supersedes."""
    current = CostAmountRow.superseded_at.is_(None), CostAmountRow.reference == "Budget 2026"
    sip = select(ServiceRow.id).where(ServiceRow.key == "sip").scalar_subquery()
    of_sip = CostAmountRow.component_id.in_(select(CostComponentRow.id).where(CostComponentRow.service_id == sip))

    def correct(kronor: int) -> None:
        with region_transaction(dalarna.engine, STAFF) as session:
            row = session.scalars(select(CostAmountRow).where(*current, of_sip)).one()
            columns = {column.name: getattr(row, column.name) for column in CostAmountRow.__table__.columns}
            row.superseded_at = datetime.now(UTC)
            session.flush()
            session.add(CostAmountRow(**{**columns, "id": new_id(), "ore": kronor * 100, "superseded_at": None}))

    return correct


@pytest.fixture
def environment(admin: URL, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let commands find the instance of the tests."""
    found = {
        "ANDEL_DATABASE_URL": admin.render_as_string(hide_password=False),
        "ANDEL_SECRETS_DIR": str(databases.secrets.folder),
        "ANDEL_LOG_LEVEL": "error",
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def andel(environment: dict[str, str]) -> Andel:
    """Return what runs ``andel`` in this process."""
    assert environment

    def run(*arguments: str, code: int = 0) -> Result:
        ran = CliRunner().invoke(build_cli(Installation()), list(arguments), catch_exceptions=False)
        assert ran.exit_code == code, ran.output
        return ran

    return run


@pytest.fixture
def instance_key() -> str:
    """The key by which the instance knows the region of the tests."""
    return "testlandet"
