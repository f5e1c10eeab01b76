"""Hypothesis strategies for what a cost model may be asked: parties, facts, periods, amounts, whole requests.

All are plain data that no region has: the names are made up, the organization numbers only pass the check digit.
Small numbers, equal numbers and zeros come often, because that is where ties, remainders and empty bases are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.errors import AndelError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period

REGION = "region"
MOST_PARTIES = 60
MOST_ORE = 10**12
MOST_COUNT = 2_000_000
UNITS = {
    "inhabitants": "inhabitant",
    "users": "user",
    "seats": "license",
    "transactions": "transaction",
    "orders": "item",
}
"""The unit of each standard fact."""

FactStrategy = Callable[[FactNeed, tuple[Party, ...]], SearchStrategy[FactSeries]]

_NAMES = ("Åby", "Älvsund", "Östmark", "Backa", "Ängelsås", "Näs", "Öråker", "Dalby", "Zinkgruvan", "Årsäter")
_KINDS = (PartyKind.MUNICIPALITY,) * 3 + (PartyKind.DISTRICT, PartyKind.ASSOCIATION, PartyKind.PROVIDER)
_EXAMPLE = Source(title="Made up for an examination", date=date(2025, 1, 1), example=True)
_FEW = 8
_PLACES = 101
_STRIDE = 37


def organization_number(index: int) -> str:
    """Return a number of the right form and check digit; ``index`` is 0 to 999."""
    digits = f"199{index:03d}000"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    last = -sum(value - 9 if value > 9 else value for value in doubled) % 10  # noqa: PLR2004  (Luhn: digits of 10 to 18)
    return f"{digits[:6]}-{digits[6:]}{last}"


@st.composite
def parties(draw: DrawFn, *, fewest: int = 1, most: int = MOST_PARTIES) -> tuple[Party, ...]:
    """Draw the region and 1 to 60 others, some with and some without an organization number."""
    size = draw(st.one_of(st.integers(fewest, min(most, fewest + _FEW)), st.integers(fewest, most)))
    turn = draw(st.integers(0, len(_KINDS) - 1))
    kinds = [_KINDS[(index + turn) % len(_KINDS)] for index in range(size)]
    numbered = draw(st.integers(0, 2**size - 1))
    region = Party(key=REGION, name="Region Ås", kind=PartyKind.REGION, organization_number=organization_number(999))
    return (region, *(_party(index, kind, bool(numbered >> index & 1)) for index, kind in enumerate(kinds)))


def _party(index: int, kind: PartyKind, numbered: bool) -> Party:  # noqa: FBT001  (one drawn bit)
    place = index * _STRIDE % _PLACES  # so that neither keys nor numbers follow the order drawn
    return Party(
        key=f"p{place:03d}",
        name=f"{_NAMES[index % len(_NAMES)]} {index}",
        kind=kind,
        organization_number=organization_number(place) if numbered else None,
        authority="the-city" if kind is PartyKind.DISTRICT else None,
    )


def periods() -> SearchStrategy[Period]:
    """Draw a calendar year, some whole months, or any days from 2016 to 2032."""
    return st.one_of(st.integers(2016, 2032).map(Period.year), _months(), _days())


@st.composite
def _months(draw: DrawFn) -> Period:
    first = draw(st.integers(2016 * 12, 2032 * 12))
    last = first + draw(st.integers(1, 24))
    return Period(date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, 1))


@st.composite
def _days(draw: DrawFn) -> Period:
    start = draw(st.dates(date(2016, 1, 1), date(2032, 12, 31)))
    return Period(start, start + timedelta(days=draw(st.integers(1, 800))))


def amounts() -> SearchStrategy[Money | None]:
    """Draw a cost of 0 to 10^12 öre, often a few öre, now and then none."""
    ore = st.one_of(st.integers(0, 200), st.integers(0, MOST_ORE), st.integers(0, MOST_ORE))
    return st.one_of(ore.map(Money), ore.map(Money), ore.map(Money), st.none())


def counts(size: int, most: int = MOST_COUNT) -> SearchStrategy[list[int]]:
    """Draw so many counts: any, or small and therefore tied, or zeros among great ones, or one great among equals."""
    lopsided = st.tuples(st.integers(1, 3), st.integers(1, min(60, most)), st.integers(0, max(size - 1, 0)))
    one_great = lopsided.map(lambda drawn: [drawn[1] if place == drawn[2] else drawn[0] for place in range(size)])
    small = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    mixed = st.lists(st.one_of(st.just(0), st.integers(1, most)), min_size=size, max_size=size)
    return st.one_of(small, one_great, mixed, st.lists(st.integers(1, most), min_size=size, max_size=size))


def series(need: FactNeed, of: Sequence[Party]) -> SearchStrategy[FactSeries]:
    """Draw the fact that is needed, of the day that is asked for, with a figure for every party."""
    keys = [party.key for party in of]

    def made(values: list[int]) -> FactSeries:
        return FactSeries(
            name=need.name,
            unit=UNITS.get(need.name, "number"),
            reference_date=need.on,
            source=_EXAMPLE,
            values=dict(zip(keys, values, strict=True)),
        )

    return counts(len(keys)).map(made)


@st.composite
def requests(  # noqa: PLR0913  (each part of a request can be given)
    draw: DrawFn,
    model: CostModel[Any],
    settings: Any,  # noqa: ANN401  (the model's own settings type)
    *,
    parties: SearchStrategy[tuple[Party, ...]] = parties(),  # noqa: B008  (a strategy is a description)
    periods: SearchStrategy[Period] = periods(),  # noqa: B008
    amounts: SearchStrategy[Money | None] = amounts(),  # noqa: B008
    facts: FactStrategy = series,
) -> CostRequest:
    """Draw a request that has what the model says it needs under these settings, and nothing else.

    A model that takes only certain parties or periods is examined with strategies of its own for them. The first
    party drawn is the region. Now and then one party is succeeded by another inside the period.
    """
    period = draw(periods)
    present, successions = _succession(draw, draw(parties), period)
    needs = _needs(model, settings, period)
    taken = [need for need in needs if not need.optional or draw(st.booleans())]
    return CostRequest(
        service="service",
        component="component",
        period=period,
        region=present[0].key,
        parties=present,
        amount=draw(amounts),
        amount_source=_EXAMPLE,
        facts=FactBook(tuple(draw(facts(need, present)) for need in taken)),
        charged=_charged(draw, model, settings, period, present),
        successions=successions,
    )


def _needs(model: CostModel[Any], settings: Any, period: Period) -> tuple[FactNeed, ...]:  # noqa: ANN401  (its own type)
    try:
        return tuple(dict.fromkeys(model.needs(period, settings)))
    except AndelError:
        return ()  # a period it cannot take: allocate will say so too


def _charged(
    draw: DrawFn,
    model: CostModel[Any],
    settings: Any,  # noqa: ANN401  (the model's own settings type)
    period: Period,
    present: tuple[Party, ...],
) -> dict[str, int]:
    try:
        history = model.history(period, settings)
    except AndelError:
        history = None
    if history is None:
        return {}
    keys = [party.key for party in present[1:]]
    return dict(zip(keys, draw(counts(len(keys), 10**8)), strict=True))


def _succession(
    draw: DrawFn, present: tuple[Party, ...], period: Period
) -> tuple[tuple[Party, ...], tuple[Succession, ...]]:
    region, *others = present
    if len(others) < 2 or draw(st.integers(0, 4)):  # noqa: PLR2004  (one follows another; one request in five)
        return present, ()
    on = period.start + timedelta(days=draw(st.integers(0, period.days - 1)))
    before, after = replace(others[0], valid_to=on), replace(others[1], valid_from=on)
    follows = Succession(predecessors=(before.key,), successor=after.key, on=on, source="Made up")
    return (region, before, after, *others[2:]), (follows,)
