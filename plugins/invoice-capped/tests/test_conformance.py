"""The examination that ships with the SDK, and the cases that officials can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.testing import cases, conformance
from andel.sdk.testing.strategies import parties, requests
from andel_invoice_capped import andel_cost_models
from andel_invoice_capped.settings import InvoiceCappedSettings

[MODEL] = andel_cost_models()
CITY = Party(key="city", name="Staden", kind=PartyKind.MUNICIPALITY)
DISTRICTS = tuple(
    Party(key=f"d{number}", name=f"Del {number}", kind=PartyKind.DISTRICT, authority=CITY.key) for number in range(4)
)
SETTINGS: list[Mapping[str, object]] = [
    {"mode": "ceiling"},
    {"mode": "ceiling", "cap_per": "authority", "rest": "leave", "procurement_started": "2019-01-01"},
    {"mode": "actual"},
    {"mode": "actual", "rounding": "webster", "cap_basis": "merged"},
    {"mode": "actual", "rounding": "half-up-reconciled", "rest": "leave"},
    {"mode": "actual", "overflow": "spread", "population": "yearly"},
    {"mode": "actual", "overflow": "spread", "cap_per": "authority"},
    {"mode": "actual", "cap_per": "authority", "term_years": 1, "rounding": "webster"},
]


@st.composite
def _region(draw: DrawFn) -> tuple[Party, ...]:
    """Draw municipalities and others, and now and then a city that is represented by some of its districts."""
    drawn = draw(parties(most=25))
    others = tuple(party for party in drawn if party.kind is not PartyKind.DISTRICT)
    count = draw(st.integers(0, len(DISTRICTS)))
    return (*others, CITY, *DISTRICTS[:count]) if count else others


@st.composite
def _inside_the_term(draw: DrawFn, settings: InvoiceCappedSettings) -> Period:
    days = (settings.term_end - settings.term_start).days
    first = draw(st.integers(0, days - 1))
    last = draw(st.integers(first + 1, days))
    return Period(settings.term_start + timedelta(first), settings.term_start + timedelta(last))


def _that_can_be_met(request: CostRequest) -> CostRequest:
    """Give the city as many inhabitants as its districts and a rest of at most 5 000; no districts without figures."""
    inner = {series.reference_date: series for series in request.facts.series if series.name != "inhabitants"}
    if len(inner) < len({series.reference_date for series in request.facts.series}):
        request = replace(request, parties=tuple(party for party in request.parties if not party.authority))

    def fitted(series: FactSeries) -> FactSeries:
        districts = inner.get(series.reference_date)
        if series.name != "inhabitants" or CITY.key not in series.values or districts is None:
            return series
        inside = sum(districts.of(party.key) for party in request.parties if party.authority == CITY.key)
        return replace(series, values={**series.values, CITY.key: inside + series.values[CITY.key] % 5_000})

    return replace(request, facts=FactBook(tuple(map(fitted, request.facts.series))))


def asked(model: CostModel[Any], settings: InvoiceCappedSettings) -> SearchStrategy[CostRequest]:
    drawn = requests(model, settings, parties=_region(), periods=_inside_the_term(settings))
    return drawn.map(_that_can_be_met)


test_conformance = conformance(MODEL, settings=SETTINGS, requests=asked)
test_cases = cases(Path(__file__).parent.parent / "cases", [MODEL])
