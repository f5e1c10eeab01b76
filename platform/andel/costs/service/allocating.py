"""Allocate a region's costs from its book: nothing is stored, and the same book gives the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from andel.costs.model import CostComponent, RegionBook, Service
from andel.costs.model.result import Result
from andel.host.facade import Facade
from andel.host.settings import SettingsInForce, resolve
from andel.host.view import TenantView
from andel.sdk.cost import Ceiling, CostRequest
from andel.sdk.period import Period

_Key = tuple[str, str, Period]


@dataclass(frozen=True, slots=True)
class Allocator:
    """Allocates from one region's book, each component and period once.

    A model that counts earlier charges gets them from the allocations of the years before, made in order.
    """

    book: RegionBook
    view: TenantView
    facade: Facade = field(default_factory=Facade)
    _made: dict[_Key, Result] = field(default_factory=dict)

    def allocate(self, service: Service, component: CostComponent, period: Period) -> Result:
        """Allocate one component for one period.

        Raises:
            AndelError: it cannot be allocated; says why, where and what to do.
        """
        key = (service.key, component.key, period)
        if key not in self._made:
            current = self.current(component, period)
            history = self.facade.history(current.registered, period, current.settings)
            charged = self._charged(service, component, history) if history else {}
            self._made[key] = self.answer(service, component, period, current=current, charged=charged)
        return self._made[key]

    def current(self, component: CostComponent, period: Period) -> SettingsInForce:
        """Return the model and the settings in force on the period's first day.

        Raises:
            SettingsError: no settings are in force, or they are not what the model asks for.
            NotAvailableError: the region has not enabled the model, or it is not installed.
        """
        return resolve(self.view, component.settings, period)

    def answer(
        self,
        service: Service,
        component: CostComponent,
        period: Period,
        *,
        current: SettingsInForce,
        charged: Mapping[str, int],
    ) -> Result:
        """Allocate under given settings, on given earlier charges in öre by party."""
        return self.answered(self.asked(service, component, period, current=current, charged=charged), current)

    def asked(
        self,
        service: Service,
        component: CostComponent,
        period: Period,
        *,
        current: SettingsInForce,
        charged: Mapping[str, int],
    ) -> CostRequest:
        """Return what the component's model is asked, without asking it."""
        needs = self.facade.needs(current.registered, period, current.settings)
        return self.book.request(service, component, period, needs=needs, charged=charged)

    def answered(
        self, request: CostRequest, current: SettingsInForce, *, written_request: bytes | None = None
    ) -> Result:
        """Ask the model. ``written_request``: the request as canonical JSON, when that has been written already."""
        answered = self.facade.allocate(current.registered, request, current.settings)
        return Result(
            request=request,
            model=answered.model,
            version=answered.version,
            settings=current.settings.plain(),
            allocation=answered.allocation,
            written_request=written_request,
        )

    def _charged(self, service: Service, component: CostComponent, history: Period) -> Mapping[str, int]:
        """Sum what the years of the history that have costs charged, each on what those before it did."""
        earlier = [year for year in component.periods() if year.overlaps(history)]
        return charged_by(self.allocate(service, component, year) for year in earlier)


def charged_by(results: Iterable[Result]) -> Mapping[str, int]:
    """Return the öre that the results charge each party. Ceilings charge nobody."""
    sums: Counter[str] = Counter()
    for result in results:
        allocation = result.allocation
        if not isinstance(allocation, Ceiling):
            sums.update(dict(zip(allocation.parties, allocation.amounts, strict=True)))
    return dict(sums)
