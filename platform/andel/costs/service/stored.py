"""Stored allocations read back as frozen values: by year, by component, by party. Sums are read, never made anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import Session

from andel.costs.model import CostError
from andel.costs.model.asked import read_request
from andel.costs.model.restored import restored
from andel.costs.tables import (
    AllocationInputRow,
    AllocationRow,
    ChargeRow,
    CostComponentRow,
    Kind,
    Purpose,
    ServiceRow,
    WorkingsRow,
)
from andel.parties.service import organization_keys
from andel.sdk.cost import Allocation, CostRequest
from andel.sdk.errors import WorkingsError
from andel.sdk.period import Period
from andel.sdk.stored import read_workings
from andel.sdk.workings import Workings

Part = tuple[str, str]
"""The keys of a service and of one of its cost components."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAllocation:
    """One stored result without its rows: what it came to in öre, and what made it.

    Attributes:
        own: what the region bears: its part of a split, the residual of a tariff; None when nobody knows.
        whole: the cost that was divided, or what the supplier takes; None when nobody knows.
        charged: what the parties pay together.
        difference: how a later revision differs from the one it supersedes, as the run wrote it.
    """

    id: UUID
    part: Part
    period: Period
    purpose: Purpose
    revision: int
    is_current: bool
    kind: Kind
    currency: str
    own: int | None
    whole: int | None
    charged: int
    lines: int
    plugin: str
    plugin_version: str
    model: str
    model_version: str
    settings_digest: str
    input_digest: str
    workings_digest: str
    digest: str
    recorded_at: datetime
    difference: Mapping[str, Any] | None = field(default=None, hash=False)
    run: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What one party is to pay by one allocation, who is invoiced, and its row in the workings."""

    allocation: UUID
    party: str
    payer: str
    ore: int
    row: int


def current_results(session: Session, period: Period) -> tuple[StoredAllocation, ...]:
    """Return the current results whose days lie inside the period, by service, component and first day."""
    inside = _stored().where(
        AllocationRow.is_current,
        AllocationRow.period_start >= period.start,
        AllocationRow.period_end <= period.end,
    )
    return _read(session, inside.order_by(ServiceRow.key, CostComponentRow.key, AllocationRow.period_start))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the current results of some days come to: how many they are, and what the parties pay in öre."""

    results: int
    charged: int


def totals_of(session: Session, period: Period) -> Totals:
    """Sum the current results whose days lie inside the period, by what the results say of themselves."""
    counted = select(func.count(), func.coalesce(func.sum(AllocationRow.charged_ore), 0)).where(
        AllocationRow.is_current,
        AllocationRow.purpose == Purpose.CHARGE,
        AllocationRow.period_start >= period.start,
        AllocationRow.period_end <= period.end,
    )
    results, charged = session.execute(counted).one()
    return Totals(results=results, charged=int(charged))


def results_of(session: Session, part: Part) -> tuple[StoredAllocation, ...]:
    """Return every result of a component, the newest period and revision first."""
    chosen = _stored().where(ServiceRow.key == part[0], CostComponentRow.key == part[1])
    newest = AllocationRow.period_start.desc(), AllocationRow.revision.desc(), AllocationRow.recorded_at.desc()
    return _read(session, chosen.order_by(*newest))


def result_of(session: Session, allocation: UUID) -> StoredAllocation | None:
    """Return one result by its id."""
    return next(iter(_read(session, _stored().where(AllocationRow.id == allocation))), None)


def years_with_results(session: Session) -> tuple[int, ...]:
    """Return the years that some result begins in, oldest first."""
    year = extract("year", AllocationRow.period_start)
    return tuple(
        sorted(int(found) for found in session.scalars(select(year).where(AllocationRow.is_current).distinct()))
    )


def workings_of(session: Session, digest: str) -> Workings:
    """Return stored workings.

    Raises:
        WorkingsError: there are none of that digest, or they cannot be read.
    """
    canonical = session.scalar(select(WorkingsRow.canonical).where(WorkingsRow.digest == digest))
    if canonical is None:
        message = "There are no workings of that digest."
        raise WorkingsError(message, where=digest, remedy="Restore the region's database from its backup.")
    return read_workings(canonical)


def allocation_of(session: Session, stored: StoredAllocation) -> Allocation:
    """Return the result as it was made, its amounts and workings read from what is stored.

    Raises:
        WorkingsError: the workings are missing, cannot be read or hold no amounts.
    """
    payers = {line.party: line.payer for line in charges_by(session, [stored.id]) if line.payer != line.party}
    workings = workings_of(session, stored.workings_digest)
    return restored(
        stored.kind.value, workings, payers=payers, currency=stored.currency, own=stored.own, whole=stored.whole
    )


def request_of(session: Session, stored: StoredAllocation) -> CostRequest:
    """Return what the model was asked when the result was made.

    Raises:
        CostError: the request is missing, or cannot be read.
    """
    return read_request(_input(session, stored.input_digest))


def settings_of(session: Session, stored: StoredAllocation) -> dict[str, Any]:
    """Return the settings that the result was made with, as plain data.

    Raises:
        CostError: they are missing.
    """
    settings: dict[str, Any] = json.loads(_input(session, stored.settings_digest))
    return settings


def digests_of(session: Session, allocations: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the digests of results: equal digests, equal results with equal input."""
    found = select(AllocationRow.id, AllocationRow.digest).where(AllocationRow.id.in_(allocations))
    return {row.id: row.digest for row in session.execute(found)}


def charges_by(session: Session, allocations: Sequence[UUID]) -> tuple[Charged, ...]:
    """Return the lines of these allocations that the viewer may see, in the order of the workings."""
    lines = select(ChargeRow).where(ChargeRow.allocation_id.in_(allocations)).order_by(ChargeRow.workings_row)
    keys = organization_keys(session)
    return tuple(
        Charged(
            allocation=line.allocation_id,
            party=keys[line.organization_id],
            payer=keys[line.payer_id],
            ore=line.ore,
            row=line.workings_row,
        )
        for line in session.scalars(lines)
    )


def paid_by_year(session: Session, organization: UUID) -> Mapping[int, int]:
    """Return what one organization pays in öre by its current charges, per year, oldest first."""
    year = extract("year", AllocationRow.period_start).label("year")
    summed = (
        select(year, func.sum(ChargeRow.ore))
        .join(AllocationRow, AllocationRow.id == ChargeRow.allocation_id)
        .where(ChargeRow.organization_id == organization, AllocationRow.is_current)
        .group_by(year)
        .order_by(year)
    )
    return {int(one): int(ore) for one, ore in session.execute(summed)}


def parts_by_id(session: Session) -> Mapping[UUID, Part]:
    """Return the keys of services and components by the components' ids."""
    named = select(CostComponentRow.id, ServiceRow.key, CostComponentRow.key)
    rows = session.execute(named.join(ServiceRow, ServiceRow.id == CostComponentRow.service_id))
    return {component_id: (service, component) for component_id, service, component in rows}


def recorded_on(stored: Iterable[StoredAllocation]) -> date | None:
    """Return the day the newest of the results was written."""
    return max((one.recorded_at.date() for one in stored), default=None)


def _input(session: Session, digest: str) -> bytes:
    canonical = session.scalar(select(AllocationInputRow.canonical).where(AllocationInputRow.digest == digest))
    if canonical is None:
        message = "What the result was made from is missing."
        raise CostError(message, where=digest, remedy="Restore the region's database from its backup.")
    return canonical


def _stored() -> Select[AllocationRow, str, str]:
    return (
        select(AllocationRow, ServiceRow.key, CostComponentRow.key)
        .join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
    )


def _read(session: Session, statement: Select[AllocationRow, str, str]) -> tuple[StoredAllocation, ...]:
    return tuple(_value(row, (service, component)) for row, service, component in session.execute(statement))


def _value(row: AllocationRow, part: Part) -> StoredAllocation:
    kind = Kind(row.kind)
    return StoredAllocation(
        id=row.id,
        part=part,
        period=Period(row.period_start, row.period_end),
        purpose=Purpose(row.purpose),
        revision=row.revision,
        is_current=row.is_current,
        kind=kind,
        currency=row.currency,
        own=row.region_ore if kind is Kind.SPLIT else row.residual_ore,
        whole=row.total_ore if kind is Kind.SPLIT else row.supplier_cost_ore,
        charged=row.charged_ore,
        lines=row.charge_count,
        plugin=row.plugin,
        plugin_version=row.plugin_version,
        model=row.model,
        model_version=row.model_version,
        settings_digest=row.settings_digest,
        input_digest=row.input_digest,
        workings_digest=row.workings_digest,
        digest=row.digest,
        recorded_at=row.recorded_at,
        difference=row.difference,
        run=row.run_id,
    )
