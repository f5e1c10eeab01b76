from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from andel.sdk.errors import WorkingsError
from andel.sdk.formulas import FUNCTIONS, MAX_DEPTH, MAX_LENGTH, Rows, Value, parse

VALUES: dict[str, Value] = {
    "cost": Fraction(1000),
    "half": Fraction(1, 2),
    "users": Rows((10, 20, 30)),
    "part": Rows((1, 2, 3), 4),
    "group": Rows((1, 1, 2)),
    "own": Rows((100, 100, 7)),
    "caps": Rows((100, 1000, 1000)),
    "åäö": Fraction(7),
}


def rows(value: Value) -> tuple[Fraction, ...] | Fraction:
    if isinstance(value, Fraction):
        return value
    return tuple(Fraction(above, value.below) for above in value.above)


def column(*values: int | str) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("cost", Fraction(1000)),
        ("-cost + 2 * (3 - half)", Fraction(-995)),
        ("cost / 3", Fraction(1000, 3)),
        ("åäö", Fraction(7)),
        ("users * half", column(5, 10, 15)),
        ("users - part", column("39/4", "78/4", "117/4")),
        ("users / part", column(40, 40, 40)),
        ("1 / users", column("1/10", "1/20", "1/30")),
        ("half - users", column("-19/2", "-39/2", "-59/2")),
        ("half_up(cost / 3, 2)", Fraction("333.33")),
        ("half_up(0 - half)", Fraction(-1)),
        ("half_up(part)", column(0, 1, 1)),
        ("half_up(users / 7, 1)", column("1.4", "2.9", "4.3")),
        ("half_up(0 - part)", column(0, -1, -1)),
        ("half_up(cost / 100) * 100", Fraction(1000)),
        ("floor(0 - half)", Fraction(-1)),
        ("floor(part * 3)", column(0, 1, 2)),
        ("lesser(users, 20)", column(10, 20, 20)),
        ("greater(part, half)", column("1/2", "1/2", "3/4")),
        ("lesser(half, cost)", Fraction(1, 2)),
        ("greater(half, 1 / 3)", Fraction(1, 2)),
        ("sum(part)", Fraction(6, 4)),
        ("max(users) - min(users)", Fraction(20)),
        ("count(users)", Fraction(3)),
        ("sum_by(users, group)", column(30, 30, 30)),
        ("sum_by(part, group)", column("3/4", "3/4", "3/4")),
        ("sum_by(users, group / 2)", column(30, 30, 30)),
        ("largest_remainder(cost, users)", column(167, 333, 500)),
        ("largest_remainder(cost, part)", column(167, 333, 500)),
        ("largest_remainder(own, users, group)", column(33, 67, 7)),
        ("largest_remainder(7, users, group)", column(2, 5, 7)),
        ("webster(cost, users)", column(167, 333, 500)),
        ("webster(own, users, group)", column(33, 67, 7)),
        ("capped(cost, users, caps)", column(100, 360, 540)),
        ("capped(cost, users, 300)", column(300, 300, 300)),
    ],
)
def test_a_formula_gives_the_exact_value(formula: str, expected: object) -> None:
    assert rows(parse(formula).evaluate(VALUES)) == expected


def test_every_function_of_the_language_is_tried_above() -> None:
    marks: list[Any] = test_a_formula_gives_the_exact_value.pytestmark  # type: ignore[attr-defined]  # pytest's
    tried = " ".join(case[0] for case in marks[0].args[1])
    assert {name for name in FUNCTIONS if f"{name}(" in tried} == FUNCTIONS


def test_a_formula_names_what_it_rests_on() -> None:
    assert parse("largest_remainder(cost, users) + sum(sum)").names == {"cost", "users", "sum"}


@pytest.mark.parametrize(
    "formula",
    [
        "", " ", "1 +", "(1", "cost cost", "cost = 1", "cost; cost", "\0", "import os", "1\n2", "'text'", "1.5", "1e3",
        "1j", "True", "None", "...", "cost ** 2", "cost // 2", "cost % 2", "cost @ 2", "not cost", "~cost", "+cost",
        "cost < 2", "cost == 1", "cost and 1", "1 if cost else 2", "lambda: 1", "[cost]", "(cost, 1)", "{cost}",
        "cost.real", "cost[0]", "cost.__class__", "sum(users for users in users)", "sum(*users)", "sum(c=users)",
        "half_up(cost, places=2)", "__import__('os')", "(sum)(users)(1)", "(cost := 1)", "f'{cost}'", "await cost",
        "9" * 41, "eval(cost)",
    ],
)  # fmt: skip
def test_anything_outside_the_language_is_refused(formula: str) -> None:
    with pytest.raises(WorkingsError, match=r"is no formula|is not allowed"):
        parse(formula)


def test_a_long_and_a_deep_formula_are_refused() -> None:
    with pytest.raises(WorkingsError, match="longer than"):
        parse("1 + " * (MAX_LENGTH // 4) + "1 + 1")
    for deep in ("-" * 499 + "1", "(" * 249 + "1" + ")" * 249, "half_up(" * 50 + "1" + ")" * 50):
        with pytest.raises(WorkingsError):
            parse(deep)
    assert parse("-" * (MAX_DEPTH - 1) + "1").evaluate({}) == -1


@pytest.mark.parametrize(
    ("formula", "said", "remedy"),
    [
        ("summ(users)", 'there is no function "summ"', 'Did you mean "sum"?'),
        ("half_up()", "half_up takes 1 to 2 arguments, not 0", ""),
        ("capped(cost, users)", "capped takes 3 arguments, not 2", ""),
    ],
)
def test_a_wrong_call_is_explained(formula: str, said: str, remedy: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        parse(formula)
    assert said in caught.value.what
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("user * 2", 'uses "user", which the workings do not have'),
        ("cost / (half - half)", "it divides by zero"),
        ("cost / (users - 20)", "it divides by zero in row 2"),
        ("sum(cost)", "sum wants a column"),
        ("count(cost)", "count wants a column"),
        ("sum_by(users, cost)", "sum_by wants a column"),
        ("largest_remainder(cost, cost)", "largest_remainder wants a column"),
        ("largest_remainder(half, users)", "must be one whole number"),
        ("largest_remainder(users, users)", "must be one whole number"),
        ("largest_remainder(users, users, group)", "differs within the group"),
        ("largest_remainder(cost, users - users)", "every weight is zero"),
        ("webster(cost, 0 - users)", "cannot be negative"),
        ("capped(cost, users, half)", "a cap must be a whole number"),
        ("capped(cost, users, 0 - 1)", "A cap cannot be negative"),
        ("half_up(cost, half)", "must be one whole number"),
        ("half_up(cost, 31)", "must be 0 to 30"),
        ("half_up(cost, -1)", "must be 0 to 30"),
    ],
)
def test_what_cannot_be_evaluated_is_explained(formula: str, said: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        parse(formula).evaluate(VALUES)
    assert said in str(caught.value)


def test_an_unknown_name_is_suggested() -> None:
    with pytest.raises(WorkingsError) as caught:
        parse("user * 2").evaluate(VALUES)
    assert caught.value.remedy == 'Did you mean "users"?'


def test_columns_without_rows_have_a_sum_and_a_count_but_no_greatest() -> None:
    none: dict[str, Value] = {"users": Rows(())}
    assert parse("sum(users) + count(users)").evaluate(none) == 0
    assert parse("largest_remainder(0, users)").evaluate(none) == Rows(())
    for formula in ("max(users)", "min(users)"):
        with pytest.raises(WorkingsError, match="no rows"):
            parse(formula).evaluate(none)


def test_numbers_that_would_grow_without_end_are_refused() -> None:
    primes = tuple(2 * number + 1 for number in range(200_000))
    with pytest.raises(WorkingsError, match="grow too large"):
        parse("1 / users").evaluate({"users": Rows(primes)})


OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "{} + {}": operator.add,
    "{} - {}": operator.sub,
    "{} * {}": operator.mul,
    "{} / {}": operator.truediv,
    "lesser({}, {})": min,
    "greater({}, {})": max,
}
Tree = tuple[str, Callable[[int], Fraction]]
NUMBERS = st.fractions(min_value=-50, max_value=50, max_denominator=40)


def _always(value: Fraction) -> Callable[[int], Fraction]:
    return lambda _: value


def _leaves(columns: dict[str, list[Fraction]], scalars: dict[str, Fraction]) -> st.SearchStrategy[Tree]:
    leaves: list[Tree] = [(name, values.__getitem__) for name, values in columns.items()]
    leaves += [(name, _always(value)) for name, value in {**scalars, "7": Fraction(7)}.items()]
    return st.sampled_from(leaves)


def _joined(parts: tuple[str, Tree, Tree]) -> Tree:
    form, (left, first), (right, second) = parts
    return f"({form.format(left, right)})", lambda row: OPERATIONS[form](first(row), second(row))


@given(st.data(), st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4), NUMBERS)
def test_a_formula_over_columns_is_the_same_formula_row_by_row(
    data: st.DataObject, pairs: list[tuple[Fraction, Fraction]], scalar: Fraction
) -> None:
    columns = {"a": [pair[0] for pair in pairs], "b": [pair[1] for pair in pairs]}
    trees = st.recursive(
        _leaves(columns, {"s": scalar}),
        lambda inner: st.tuples(st.sampled_from(sorted(OPERATIONS)), inner, inner).map(_joined),
        max_leaves=6,
    )
    formula, expected = data.draw(trees)
    assume(formula.count("(") < MAX_DEPTH)
    values: dict[str, Value] = {"s": scalar}
    for name, of in columns.items():
        below = 1
        for value in of:
            below *= value.denominator
        values[name] = Rows(tuple(int(value * below) for value in of), below)
    try:
        wanted = [expected(row) for row in range(len(pairs))]
    except ZeroDivisionError:
        with pytest.raises(WorkingsError, match="divides by zero"):
            parse(formula).evaluate(values)
        return
    found = rows(parse(formula).evaluate(values))
    assert found == tuple(wanted) if isinstance(found, tuple) else set(wanted) == {found}
