from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from andel.sdk.period import Period, PeriodError
from andel.sdk.testing.strategies import periods


def test_a_period_without_days_is_refused() -> None:
    for end in (date(2025, 1, 1), date(2024, 12, 31)):
        with pytest.raises(PeriodError, match="has no days"):
            Period(date(2025, 1, 1), end)


def test_the_last_day_is_inside_and_the_end_is_not() -> None:
    year = Period.year(2024)
    assert (year.last_day, year.days) == (date(2024, 12, 31), 366)
    assert year.last_day in year
    assert year.start in year
    assert year.end not in year


def test_a_period_reads_as_a_year_or_as_first_and_last_day() -> None:
    assert str(Period.year(2025)) == "2025"
    assert str(Period(date(2025, 1, 1), date(2025, 7, 1))) == "2025-01-01/2025-06-30"


def test_the_common_part_is_half_open_and_may_be_none() -> None:
    year = Period.year(2025)
    assert year.common(date(2024, 5, 1), None) == year
    assert year.common(date(2025, 3, 1), date(2025, 3, 2)) == Period(date(2025, 3, 1), date(2025, 3, 2))
    assert year.common(date(2026, 1, 1), None) is None
    assert year.common(date(2020, 1, 1), date(2025, 1, 1)) is None


@given(periods(), periods())
def test_two_periods_overlap_when_they_have_a_common_part(one: Period, other: Period) -> None:
    assert one.overlaps(other) == other.overlaps(one) == (one.common(other.start, other.end) is not None)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), 12),
        (date(2024, 2, 1), date(2024, 3, 1), 1),
        (date(2024, 11, 1), date(2025, 2, 1), 3),
        (date(2020, 9, 1), date(2028, 9, 1), 96),
    ],
)
def test_whole_months_are_counted_across_years(start: date, end: date, months: int) -> None:
    assert Period(start, end).months() == months
    assert Period(start, end).part_of_year_by_months() == Fraction(months, 12)


@pytest.mark.parametrize("days", [(date(2025, 1, 2), date(2025, 3, 1)), (date(2025, 1, 1), date(2025, 3, 31))])
def test_a_period_of_broken_months_cannot_be_counted_in_months(days: tuple[date, date]) -> None:
    with pytest.raises(PeriodError, match="whole months"):
        Period(*days).months()


def test_every_full_year_is_exactly_one_part_also_a_leap_year() -> None:
    assert Period.year(2024).part_of_year_by_days() == 1
    assert Period(date(2023, 1, 1), date(2026, 1, 1)).part_of_year_by_days() == 3
    assert Period(date(2024, 2, 29), date(2024, 3, 1)).part_of_year_by_days() == Fraction(1, 366)
    half = Period(date(2023, 7, 1), date(2024, 7, 1)).part_of_year_by_days()
    assert half == Fraction(184, 365) + Fraction(182, 366)


@given(periods())
def test_the_years_of_a_period_are_the_period_cut_at_new_year(period: Period) -> None:
    pieces = list(period.years())
    assert sum(piece.days for piece in pieces) == period.days
    assert (pieces[0].start, pieces[-1].end) == (period.start, period.end)
    assert all(piece.start.year == piece.last_day.year for piece in pieces)
    assert all(one.end == other.start for one, other in pairwise(pieces))


@given(periods(), st.integers(1, 500))
def test_parts_of_the_year_add_up_wherever_a_period_is_cut(period: Period, after: int) -> None:
    middle = period.start + timedelta(days=after)
    assume(period.start < middle < period.end)
    parts = Period(period.start, middle).part_of_year_by_days() + Period(middle, period.end).part_of_year_by_days()
    assert parts == period.part_of_year_by_days()
