from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from andel.sdk.apportionment import Promise
from andel.sdk.building import charge, kept
from andel.sdk.cost import CostModel, CostRequest, Split, Tariff
from andel.sdk.counting import LAST_DAY, counts, day_of, needs_of, outside
from andel.sdk.facts import FactNeed, Source
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Scalar
from andel_direct_usage.payers import payers_of, told, users
from andel_direct_usage.settings import DirectUsageSettings, Key
from andel_direct_usage.transactions import Usage, split

_YEAR_END = "12-31"


class DirectUsage(CostModel[DirectUsageSettings]):
    """The using unit pays: unit price x quantity, or a cost divided by last year's transactions."""

    id: ClassVar[str] = "direct-usage"
    version: ClassVar[str] = "1.0.0"
    title: ClassVar[Text] = Text("Efter användning", "By usage")
    summary: ClassVar[Text] = Text(
        "Den som använder betalar: styckpris × antal, eller en kostnad delad efter förra årets transaktioner.",
        "Who uses pays: unit price × quantity, or a cost divided by last year's transactions.",
    )
    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO})
    settings_type: type[DirectUsageSettings] = DirectUsageSettings

    def needs(self, period: Period, settings: DirectUsageSettings) -> tuple[FactNeed, ...]:
        """Return the orders up to the period's last day, or the transactions of the year before."""
        rule = LAST_DAY if settings.key is Key.UNITS else _YEAR_END
        return needs_of(settings.counted, day_of(rule, period), earlier=settings.earlier_counts)

    def promised(self, settings: DirectUsageSettings) -> frozenset[Promise]:
        """Return what half-up amounts keep, or what the chosen method keeps."""
        if settings.key is Key.UNITS:
            return self.promises | {Promise.WITHIN_QUOTA}
        return kept(settings.method)

    def allocate(self, request: CostRequest, settings: DirectUsageSettings) -> Tariff | Split:
        """Charge the orders, or divide the cost by last year's transactions.

        Raises:
            AllocationError: a payer is no party, or there is no cost or no transaction to divide.
            FactError: the count is of another day, or a user has none.
        """
        parties = users(request, settings)
        payers = payers_of(request, settings, parties)
        need = self.needs(request.period, settings)[0]
        region = next(party for party in request.parties if party.key == request.region)
        own = (region,) if settings.key is Key.TRANSACTIONS and settings.region_takes_part else ()
        counted = counts(
            request,
            need,
            (*parties, *own),
            earlier=settings.earlier_counts,
            missing_is_zero=settings.missing_is_zero,
        )
        findings = (*counted.findings, *outside(request, need, parties), *told(parties, payers, request))
        if settings.key is Key.TRANSACTIONS:
            source = (
                counted.source
                if own
                else Source(title="Inställningen Regionen är med", english="The setting The region takes part")
            )
            usage = Usage(parties=parties, counted=counted, own=sum(counted.of(own)), own_source=source)
            return replace(split(request, usage, settings, findings), payers=payers)
        orders = counted.column("orders", parties)
        price = Scalar(
            name="price",
            label=Text("Styckpris", "Unit price"),
            value=Fraction(settings.unit_price or 0),
            unit=f"ore/{orders.unit}",
            source=Source(title="Inställningen Styckpris", english="The setting Unit price"),
        )
        return replace(charge(request, parties, orders, factors=[price], findings=findings), payers=payers)
