"""One result in the database: what stands already, and storing the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from andel.costs.model.difference import Difference
from andel.costs.model.result import Result
from andel.costs.tables import AllocationRow, ChargeRow, Kind, Purpose
from andel.host.discovery import Registered
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.period import Period
from andel.sdk.workings import canonical_json
from andel.shared.database import new_id

_CURRENT: Final = (
    select(
        AllocationRow.id,
        AllocationRow.period_start,
        AllocationRow.period_end,
        AllocationRow.kind,
        AllocationRow.revision,
        AllocationRow.model,
        AllocationRow.model_version,
        AllocationRow.input_digest,
        AllocationRow.settings_digest,
    )
    .where(
        AllocationRow.component_id == bindparam("component", type_=Uuid()),
        AllocationRow.purpose == Purpose.CHARGE.value,
        AllocationRow.is_current,
    )
    .order_by(AllocationRow.period_start)
)
_ALLOCATION: Final = cast("Table", AllocationRow.__table__)
_COLUMNS: Final = tuple(set(_ALLOCATION.columns.keys()) - {"purpose", "is_current", "recorded_at"})

# One statement, so that one result costs one round trip to the server. The arrays come as text: to write one element
# after another costs as much as all else that is stored.
_STORE: Final = text(
    f"""
    WITH made_from AS (
        INSERT INTO allocation_input (digest, canonical)
        VALUES (:input_digest, :request), (:settings_digest, :settings) ON CONFLICT DO NOTHING
    ), explained AS (
        INSERT INTO workings (digest, canonical) VALUES (:workings_digest, :workings) ON CONFLICT DO NOTHING
    ), made AS (
        INSERT INTO allocation ({", ".join(_COLUMNS)}) VALUES ({", ".join(f":{name}" for name in _COLUMNS)})
    )
    INSERT INTO charge (allocation_id, organization_id, payer_id, ore, workings_row)
    SELECT :id, line.organization, line.payer, line.ore, line.number - 1
    FROM unnest(CAST(:organizations AS uuid[]), CAST(:payers AS uuid[]), CAST(:amounts AS bigint[]))
        WITH ORDINALITY AS line (organization, payer, ore, number)
    """  # noqa: S608  (the names of the table's own columns)
).bindparams(
    *(bindparam(name, type_=_ALLOCATION.columns[name].type) for name in _COLUMNS if name != "difference"),
    bindparam("difference", type_=JSONB(none_as_null=True)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A current result of a component."""

    id: UUID
    period: Period
    kind: Kind
    revision: int
    model: str
    model_version: str
    input_digest: str
    settings_digest: str

    @property
    def stamp(self) -> tuple[str, str, str, str]:
        """What it was made from and by: equal stamps, equal results."""
        return self.model, self.model_version, self.settings_digest, self.input_digest

    @property
    def charges(self) -> bool:
        """Whether it is money; a ceiling never is."""
        return self.kind is not Kind.CEILING


def standing(session: Session, component_id: UUID) -> tuple[Standing, ...]:
    """Return the component's current results that charge the cost of their period, oldest first."""
    return tuple(
        Standing(
            id=row.id,
            period=Period(row.period_start, row.period_end),
            kind=Kind(row.kind),
            revision=row.revision,
            model=row.model,
            model_version=row.model_version,
            input_digest=row.input_digest,
            settings_digest=row.settings_digest,
        )
        for row in session.execute(_CURRENT, {"component": component_id})
    )


def charged_by(session: Session, results: Iterable[Standing], keys: Mapping[UUID, str]) -> dict[str, int]:
    """Return what the results charge each party together, in öre."""
    ids = [one.id for one in results if one.charges]
    if not ids:
        return {}
    summed = select(ChargeRow.organization_id, func.sum(ChargeRow.ore)).where(ChargeRow.allocation_id.in_(ids))
    rows = session.execute(summed.group_by(ChargeRow.organization_id))
    return dict(Counter({keys[organization]: int(ore) for organization, ore in rows}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The result that a new one takes the place of, and how they differ."""

    of: Standing
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a result is of, and what made it.

    Attributes:
        organizations: their ids by key.
    """

    run_id: UUID
    component_id: UUID
    registered: Registered
    organizations: Organizations


class Organizations(Mapping[str, UUID]):
    """The organizations' ids by key, and the ids of many as PostgreSQL writes an array."""

    def __init__(self, ids: Mapping[str, UUID]) -> None:
        self._ids = dict(ids)
        self._arrays: dict[tuple[str, ...], str] = {}

    def __getitem__(self, key: str) -> UUID:
        return self._ids[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def array(self, keys: tuple[str, ...]) -> str:
        """Return the array of some ids. The same parties share cost after cost, so it is kept."""
        if keys not in self._arrays:
            self._arrays[keys] = _array(self._ids[key] for key in keys)
        return self._arrays[keys]


def store(session: Session, result: Result, origin: Origin, *, corrects: Correction | None = None) -> UUID:
    """Store a result with all that it was made from, its workings and its charges, and return its id."""
    allocation = result.allocation
    lines = _lines(allocation)
    made = new_id()
    values: dict[str, Any] = {
        "id": made,
        "run_id": origin.run_id,
        "component_id": origin.component_id,
        "period_start": result.request.period.start,
        "period_end": result.request.period.end,
        "revision": corrects.of.revision + 1 if corrects else 1,
        "supersedes_id": corrects.of.id if corrects else None,
        "difference": corrects.difference.plain() if corrects else None,
        "kind": allocation.kind,
        "currency": allocation.currency,
        **_money(allocation),
        "charged_ore": sum(lines.values()),
        "charge_count": len(lines),
        "plugin": origin.registered.plugin,
        "plugin_version": origin.registered.distribution_version,
        "model": result.model,
        "model_version": result.version,
        "settings_digest": result.settings_digest,
        "input_digest": result.request_digest,
        "workings_digest": allocation.workings.digest,
        "digest": result.digest,
    }
    payers = allocation.payers
    session.execute(
        _STORE,
        {
            **values,
            "request": result.asked,
            "settings": canonical_json(dict(result.settings)),
            "workings": allocation.workings.canonical,
            "organizations": origin.organizations.array(tuple(lines)),
            "payers": origin.organizations.array(tuple(payers.get(party, party) for party in lines)),
            "amounts": _array(lines.values()),
        },
    )
    return made


def _lines(allocation: Allocation) -> dict[str, int]:
    """Return the öre that each party is charged, in the order of the workings' rows. A ceiling charges nobody."""
    if isinstance(allocation, Ceiling):
        return {}
    amounts = dict(zip(allocation.parties, allocation.amounts, strict=True))
    rows = allocation.workings.parties
    return amounts if allocation.parties == rows else {party: amounts[party] for party in rows}


def _array(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it."""
    return "{" + ",".join(map(str, values)) + "}"


def _money(allocation: Allocation) -> dict[str, int | None]:
    total = region = cost = residual = None
    match allocation:
        case Split():
            total, region = allocation.total, allocation.region
        case Tariff():
            cost, residual = allocation.supplier_cost, allocation.residual
    return {"total_ore": total, "region_ore": region, "supplier_cost_ore": cost, "residual_ore": residual}
