"""One allocation over 290 parties with its full workings, examined and written as canonical JSON with its SHA-256."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from tests.load.bench import Bench
from tests.load.figures import Figure, benchmark, ms, seconds_of
from tests.load.regions import MODELS, MUNICIPALITIES, UNITS

from andel.costs.model import Basis, Cost, CostComponent, RegionBook, Service
from andel.costs.service.allocating import Allocator
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.settings import DatedSettings, SettingsRevision
from andel.host.view import TenantView
from andel.parties.model import PartyBook
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.text import Text

MOST: Final = 0.002
YEAR: Final = Period.year(2022)
SOURCE: Final = Source(title="Made up for a benchmark", example=True)
ORE: Final = 123_456_789
CAPPED: Final = (
    "invoice-capped",
    "invoices",
    {
        "mode": "actual",
        "limit_date": "2020-09-01",
        "term_start": "2022-01-01",
        "population_date": "2021-12-31",
        "rest": "leave",
    },
)


@benchmark("allocation")
def allocation(bench: Bench) -> Iterator[Figure]:
    """Each cost model once, against a plain largest-remainder division in integers."""
    weights = _weights(0)
    plain = seconds_of(lambda: _largest_remainder(ORE, weights), number=20, clock=time.process_time)
    for model, basis, values in (*MODELS, CAPPED):
        seconds = _seconds(bench.registry, model, basis, values)
        yield Figure(
            what=f"one allocation over {MUNICIPALITIES} parties by {model}, workings, checks and digest",
            measured=f"{ms(seconds)}, {seconds / plain:.0f}x of a plain division in integers ({ms(plain)})",
            reach=f"<= {ms(MOST)}",
            reached=seconds <= MOST,
        )


def _seconds(registry: Registry, model: str, basis: str, values: dict[str, Any]) -> float:
    component = CostComponent(
        key="del",
        title=Text("Del", "Part"),
        model=model,
        basis=Basis(basis),
        settings=DatedSettings(model=model, revisions=(_revision(values),)),
        costs=() if basis == "price" else (Cost(period=YEAR, ore=ORE, source=SOURCE),),
    )
    words = Text("Tjänst", "Service")
    service = Service(key="tjanst", title=words, bearer=words, source=SOURCE, components=(component,))
    allocator = Allocator(_book(service), TenantView.of(registry, "x", [model]))
    current = allocator.current(component, YEAR)
    request = allocator.asked(service, component, YEAR, current=current, charged={})
    facade = Facade()

    def allocate() -> str:
        return facade.allocate(current.registered, request, current.settings).workings_digest

    return seconds_of(allocate, number=10, clock=time.process_time)


def _revision(values: dict[str, Any]) -> SettingsRevision:
    return SettingsRevision(valid_from=date(2000, 1, 1), version="1.0.0", values=values)


def _book(service: Service) -> RegionBook:
    keys = [f"kommun-{n:03}" for n in range(MUNICIPALITIES)]
    parties = (
        Party(key="region-x", name="Region X", kind=PartyKind.REGION),
        *(Party(key=key, name=key.title(), kind=PartyKind.MUNICIPALITY) for key in keys),
    )
    days = (date(2021, 12, 31), YEAR.last_day)
    series = tuple(
        FactSeries(
            name=name,
            unit=unit,
            reference_date=day,
            source=SOURCE,
            values=dict(zip(["region-x", *keys], _weights(place), strict=False)),
        )
        for place, (name, unit) in enumerate(UNITS.items())
        for day in days
    )
    return RegionBook(
        key="x",
        title="Region X",
        parties=PartyBook(region="region-x", parties=parties),
        facts=FactBook(series),
        services=(service,),
    )


def _weights(place: int) -> list[int]:
    return [1000 + 37 * n % 4001 + place for n in range(MUNICIPALITIES + 1)]


def _largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    floors = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in order[: total - sum(floors)]:
        floors[n] += 1
    return floors
