from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, CostModel, CostRequest
from andel.sdk.facts import FactNeed
from andel.sdk.party import Party
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.sdk.testing.strategies import (
    MOST_ORE,
    MOST_PARTIES,
    REGION,
    UNITS,
    amounts,
    counts,
    parties,
    periods,
    requests,
)
from andel.sdk.text import Text
from andel.sdk.workings import BASE_UNITS


class Asking(CostModel[PluginSettings]):
    id = "asking"
    version = "1"
    title = summary = Text("Frågar", "Asks")
    promises: ClassVar[frozenset[Promise]] = frozenset()
    settings_type = PluginSettings

    def needs(self, period: Period, settings: PluginSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract's)
        day = date(period.start.year - 1, 10, 1)
        late = FactNeed(name="users", on=date(2000, 1, 1), optional=True)
        return (FactNeed(name="users", on=day), FactNeed(name="beds", on=day), late)

    def history(self, period: Period, settings: PluginSettings) -> Period | None:  # noqa: ARG002  (the contract's)
        return Period.year(period.start.year - 1)

    def allocate(self, request: CostRequest, settings: PluginSettings) -> Allocation:
        raise NotImplementedError


REQUESTS = requests(Asking(), PluginSettings())
QUICK = settings(max_examples=2000, phases=[Phase.generate], database=None)


def reaches(strategy: SearchStrategy[Any], wanted: Callable[[Any], object]) -> bool:
    find(strategy, lambda drawn: bool(wanted(drawn)), settings=QUICK)  # raises NoSuchExample
    return True


@given(REQUESTS)
def test_a_request_has_what_the_model_asks_for_with_a_figure_for_everyone(drawn: CostRequest) -> None:
    keys = {party.key for party in drawn.parties}
    assert len(keys) == len(drawn.parties) <= MOST_PARTIES + 1
    assert drawn.region == REGION == drawn.parties[0].key
    assert [series.name for series in drawn.facts.series[:2]] == ["users", "beds"]
    assert [series.unit for series in drawn.facts.series[:2]] == ["user", "number"]
    assert all(set(series.values) == keys for series in drawn.facts.series)
    assert set(drawn.charged) == keys - {REGION}
    for succession in drawn.successions:
        assert {succession.successor, *succession.predecessors} <= keys
        assert succession.on in drawn.period


@pytest.mark.parametrize(
    "wanted",
    [
        lambda drawn: drawn.amount is None,
        lambda drawn: drawn.amount and drawn.amount.ore == 0,
        lambda drawn: drawn.amount and drawn.amount.ore > 10**9,
        lambda drawn: len(drawn.parties) == 2,
        lambda drawn: len(drawn.parties) > 40,
        lambda drawn: drawn.successions,
        lambda drawn: len(drawn.facts.series) == 3,
        lambda drawn: len(drawn.facts.series) == 2,
        lambda drawn: any(not any(series.values.values()) for series in drawn.facts.series),
        lambda drawn: any(0 in series.values.values() and any(series.values.values()) for series in drawn.facts.series),
        lambda drawn: any(party.organization_number for party in drawn.parties[1:]),
        lambda drawn: any(party.organization_number is None for party in drawn.parties),
        lambda drawn: any(party.authority for party in drawn.parties),
        lambda drawn: any(set("åäöÅÄÖ") & set(party.name) for party in drawn.parties[1:]),
        lambda drawn: [party.key for party in drawn.parties[1:]] != [party.key for party in drawn.payers()],
    ],
)
def test_the_corners_are_reached(wanted: Callable[[CostRequest], object]) -> None:
    assert reaches(REQUESTS, wanted)


@given(parties(fewest=3, most=5))
def test_the_number_of_parties_can_be_bounded(drawn: tuple[Party, ...]) -> None:
    assert 4 <= len(drawn) <= 6


def test_periods_are_years_months_and_days() -> None:
    assert reaches(periods(), lambda drawn: drawn.start.day == 1 and drawn.end.day == 1 and drawn.months() % 12)
    assert reaches(periods(), lambda drawn: drawn.start.day != 1)
    assert reaches(periods(), lambda drawn: drawn == Period.year(drawn.start.year))


@given(st.integers(1, 9).flatmap(lambda size: st.tuples(st.just(size), counts(size, most=7))))
def test_counts_are_as_many_as_asked_for_and_never_negative(drawn: tuple[int, list[int]]) -> None:
    size, values = drawn
    assert len(values) == size
    assert 0 <= min(values) <= max(values) <= 7


@given(amounts())
def test_amounts_stay_inside_their_bounds(drawn: Any) -> None:  # noqa: ANN401  (Money or None)
    assert drawn is None or 0 <= drawn.ore <= MOST_ORE


def test_the_standard_facts_have_units_that_workings_know() -> None:
    assert set(UNITS.values()) <= BASE_UNITS
