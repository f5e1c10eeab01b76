from __future__ import annotations

import pytest

from andel.costs.model.difference import Cause, Change, Difference
from andel.costs.pages.shown.difference import difference_words

NAMES = {"mora": "Mora", "falun": "Falun"}
SEATS = Change(
    cause=Cause.FACTS,
    name="seats",
    old={"reference_date": "2024-12-31"},
    new={"reference_date": "2024-12-31"},
    parties=(("mora", 4, 5),),
    reason="en licens var inte med",
)


def told(*changes: Change, lang: str = "sv", **more: object) -> list[str]:
    difference = Difference(changes=changes, **more)  # type: ignore[arg-type]  # the fields that the case is about
    words = difference_words(difference, NAMES, "en" if lang == "en" else "sv")
    return [one.replace("\u00a0", " ").replace("\u2212", "-") for one in words]


def test_figures_that_changed_are_named_with_the_reason() -> None:
    assert told(SEATS)[0] == "Licenser 31 december 2024 ändrades (en licens var inte med): Mora 4 → 5."
    assert told(SEATS, lang="en")[0].startswith("Licences of 31 December 2024 changed (")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            Change(cause=Cause.AMOUNT, old=[100, "SEK"], new=[250, "SEK"]),
            "Kostnaden ändrades från 1,00 kr till 2,50 kr.",
        ),
        (Change(cause=Cause.AMOUNT, new=[250, "SEK"]), "Kostnaden ändrades från – till 2,50 kr."),
        (
            Change(cause=Cause.SETTING, name="groups.1.part", old="1/2", new="3/10"),
            "Inställningen groups.1.part ändrades från 1/2 till 3/10.",
        ),
        (Change(cause=Cause.MODEL, old="a 1.0", new="a 1.1"), "Modellen byttes från a 1.0 till a 1.1."),
        (Change(cause=Cause.SUCCESSIONS), "Vem som ersätter vem ändrades."),
        (Change(cause=Cause.PARTIES, old=["x"]), "Parterna eller uppgifterna om dem ändrades."),
        (Change(cause=Cause.CHARGED), "Det som debiterats tidigare ändrades."),
        (Change(cause=Cause.AMOUNT_SOURCE), "Källan till kostnaden ändrades."),
    ],
)
def test_every_cause_has_its_sentence(change: Change, words: str) -> None:
    assert told(change)[0] == words


def test_every_cause_is_known() -> None:
    for cause in Cause:
        assert told(Change(cause=cause, name="x"))[0]


def test_new_amounts_are_told_by_how_much_and_the_regions_own_too() -> None:
    moved = (("mora", 100, 250), ("falun", 300, 200), ("ny", None, 5), ("borta", 5, None))
    words = told(amounts=moved, own=(100, 50))
    assert words == ["Nya belopp: Mora +1,50 kr, Falun -1,00 kr, ny tillkom och 1 till.", "Regionen bär -0,50 kr."]


def test_when_no_amount_moved_that_is_said() -> None:
    assert told(SEATS)[-1] == "Inget belopp blev ett annat."
