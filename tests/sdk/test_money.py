from __future__ import annotations

import pickle
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.money import Money, MoneyError, half_up, kronor_text, parse_kronor, whole_ore


@pytest.mark.parametrize("value", [1.0, 0.1, True, "1", None, Fraction(1), Decimal(1)])
def test_money_is_whole_ore_and_nothing_else(value: object) -> None:
    untyped: Any = value
    with pytest.raises(MoneyError, match="not a whole number of öre"):
        Money(untyped)
    with pytest.raises(MoneyError, match=type(value).__name__) as caught:
        whole_ore(value, where="line 3")
    assert caught.value.where == "line 3"
    assert caught.value.remedy == "Give öre as an integer."


@pytest.mark.parametrize(
    ("text", "ore"),
    [("439451.00", 43945100), ("439451", 43945100), ("0.5", 50), ("0.05", 5), ("-1.01", -101), ("-0.01", -1)],
)
def test_kronor_are_read_to_the_ore(text: str, ore: int) -> None:
    assert parse_kronor(text) == ore
    assert Money.kronor(text) == Money(ore)


@pytest.mark.parametrize(
    "text", ["", "1,00", "1 000.00", "1.000", "1e3", "+1", ".5", "1.", "٣.00", "1.00\n", "nan", "1" * 16, "--1"]
)
def test_any_other_way_to_write_kronor_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount in kronor") as caught:
        parse_kronor(text, where="rows.csv:7")
    assert caught.value.where == "rows.csv:7"
    assert "439451.00" in caught.value.remedy


@given(st.integers(-(10**14), 10**14))
def test_kronor_written_are_read_back(ore: int) -> None:
    assert parse_kronor(kronor_text(ore)) == ore


def test_kronor_are_written_with_two_decimals_and_one_sign() -> None:
    assert [kronor_text(ore) for ore in (0, 5, -5, -100, 43945100)] == ["0.00", "0.05", "-0.05", "-1.00", "439451.00"]
    assert str(Money(-5)) == "-0.05 SEK"


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 5))
def test_half_up_is_the_half_up_of_decimal(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(value), places) == Fraction(expected)


def test_half_up_takes_halves_away_from_zero() -> None:
    assert [half_up(Fraction(value, 2)) for value in (1, 3, -1, -3)] == [1, 2, -1, -2]
    assert half_up(Fraction(1, 3), 2) == Fraction(33, 100)


def test_half_up_knows_no_negative_decimals() -> None:
    with pytest.raises(MoneyError, match="no -2 decimals"):
        half_up(Fraction(150), -2)


def test_money_adds_and_compares_within_one_currency() -> None:
    assert Money(150) + Money(50) - Money(20) == Money(180)
    assert -Money(5) * 3 == Money(-15)
    assert Money(1) < Money(2) <= Money(2)
    for combine in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(MoneyError, match="different currencies"):
            combine(Money(1), Money(1, "EUR"))


def test_money_is_multiplied_by_whole_numbers_only() -> None:
    factor: Any = 0.5
    with pytest.raises(MoneyError):
        Money(100) * factor


def test_money_is_frozen_and_pickles() -> None:
    with pytest.raises(AttributeError):
        Money(1).ore = 2  # type: ignore[misc]  # that is what must fail
    assert pickle.loads(pickle.dumps(Money(7, "EUR"))) == Money(7, "EUR")  # noqa: S301  (made on this line)
