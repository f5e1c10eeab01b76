from __future__ import annotations

import pytest

from andel.costs.model.wording import worded
from andel.sdk.errors import WorkingsError

LABELS = {"people": "Invånare", "price": "Pris", "cost": "Kostnad", "cap": "Tak"}


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("", ""),
        ("people * price", "Invånare × Pris"),
        ("half_up(people * price / 100) * 100", "(Invånare × Pris) avrundat till hela kronor"),
        ("half_up(price, 4)", "Pris avrundat till 4 decimaler"),
        ("half_up(people / 100)", "(Invånare / 100) avrundat"),
        ("cost - sum(people)", "Kostnad − (summan av Invånare)"),
        ("cost - (people - cap)", "Kostnad − (Invånare − Tak)"),
        ("cost / (people / cap)", "Kostnad / (Invånare / Tak)"),
        ("(cost + cap) * people", "(Kostnad + Tak) × Invånare"),
        ("lesser(cost, cap)", "det lägsta av Kostnad och Tak"),
        ("largest_remainder(cost, people)", "Kostnad delat efter Invånare, största resten"),
        ("capped(cost, people, cap)", "Kostnad delat efter Invånare, högst Tak"),
        ("-cost", "−Kostnad"),
    ],
)
def test_a_formula_reads_as_swedish_with_the_least_parentheses(formula: str, words: str) -> None:
    assert worded(formula, LABELS, "sv") == words


def test_the_decimals_of_a_share_are_those_of_its_percent() -> None:
    assert worded("half_up(people, 4)", LABELS, "sv", unit="share") == "Invånare avrundat till 2 decimaler av procent"


def test_a_formula_reads_as_english_too() -> None:
    assert worded("largest_remainder(cost, people)", {"cost": "Cost", "people": "Inhabitants"}, "en") == (
        "Cost divided by Inhabitants, largest remainder"
    )


def test_a_formula_outside_the_language_is_refused() -> None:
    with pytest.raises(WorkingsError):
        worded("__import__('os')", LABELS, "sv")
