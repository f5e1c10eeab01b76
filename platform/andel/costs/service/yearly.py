"""The costs of one year, component by component: as stored, or as they would be, or why they cannot be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from andel.costs.model import Basis, CostComponent, RegionBook, Service
from andel.costs.model.table import region_bears
from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, preview
from andel.costs.service.stored import Part, years_with_results
from andel.costs.service.sums import PartSum, part_sums, party_sums
from andel.costs.tables import Kind
from andel.host.settings import resolve
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.errors import AndelError, Complaint
from andel.sdk.facts import Source
from andel.sdk.period import Period

MOST_PREVIEWED = 24
"""How many components without a stored result an overview computes; the rest are shown as not computed."""


class State(StrEnum):
    """How a component's cost of a year stands.

    ``STORED``: by a run. ``PREVIEW``: computed now, nothing is saved. ``REFUSED``: it cannot be computed.
    ``WAITING``: it can be, and is not yet. ``EMPTY``: the component has no amount for the year.
    """

    STORED = "stored"
    PREVIEW = "preview"
    REFUSED = "refused"
    WAITING = "waiting"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCost:
    """What one component comes to in a year, in öre.

    Attributes:
        charged: what the parties pay; None when it is not known. A ceiling charges nothing.
        own: what the region bears; None when nobody knows.
        whole: the cost that was divided, or what the supplier takes; None when nobody knows.
        amounts: what each party pays, by key.
        results: how many stored results it comes from; none for a preview.
        sources: where the amounts and the settings come from, as far as the book says.
    """

    service: Service
    component: CostComponent
    state: State
    kind: Kind | None = None
    charged: int | None = None
    own: int | None = None
    whole: int | None = None
    amounts: Mapping[str, int] = field(default_factory=dict)
    results: int = 0
    refusal: tuple[Complaint, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def part(self) -> tuple[str, str]:
        """The keys of service and component."""
        return self.service.key, self.component.key

    @property
    def example(self) -> bool:
        """Whether a figure that it rests on is an example."""
        return any(source.example for source in self.sources)

    @property
    def counts(self) -> bool:
        """Whether it has amounts that are money; a ceiling has none."""
        return self.charged is not None and self.kind is not Kind.CEILING


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """All components of a region in one year."""

    period: Period
    costs: tuple[YearCost, ...]

    def of_state(self, state: State) -> tuple[YearCost, ...]:
        """Return the costs that stand so."""
        return tuple(cost for cost in self.costs if cost.state is state)

    @property
    def counted(self) -> tuple[YearCost, ...]:
        """The costs whose amounts are money."""
        return tuple(cost for cost in self.costs if cost.counts)

    @property
    def charged(self) -> int:
        """What the parties pay together, as far as it is known."""
        return sum(cost.charged or 0 for cost in self.counted)

    @property
    def own(self) -> int:
        """What the region bears, as far as it is known."""
        return sum(cost.own or 0 for cost in self.counted)

    @property
    def unknown(self) -> tuple[YearCost, ...]:
        """The costs that are charged although nobody knows what the supplier takes."""
        return tuple(cost for cost in self.counted if cost.own is None)

    def by_party(self) -> Mapping[str, int]:
        """Return what each party pays in all, by key."""
        sums: Counter[str] = Counter()
        for cost in self.counted:
            sums.update(cost.amounts)
        return dict(sums)


def read_year(session: Session, book: RegionBook, allocator: Allocator, period: Period) -> Year:
    """Return the year: stored sums where a run has made them, a preview of the rest, and what cannot be told."""
    found: defaultdict[Part, list[PartSum]] = defaultdict(list)
    for one in part_sums(session, period):
        found[one.part].append(one)
    sums = party_sums(session, period)
    costs: list[YearCost] = []
    previews = 0
    for service in book.services:
        for component in service.components:
            part = service.key, component.key
            if part in found:
                cost = _stored(service, component, found[part], sums.get(part, {}))
            else:
                cost = _unstored(session, service, component, period, allocator if previews < MOST_PREVIEWED else None)
                previews += cost.state in {State.PREVIEW, State.REFUSED}
            costs.append(replace(cost, sources=sources_of(component, period, allocator)))
    return Year(period=period, costs=tuple(costs))


def known_years(session: Session, book: RegionBook, today: int) -> tuple[int, ...]:
    """Return the years that have costs, prices or results, with none left out between the first and the last."""
    years = set(years_with_results(session)) | {today}
    for service in book.services:
        for component in service.components:
            years |= {period.start.year for period in component.periods()}
            if component.basis is Basis.PRICE and component.settings.revisions:
                years.add(component.settings.revisions[0].valid_from.year)
    return tuple(range(min(years), max(years) + 1))


def sources_of(component: CostComponent, period: Period, allocator: Allocator) -> tuple[Source, ...]:
    """Return where a component's amounts, settings and facts of the period come from, as far as they are there."""
    costs = [cost.source for cost in component.costs if cost.period.overlaps(period)]
    try:
        settings = component.settings_source(period)
        current = resolve(allocator.view, component.settings, period)
        needs = allocator.facade.needs(current.registered, period, current.settings)
        facts = [series.source for series in allocator.book.facts.only(needs).series]
    except AndelError:
        return tuple(costs)
    return (*costs, *facts, settings) if settings else (*costs, *facts)


def _stored(
    service: Service, component: CostComponent, found: Sequence[PartSum], amounts: Mapping[str, int]
) -> YearCost:
    """Take what is money before a ceiling of the same component."""
    one = min(found, key=lambda each: each.kind is Kind.CEILING)
    return YearCost(
        service=service,
        component=component,
        state=State.STORED,
        kind=one.kind,
        charged=one.charged,
        own=one.own,
        whole=one.whole,
        amounts=amounts,
        results=sum(each.results for each in found),
    )


def _unstored(
    session: Session, service: Service, component: CostComponent, period: Period, allocator: Allocator | None
) -> YearCost:
    begun = any(revision.valid_from <= period.start for revision in component.settings.revisions)
    if not begun or not component.applies(period):
        return YearCost(service=service, component=component, state=State.EMPTY)
    if allocator is None:
        return YearCost(service=service, component=component, state=State.WAITING)
    try:
        allocation = preview(session, allocator, Case(service, component, period)).result.allocation
    except AndelError as error:
        return YearCost(service=service, component=component, state=State.REFUSED, refusal=error.complaints)
    ceiling = isinstance(allocation, Ceiling)
    return YearCost(
        service=service,
        component=component,
        state=State.PREVIEW,
        kind=Kind(allocation.kind),
        charged=0 if ceiling else sum(allocation.amounts),
        own=region_bears(allocation),
        whole=_whole(allocation),
        amounts={} if ceiling else dict(zip(allocation.parties, allocation.amounts, strict=True)),
    )


def _whole(allocation: Allocation) -> int | None:
    match allocation:
        case Split(total=total):
            return total
        case Tariff(supplier_cost=cost):
            return cost
        case _:
            return None
