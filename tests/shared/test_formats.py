from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from jinja2 import Environment

from andel.sdk.money import Money
from andel.shared import formats
from andel.shared.formats import Language

NBSP, MINUS = "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("ore", "swedish", "english"),
    [
        (439_451_00, f"439{NBSP}451{NBSP}kr", f"SEK{NBSP}439,451"),
        (5_000_00, f"5{NBSP}000{NBSP}kr", f"SEK{NBSP}5,000"),
        (0, f"0{NBSP}kr", f"SEK{NBSP}0"),
        (50, f"1{NBSP}kr", f"SEK{NBSP}1"),
        (49, f"0{NBSP}kr", f"SEK{NBSP}0"),
        (-19_583_00, f"{MINUS}19{NBSP}583{NBSP}kr", f"{MINUS}SEK{NBSP}19,583"),
        (-49, f"0{NBSP}kr", f"SEK{NBSP}0"),
    ],
)
def test_whole_kronor_are_rounded_half_up_and_held_together(ore: int, swedish: str, english: str) -> None:
    assert formats.kronor(ore) == swedish
    assert formats.kronor(ore, lang="en") == english


@pytest.mark.parametrize(
    ("ore", "swedish", "english"),
    [
        (58_293_14, f"58{NBSP}293,14{NBSP}kr", f"SEK{NBSP}58,293.14"),
        (-43, f"{MINUS}0,43{NBSP}kr", f"{MINUS}SEK{NBSP}0.43"),
        (1_498_000_00, f"1{NBSP}498{NBSP}000,00{NBSP}kr", f"SEK{NBSP}1,498,000.00"),
        (Fraction(1, 3), f"0,00{NBSP}kr", f"SEK{NBSP}0.00"),
    ],
)
def test_exact_amounts_show_the_ore(ore: int | Fraction, swedish: str, english: str) -> None:
    assert formats.exact(ore) == swedish
    assert formats.exact(ore, lang="en") == english


def test_money_is_written_like_its_ore_and_another_currency_by_its_code() -> None:
    assert formats.kronor(Money(439_451_00)) == formats.kronor(439_451_00)
    assert formats.exact(Money(1_00, "EUR")) == f"1,00{NBSP}EUR"
    assert formats.exact(Money(1_00, "EUR"), lang="en") == f"EUR{NBSP}1.00"


def test_a_difference_carries_its_sign_and_a_column_leaves_out_the_unit() -> None:
    assert formats.kronor(36_00, sign=True) == f"+36{NBSP}kr"
    assert formats.kronor(0, sign=True) == f"0{NBSP}kr"
    assert formats.kronor(43_945_100, unit=False) == f"439{NBSP}451"
    assert formats.kronor(43_945_100, unit=False, lang="en") == "439,451"


def test_numbers_keep_their_decimals() -> None:
    price = Fraction(615_312_000, 130_365_433)
    assert formats.number(price, 9) == "4,719901479"
    assert formats.number(price, 9, lang="en") == "4.719901479"
    assert formats.number(Fraction(130_365_433, 1000), 3) == f"130{NBSP}365,433"
    assert formats.number(Fraction(-1, 20), 1) == f"{MINUS}0,1"
    assert formats.number(2_344_124) == f"2{NBSP}344{NBSP}124"


def test_percent_is_of_one_with_a_space_in_swedish_only() -> None:
    assert formats.percent(Fraction(93_106, 2_344_124)) == f"3,97{NBSP}%"
    assert formats.percent(Fraction(93_106, 2_344_124), lang="en") == "3.97%"
    assert formats.percent(Fraction(10_002, 10_000)) == f"100,02{NBSP}%"
    assert formats.percent(Fraction(-43, 100), 0, sign=True) == f"{MINUS}43{NBSP}%"


@pytest.mark.parametrize("value", [1.5, True, "12", None])
def test_what_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="exact"):
        formats.number(value)  # type: ignore[arg-type]  # the mistake under test


def test_dates_are_written_out() -> None:
    day = date(2024, 2, 23)
    assert formats.long_date(day) == f"23{NBSP}februari 2024"
    assert formats.long_date(day, lang="en") == f"23{NBSP}February 2024"
    assert formats.long_date(day, weekday=True) == f"fredag 23{NBSP}februari 2024"
    assert formats.long_date(day, weekday=True, year=False, lang="en") == f"Friday 23{NBSP}February"
    assert formats.short_date(day) == f"23{NBSP}feb"
    assert formats.short_date(date(2027, 3, 31), year=True) == f"31{NBSP}mar 2027"
    assert formats.short_date(date(2027, 5, 1), lang="en") == f"1{NBSP}May"


def test_the_time_of_day_follows_the_language() -> None:
    moment = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
    assert formats.clock(moment) == "09.12"
    assert formats.clock(moment, lang="en") == "09:12"


def test_swedish_letters_sort_last_and_case_does_not_count() -> None:
    names = ["Örebro", "Älvdalen", "åre", "Östersund", "Zorn", "Éden", "eslöv", "Falun", "Ängelholm", "A\u030asele"]
    assert formats.swedish_order(names) == [
        *("Éden", "eslöv", "Falun", "Zorn", "åre", "A\u030asele"),
        *("Älvdalen", "Ängelholm", "Örebro", "Östersund"),
    ]


def test_things_sort_by_an_attribute_or_a_key() -> None:
    rows = [{"name": "Åstorp"}, {"name": "Ystad"}]
    assert formats.swedish_order(rows, "name") == [{"name": "Ystad"}, {"name": "Åstorp"}]
    days = [date(2026, 1, 2), date(2026, 1, 1)]
    assert formats.swedish_order(days, "day") == [date(2026, 1, 1), date(2026, 1, 2)]


def test_a_filter_writes_in_the_language_of_the_moment_even_for_a_constant() -> None:
    spoken: list[Language] = ["sv"]
    environment = Environment(autoescape=True)
    formats.register(environment, lambda: spoken[-1])
    template = environment.from_string("{{ 43945100|kr }} {{ ['b', 'å', 'ä', 'a']|swedish|join }}")
    assert template.render() == f"439{NBSP}451{NBSP}kr abåä"
    spoken.append("en")
    assert template.render() == f"SEK{NBSP}439,451 abåä"


def test_every_filter_is_registered() -> None:
    environment = Environment(autoescape=True)
    formats.register(environment, lambda: "en")
    day = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
    dates = environment.from_string("{{ d|day }}|{{ d|short_day }}|{{ d|month }}|{{ d|weekday }}|{{ d|clock }}")
    assert dates.render(d=day) == f"23{NBSP}November 2026|23{NBSP}Nov|Nov|Monday|09:12"
    numbers = environment.from_string("{{ 1|n(1) }}|{{ 1|pct }}|{{ 1|exact }}")
    assert numbers.render() == f"1.0|100.00%|SEK{NBSP}0.01"
