"""Every allocation that a document speaks of, made once for trial: what would fail then is told now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from andel.costs.model import CostComponent, RegionBook, Service
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.settings import resolve
from andel.host.view import TenantView
from andel.sdk.cost import Allocation, Ceiling
from andel.sdk.errors import AndelError, FactError
from andel.sdk.period import Period
from andel.tenancy.model.book import book_of
from andel.tenancy.model.checks.services import complaint_fault, years_of
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import Fault, Path


def failing_allocations(document: TenantDocument, registry: Registry, facade: Facade) -> Iterator[Fault]:
    """Yield why a year of a component cannot be allocated, for each that cannot.

    Years are made in order, each on what those before it charged, as the real runs would be. A price without amounts
    of its own need not be possible in years whose quantities are not counted yet, only in one.
    """
    book = book_of(document)
    view = TenantView.of(registry, document.region.key, document.plugins)
    for place, service in enumerate(document.services):
        for index, component in enumerate(service.components):
            shared = book.service(service.key)
            trial = _Trial(book, shared, shared.component(component.key), view, facade)
            outcomes = [trial.outcome(period) for period in years_of(document, component)]
            if not component.costs:
                lacking = [one for one in outcomes if one.lacks_facts]
                outcomes = [one for one in outcomes if not one.lacks_facts] or lacking[-1:]
            path: Path = ("services", place, "components", index)
            for outcome in outcomes:
                yield from outcome.faults(path)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What stopped a year, None when nothing did."""

    period: Period
    error: AndelError | None

    @property
    def lacks_facts(self) -> bool:
        """Whether figures of the year are missing."""
        return isinstance(self.error, FactError)

    def faults(self, path: Path) -> Iterator[Fault]:
        """Yield what the error says."""
        for complaint in self.error.complaints if self.error else ():
            yield complaint_fault(complaint, path, prefix=f"{self.period} cannot be allocated: ")


@dataclass(frozen=True, slots=True)
class _Trial:
    """One component, and what its earlier years charged."""

    book: RegionBook
    service: Service
    component: CostComponent
    view: TenantView
    facade: Facade
    charged: dict[Period, Allocation] = field(default_factory=dict)

    def outcome(self, period: Period) -> _Outcome:
        """Allocate the period, and keep what it charges for the years after it."""
        try:
            allocation = self._allocate(period)
        except AndelError as error:
            return _Outcome(period, error)
        if not isinstance(allocation, Ceiling):
            self.charged[period] = allocation
        return _Outcome(period, None)

    def _allocate(self, period: Period) -> Allocation:
        current = resolve(self.view, self.component.settings, period)
        needs = self.facade.needs(current.registered, period, current.settings)
        history = self.facade.history(current.registered, period, current.settings)
        charged = self._charged_in(history) if history is not None else {}
        request = self.book.request(self.service, self.component, period, needs=needs, charged=charged)
        return self.facade.allocate(current.registered, request, current.settings).allocation

    def _charged_in(self, history: Period) -> Mapping[str, int]:
        sums: dict[str, int] = {}
        for period, allocation in self.charged.items():
            if period.overlaps(history):
                for party, amount in zip(allocation.parties, allocation.amounts, strict=True):
                    sums[party] = sums.get(party, 0) + amount
        return sums
