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
        ("half_up(people * price / 100) * 100", "((Invånare × Pris / 100) avrundat) × 100"),
        ("half_up(price, 4)", "Pris avrundat till 4 decimaler"),
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


def test_a_formula_reads_as_english_too() -> None:
    assert worded("largest_remainder(cost, people)", {"cost": "Cost", "people": "Inhabitants"}, "en") == (
        "Cost divided by Inhabitants, largest remainder"
    )


def test_a_formula_outside_the_language_is_refused() -> None:
    with pytest.raises(WorkingsError):
        worded("__import__('os')", LABELS, "sv")
