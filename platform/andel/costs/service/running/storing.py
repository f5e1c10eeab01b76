"""One result in the database: what stands already, and storing the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, Uuid, bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.orm import Session

from andel.costs.model.difference import Difference
from andel.costs.model.result import Result
from andel.costs.tables import AllocationInputRow, AllocationRow, ChargeRow, Kind, Purpose, WorkingsRow
from andel.host.discovery import Registered
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.period import Period
from andel.sdk.workings import canonical_json
from andel.shared.database import new_id

_STANDING: Final = (
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

_CHARGES: Final = text(
    """
    INSERT INTO charge (allocation_id, organization_id, workings_row, payer_id, ore)
    SELECT :allocation, line.* FROM unnest(:organizations, :numbers, :payers, :amounts) AS line
    """
).bindparams(
    bindparam("allocation", type_=Uuid()),
    bindparam("organizations", type_=ARRAY(Uuid())),
    bindparam("numbers", type_=ARRAY(Integer())),
    bindparam("payers", type_=ARRAY(Uuid())),
    bindparam("amounts", type_=ARRAY(BigInteger())),
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
    current = select(*_STANDING).where(
        AllocationRow.component_id == component_id, AllocationRow.purpose == Purpose.CHARGE, AllocationRow.is_current
    )
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
        for row in session.execute(current.order_by(AllocationRow.period_start))
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
    organizations: Mapping[str, UUID]


def store(session: Session, result: Result, origin: Origin, *, corrects: Correction | None = None) -> UUID:
    """Store a result with all that it was made from, its workings and its charges, and return its id."""
    allocation = result.allocation
    _store_inputs(session, [result.asked, canonical_json(dict(result.settings))], result)
    _store_workings(session, allocation)
    lines = () if isinstance(allocation, Ceiling) else tuple(zip(allocation.parties, allocation.amounts, strict=True))
    values: dict[str, Any] = {
        "id": new_id(),
        "run_id": origin.run_id,
        "component_id": origin.component_id,
        "period_start": result.request.period.start,
        "period_end": result.request.period.end,
        "kind": allocation.kind,
        "currency": allocation.currency,
        **_money(allocation),
        "charged_ore": sum(ore for _, ore in lines),
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
    if corrects is not None:
        values |= {
            "revision": corrects.of.revision + 1,
            "supersedes_id": corrects.of.id,
            "difference": corrects.difference.plain(),
        }
    session.execute(insert(AllocationRow.__table__), [values])  # type: ignore[arg-type]  # a Table, as declared
    if lines:
        _store_charges(session, values["id"], allocation, origin.organizations)
    made: UUID = values["id"]
    return made


def _store_inputs(session: Session, canonical: Sequence[bytes], result: Result) -> None:
    rows = zip((result.request_digest, result.settings_digest), canonical, strict=True)
    added = postgres_insert(AllocationInputRow.__table__).values(  # type: ignore[arg-type]  # a Table, as declared
        [{"digest": digest, "canonical": content} for digest, content in rows]
    )
    session.execute(added.on_conflict_do_nothing())


def _store_workings(session: Session, allocation: Allocation) -> None:
    values = {"digest": allocation.workings.digest, "canonical": allocation.workings.canonical}
    added = postgres_insert(WorkingsRow.__table__).values(values)  # type: ignore[arg-type]  # a Table, as declared
    session.execute(added.on_conflict_do_nothing())


def _store_charges(
    session: Session, allocation_id: UUID, allocation: Allocation, organizations: Mapping[str, UUID]
) -> None:
    payers, rows = allocation.payers, allocation.workings.rows
    session.execute(
        _CHARGES,
        {
            "allocation": allocation_id,
            "organizations": [organizations[party] for party in allocation.parties],
            "numbers": [rows[party] for party in allocation.parties],
            "payers": [organizations[payers.get(party, party)] for party in allocation.parties],
            "amounts": list(allocation.amounts),
        },
    )


def _money(allocation: Allocation) -> dict[str, int | None]:
    match allocation:
        case Split(total=total, region=region):
            return {"total_ore": total, "region_ore": region}
        case Tariff(supplier_cost=cost, residual=residual):
            return {"supplier_cost_ore": cost, "residual_ore": residual}
        case _:
            return {}
