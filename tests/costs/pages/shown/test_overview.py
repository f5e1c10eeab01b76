from __future__ import annotations

import re
from dataclasses import replace

import pytest

from andel.costs.model import RegionBook
from andel.costs.pages.shown.charts import halves, shorten
from andel.costs.pages.shown.overview import overview
from andel.costs.service.yearly import State, Year, YearCost
from andel.costs.tables import Kind
from andel.sdk.facts import Source
from andel.sdk.period import Period


@pytest.fixture
def year(dalarna: RegionBook) -> Year:
    def cost(service: str, charged: int | None, own: int | None, **amounts: int) -> YearCost:
        one = dalarna.service(service)
        kind = Kind.TARIFF if own is None else Kind.SPLIT
        return YearCost(
            service=one,
            component=one.components[0],
            state=State.EMPTY if charged is None else State.STORED,
            kind=kind if charged is not None else None,
            charged=charged,
            own=own,
            amounts=amounts,
        )

    costs = (
        cost("rss", 300, 300, mora=100, falun=200),
        cost("sip", 90, 10, mora=90),
        cost("siths", 50, None, falun=50),
        cost("synergi", None, None),
    )
    return Year(period=Period.year(2026), costs=costs)


def test_a_year_sums_what_is_known_and_names_what_is_not(year: Year) -> None:
    assert (year.charged, year.own) == (440, 310)
    assert [cost.service.key for cost in year.unknown] == ["siths"]
    assert year.by_party() == {"mora": 190, "falun": 250}


def test_a_ceiling_is_never_money(year: Year) -> None:
    capped = replace(year.costs[0], kind=Kind.CEILING, charged=0, own=None)
    assert not capped.counts
    assert Year(period=year.period, costs=(capped,)).unknown == ()


def test_an_example_among_the_sources_marks_the_cost(year: Year) -> None:
    cost = replace(year.costs[0], sources=(Source(title="a"), Source(title="b", example=True)))
    assert cost.example
    assert not replace(cost, sources=(Source(title="a"),)).example


def test_the_greatest_cost_stands_first_and_a_party_without_a_row_has_none(year: Year, dalarna: RegionBook) -> None:
    found = overview(year, dalarna, "sv")
    assert [head.cost.service.key for head in found.heads] == ["rss", "sip", "siths"]
    lines = {line.party.key: line for line in found.lines}
    assert lines["mora"].cells == (100, 90, None)
    assert lines["falun"].total == 250
    assert found.largest.party.key == "falun"
    assert found.smallest.party.key == "mora"


def test_a_component_with_nothing_for_the_year_is_not_among_the_services(year: Year, dalarna: RegionBook) -> None:
    found = overview(year, dalarna, "sv")
    assert [service.key for service, _ in found.services] == ["rss", "sip", "siths"]
    assert found.costly == 3
    assert found.payers == "2 kommuner"


def test_a_year_of_nothing_has_nothing_to_draw(dalarna: RegionBook) -> None:
    found = overview(Year(period=Period.year(1999), costs=()), dalarna, "sv")
    assert (found.bearers, found.shares, found.lines) == (None, (), ())


def test_the_charts_of_all_kinds_share_one_scale(year: Year, dalarna: RegionBook) -> None:
    few = replace(year.costs[0], amounts={"mora": 10, "sos-alarm": 40})
    drawn = overview(Year(period=year.period, costs=(few,)), dalarna, "sv").shares
    assert [title for title, _ in drawn] == ["1 kommun", "1 utförare"]
    widths = [float(re.findall(r'class="s1" [^>]*width="([0-9.]+)"', drawing)[0]) + 2 for _, drawing in drawn]
    assert widths[0] * 4 == pytest.approx(widths[1])


def test_more_parts_than_a_bar_can_tell_apart_are_put_together() -> None:
    assert shorten((1, 2, 3, 4, 5, 6)) == (1, 2, 3, 4, 5, 6)
    assert shorten((1, 2, 3, 4, 5, 6, 7)) == (1, 2, 3, 4, 5, 13)


@pytest.mark.parametrize(("rows", "pieces"), [(0, []), (30, [30]), (31, [16, 15]), (49, [25, 24])])
def test_a_long_chart_is_set_in_two(rows: int, pieces: list[int]) -> None:
    assert [len(piece) for piece in halves(range(rows))] == pieces
