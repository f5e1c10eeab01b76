from __future__ import annotations

from fractions import Fraction

import pytest

from andel.shared.units import unit_noun, written, written_column


@pytest.mark.parametrize(
    ("value", "unit", "sv", "en"),
    [
        (Fraction(439_451_00), "ore", "439\u00a0451\u00a0kr", "SEK\u00a0439,451"),
        (Fraction(58_293_14), "ore", "58\u00a0293,14\u00a0kr", "SEK\u00a058,293.14"),
        (Fraction(5_829_314_233, 1000), "ore", "58\u00a0293,14233\u00a0kr", "SEK\u00a058,293.14233"),
        (
            Fraction(61_531_200_000, 130_365_433),
            "ore/inhabitant",
            "4,719901479\u00a0kr/inv.",
            "SEK\u00a04.719901479/inh.",
        ),
        (Fraction(250_00), "ore/user", "250\u00a0kr/användare", "SEK\u00a0250/user"),
        (Fraction(397, 10_000), "share", "3,97\u00a0%", "3.97%"),
        (Fraction(1, 3), "share", "33,3333\u00a0%", "33.3333%"),
        (Fraction(130_365_433, 1000), "inhabitant", "130\u00a0365,433\u00a0inv.", "130,365.433\u00a0inh."),
        (Fraction(8), "year", "8\u00a0år", "8\u00a0years"),
    ],
)
def test_a_value_is_written_in_its_unit(value: Fraction, unit: str, sv: str, en: str) -> None:
    assert written(value, unit) == sv
    assert written(value, unit, lang="en") == en


def test_a_column_has_the_same_decimals_all_the_way_down() -> None:
    assert written_column([Fraction(10_727_00), Fraction(18_090_08)], "ore") == ["10\u00a0727,00", "18\u00a0090,08"]
    assert written_column([Fraction(10_727_00), Fraction(18_090_00)], "ore") == ["10\u00a0727", "18\u00a0090"]
    assert written_column([Fraction(1, 2), Fraction(1, 400)], "share") == ["50,00\u00a0%", "0,25\u00a0%"]
    assert written_column([], "ore") == []


def test_a_head_says_the_unit_once() -> None:
    assert unit_noun("ore/inhabitant") == "kr/inv."
    assert unit_noun("license", lang="en") == "licences"
