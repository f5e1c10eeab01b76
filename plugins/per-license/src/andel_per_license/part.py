"""How much of a yearly price a period costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from andel.sdk.building import whole_scalar
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.period import Period, PeriodError
from andel.sdk.text import Text
from andel.sdk.workings import Finding, Scalar
from andel_per_license.settings import PartOfYear

_LABEL = Text("Del av år", "Part of year")
_MARCH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a year, the values it follows from, and what a reader should know about it."""

    scalar: Scalar
    terms: tuple[Scalar, ...] = ()
    findings: tuple[Finding, ...] = ()


def part_of_year(period: Period, rule: PartOfYear) -> Part:
    """Return how many years' price the period costs.

    Raises:
        AllocationError: the rule is whole months, and the period is not made of them.
    """
    match rule:
        case PartOfYear.MONTHS:
            return _months(period)
        case PartOfYear.DAYS:
            return _days(period)
        case PartOfYear.WHOLE_YEAR:
            return _begun(period)


def _source(period: Period) -> Source:
    return Source(title=f"Perioden {period}", english=f"The period {period}")


def _months(period: Period) -> Part:
    try:
        months = period.months()
    except PeriodError:
        message = Text(f"Perioden {period} är inte hela månader.", f"The period {period} is not whole months.")
        remedy = Text(
            "Låt perioden börja och sluta vid ett månadsskifte, eller räkna i dagar.",
            "Let the period start and end where months do, or count in days.",
        )
        raise AllocationError(message, where="part_of_year", remedy=remedy) from None
    label = Text("Hela månader", "Whole months")
    return Part(
        scalar=Scalar(
            name="part_of_year",
            label=_LABEL,
            value=period.part_of_year_by_months(),
            unit="year",
            formula="months / 12",
        ),
        terms=(whole_scalar("months", label, months, "month", source=_source(period)),),
    )


def _days(period: Period) -> Part:
    terms: list[Scalar] = []
    for piece in period.years():
        year = piece.start.year
        own = Text(f"Dagar under {year}", f"Days in {year}")
        whole = Text(f"Dagar på året {year}", f"Days of the year {year}")
        terms += (
            whole_scalar(f"days_{year}", own, piece.days, "day", source=_source(period)),
            whole_scalar(
                f"year_{year}",
                whole,
                Period.year(year).days,
                "day",
                source=Source(title="Kalendern", english="The calendar"),
            ),
        )
    formula = " + ".join(f"days_{piece.start.year} / year_{piece.start.year}" for piece in period.years())
    part = Scalar(name="part_of_year", label=_LABEL, value=period.part_of_year_by_days(), unit="year", formula=formula)
    return Part(scalar=part, terms=tuple(terms))


def _begun(period: Period) -> Part:
    years = 1
    while _anniversary(period.start, years) < period.end:
        years += 1
    part = Scalar(
        name="part_of_year",
        label=Text("Påbörjade år", "Years begun"),
        value=Fraction(years),
        unit="year",
        source=_source(period),
    )
    if _anniversary(period.start, years) == period.end:
        return Part(scalar=part)
    charged = Text("ett helt år", "a whole year") if years == 1 else Text(f"{years} hela år", f"{years} whole years")
    text = Text(
        f"Perioden {period} är kortare än det som debiteras, {charged.sv}: ta ut det en gång.",
        f"The period {period} is shorter than what is charged, {charged.en}: charge it once.",
    )
    return Part(scalar=part, findings=(Finding(code="whole-year", text=text),))


def _anniversary(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:  # 29 February, in a year that has none
        return date(start.year + years, _MARCH, 1)
