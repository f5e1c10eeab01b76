from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest

from andel.sdk.errors import FactError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source

SOURCE = Source(title="Befolkningsregistret", date=date(2025, 2, 22))


def _inhabitants(day: date, **values: int) -> FactSeries:
    return FactSeries(name="inhabitants", unit="inhabitant", reference_date=day, source=SOURCE, values=values)


@pytest.mark.parametrize("value", [1.0, True, -1, "7", None])
def test_a_figure_is_a_whole_number_from_zero(value: object) -> None:
    figures: dict[str, Any] = {"a": value}
    with pytest.raises(FactError, match=r"a has .*, not a whole number from 0") as caught:
        _inhabitants(date(2024, 12, 31), **figures)
    assert caught.value.where == "inhabitants 2024-12-31"


def test_a_series_that_misses_its_control_total_is_refused() -> None:
    fields: dict[str, Any] = {
        "name": "inhabitants",
        "unit": "inhabitant",
        "reference_date": date(2024, 12, 31),
        "source": SOURCE,
        "values": {"a": 1, "b": 2},
    }
    assert FactSeries(**fields, control_total=3).control_total == 3
    with pytest.raises(FactError, match="add up to 3, the source's control total is 4") as caught:
        FactSeries(**fields, control_total=4)
    assert "nothing was loaded" in caught.value.remedy


def test_a_party_without_a_row_is_named() -> None:
    series = _inhabitants(date(2024, 12, 31), a=1)
    assert series.of("a") == 1
    with pytest.raises(FactError, match="No figure for b in inhabitants of 2024-12-31") as caught:
        series.of("b")
    assert caught.value.where == SOURCE.title


def test_values_are_frozen_whatever_happens_to_the_mapping_they_came_from() -> None:
    values = {"a": 1}
    series = FactSeries(
        name="users", unit="user", reference_date=date(2024, 10, 1), source=SOURCE, values=values, corrects="A slip"
    )
    values["a"] = 2
    frozen: Any = series.values
    with pytest.raises(TypeError):
        frozen["a"] = 3
    assert series.of("a") == 1
    back = pickle.loads(pickle.dumps(series))  # noqa: S301  (made on this line)
    assert back == series
    assert back.corrects == "A slip"


def test_the_last_series_at_or_before_the_day_is_taken() -> None:
    old, new = _inhabitants(date(2023, 12, 31), a=1), _inhabitants(date(2024, 12, 31), a=2)
    for book in (FactBook((old, new)), FactBook((new, old))):
        assert book.latest(FactNeed(name="inhabitants", on=date(2024, 12, 31))) is new
        assert book.latest(FactNeed(name="inhabitants", on=date(2024, 12, 30))) is old


def test_of_two_series_of_one_day_the_later_given_corrects_the_earlier() -> None:
    wrong, right = _inhabitants(date(2024, 12, 31), a=1), _inhabitants(date(2024, 12, 31), a=2)
    assert FactBook((wrong, right)).latest(FactNeed(name="inhabitants", on=date(2025, 1, 1))) is right


def test_a_missing_fact_is_told_apart_from_a_misspelt_one() -> None:
    book = FactBook((_inhabitants(date(2024, 12, 31), a=1),))
    with pytest.raises(FactError, match='no fact "inhabitants" of 2024-12-30 or earlier') as caught:
        book.latest(FactNeed(name="inhabitants", on=date(2024, 12, 30)))
    assert caught.value.remedy == "Load one of that day."
    with pytest.raises(FactError) as caught:
        book.latest(FactNeed(name="inhabitant", on=date(2025, 1, 1)))
    assert caught.value.remedy == 'Did you mean "inhabitants"?'
