from __future__ import annotations

from datetime import date

import pytest

from andel.costs.pages.addresses import Addresses, period_word, read_period
from andel.costs.pages.reading import asked_year, window
from andel.sdk.period import Period

HALF = Period(date(2026, 1, 1), date(2026, 7, 1))


@pytest.mark.parametrize(("period", "word"), [(Period.year(2026), "2026"), (HALF, "2026-01-01--2026-06-30")])
def test_a_period_is_written_for_an_address_and_read_back(period: Period, word: str) -> None:
    assert period_word(period) == word
    assert read_period(word) == period


@pytest.mark.parametrize(
    "word",
    ["", "26", "20266", "3026", "2026-01-01", "2026-02-30--2026-03-01", "2026-07-01--2026-06-30", "2026 ", "٢٠٢٦"],
)
def test_what_is_no_period_is_none(word: str) -> None:
    assert read_period(word) is None


def test_the_addresses_lead_from_a_region_to_one_amount() -> None:
    to = Addresses("dalarna")
    assert to.overview(2026) == "/dalarna/?ar=2026"
    assert to.why(("rss", "verksamhet"), HALF, "mora") == (
        "/dalarna/tjanster/rss/verksamhet/2026-01-01--2026-06-30/mora"
    )
    assert to.row(("rss", "verksamhet"), Period.year(2026), "mora").endswith("/2026#rad-mora")
    assert to.party("mora") == "/dalarna/parter/mora"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("2025", 2025), ("1999", 1999), (None, 2026), ("x", 2026), ("1899", 2026), ("2101", 2026), ("", 2026)],
)
def test_the_year_asked_for_is_shown_else_the_current_one(asked: str | None, shown: int) -> None:
    assert asked_year(asked, (2024, 2025, 2026), 2026) == shown


def test_when_the_current_year_is_unknown_the_nearest_is_shown() -> None:
    assert asked_year(None, (2020, 2021), 2026) == 2021
    assert asked_year(None, (2030, 2031), 2026) == 2030


@pytest.mark.parametrize(
    ("years", "year", "shown"),
    [
        ((2020, 2021, 2022, 2023), 2022, (2021, 2022, 2023)),
        ((2020, 2021, 2022, 2023), 2020, (2020, 2021, 2022)),
        ((2020, 2021, 2022, 2023), 2023, (2021, 2022, 2023)),
        ((2020, 2021), 1999, (1999, 2020, 2021)),
        ((2026,), 2026, (2026,)),
    ],
)
def test_at_most_three_years_stand_beside_each_other(years: tuple[int, ...], year: int, shown: tuple[int, ...]) -> None:
    assert window(years, year) == shown
