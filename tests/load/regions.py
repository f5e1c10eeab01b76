"""A made-up region of any size: 290 municipalities, and as many cost components and years as are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from andel.costs.tables import ComponentSettingsRow, CostAmountRow, CostComponentRow, ServiceRow
from andel.host.registry import Registry, build_registry
from andel.parties.tables import FactSeriesRow, FactValueRow, OrganizationRow, ProfileRow
from andel.sdk.period import Period
from andel.shared.database import Viewer, new_id, region_transaction
from andel.shared.database.bulk import insert_many
from andel.tenancy.tables import EnabledPluginRow

MUNICIPALITIES: Final = 290
FIRST_YEAR: Final = 2021
STAFF: Final = Viewer.staff()
EXAMPLE: Final = {"source_title": "Made up for a benchmark", "source_example": True}
UNITS: Final = {"inhabitants": "inhabitant", "users": "user", "seats": "license", "orders": "item"}

MODELS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    (
        "per-capita",
        "budget",
        {
            "counted_on": "12-31",
            "groups": [
                {"name": "Region", "part": "50 %", "kinds": ["region"]},
                {"name": "Kommuner", "part": "50 %", "kinds": ["municipality"]},
            ],
        },
    ),
    ("per-user", "budget", {"fact": "users", "counted_on": "12-31"}),
    (
        "per-license",
        "price",
        {"price": "5000", "part_of_year": "whole-year", "fact": "seats", "counted_on": "12-31"},
    ),
    ("direct-usage", "price", {"key": "units", "unit_price": "245", "fact": "orders"}),
)
"""The models of the components, in turn: half of them splits, half of them tariffs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a region is: what it charges has ``MUNICIPALITIES`` x components x years lines."""

    components: int
    years: int

    @property
    def lines(self) -> int:
        """The number of charge lines."""
        return MUNICIPALITIES * self.components * self.years

    @property
    def periods(self) -> tuple[Period, ...]:
        """The years that have costs."""
        return tuple(Period.year(FIRST_YEAR + one) for one in range(self.years))

    @classmethod
    def of_lines(cls, lines: int, *, years: int = 10) -> Size:
        """Return the size of a region that charges at least so many lines."""
        return cls(components=-(-lines // (MUNICIPALITIES * years)), years=years)


def fill(engine: Engine, size: Size, *, registry: Registry | None = None) -> Registry:
    """Fill an empty region."""
    with region_transaction(engine, STAFF) as session:
        organizations = _organizations(session)
        _facts(session, organizations, size)
        _services(session, size)
        models = [{"plugin": model} for model, _, _ in MODELS]
        session.execute(insert(EnabledPluginRow), models)
    return registry or build_registry()


def _organizations(session: Session) -> list[UUID]:
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "key": "region-x", "name": "Region X", "kind": "region", "source": "made up"}
    ]
    rows += [
        {"id": new_id(), "key": f"kommun-{n:03}", "name": f"Kommun {n:03}", "kind": "municipality", "source": "made up"}
        for n in range(MUNICIPALITIES)
    ]
    session.execute(insert(OrganizationRow), rows)
    profile = {"key": "x", "name": "Region X", "code": "99", "colours": {}, "source": "made up"}
    session.execute(insert(ProfileRow), [profile | {"organization_id": rows[0]["id"]}])
    return [row["id"] for row in rows]


def _facts(session: Session, organizations: list[UUID], size: Size) -> None:
    series = [
        {"id": new_id(), "name": name, "unit": unit, "reference_date": period.last_day, **EXAMPLE}
        for name, unit in UNITS.items()
        for period in (Period.year(FIRST_YEAR - 1), *size.periods)
    ]
    session.execute(insert(FactSeriesRow), series)

    def values() -> Iterator[tuple[UUID, UUID, int]]:
        for place, one in enumerate(series):
            yield from ((one["id"], id_, 1000 + 37 * n % 4001 + place) for n, id_ in enumerate(organizations))  # type: ignore[misc]  # an id

    insert_many(session, FactValueRow.__table__, ("series_id", "organization_id", "value"), values())


def _services(session: Session, size: Size) -> None:
    service = new_id()
    words = {"title_sv": "Tjänst", "title_en": "Service"}
    bearer = {"bearer_sv": "Alla", "bearer_en": "All"}
    session.execute(insert(ServiceRow), [{"id": service, "key": "tjanst", **words, **bearer, **EXAMPLE}])
    components, settings, costs = [], [], []
    for number in range(size.components):
        model, basis, values = MODELS[number % len(MODELS)]
        id_ = new_id()
        components.append(
            {"id": id_, "service_id": service, "key": f"del-{number:04}", "model": model, "basis": basis, **words}
        )
        own = {"id": new_id(), "component_id": id_, "valid_from": date(2000, 1, 1), "model_version": "1.0.0"}
        settings.append({**own, "settings": values, "digest": "0" * 64, **EXAMPLE})
        costs += [
            {
                "id": new_id(),
                "component_id": id_,
                "basis": basis,
                "period_start": period.start,
                "period_end": period.end,
                "ore": 100_000_000 + 12_347 * number,
                **EXAMPLE,
            }
            for period in size.periods
            if basis == "budget"
        ]
    session.execute(insert(CostComponentRow), components)
    session.execute(insert(ComponentSettingsRow), settings)
    session.execute(insert(CostAmountRow), costs)
