"""Settle one component and period in one transaction: leave what stands when it was made from the same, else store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.costs.model.difference import Made, difference_between
from andel.costs.model.result import Result
from andel.costs.service.running.desk import Desk
from andel.costs.service.running.storing import Correction, Origin, Standing, charged_by, standing, store
from andel.costs.tables import AllocationInputRow, AllocationRow, WorkingsRow
from andel.host.inputs import canonical_request
from andel.host.settings import SettingsInForce
from andel.sdk.cost import Ceiling, CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.period import Period
from andel.sdk.stored import read_workings
from andel.sdk.text import Text
from andel.sdk.workings import Role


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a component's model is asked in a period, and the component's current results.

    Attributes:
        stands: oldest first.
    """

    current: SettingsInForce
    request: CostRequest
    stands: tuple[Standing, ...]

    @cached_property
    def written(self) -> bytes:
        """The request as canonical JSON."""
        return canonical_request(self.request)

    @property
    def stamp(self) -> tuple[str, str, str, str]:
        """As ``Standing.stamp``."""
        registered = self.current.registered
        digest = hashlib.sha256(self.written).hexdigest()
        return registered.id, registered.version, self.current.settings.digest, digest

    @property
    def before(self) -> Standing | None:
        """The current result of the very period."""
        return next((one for one in self.stands if one.period == self.request.period), None)


def ask(session: Session, desk: Desk, component_id: UUID, period: Period) -> Asked:
    """Put together what the component's model is asked, on the charges that are stored.

    Raises:
        AndelError: it cannot be asked; says why, where and what to do.
    """
    service, component = desk.part(component_id)
    current = desk.allocator.current(component, period)
    stands = standing(session, component_id)
    history = desk.facade.history(current.registered, period, current.settings)
    charged: dict[str, int] = {}
    if history is not None:
        for year in desk.years_before(component_id, period):
            _check_stored(year, stands, where=f"{service.key}, {component.key}")
        charged = charged_by(session, (one for one in stands if one.period.overlaps(history)), desk.keys)
    request = desk.allocator.asked(service, component, period, current=current, charged=charged)
    return Asked(current=current, request=request, stands=stands)


def settle(session: Session, desk: Desk, component_id: UUID, period: Period, *, run_id: UUID) -> UUID:
    """Return the current result of the component and period: the one that stands, or a new one that is stored.

    Raises:
        AndelError: it cannot be allocated; says why, where and what to do.
    """
    asked = ask(session, desk, component_id, period)
    before = asked.before
    if before is not None and before.stamp == asked.stamp:
        return before.id
    result = desk.allocator.answered(asked.request, asked.current, written_request=asked.written)
    if not isinstance(result.allocation, Ceiling):
        _check_apart(asked)
    origin = Origin(
        run_id=run_id,
        component_id=component_id,
        registered=asked.current.registered,
        organizations=desk.organizations,
    )
    return store(session, result, origin, corrects=_correction(session, before, result) if before else None)


def _check_stored(year: Period, stands: tuple[Standing, ...], *, where: str) -> None:
    if any(one.period.overlaps(year) for one in stands):
        return
    message = Text(
        f"Det som debiterats för {year} räknas med, och för {year} finns inget lagrat resultat.",
        f"What was charged for {year} counts, and there is no stored result for {year}.",
    )
    remedy = Text(f"Kör {year} först.", f"Run {year} first.")
    raise AllocationError(message, where=where, remedy=remedy)


def _check_apart(asked: Asked) -> None:
    period = asked.request.period
    for one in asked.stands:
        if one.charges and one.period != period and one.period.overlaps(period):
            message = Text(
                f"{one.period} är redan fördelat och delar dagar med {period}: de skulle debiteras två gånger.",
                f"{one.period} is allocated already and shares days with {period}: they would be charged twice.",
            )
            remedy = Text(
                f"Kör samma period igen, {one.period}, eller en som inte delar dagar med den.",
                f"Run the same period again, {one.period}, or one that shares no day with it.",
            )
            raise AllocationError(message, where=f"{asked.request.service}, {asked.request.component}", remedy=remedy)


def _correction(session: Session, before: Standing, result: Result) -> Correction:
    return Correction(of=before, difference=difference_between(_made(session, before.id), Made.of(result)))


def _made(session: Session, allocation_id: UUID) -> Made:
    """Read what a stored result was made from."""
    row = session.execute(select(AllocationRow).where(AllocationRow.id == allocation_id)).scalar_one()
    inputs = select(AllocationInputRow.digest, AllocationInputRow.canonical).where(
        AllocationInputRow.digest.in_([row.input_digest, row.settings_digest])
    )
    canonical = {found.digest: found.canonical for found in session.execute(inputs)}
    workings = read_workings(
        session.execute(select(WorkingsRow.canonical).where(WorkingsRow.digest == row.workings_digest)).scalar_one()
    )
    amounts = workings.of_role(Role.AMOUNT)
    return Made(
        model=f"{row.model} {row.model_version}",
        asked=json.loads(canonical[row.input_digest]),
        settings=json.loads(canonical[row.settings_digest]),
        amounts=dict(zip(workings.parties, amounts.numerators, strict=True)) if amounts else {},
        own=row.region_ore if row.total_ore is not None else row.residual_ore,
    )
