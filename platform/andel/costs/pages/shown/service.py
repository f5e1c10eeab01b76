"""What the page of a service shows of each of its cost components, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from andel.costs.model import Basis, Cost, CostComponent
from andel.costs.service.stored import StoredAllocation
from andel.costs.tables import Purpose
from andel.sdk.facts import Source
from andel.sdk.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """One period of a component: the amounts entered for it, and its result if a run has made one."""

    period: Period
    costs: tuple[Cost, ...]
    stored: StoredAllocation | None
    applies: bool

    @property
    def entered(self) -> int | None:
        """The sum of the amounts in öre; None when none is entered."""
        return sum(cost.ore for cost in self.costs) if self.costs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """Settings from a day on."""

    valid_from: date
    version: str
    source: Source | None
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentShown:
    """A component with its periods, the newest first, and the revisions of its settings, the newest first."""

    component: CostComponent
    rows: tuple[PeriodRow, ...]
    revisions: tuple[RevisionRow, ...]

    @property
    def part_of_invoices(self) -> bool:
        """Whether its amounts are a supplier's invoices."""
        return self.component.basis is Basis.INVOICES


def component_shown(
    component: CostComponent, results: Sequence[StoredAllocation], years: Sequence[int], today: date
) -> ComponentShown:
    """Put a component together.

    Args:
        component: as the book has it.
        results: every stored result of it.
        years: those that are known of the region.
        today: decides which revision of the settings is said to be in force.
    """
    current: Mapping[Period, StoredAllocation] = {
        one.period: one for one in results if one.is_current and one.purpose is Purpose.CHARGE
    }
    periods = set(current) | {Period.year(year) for year in years} | set(component.periods())
    rows = [_row(component, period, current.get(period)) for period in sorted(periods, reverse=True)]
    return ComponentShown(
        component=component,
        rows=tuple(row for row in rows if row.applies or row.stored or row.costs),
        revisions=_revisions(component, today),
    )


def _row(component: CostComponent, period: Period, stored: StoredAllocation | None) -> PeriodRow:
    return PeriodRow(
        period=period,
        costs=tuple(cost for cost in component.costs if cost.period.overlaps(period)),
        stored=stored,
        applies=component.applies(period),
    )


def _revisions(component: CostComponent, today: date) -> tuple[RevisionRow, ...]:
    begun = [one.valid_from for one in component.settings.revisions if one.valid_from <= today]
    return tuple(
        RevisionRow(
            valid_from=one.valid_from,
            version=one.version,
            source=component.settings_sources.get(one.valid_from),
            in_force=bool(begun) and one.valid_from == begun[-1],
        )
        for one in reversed(component.settings.revisions)
    )
