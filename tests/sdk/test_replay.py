from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.apportionment import largest_remainder
from andel.sdk.errors import WorkingsError
from andel.sdk.facts import Source
from andel.sdk.replay import Mismatch, check_replay, replay
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Scalar, Workings

SOURCE = Source(title="Made up")
LABEL = Text("Namn", "Name")


def scalar(name: str, value: int | Fraction, formula: str = "") -> Scalar:
    source = None if formula else SOURCE
    return Scalar(name=name, label=LABEL, value=Fraction(value), unit="ore", formula=formula, source=source)


def column(name: str, values: tuple[int, ...], formula: str = "", **more: Any) -> Column:  # noqa: ANN401  (its fields)
    source = None if formula else SOURCE
    return Column(name=name, label=LABEL, numerators=values, unit="ore", formula=formula, source=source, **more)


WEIGHTS = (600, 300, 101)
WORKINGS = Workings(
    parties=("nacka", "solna", "täby"),
    scalars=(
        scalar("cost", 1_000_00),
        scalar("all", 1001, "sum(users)"),
        scalar("price", Fraction(1_000_00, 1001), "cost / all"),
        scalar("region_bears", 0, "cost - sum(amount)"),
    ),
    columns=(
        column("users", WEIGHTS, role=Role.BASIS),
        column("share", (6, 3, 1), "half_up(users / all, 1)", denominator=10),
        column("ideal", tuple(1_000_00 * weight for weight in WEIGHTS), "price * users", denominator=1001),
        column("amount", largest_remainder(1_000_00, WEIGHTS).shares, "largest_remainder(cost, users)"),
    ),
)


def changed(name: str, change: Mapping[str, Any]) -> Workings:
    return replace(
        WORKINGS,
        scalars=tuple(replace(one, **change) if one.name == name else one for one in WORKINGS.scalars),
        columns=tuple(replace(one, **change) if one.name == name else one for one in WORKINGS.columns),
    )


def test_workings_whose_values_follow_from_their_formulas_replay() -> None:
    assert replay(WORKINGS) == ()
    check_replay(WORKINGS)


def test_a_changed_scalar_is_found_and_so_is_all_that_rests_on_it() -> None:
    found = replay(changed("all", {"value": Fraction(1000)}))
    assert found[0] == Mismatch("all", None, Fraction(1000), Fraction(1001))
    assert [mismatch.name for mismatch in found if mismatch.party is None] == ["all", "price"]


def test_one_ore_moved_between_two_parties_is_found_with_both_names() -> None:
    amounts = WORKINGS.column("amount").numerators
    moved = changed("amount", {"numerators": (amounts[0] - 1, amounts[1] + 1, amounts[2])})
    assert replay(moved) == (
        Mismatch("amount", "nacka", Fraction(amounts[0] - 1), Fraction(amounts[0])),
        Mismatch("amount", "solna", Fraction(amounts[1] + 1), Fraction(amounts[1])),
    )
    with pytest.raises(WorkingsError) as caught:
        check_replay(moved)
    assert [complaint.where for complaint in caught.value.complaints] == ["amount", "amount"]
    assert caught.value.what == f"amount of nacka is stored as {amounts[0] - 1}, its formula gives {amounts[0]}."
    assert caught.value.remedy


@given(st.sampled_from(["users", "share", "ideal", "amount"]), st.integers(0, 2), st.integers(-5, 5).filter(bool))
def test_no_changed_row_escapes(name: str, row: int, by: int) -> None:
    numerators = list(WORKINGS.column(name).numerators)
    numerators[row] += by
    assert replay(changed(name, {"numerators": tuple(numerators)}))


@pytest.mark.parametrize("name", ["cost", "all", "price", "region_bears"])
def test_no_changed_scalar_escapes(name: str) -> None:
    assert replay(changed(name, {"value": WORKINGS.scalar(name).value + 1}))


@pytest.mark.parametrize("name", ["all", "price", "region_bears", "share", "ideal", "amount"])
def test_no_changed_formula_escapes(name: str) -> None:
    formula = next(one.formula for one in WORKINGS.values if one.name == name)
    assert replay(changed(name, {"formula": f"({formula}) + 1 / 1000000"}))


def test_a_scalar_formula_may_fill_a_column() -> None:
    assert replay(replace(WORKINGS, columns=(*WORKINGS.columns, column("flat", (5, 5, 5), "2 + 3")))) == ()
    found = replay(replace(WORKINGS, columns=(*WORKINGS.columns, column("flat", (5, 6, 5), "2 + 3"))))
    assert found == (Mismatch("flat", "solna", Fraction(6), Fraction(5)),)


def test_values_are_the_same_whatever_denominator_they_stand_over() -> None:
    assert replay(changed("share", {"numerators": (60, 30, 10), "denominator": 100})) == ()


@pytest.mark.parametrize(
    ("name", "formula", "said"),
    [
        ("all", "sum(user)", 'uses "user", which the workings do not have. Did you mean "users"?'),
        ("price", "cost / (all - all)", "divides by zero"),
        ("share", "users / (users - 300)", "divides by zero in row 2"),
        ("all", "users", "gives a column, the value is a scalar"),
        ("amount", "largest_remainders(cost, users)", 'Did you mean "largest_remainder"?'),
        ("amount", "cost.real", "outside the language"),
    ],
)
def test_a_formula_that_cannot_be_replayed_is_named(name: str, formula: str, said: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        replay(changed(name, {"formula": formula}))
    assert caught.value.where == name
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"amount": "amount"}, "amount -> amount"),
        ({"cost": "region_bears + sum(amount)"}, "cost"),
        ({"all": "cost / price"}, "all"),
    ],
)
def test_a_value_that_rests_on_itself_explains_nothing_and_is_refused(changes: Mapping[str, str], path: str) -> None:
    [(name, formula)] = changes.items()
    with pytest.raises(WorkingsError, match="rests on itself") as caught:
        replay(changed(name, {"formula": formula}))
    assert path in caught.value.what


def test_workings_without_parties_replay() -> None:
    empty = Workings(parties=(), scalars=(scalar("all", 0, "sum(users)"),), columns=(column("users", ()),))
    assert replay(empty) == ()
