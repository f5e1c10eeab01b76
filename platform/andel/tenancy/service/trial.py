"""Every allocation that a document speaks of, made once for trial: what would fail then is told now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from andel.costs.model import CostComponent, Service
from andel.costs.service.allocating import Allocator
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.errors import AndelError, FactError
from andel.sdk.period import Period
from andel.tenancy.model.book import book_of
from andel.tenancy.model.checks.services import years_of
from andel.tenancy.model.checks.subject import complaint_fault
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import Fault, Path


def failing_allocations(document: TenantDocument, registry: Registry, facade: Facade) -> Iterator[Fault]:
    """Yield why a year of a component cannot be allocated, for each that cannot.

    A price without amounts of its own need not be possible in years whose quantities are not counted yet, only
    in one.
    """
    book = book_of(document)
    allocator = Allocator(book, TenantView.of(registry, document.region.key, document.plugins), facade)
    for place, service in enumerate(document.services):
        for index, component in enumerate(service.components):
            shared = book.service(service.key)
            part = shared.component(component.key)
            outcomes = [_outcome(allocator, shared, part, year) for year in years_of(document, component)]
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


def _outcome(allocator: Allocator, service: Service, component: CostComponent, period: Period) -> _Outcome:
    try:
        allocator.allocate(service, component, period)
    except AndelError as error:
        return _Outcome(period, error)
    return _Outcome(period, None)
