"""What an agreement decides about the cap. The values filled in are those of Region Stockholm's agreement of 2020."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from andel.sdk.building import MethodName
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings, SettingRefused, described
from andel.sdk.text import Text
from andel.sdk.workings import Rounding
from andel_invoice_capped.limits import Category, Limit, LimitError, limit_on


class Mode(StrEnum):
    """What is computed."""

    CEILING = "ceiling"
    ACTUAL = "actual"


class CapBasis(StrEnum):
    """The cap of a party that stands in the place of several."""

    LIMIT = "limit"
    MERGED = "merged"


class CapPer(StrEnum):
    """Whose charges the limit is counted on."""

    PARTY = "party"
    AUTHORITY = "authority"


class Population(StrEnum):
    """Which inhabitants the yearly cost is split by."""

    FIXED = "fixed"
    YEARLY = "yearly"


class Rest(StrEnum):
    """What becomes of a city's inhabitants without an address in any district."""

    SPREAD = "spread"
    LEAVE = "leave"


class Overflow(StrEnum):
    """Who bears what the cap cuts off."""

    REGION = "region"
    SPREAD = "spread"


class InvoiceCappedSettings(PluginSettings):
    """Settings of ``invoice-capped``."""

    mode: Mode = described(
        "Vad som räknas",
        "What is computed",
        help_sv='"ceiling": tabellen över det mesta en part kan betala. "actual": kostnaden fördelas under taken.',
        help_en='"ceiling": the table of the most a party can pay. "actual": the cost is split under the caps.',
        default=Mode.CEILING,
    )
    category: Category = described(
        "Typ av upphandling",
        "Kind of procurement",
        help_sv='"goods-services": varor och vanliga tjänster. "special-services": sociala och särskilda tjänster.',
        help_en='"goods-services": goods and ordinary services. "special-services": social and special services.',
        default=Category.GOODS_SERVICES,
    )
    limit_date: date = described(
        "Gränsbeloppets dag",
        "Day of the limit",
        help_sv="Den gräns för direktupphandling som gällde denna dag används. Överenskommelsen anger 2020.",
        help_en="The limit for direct procurement that held on this day is used. The agreement says 2020.",
        default=date(2020, 9, 1),
    )
    procurement_started: date | None = described(
        "Upphandlingen påbörjades",
        "The procurement started",
        help_sv="Ändrar inget belopp. Gällde en annan gräns den dagen visas skillnaden som en iakttagelse.",
        help_en="Changes no amount. If another limit held on that day, the difference is shown as a finding.",
        default=None,
    )
    cap_basis: CapBasis = described(
        "Tak för en part som ersätter flera",
        "Cap of a party that replaces several",
        help_sv='"limit": gränsbeloppet. "merged": summan av de ersatta parternas rader, även över gränsbeloppet.',
        help_en='"limit": the limit. "merged": the sum of the replaced parties\' rows, even above the limit.',
        default=CapBasis.LIMIT,
    )
    cap_per: CapPer = described(
        "Taket gäller per",
        "The cap holds per",
        help_sv='"party": varje kommun och stadsdel. "authority": en stads stadsdelar delar på ett gränsbelopp.',
        help_en='"party": each municipality and district. "authority": the districts of a city share one limit.',
        default=CapPer.PARTY,
    )
    term_start: date = described(
        "Betalning från",
        "Payment from",
        help_sv="Första dagen i avtalstiden. Debiteringar från den dagen räknas mot taket.",
        help_en="The first day of the term. Charges from that day count towards the cap.",
        default=date(2021, 1, 1),
    )
    term_years: int = described(
        "Avtalstid i år",
        "Term in years",
        help_sv="Taket gäller hela avtalstiden. Efter den fördelas ingen kostnad.",
        help_en="The cap holds for the whole term. After it no cost is split.",
        default=8,
        ge=1,
        le=50,
    )
    population_date: date = described(
        "Invånare den",
        "Inhabitants on",
        help_sv="Taken räknas på invånarna denna dag, och med fast befolkning även kostnaden.",
        help_en="The caps rest on the inhabitants of this day, and with a fixed population the cost does too.",
        default=date(2018, 12, 31),
    )
    population: Population = described(
        "Befolkning för kostnaden",
        "Population for the cost",
        help_sv='"fixed": invånarna på den angivna dagen. "yearly": samma dag och månad senast före periodens början.',
        help_en='"fixed": the inhabitants of the day given. "yearly": the same day and month, last before the period.',
        default=Population.FIXED,
    )
    accept_older_population: bool = described(
        "Godta äldre invånartal",
        "Accept older population figures",
        help_sv="Saknas invånartal för dagen används de senaste dessförinnan, med en iakttagelse.",
        help_en="If the day has no figures, the last before it are used, with a finding.",
        default=False,
    )
    rest: Rest = described(
        "Invånare utan adress",
        "Inhabitants without an address",
        help_sv='"spread": delas ut efter andel, två decimaler av en procent. "leave": räknas inte hos någon.',
        help_en='"spread": given out by the share, two decimals of a percent. "leave": counted for no one.',
        default=Rest.SPREAD,
    )
    overflow: Overflow = described(
        "Över taket",
        "Above the cap",
        help_sv='Det som taket skär bort. "region": regionen bär det. "spread": de under sina tak delar på det.',
        help_en='What the cap cuts off. "region": the region bears it. "spread": those below their caps share it.',
        default=Overflow.REGION,
    )
    rounding: MethodName = described(
        "Avrundning till öre",
        "Rounding to öre",
        help_sv='"largest-remainder", "webster" eller "half-up-reconciled" (regionen bär avrundningen).',
        help_en='"largest-remainder", "webster" or "half-up-reconciled" (the region bears the rounding).',
        default=Rounding.LARGEST_REMAINDER,
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for day in (self.limit_date, self.procurement_started):
            if day is not None:
                _known(day, self.category)
        if self.overflow is Overflow.SPREAD and self.rounding is not Rounding.LARGEST_REMAINDER:
            message = Text(
                "Det som går över taket kan bara delas av de andra med största resten. Välj largest-remainder.",
                "What passes the cap can only be shared by largest remainder. Choose largest-remainder.",
            )
            raise SettingRefused(message)
        return self

    @property
    def limit(self) -> Limit:
        """The limit that the caps rest on."""
        return limit_on(self.limit_date, self.category)

    @property
    def term_end(self) -> date:
        """The first day after the term."""
        return anniversary(self.term_start, self.term_start.year + self.term_years)

    def population_day(self, period: Period) -> date:
        """Return the day whose inhabitants the period's cost is split by."""
        if self.population is Population.FIXED:
            return self.population_date
        day = anniversary(self.population_date, period.start.year)
        return day if day < period.start else anniversary(self.population_date, period.start.year - 1)


def anniversary(day: date, year: int) -> date:
    """Return the same day of another year; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _known(day: date, category: Category) -> None:
    try:
        limit_on(day, category)
    except LimitError as error:
        what = error.complaints[0].what
        raise SettingRefused(what if isinstance(what, Text) else Text(what, what)) from None
