from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from andel.sdk.apportionment import Promise
from andel.sdk.building import charge
from andel.sdk.cost import CostModel, CostRequest, Tariff
from andel.sdk.counting import counts, day_of, needs_of, outside
from andel.sdk.facts import FactNeed, Source
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Scalar
from andel_per_license.part import part_of_year
from andel_per_license.settings import PerLicenseSettings


class PerLicense(CostModel[PerLicenseSettings]):
    """Price x seats x part of the year; what the supplier takes beyond that is the region's."""

    id: ClassVar[str] = "per-license"
    version: ClassVar[str] = "1.0.0"
    title: ClassVar[Text] = Text("Per licens", "Per licence")
    summary: ClassVar[Text] = Text(
        "Ett pris per licens och år. Regionen bär skillnaden mot vad leverantören tar.",
        "A price per licence and year. The region bears the difference to what the supplier takes.",
    )
    promises: ClassVar[frozenset[Promise]] = frozenset(
        {Promise.ORDER_FREE, Promise.WITHIN_QUOTA, Promise.ZERO_FOR_ZERO}
    )
    settings_type: type[PerLicenseSettings] = PerLicenseSettings

    def needs(self, period: Period, settings: PerLicenseSettings) -> tuple[FactNeed, ...]:
        """Return the count of seats that holds for the period, and the one before it when that may stand in."""
        return needs_of(settings.fact, day_of(settings.counted_on, period), earlier=settings.earlier_counts)

    def allocate(self, request: CostRequest, settings: PerLicenseSettings) -> Tariff:
        """Charge the seats.

        Raises:
            FactError: the seats are of another day, or a party has no count.
            AllocationError: whole months are counted, and the period is not made of them.
        """
        parties = request.payers()
        need = self.needs(request.period, settings)[0]
        counted = counts(
            request, need, parties, earlier=settings.earlier_counts, missing_is_zero=settings.missing_is_zero
        )
        seats = counted.column("seats", parties)
        part = part_of_year(request.period, settings.part_of_year)
        price = Scalar(
            name="price",
            label=Text("Pris per licens och år", "Price per licence and year"),
            value=Fraction(settings.price),
            unit=f"ore/{seats.unit}",
            source=Source(
                title="Inställningen Pris per licens och år", english="The setting Price per licence and year"
            ),
        )
        return charge(
            request,
            parties,
            seats,
            factors=[price, part.scalar],
            scalars=part.terms,
            findings=(*counted.findings, *outside(request, need, parties), *part.findings),
        )
