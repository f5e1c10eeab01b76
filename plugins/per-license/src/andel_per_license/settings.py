from __future__ import annotations

from enum import StrEnum

from andel.sdk.counting import FIRST_DAY, CountDay
from andel.sdk.settings import Kronor, PluginSettings, described


class PartOfYear(StrEnum):
    """How much of the yearly price a period shorter than a year costs."""

    WHOLE_YEAR = "whole-year"
    MONTHS = "months"
    DAYS = "days"


class PerLicenseSettings(PluginSettings):
    """The price, how a part of a year is counted, and when seats are."""

    price: Kronor = described(
        "Pris per licens och år",
        "Price per licence and year",
        help_sv="I kronor utan moms. Ett nytt pris är en ny revision med eget datum.",
        help_en="In kronor without VAT. A new price is a new revision with its own date.",
        ge=0,
    )
    part_of_year: PartOfYear = described(
        "Del av år",
        "Part of year",
        help_sv="whole-year: varje påbörjat år kostar ett helt år. months: hela månader av tolv. days: dagar av årets.",
        help_en="whole-year: each year begun costs a whole one. months: whole ones of twelve. days: of the year's.",
        default=PartOfYear.MONTHS,
    )
    fact: str = described(
        "Faktum",
        "Fact",
        help_sv="Vad som räknas: tjänstens licenser per part.",
        help_en="What is counted: the service's seats per party.",
        default="seats",
        min_length=1,
    )
    counted_on: CountDay = described(
        "Räknas den",
        "Counted on",
        help_sv='"first-day" och "last-day" är periodens; "10-01" är den dagen året före; ett datum går också.',
        help_en='"first-day" and "last-day" are the period\'s; "10-01" is that day of the year before; or a date.',
        default=FIRST_DAY,
    )
    earlier_counts: bool = described(
        "Ett tidigare antal får gälla",
        "An earlier count may hold",
        help_sv="Den som inte har räknat sina licenser behåller sitt senaste antal, och det anges i uträkningen.",
        help_en="Whoever has not counted its seats keeps its last count, and the workings say so.",
        default=False,
    )
    missing_is_zero: bool = described(
        "Saknat antal är noll",
        "A missing count is zero",
        help_sv="Den som saknar antal betalar inget, och det anges i uträkningen. Annars stoppas fördelningen.",
        help_en="Whoever has no count pays nothing, and the workings say so. Otherwise nothing is charged.",
        default=False,
    )
