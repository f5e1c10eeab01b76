from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.apportionment import (
    METHODS,
    Promise,
    capped,
    half_up_reconciled,
    largest_remainder,
    webster,
)
from andel.sdk.errors import AllocationError
from andel.sdk.money import half_up
from andel.sdk.workings import Rounding

TOTALS = st.one_of(st.integers(0, 60), st.integers(0, 10**12))
WEIGHTS = st.one_of(
    st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 2_000_000), min_size=1, max_size=40)
).filter(any)
ALL = sorted(METHODS)


def exact(total: int, weights: Sequence[int]) -> list[Fraction]:
    return [Fraction(total * weight, sum(weights)) for weight in weights]


def test_largest_remainder_gives_the_odd_ore_to_the_largest_remainders() -> None:
    found = largest_remainder(100, (1, 1, 1))
    assert (found.shares, found.takers) == ((34, 33, 33), (0,))
    found = largest_remainder(10, (6, 6, 2))  # 4.286, 4.286, 1.429
    assert (found.shares, found.takers) == ((4, 4, 2), (2,))


def test_skane_divides_half_of_a_cost_by_inhabitants_to_the_ore() -> None:
    found = largest_remainder(500_000_00, (344_166, 145_415, 17_639))  # three municipalities, made-up cost
    assert sum(found.shares) == 500_000_00
    assert found.shares == (33926698, 14334510, 1738792)


@pytest.mark.parametrize("name", ALL)
@given(total=TOTALS, weights=WEIGHTS)
def test_shares_and_reconciliation_are_the_total(name: Rounding, total: int, weights: list[int]) -> None:
    found = METHODS[name].apportion(total, weights)
    assert sum(found.shares) + found.reconciliation == total
    assert min(found.shares) >= 0
    if name is not Rounding.HALF_UP_RECONCILED:
        assert found.reconciliation == 0


@pytest.mark.parametrize("name", ALL)
@given(total=TOTALS, weights=WEIGHTS)
def test_the_promises_of_each_method_hold(name: Rounding, total: int, weights: list[int]) -> None:
    method = METHODS[name]
    shares = method.apportion(total, weights).shares
    if Promise.WITHIN_QUOTA in method.promises:
        assert all(abs(share - ideal) < 1 for share, ideal in zip(shares, exact(total, weights), strict=True))
    if Promise.HOUSE_MONOTONE in method.promises:
        more = method.apportion(total + 1, weights).shares
        assert all(now >= was for was, now in zip(shares, more, strict=True))
    assert Promise.ZERO_FOR_ZERO in method.promises
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


def test_largest_remainder_breaks_house_monotony() -> None:
    """The Alabama paradox: of one öre more, the third gets one less."""
    assert largest_remainder(10, (6, 6, 2)).shares == (4, 4, 2)
    assert largest_remainder(11, (6, 6, 2)).shares == (5, 5, 1)
    assert Promise.HOUSE_MONOTONE not in METHODS[Rounding.LARGEST_REMAINDER].promises


def test_webster_breaks_quota() -> None:
    """The exact amounts are 1 and three times 1/3; the first gets a whole öre more than its own."""
    assert webster(2, (6, 2, 2, 2)).shares == (2, 0, 0, 0)
    assert Promise.WITHIN_QUOTA not in METHODS[Rounding.WEBSTER].promises


def test_half_up_does_not_add_up_by_itself() -> None:
    found = half_up_reconciled(100, (1, 1, 1))
    assert (found.shares, found.reconciliation) == ((33, 33, 33), 1)
    assert half_up_reconciled(1, (1, 1)).reconciliation == -1


@given(TOTALS, WEIGHTS)
def test_half_up_reconciled_rounds_each_by_itself(total: int, weights: list[int]) -> None:
    assert list(half_up_reconciled(total, weights).shares) == [half_up(ideal) for ideal in exact(total, weights)]


@given(st.integers(0, 80), st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any))
def test_webster_is_the_method_of_one_ore_at_a_time(total: int, weights: list[int]) -> None:
    shares = [0] * len(weights)
    for _ in range(total):
        claims = [Fraction(weight, 2 * share + 1) for share, weight in zip(shares, weights, strict=True)]
        shares[claims.index(max(claims))] += 1
    assert webster(total, weights).shares == tuple(shares)


@pytest.mark.parametrize("name", [Rounding.LARGEST_REMAINDER, Rounding.WEBSTER])
@given(total=TOTALS, weights=WEIGHTS)
def test_who_took_an_ore_is_told(name: Rounding, total: int, weights: list[int]) -> None:
    found = METHODS[name].apportion(total, weights)
    start = half_up if name is Rounding.WEBSTER else lambda ideal: ideal.numerator // ideal.denominator
    for row, ideal in enumerate(exact(total, weights)):
        assert (found.shares[row] > start(ideal)) == (row in found.takers)
    assert len(set(found.takers)) == len(found.takers)


@pytest.mark.parametrize("name", ALL)
def test_a_negative_total_a_negative_weight_and_no_weight_are_refused(name: Rounding) -> None:
    apportion = METHODS[name].apportion
    for total, weights in ((-1, (1, 1)), (1, (2, -1))):
        with pytest.raises(AllocationError, match="cannot be negative"):
            apportion(total, weights)
    with pytest.raises(AllocationError, match="every weight is zero") as caught:
        apportion(1, (0, 0))
    assert "facts" in caught.value.remedy
    assert apportion(0, (0, 0)).shares == (0, 0)
    assert apportion(0, ()).shares == ()


def test_what_a_cap_cuts_off_goes_to_those_below_theirs() -> None:
    found = capped(100, (50, 30, 20), (20, 100, 100))
    assert found.shares == (20, 48, 32)
    assert found.reconciliation == 0


def test_a_cap_that_is_passed_only_after_the_first_round_is_kept_too() -> None:
    assert capped(100, (50, 30, 20), (20, 40, 100)).shares == (20, 40, 40)


def test_what_no_one_has_room_for_is_left_over() -> None:
    found = capped(100, (50, 30, 20), (20, 30, 10))
    assert (found.shares, found.reconciliation) == ((20, 30, 10), 40)


def test_one_without_weight_gets_nothing_of_what_a_cap_cuts_off() -> None:
    found = capped(100, (1, 0), (40, 1000))
    assert (found.shares, found.reconciliation) == ((40, 0), 60)


def test_a_cap_cannot_be_negative() -> None:
    with pytest.raises(AllocationError, match="cap cannot be negative"):
        capped(10, (1, 1), (5, -1))


@st.composite
def _capped(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    weights = draw(WEIGHTS)
    caps = draw(st.lists(st.one_of(st.integers(0, 9), st.integers(0, 10**10)), min_size=len(weights), max_size=99))
    return draw(TOTALS), weights, caps[: len(weights)]


def _level(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[Fraction]:
    """Return the exact amounts min(cap, level x weight) that add up to the total, found by the caps in turn."""
    turns = sorted(
        (Fraction(cap, weight), row) for row, (weight, cap) in enumerate(zip(weights, caps, strict=True)) if weight
    )
    amounts = [Fraction(0)] * len(weights)
    left, whole = Fraction(total), sum(weights)
    for turn, row in turns:
        amounts[row] = Fraction(caps[row]) if whole and left / whole >= turn else left * weights[row] / whole
        left -= amounts[row]
        whole -= weights[row]
    return amounts


@given(_capped())
def test_no_one_passes_the_cap_and_each_is_within_an_ore_of_the_exact_level(
    asked: tuple[int, list[int], list[int]],
) -> None:
    total, weights, caps = asked
    found = capped(total, weights, caps)
    assert sum(found.shares) + found.reconciliation == total
    assert found.reconciliation >= 0
    for share, weight, cap, ideal in zip(found.shares, weights, caps, _level(total, weights, caps), strict=True):
        assert share <= cap
        assert abs(share - ideal) < 1
        if found.reconciliation and weight:
            assert share == cap


@given(TOTALS, WEIGHTS)
def test_caps_that_no_one_reaches_change_nothing(total: int, weights: list[int]) -> None:
    found = capped(total, weights, [total + 1] * len(weights))
    assert found == largest_remainder(total, weights)
