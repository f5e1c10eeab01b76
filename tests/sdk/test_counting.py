from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from andel.sdk.cost import CostRequest
from andel.sdk.counting import Counts, counts, day_of, needs_of, outside
from andel.sdk.errors import FactError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period

DAY = date(2025, 10, 1)
NEED = FactNeed(name="users", on=DAY)
A, B, C = (Party(key=key, name=key.upper(), kind=PartyKind.MUNICIPALITY) for key in "abc")
REGION = Party(key="r", name="R", kind=PartyKind.REGION)
MERGED = date(2026, 3, 1)


def series(values: Mapping[str, int], day: date = DAY, source: date | None = None) -> FactSeries:
    title = Source(title="Census", date=source)
    return FactSeries(name="users", unit="user", reference_date=day, source=title, values=values)


def request(*facts: FactSeries, successions: tuple[Succession, ...] = ()) -> CostRequest:
    return CostRequest(
        service="s",
        component="c",
        period=Period.year(2026),
        region="r",
        parties=(REGION, A, B, C),
        facts=FactBook(facts),
        successions=successions,
    )


def codes(found: Counts) -> list[str]:
    return [finding.code for finding in found.findings]


def merger(*predecessors: str, successor: str) -> Succession:
    return Succession(predecessors=predecessors, successor=successor, on=MERGED)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("10-01", date(2025, 10, 1)),
        ("2019-12-31", date(2019, 12, 31)),
        ("first-day", date(2026, 4, 1)),
        ("last-day", date(2026, 6, 30)),
    ],
)
def test_a_count_day_is_of_the_year_before_fixed_or_an_end_of_the_period(rule: str, day: date) -> None:
    assert day_of(rule, Period(date(2026, 4, 1), date(2026, 7, 1))) == day


def test_the_count_before_is_needed_only_when_it_may_stand_in() -> None:
    assert needs_of("users", DAY) == (NEED,)
    assert needs_of("users", DAY, earlier=True) == (
        NEED,
        FactNeed(name="users", on=date(2025, 9, 30), optional=True),
    )


def test_counts_stand_in_the_order_asked_for_with_the_day_they_describe() -> None:
    found = counts(request(series({"a": 1, "b": 2})), NEED, (B, A))

    assert found.of((B, A)) == (2, 1)
    assert found.column("users", (B, A)).source == Source(title="Census", date=DAY)
    assert codes(found) == []


def test_a_source_with_a_day_of_its_own_keeps_it() -> None:
    assert counts(request(series({"a": 1}, source=date(2025, 11, 5))), NEED, (A,)).source.date == date(2025, 11, 5)


def test_a_correction_of_the_same_day_counts() -> None:
    assert counts(request(series({"a": 1}), series({"a": 4})), NEED, (A,)).of((A,)) == (4,)


def test_an_earlier_count_fills_in_for_the_parties_without_one_newest_first() -> None:
    book = request(
        series({"a": 1, "b": 7, "c": 8}, date(2023, 10, 1)), series({"b": 5}, date(2024, 10, 1)), series({"a": 2})
    )

    found = counts(book, NEED, (A, B, C), earlier=True)

    assert found.of((A, B, C)) == (2, 5, 8)
    assert codes(found) == ["last-count", "last-count"]
    assert [text.text.en.split()[-2] for text in found.findings] == ["2023-10-01,", "2024-10-01,"]
    with pytest.raises(FactError, match="B och C saknar antal"):
        counts(book, NEED, (A, B, C))


def test_a_successor_is_counted_by_those_it_succeeded_after_the_count() -> None:
    found = counts(request(series({"a": 3, "b": 4}), successions=(merger("a", "b", successor="c"),)), NEED, (C,))

    assert found.of((C,)) == (7,)
    assert codes(found) == ["succeeded"]


def test_a_party_that_took_in_another_keeps_its_own_count_too() -> None:
    found = counts(request(series({"a": 3, "b": 4}), successions=(merger("b", successor="a"),)), NEED, (A,))

    assert found.of((A,)) == (7,)


def test_a_party_that_merged_under_its_own_key_is_counted_once() -> None:
    book = request(series({"a": 3, "b": 4}), successions=(merger("a", "b", successor="a"),))

    assert counts(book, NEED, (A,)).of((A,)) == (7,)


def test_a_succession_before_the_count_changes_nothing() -> None:
    before = Succession(predecessors=("b",), successor="a", on=DAY)

    assert counts(request(series({"a": 3, "b": 4}), successions=(before,)), NEED, (A,)).of((A,)) == (3,)


def test_a_party_that_was_divided_is_never_counted_twice() -> None:
    divided = (merger("c", successor="a"), merger("c", successor="b"))

    with pytest.raises(FactError, match="A och B saknar antal"):
        counts(request(series({"c": 10}), successions=divided), NEED, (A, B))
    assert counts(request(series({"a": 1, "b": 2, "c": 10}), successions=divided), NEED, (A, B)).of((A, B)) == (1, 2)


def test_a_successor_of_parties_of_whom_one_has_no_count_is_missing() -> None:
    with pytest.raises(FactError, match="C saknar antal"):
        counts(request(series({"a": 3}), successions=(merger("a", "b", successor="c"),)), NEED, (C,))


def test_a_chain_of_successors_is_followed() -> None:
    chain = (
        merger("a", successor="b"),
        Succession(predecessors=("b",), successor="c", on=date(2026, 5, 1)),
    )

    assert counts(request(series({"a": 3}), successions=chain), NEED, (C,)).of((C,)) == (3,)


def test_only_counts_without_a_row_are_outside_never_the_region_or_a_succeeded_party() -> None:
    book = request(series({"a": 1, "b": 2, "r": 9, "x": 3, "y": 0}), successions=(merger("b", successor="a"),))

    (finding,) = outside(book, NEED, (A,))

    assert finding.text.sv == "x har användare men delar inte kostnaden: ingen debiteras för dem."
    assert outside(request(series({"a": 1})), NEED, (A,)) == ()


def test_each_refusal_has_a_remedy_in_both_languages() -> None:
    books = (request(), request(series({"a": 1}, date(2024, 10, 1))), request(series({"b": 1})))
    for book in books:
        with pytest.raises(FactError) as refused:
            counts(book, NEED, (A,))
        complaint = refused.value.complaints[0]
        assert complaint.in_language("sv").what != complaint.in_language("en").what
        assert complaint.in_language("sv").remedy != complaint.in_language("en").remedy
