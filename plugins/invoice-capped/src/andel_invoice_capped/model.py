"""The cost model."""

from __future__ import annotations

from typing import ClassVar

from andel.sdk.apportionment import Promise
from andel.sdk.building import kept
from andel.sdk.cost import Allocation, CostModel, CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.facts import FactNeed
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel_invoice_capped.actual import make_split
from andel_invoice_capped.ceiling import make_ceiling
from andel_invoice_capped.census import DISTRICT_INHABITANTS, INHABITANTS
from andel_invoice_capped.settings import InvoiceCappedSettings, Mode

CURRENCY = "SEK"
"""The limits are in kronor."""


class InvoiceCapped(CostModel[InvoiceCappedSettings]):
    """By inhabitants, and never above the limit for direct procurement in the whole term.

    In mode ``ceiling`` the result is the table of the most each party can pay; in mode ``actual`` the period's cost
    is split by inhabitants under those caps.
    """

    id: ClassVar[str] = "invoice-capped"
    version: ClassVar[str] = "1.0.0"
    title: ClassVar[Text] = Text("Tak enligt upphandlingsgräns", "Capped by the procurement limit")
    summary: ClassVar[Text] = Text(
        "Kostnaden fördelas efter invånare. Under hela avtalstiden betalar ingen mer än sitt tak; den största parten "
        "har gränsbeloppet för direktupphandling som tak och alla har samma pris per invånare.",
        "The cost is split by inhabitants. In the whole term no one pays more than its cap; the largest party has the "
        "limit for direct procurement as its cap and all have the same price per inhabitant.",
    )
    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO})
    settings_type = InvoiceCappedSettings

    def needs(self, period: Period, settings: InvoiceCappedSettings) -> tuple[FactNeed, ...]:
        """Return the inhabitants of municipalities and, where there are any, of districts.

        The caps rest on the population date; a yearly population asks for a second day.
        """
        days = {settings.population_date: None}
        if settings.mode is Mode.ACTUAL:
            days |= {settings.population_day(period): None}
        return tuple(
            need
            for day in days
            for need in (
                FactNeed(name=INHABITANTS, on=day),
                FactNeed(name=DISTRICT_INHABITANTS, on=day, optional=True),
            )
        )

    def history(self, period: Period, settings: InvoiceCappedSettings) -> Period | None:
        """Return the days from the start of the term to the period: their charges count towards the caps."""
        if settings.mode is Mode.CEILING or period.start <= settings.term_start:
            return None
        return Period(settings.term_start, period.start)

    def promised(self, settings: InvoiceCappedSettings) -> frozenset[Promise]:
        """Return the promises kept under the settings.

        In mode ``actual`` no charge passes what is left of the cap. What the cap cuts off keeps the region from
        promising the exact share, so within-quota is never promised. A greater cost never lowers a charge when the
        method has that property itself, which the only one that spreads the overflow, largest remainder, has not.
        """
        if settings.mode is Mode.CEILING:
            return self.promises
        return self.promises | {Promise.NEVER_ABOVE_CAP} | (kept(settings.rounding) & {Promise.HOUSE_MONOTONE})

    def allocate(self, request: CostRequest, settings: InvoiceCappedSettings) -> Allocation:
        """Compute the table of ceilings, or split the period's cost under them.

        Raises:
            AllocationError: as in ``CostModel.allocate``; also for a cost in another currency than the limit's.
            FactError: figures of inhabitants are missing or describe another day.
        """
        _check_currency(request)
        if settings.mode is Mode.CEILING:
            return make_ceiling(request, settings)
        return make_split(request, settings)


def _check_currency(request: CostRequest) -> None:
    if request.amount is None or request.amount.currency == CURRENCY:
        return
    given = request.amount.currency
    message = Text(f"Kostnaden är i {given}, gränsbeloppet i kronor.", f"The cost is in {given}, the limit in kronor.")
    remedy = Text("Ange kostnaden i kronor.", "Give the cost in kronor.")
    raise AllocationError(message, where=request.component, remedy=remedy)
