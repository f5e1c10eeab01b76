"""Order a run: what is to be done is written down, and the job added, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.orm import Session

from andel.costs.model import CostError
from andel.costs.service.running.desk import Desk, View, open_desk
from andel.costs.service.running.runs import Run, noted, read_run
from andel.costs.tables import AllocationRow, AllocationRunRow, Purpose, RunItemRow, RunState
from andel.sdk.errors import AndelError
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.audit import append
from andel.shared.database import new_id
from andel.shared.database.queue import Job, enqueue

TASK: Final = "andel.costs.run"
QUEUE: Final = "costs"

_OPEN: Final = text("state IN ('waiting', 'running')")
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A run, and whether this order made it: the same order is one run as long as it is waiting or begun."""

    run: Run
    is_new: bool


def order_run(
    session: Session, period: Period, *, view: View, ordered_by: str, services: Iterable[str] | None = None
) -> Ordered:
    """Order the allocation of a period's costs: a worker takes it on when the transaction is committed.

    A model that counts earlier charges needs the results of earlier years. Those that have costs and no stored
    result are made parts of the run, and come first; what is stored is left as it was charged.

    Args:
        session: a transaction of the region, as its staff.
        period: the days to allocate.
        view: tells what the region may use.
        ordered_by: who orders it, by role.
        services: the keys of the services to take; all when None.

    Raises:
        CostError: there is no such service, or nothing to allocate.
        PartyError: nothing has been applied to the database.
    """
    chosen = None if services is None else sorted(set(services))
    desk = open_desk(session, view)
    parts = list(_chosen(desk, period, chosen))
    key = " ".join((Purpose.CHARGE.value, str(period), *([",".join(chosen)] if chosen else ())))
    for _ in range(_TRIES):
        run_id = _insert(session, key, period, ordered_by)
        if run_id is not None:
            items = [*_missing_before(session, desk, parts, period), *((part, period) for part in parts)]
            session.execute(insert(RunItemRow), [_item(run_id, part, days) for part, days in items])
            append(session, noted("run.ordered", run_id, ordered_by, period=str(period), parts=len(items)))
            return _ordered(session, run_id, is_new=True)
        standing = session.scalar(select(AllocationRunRow.id).where(AllocationRunRow.key == key, _OPEN))
        if standing is not None:
            return _ordered(session, standing, is_new=False)
    message = Text("Samma körning beställdes samtidigt.", "The same run was ordered at the same time.")
    raise CostError(message, where=key, remedy=Text("Beställ igen.", "Order it again."))


def enqueue_run(session: Session, run_id: UUID) -> None:
    """Add the job that carries out a run, unless one waits already."""
    enqueue(session, Job(task=TASK, arguments={"run": str(run_id)}, queue=QUEUE, once=f"run:{run_id}"))


def _ordered(session: Session, run_id: UUID, *, is_new: bool) -> Ordered:
    enqueue_run(session, run_id)
    return Ordered(run=read_run(session, run_id), is_new=is_new)


def _insert(session: Session, key: str, period: Period, ordered_by: str) -> UUID | None:
    """Insert the run and return its id; None when the same order is open."""
    values = {
        "id": new_id(),
        "key": key,
        "period_start": period.start,
        "period_end": period.end,
        "purpose": Purpose.CHARGE.value,
        "state": RunState.WAITING.value,
        "ordered_by": ordered_by,
    }
    added = postgres_insert(AllocationRunRow).values(values)
    once = added.on_conflict_do_nothing(index_elements=["key"], index_where=_OPEN)
    return session.scalar(once.returning(AllocationRunRow.id))


def _chosen(desk: Desk, period: Period, services: Sequence[str] | None) -> Iterator[UUID]:
    ids = {(service.key, component.key): id_ for id_, (service, component) in desk.parts.items()}
    for name in services if services is not None else [None]:
        for service, component in desk.book.applying(period, name):
            yield ids[service.key, component.key]


def _missing_before(
    session: Session, desk: Desk, parts: Sequence[UUID], period: Period
) -> Iterator[tuple[UUID, Period]]:
    """Yield the earlier years that the parts' models count and that no current result covers a day of."""
    stored: dict[UUID, list[Period]] = {part: [] for part in parts}
    current = select(AllocationRow.component_id, AllocationRow.period_start, AllocationRow.period_end).where(
        AllocationRow.is_current, AllocationRow.component_id.in_(parts), AllocationRow.purpose == Purpose.CHARGE
    )
    for part, start, end in session.execute(current):
        stored[part].append(Period(start, end))
    for part in parts:
        try:
            years = desk.years_before(part, period)
        except AndelError:
            continue  # the part itself fails when it is done, and says why
        yield from ((part, year) for year in years if not any(year.overlaps(days) for days in stored[part]))


def _item(run_id: UUID, part: UUID, days: Period) -> dict[str, object]:
    return {"run_id": run_id, "component_id": part, "period_start": days.start, "period_end": days.end}
