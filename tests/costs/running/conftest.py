"""Regions applied to a real database, runs ordered and carried out, and what they stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from andel.costs.service.running import Ordered, Run, Workplace, execute_run, order_run
from andel.host.facade import Facade
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying import apply
from andel.tenancy.service.loading import load_tenant
from andel.tenancy.tables import EnabledPluginRow

TENANTS = Path(__file__).parents[3] / "tenants"
STAFF = Viewer.staff()

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
