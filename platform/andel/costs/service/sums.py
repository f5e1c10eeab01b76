"""What the current results of some days come to, per component and party: summed once, since results never change."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, true
from sqlalchemy.orm import Session

from andel.costs.service.sight import sight_of
from andel.costs.service.stored import Part, parts_by_id, workings_of
from andel.costs.tables import AllocationRow, ChargeRow, CostComponentRow, Kind, Purpose, ServiceRow
from andel.parties.service import organization_keys
from andel.sdk.period import Period
from andel.sdk.workings import Role
from andel.shared.database.names import VIEWER_SETTING

Sums = Mapping[Part, Mapping[str, int]]
"""Öre by component and party."""

MOST_KEPT: Final = 32
"""How many years a process keeps the sums of; each is as large as components times parties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSum:
    """The current results of one component, together; amounts in öre, None when one of them is not known."""

    part: Part
    kind: Kind
    results: int
    charged: int
    own: int | None
    whole: int | None


@dataclass
class _Kept:
    """The sums that were made last, by what they were made of."""

    sums: OrderedDict[Hashable, Sums] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable) -> Sums | None:
        with self.lock:
            found = self.sums.get(key)
            if found is not None:
                self.sums.move_to_end(key)
            return found

    def put(self, key: Hashable, made: Sums) -> None:
        with self.lock:
            self.sums[key] = made
            while len(self.sums) > MOST_KEPT:
                self.sums.popitem(last=False)


_KEPT: Final = _Kept()


def part_sums(session: Session, period: Period) -> tuple[PartSum, ...]:
    """Sum the current results whose days lie inside the period, by what the results say of themselves."""
    own = case((AllocationRow.kind == Kind.SPLIT, AllocationRow.region_ore), else_=AllocationRow.residual_ore)
    whole = case((AllocationRow.kind == Kind.SPLIT, AllocationRow.total_ore), else_=AllocationRow.supplier_cost_ore)
    summed = (
        select(ServiceRow.key, CostComponentRow.key, AllocationRow.kind, func.count(), _all(own), _all(whole))
        .add_columns(func.sum(AllocationRow.charged_ore))
        .join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
        .where(*_inside(period))
        .group_by(ServiceRow.key, CostComponentRow.key, AllocationRow.kind)
        .order_by(ServiceRow.key, CostComponentRow.key, AllocationRow.kind)
    )
    return tuple(
        PartSum(
            part=(service, component),
            kind=Kind(kind),
            results=results,
            charged=int(charged),
            own=None if its is None else int(its),
            whole=None if all_of_it is None else int(all_of_it),
        )
        for service, component, kind, results, its, all_of_it, charged in session.execute(summed)
    )


def party_sums(session: Session, period: Period) -> Sums:
    """Return what each party pays in öre by the current results inside the period, per component.

    Only what the viewer may see is summed. The sums are kept by what they rest on: whose eyes the database says it
    is, and how many results and revisions there are, which only ever grows.
    """
    key = _state(session, period)
    kept = _KEPT.get(key)
    if kept is None:
        ids = select(AllocationRow.id).where(*_inside(period), AllocationRow.kind != Kind.CEILING)
        kept = sums_of(session, session.scalars(ids).all())
        _KEPT.put(key, kept)
    return kept


def sums_of(session: Session, allocations: Sequence[UUID]) -> Sums:
    """Return what each party pays in öre by the allocations, per component. Only what the viewer may see is summed.

    A member of a region whose workings are open to its members sees what all pay, from there.
    The lines of one allocation after the other are read by their index: the planner would else read all lines of
    the region, which are many years' when a few of them are asked for.
    """
    if not allocations:
        return {}
    sight = sight_of(session)
    if sight is not None and sight.open:
        return _opened(session, allocations)
    parts, keys = parts_by_id(session), organization_keys(session)
    found: defaultdict[Part, dict[str, int]] = defaultdict(dict)
    for component, organization, ore in session.execute(_summed(allocations)):
        found[parts[component]][keys[organization]] = int(ore)
    return dict(found)


def _opened(session: Session, allocations: Sequence[UUID]) -> Sums:
    """Sum the amounts that the stored workings of the allocations hold."""
    made = select(AllocationRow.component_id, AllocationRow.workings_digest).where(
        AllocationRow.id.in_(allocations), AllocationRow.kind != Kind.CEILING
    )
    parts, found = parts_by_id(session), defaultdict[Part, Counter[str]](Counter)
    for component, digest in session.execute(made).all():
        workings = workings_of(session, digest)
        amounts = workings.of_role(Role.AMOUNT)
        if amounts is not None:
            found[parts[component]].update(dict(zip(workings.parties, amounts.numerators, strict=True)))
    return {part: dict(sums) for part, sums in found.items()}


def _summed(allocations: Sequence[UUID]) -> Select[UUID, UUID, int]:
    lines = select(ChargeRow.organization_id, ChargeRow.ore).where(ChargeRow.allocation_id == AllocationRow.id)
    each = lines.offset(0).lateral("line")
    return (
        select(AllocationRow.component_id, each.c.organization_id, func.sum(each.c.ore))
        .join(each, true())
        .where(AllocationRow.id == func.any(allocations))
        .group_by(AllocationRow.component_id, each.c.organization_id)
    )


def _state(session: Session, period: Period) -> Hashable:
    """Return what sums rest on: database, role and organizations of the viewer, and the results inside the period."""
    viewer = func.current_database(), func.current_setting("role"), func.current_setting(VIEWER_SETTING, true())
    results = func.count(), func.sum(AllocationRow.revision), func.max(AllocationRow.recorded_at)
    return period, sight_of(session), tuple(session.execute(select(*viewer, *results).where(*_inside(period))).one())


def _inside(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        AllocationRow.is_current == true(),
        AllocationRow.purpose == Purpose.CHARGE,
        AllocationRow.period_start >= period.start,
        AllocationRow.period_end <= period.end,
    )


def _all(amount: ColumnElement[int | None]) -> ColumnElement[int | None]:
    """Sum amounts, or give none when one of them is not known."""
    return case((func.count(amount) == func.count(), func.sum(amount)), else_=None)
