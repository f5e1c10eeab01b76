"""Half-open periods of dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from andel.sdk.errors import AndelError

MONTHS_PER_YEAR = 12


class PeriodError(AndelError):
    """A period that ends before it starts, or does not fit the calendar asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to, but not including, ``end``."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            message = f"The period {self.start} to {self.end} has no days."
            raise PeriodError(message, remedy="Let it end after it starts; the last day is not included.")

    @classmethod
    def year(cls, year: int) -> Period:
        """Return one calendar year."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @property
    def last_day(self) -> date:
        """The last day that is inside."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        if self == Period.year(self.start.year):
            return str(self.start.year)
        return f"{self.start}/{self.last_day}"

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two share a day."""
        return self.start < other.end and other.start < self.end

    def common(self, start: date, end: date | None) -> Period | None:
        """Return the part that lies inside ``start`` to ``end`` (half-open, None is open), if any."""
        first = max(self.start, start)
        last = self.end if end is None else min(self.end, end)
        return Period(first, last) if first < last else None

    def years(self) -> Iterator[Period]:
        """Yield the calendar years, the first and last cut to the period."""
        for year in range(self.start.year, self.last_day.year + 1):
            yield Period(max(self.start, date(year, 1, 1)), min(self.end, date(year + 1, 1, 1)))

    def months(self) -> int:
        """Return the number of whole calendar months.

        Raises:
            PeriodError: the period does not start and end on the first day of a month.
        """
        if self.start.day != 1 or self.end.day != 1:
            message = f"The period {self} is not made of whole months."
            raise PeriodError(message, remedy="Use days, or start on the first of a month.")
        return (self.end.year - self.start.year) * MONTHS_PER_YEAR + self.end.month - self.start.month

    def part_of_year_by_months(self) -> Fraction:
        """Return whole months / 12: 1 for a calendar year, 1/4 for a quarter."""
        return Fraction(self.months(), MONTHS_PER_YEAR)

    def part_of_year_by_days(self) -> Fraction:
        """Return days / the days of each calendar year touched, so that every full year is exactly 1."""
        return sum((Fraction(piece.days, Period.year(piece.start.year).days) for piece in self.years()), Fraction(0))
