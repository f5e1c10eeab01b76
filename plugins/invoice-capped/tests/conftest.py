from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from andel.sdk.cost import Ceiling, CostRequest, Split
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period
from andel_invoice_capped.model import InvoiceCapped

COUNTED = date(2018, 12, 31)
CITY = "Stockholm"
CITIES_OWN_ROWS = {CITY, "Totalt", "Sthlm kn rest"}
REGION = Party(key="region-stockholm", name="Region Stockholm", kind=PartyKind.REGION)
MERGERS = (
    ("Hägersten-Älvsjö", ("Hägersten-Liljeholmen", "Älvsjö"), date(2020, 7, 1)),
    ("Norra innerstaden", ("Norrmalm", "Östermalm"), date(2023, 7, 1)),
    ("Järva", ("Rinkeby-Kista", "Spånga-Tensta"), date(2023, 7, 1)),
)


def key_of(name: str) -> str:
    return name.lower().replace(" ", "-").translate(str.maketrans("åäö", "aao"))


def printed(table: str) -> dict[str, dict[str, str]]:
    """Read one printed table, its rows by name."""
    path = Path(__file__).parent / "data" / f"stockholm_bilaga3_{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    name = "kommun" if table == "municipalities" else "stadsdelsforvaltning"
    return {row[name]: row for row in rows}


def inhabitants(table: str) -> dict[str, int]:
    return {name: int(row["invanare"]) for name, row in printed(table).items() if name not in CITIES_OWN_ROWS - {CITY}}


def series(name: str, values: Mapping[str, int], day: date = COUNTED) -> FactSeries:
    title = "SCB" if name == "inhabitants" else "Stadens statistik"
    return FactSeries(name=name, unit="inhabitant", reference_date=day, source=Source(title=title), values=values)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of a region, which can be asked for its ceiling and for the split of a year's cost."""

    parties: tuple[Party, ...]
    facts: tuple[FactSeries, ...]
    successions: tuple[Succession, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)

    def request(self, period: Period, kronor: int | None, charged: Mapping[str, int]) -> CostRequest:
        return CostRequest(
            service="samverkan",
            component="supplier",
            period=period,
            region=REGION.key,
            parties=self.parties,
            amount=None if kronor is None else Money(kronor * 100),
            facts=FactBook(self.facts),
            charged=charged,
            successions=self.successions,
        )

    def ceiling(self, **settings: object) -> Ceiling:
        model, read = self._model({"mode": "ceiling", **settings})
        result = model.allocate(self.request(Period.year(2021), None, {}), read)
        assert isinstance(result, Ceiling)
        return result

    def split(
        self, year: int | Period, kronor: int, *, charged: Mapping[str, int] | None = None, **settings: object
    ) -> Split:
        model, read = self._model({"mode": "actual", **settings})
        period = Period.year(year) if isinstance(year, int) else year
        result = model.allocate(self.request(period, kronor, charged or {}), read)
        assert isinstance(result, Split)
        return result

    def _model(self, settings: Mapping[str, object]) -> tuple[InvoiceCapped, Any]:
        model = InvoiceCapped()
        return model, model.settings_type.read({**self.settings, **settings})


def _parties(*, merged: bool) -> tuple[Party, ...]:
    ends = {old: on for _, olds, on in MERGERS for old in olds} if merged else {}
    municipalities = [
        Party(key=key_of(name), name=name, kind=PartyKind.MUNICIPALITY) for name in inhabitants("municipalities")
    ]
    districts = [
        Party(key=key_of(name), name=name, kind=PartyKind.DISTRICT, authority=key_of(CITY), valid_to=ends.get(name))
        for name in inhabitants("districts")
    ]
    successors = [
        Party(key=key_of(name), name=name, kind=PartyKind.DISTRICT, authority=key_of(CITY), valid_from=on)
        for name, _, on in MERGERS
    ]
    return (REGION, *municipalities, *districts, *(successors if merged else ()))


def _stockholm(*, merged: bool) -> Service:
    whole = {key_of(name): count for name, count in inhabitants("municipalities").items()}
    inner = {key_of(name): count for name, count in inhabitants("districts").items()}
    successions = tuple(
        Succession(predecessors=tuple(map(key_of, olds)), successor=key_of(name), on=on) for name, olds, on in MERGERS
    )
    return Service(
        parties=_parties(merged=merged),
        facts=(series("inhabitants", whole), series("district_inhabitants", inner)),
        successions=successions if merged else (),
    )


@pytest.fixture(name="bilaga3")
def _bilaga3() -> Service:
    """The parties of the printed table, none of them merged."""
    return _stockholm(merged=False)


@pytest.fixture(name="stockholm")
def _with_mergers() -> Service:
    """The parties as they merged in 2020 and 2023."""
    return _stockholm(merged=True)


def some(counts: Sequence[int], **settings: object) -> Service:
    """Return a small region of municipalities a, b, c ... with so many inhabitants."""
    keys = [chr(ord("a") + place) for place in range(len(counts))]
    parties = [Party(key=key, name=key.upper(), kind=PartyKind.MUNICIPALITY) for key in keys]
    facts = (series("inhabitants", dict(zip(keys, counts, strict=True))),)
    return Service(parties=(REGION, *parties), facts=facts, settings=settings)
