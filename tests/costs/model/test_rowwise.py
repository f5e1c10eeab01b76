from __future__ import annotations

import ast

import pytest

from andel.costs.model.rowwise import for_row, names_in
from andel.costs.model.wording import Words, worded_tree
from andel.sdk.formulas import parse

ZEROS, ONES = frozenset({"outside"}), frozenset({"inside"})


def shown(formula: str) -> str:
    return ast.unparse(for_row(parse(formula).tree, ZEROS, ONES))


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("people + rest * outside * share", "people"),
        ("people + rest * inside * share", "people + rest * share"),
        ("rest * outside + people", "people"),
        ("people - rest * outside", "people"),
        ("rest * outside - people", "rest * outside - people"),
        ("(1 - outside) * limit", "limit"),
        ("half_up(people * outside / all + people, 4)", "half_up(people, 4)"),
        ("people / inside", "people / 1"),
        ("people * 2", "people * 2"),
        ("lesser(people, limit)", "lesser(people, limit)"),
        ("-people", "-people"),
    ],
)
def test_what_a_row_cancels_is_left_out(formula: str, left: str) -> None:
    assert shown(formula) == left


@pytest.mark.parametrize("formula", ["sum(people * outside)", "largest_remainder(cost, people * outside)"])
def test_what_looks_at_every_row_is_left_whole(formula: str) -> None:
    assert shown(formula) == formula


@pytest.mark.parametrize(
    "formula", ["half_up(people * outside / all, 4)", "rest * outside", "outside / all", "outside"]
)
def test_a_formula_that_is_zero_as_a_whole_stays_as_it_is(formula: str) -> None:
    assert shown(formula) == formula


def test_functions_are_no_names_of_values() -> None:
    assert names_in(parse("half_up(people / sum(people))").tree) == {"people"}


WORDS = Words(
    values={"cost": "930 000 kr", "people": "20 419 inv.", "outside": "0"},
    labels={"people": "Invånare", "outside": "Utanför"},
    sums={"people": "286 048 inv."},
)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("cost / sum(people)", "930 000 kr / (summan av Invånare)"),
        ("max(people)", "det högsta av Invånare"),
        ("sum(people * outside)", "summan av Invånare × Utanför"),
        ("largest_remainder(cost, people)", "930 000 kr × 20 419 inv. / 286 048 inv., största resten"),
        ("webster(cost + cost, people)", "(930 000 kr + 930 000 kr) × 20 419 inv. / 286 048 inv., Websters metod"),
        ("largest_remainder(cost, people * 2)", "930 000 kr delat efter 20 419 inv. × 2, största resten"),
        ("largest_remainder(cost, people, outside)", "930 000 kr delat efter 20 419 inv., största resten"),
        ("capped(cost, people, cost)", "930 000 kr delat efter 20 419 inv., högst 930 000 kr"),
    ],
)
def test_a_division_over_all_rows_reads_as_what_it_is_for_one(formula: str, words: str) -> None:
    assert worded_tree(parse(formula).tree, WORDS, "sv") == words
