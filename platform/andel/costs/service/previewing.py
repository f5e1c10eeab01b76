"""What a run would make now of one component: on the charges that are stored, and those that are not stored yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from andel.costs.model import CostComponent, Service
from andel.costs.model.result import Result
from andel.costs.service.allocating import Allocator, charged_by
from andel.costs.service.stored import Part, StoredAllocation, current_results, workings_of
from andel.costs.service.sums import sums_of
from andel.costs.tables import Kind, Purpose
from andel.host.settings import SettingsInForce, resolve
from andel.sdk.period import Period
from andel.sdk.workings import Role


@dataclass(frozen=True, slots=True)
class Case:
    """One component of a service in one period."""

    service: Service
    component: CostComponent
    period: Period

    @property
    def part(self) -> Part:
        """The keys of service and component."""
        return self.service.key, self.component.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A result that is not saved, and the settings in force that made it."""

    result: Result
    current: SettingsInForce


def preview(session: Session, allocator: Allocator, case: Case) -> Preview:
    """Compute one component for a period. The same book and the same stored charges give the same digest.

    Raises:
        AndelError: it cannot be allocated; says why, where and what to do.
    """
    current = resolve(allocator.view, case.component.settings, case.period)
    history = allocator.facade.history(current.registered, case.period, current.settings)
    charged = charged_before(session, allocator, case, history) if history else {}
    result = allocator.answer(case.service, case.component, case.period, current=current, charged=charged)
    return Preview(result=result, current=current)


def charged_before(session: Session, allocator: Allocator, case: Case, history: Period) -> Mapping[str, int]:
    """Return what each party has been charged by the component in the days of the history, in öre.

    Days that a run has charged count as they were charged; years with costs that none has charged count as they
    would be.

    Raises:
        AndelError: an earlier year that is not stored cannot be allocated.
    """
    stored = [
        one
        for one in current_results(session, history)
        if one.part == case.part and one.purpose is Purpose.CHARGE and one.kind is not Kind.CEILING
    ]
    sums = _charged_by_stored(session, case, stored)
    open_years = [
        year
        for year in case.component.periods()
        if year.overlaps(history) and not any(one.period.overlaps(year) for one in stored)
    ]
    sums.update(charged_by(allocator.allocate(case.service, case.component, year) for year in open_years))
    return dict(sums)


def _charged_by_stored(session: Session, case: Case, stored: Sequence[StoredAllocation]) -> Counter[str]:
    """Sum what the results charged. A member sees its own charges alone: then the workings say what all were."""
    sums = Counter(sums_of(session, [one.id for one in stored]).get(case.part, {}))
    if sum(sums.values()) == sum(one.charged for one in stored):
        return sums
    everybody: Counter[str] = Counter()
    for one in stored:
        workings = workings_of(session, one.workings_digest)
        amounts = workings.of_role(Role.AMOUNT)
        if amounts is not None:
            everybody.update(dict(zip(workings.parties, amounts.numerators, strict=True)))
    return everybody
