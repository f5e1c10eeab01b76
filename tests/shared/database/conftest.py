"""Rows for tests: organizations, a cost component, and an allocation with its charges."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from andel.costs.tables import AllocationInputRow, AllocationRow, ChargeRow, CostComponentRow, ServiceRow, WorkingsRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import new_id

Allocate = Callable[..., UUID]


@pytest.fixture
def make_organizations() -> Callable[[Session, int], list[UUID]]:
    """Return what adds municipalities and returns their ids."""

    def make(session: Session, count: int) -> list[UUID]:
        rows = [
            {"id": new_id(), "key": f"kommun-{n}", "name": f"Kommun {n}", "kind": "municipality", "source": "test"}
            for n in range(count)
        ]
        session.execute(insert(OrganizationRow), rows)
        return [row["id"] for row in rows if isinstance(row["id"], UUID)]

    return make


@pytest.fixture
def make_component() -> Callable[[Session], UUID]:
    """Return what adds a service with one cost component and returns the component's id."""

    def make(session: Session) -> UUID:
        both = {"title_sv": "Tjänst", "title_en": "Service"}
        service, component = new_id(), new_id()
        session.execute(
            insert(ServiceRow).values(
                id=service, key=f"s-{service}", **both, bearer_sv="Alla", bearer_en="All", source_title="test"
            )
        )
        session.execute(
            insert(CostComponentRow).values(
                id=component, service_id=service, key="drift", **both, model="per-capita", basis="budget"
            )
        )
        return component

    return make


@pytest.fixture
def allocate() -> Allocate:
    """Return what adds a split of one component with a charge per organization, 100 öre times its place, from 1."""

    def make(session: Session, component: UUID, organizations: Sequence[UUID], **changed: Any) -> UUID:  # noqa: ANN401  (columns)
        canonical = b'{"schema":1}'
        digest = hashlib.sha256(canonical).hexdigest()
        if session.get(WorkingsRow, digest) is None:
            session.add_all([row(digest=digest, canonical=canonical) for row in (WorkingsRow, AllocationInputRow)])
            session.flush()
        charged = sum(100 * place for place in range(1, len(organizations) + 1))
        values: dict[str, Any] = {
            "id": new_id(),
            "component_id": component,
            "period_start": date(2026, 1, 1),
            "period_end": date(2027, 1, 1),
            "kind": "split",
            "total_ore": charged + 50,
            "region_ore": 50,
            "charged_ore": charged,
            "charge_count": len(organizations),
            "plugin": "per-capita",
            "plugin_version": "0.1.0",
            "model": "per-capita",
            "model_version": "1",
            "settings_digest": digest,
            "input_digest": digest,
            "workings_digest": digest,
            "digest": digest,
        } | changed
        session.execute(insert(AllocationRow).values(values))
        lines = [
            {
                "organization_id": organization,
                "allocation_id": values["id"],
                "workings_row": place,
                "payer_id": organization,
                "ore": 100 * (place + 1),
            }
            for place, organization in enumerate(organizations)
        ]
        if lines:
            session.execute(insert(ChargeRow), lines)
        allocation: UUID = values["id"]
        return allocation

    return make
