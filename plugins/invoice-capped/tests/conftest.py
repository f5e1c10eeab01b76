from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from andel.sdk.cost import CostRequest
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period

COUNTED = date(2018, 12, 31)
REGION = Party(key="region-stockholm", name="Region Stockholm", kind=PartyKind.REGION)
MERGERS = (
    ("Hägersten-Älvsjö", ("Hägersten-Liljeholmen", "Älvsjö"), date(2020, 7, 1)),
    ("Norra innerstaden", ("Norrmalm", "Östermalm"), date(2023, 7, 1)),
    ("Järva", ("Rinkeby-Kista", "Spånga-Tensta"), date(2023, 7, 1)),
)
KRONOR = Fraction(100)
PERCENT = Fraction(1, 100)
SHOWN = {
    "invanare_inkl_rest": ("inhabitants_with_rest", Fraction(1)),
    "fordelning_i_sthlm_pct": ("rest_share", PERCENT),
    "fordelning_alla_kommuner_pct": ("share", PERCENT),
    "fordelning_pct": ("share", PERCENT),
    "summa_per_ar_kr": ("per_year", KRONOR),
    "summa_totalt_kr": ("total", KRONOR),
}
"""Where each printed column is in the workings, and what one of its units is there."""


def key_of(name: str) -> str:
    return name.lower().replace(" ", "-").translate(str.maketrans("åäö", "aao"))


def _table(name: str) -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "data" / f"stockholm_bilaga3_{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["kommun" if name == "municipalities" else "stadsdelsforvaltning"]: row for row in rows}


MUNICIPALITIES, DISTRICTS = _table("municipalities"), _table("districts")


def _inhabitants(table: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    own_rows = {"Totalt", "Sthlm kn rest"}
    return {key_of(name): int(row["invanare"]) for name, row in table.items() if name not in own_rows}


def _printed() -> Iterator[tuple[str, str, str, Fraction]]:
    """Yield every printed number: its row, its column, the name in the workings and the value in their unit."""
    for table in (MUNICIPALITIES, DISTRICTS):
        for row, cells in table.items():
            for heading, (column, unit) in SHOWN.items():
                if cells.get(heading):
                    city = "Stockholm" if table is DISTRICTS and row == "Totalt" else row
                    yield city, heading, column, Fraction(cells[heading]) * unit


PRINTED = tuple(_printed())


@pytest.fixture(name="printed", params=PRINTED, ids=[f"{row}-{heading}" for row, heading, _, _ in PRINTED])
def _one_printed(request: pytest.FixtureRequest) -> tuple[str, str, Fraction]:
    """One number of Bilaga 3: the key of its row, its name in the workings, and its value there."""
    row, _, column, value = request.param
    return key_of(row), column, value


@pytest.fixture(name="all_printed", scope="session")
def _all_printed() -> Sequence[object]:
    return PRINTED


def series(name: str, values: Mapping[str, int], day: date = COUNTED) -> FactSeries:
    title = "SCB" if name == "inhabitants" else "Stadens statistikinformationstjänst"
    return FactSeries(name=name, unit="inhabitant", reference_date=day, source=Source(title=title), values=values)


def _stockholm_parties(*, merged: bool) -> tuple[Party, ...]:
    ends = {old: on for _, olds, on in MERGERS for old in olds}
    names = [name for name in MUNICIPALITIES if name != "Totalt"]
    districts = [name for name in DISTRICTS if name not in {"Totalt", "Sthlm kn rest"}]
    found = [REGION, *(Party(key=key_of(name), name=name, kind=PartyKind.MUNICIPALITY) for name in names)]
    for name in districts:
        end = ends.get(name) if merged else None
        found.append(Party(key=key_of(name), name=name, kind=PartyKind.DISTRICT, authority="stockholm", valid_to=end))
    for name, _, on in MERGERS if merged else ():
        found.append(Party(key=key_of(name), name=name, kind=PartyKind.DISTRICT, authority="stockholm", valid_from=on))
    return tuple(found)


def _request(
    parties: tuple[Party, ...],
    facts: Sequence[FactSeries],
    successions: tuple[Succession, ...] = (),
    *,
    period: Period | int = 2021,
    ore: int | None = None,
    charged: Mapping[str, int] | None = None,
) -> CostRequest:
    return CostRequest(
        service="samverkan",
        component="supplier",
        period=Period.year(period) if isinstance(period, int) else period,
        region=REGION.key,
        parties=parties,
        amount=None if ore is None else Money(ore),
        amount_source=Source(title="Leverantörens faktura", example=True),
        facts=FactBook(tuple(facts)),
        charged=charged or {},
        successions=successions,
    )


@pytest.fixture(name="stockholm", scope="session")
def _stockholm() -> Callable[..., CostRequest]:
    """Ask for Stockholm's service: by default with the districts as they merged in 2020 and 2023."""
    facts = (
        series("inhabitants", _inhabitants(MUNICIPALITIES)),
        series("district_inhabitants", _inhabitants(DISTRICTS)),
    )
    mergers = tuple(
        Succession(predecessors=tuple(map(key_of, olds)), successor=key_of(name), on=on) for name, olds, on in MERGERS
    )

    def ask(
        period: Period | int = 2021,
        ore: int | None = None,
        *,
        charged: Mapping[str, int] | None = None,
        merged: bool = True,
    ) -> CostRequest:
        followed = mergers if merged else ()
        parties = _stockholm_parties(merged=merged)
        return _request(parties, facts, followed, period=period, ore=ore, charged=charged)

    return ask


@pytest.fixture(name="small", scope="session")
def _small() -> Callable[..., CostRequest]:
    """Ask for a region of municipalities a, b, c ... with so many inhabitants."""

    def ask(
        counts: Sequence[int],
        period: Period | int = 2021,
        ore: int | None = None,
        *,
        charged: Mapping[str, int] | None = None,
    ) -> CostRequest:
        keys = "abcdefghij"[: len(counts)]
        parties = (REGION, *(Party(key=key, name=key.upper(), kind=PartyKind.MUNICIPALITY) for key in keys))
        facts = (series("inhabitants", dict(zip(keys, counts, strict=True))),)
        return _request(parties, facts, period=period, ore=ore, charged=charged)

    return ask
