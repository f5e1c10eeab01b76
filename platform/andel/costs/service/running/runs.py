"""Runs as they are read: what was ordered, how far it has come, and what became of each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.costs.model import CostError
from andel.costs.model.complaints import read_complaints
from andel.costs.tables import (
    AllocationRow,
    AllocationRunRow,
    CostComponentRow,
    ItemState,
    Purpose,
    RunItemRow,
    RunState,
    ServiceRow,
)
from andel.sdk.errors import Complaint
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.audit import Actor, ActorKind, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItem:
    """One component and period of a run.

    Attributes:
        allocation: the result, once it is done: a new one, or the one that stood already.
        is_new: whether this run stored it; False when the stored result was made from the same.
        outdated: it was done, and then its figures, settings or costs changed before the run had ended.
        complaints: why it failed.
    """

    component_id: UUID
    service: str
    component: str
    title: Text
    period: Period
    state: ItemState
    allocation: UUID | None = None
    is_new: bool = False
    revision: int = 0
    charged: int = 0
    outdated: bool = False
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An order to allocate a period's costs, and how far it has come.

    Attributes:
        key: what was ordered; while it is open, the same order is the same run.
        attempts: how often a worker began on it.
    """

    id: UUID
    key: str
    period: Period
    purpose: Purpose
    state: RunState
    ordered_by: str
    ordered_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    items: tuple[RunItem, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in {RunState.WAITING, RunState.RUNNING}

    @property
    def failed(self) -> tuple[RunItem, ...]:
        """The parts that could not be allocated."""
        return tuple(item for item in self.items if item.state is ItemState.FAILED)

    @property
    def waiting(self) -> tuple[RunItem, ...]:
        """The parts that are left to do."""
        return tuple(item for item in self.items if item.state is ItemState.WAITING)

    @property
    def new(self) -> tuple[RunItem, ...]:
        """The parts whose result this run stored."""
        return tuple(item for item in self.items if item.is_new)

    @property
    def outdated(self) -> tuple[RunItem, ...]:
        """The parts whose inputs changed during the run, after they were done: order again to take them along."""
        return tuple(item for item in self.items if item.outdated)


def read_run(session: Session, run_id: UUID) -> Run:
    """Return a run with its parts.

    Raises:
        CostError: there is none of that id.
    """
    row = session.get(AllocationRunRow, run_id, populate_existing=True)
    if row is None:
        message = Text(f"Det finns ingen körning {run_id}.", f"There is no run {run_id}.")
        raise CostError(message, remedy=Text("Se listan över körningar.", "See the list of runs."))
    return _run(row, _items(session, [run_id]))


def read_runs(session: Session, *, limit: int = 50) -> tuple[Run, ...]:
    """Return the latest runs with their parts, the newest first."""
    newest = select(AllocationRunRow).order_by(AllocationRunRow.recorded_at.desc(), AllocationRunRow.id.desc())
    rows = session.scalars(newest.limit(limit)).all()
    items = _items(session, [row.id for row in rows])
    return tuple(_run(row, items) for row in rows)


def open_runs(session: Session) -> tuple[UUID, ...]:
    """Return the runs that are waiting or begun, the oldest first."""
    open_ones = select(AllocationRunRow.id).where(
        AllocationRunRow.state.in_([RunState.WAITING.value, RunState.RUNNING.value])
    )
    return tuple(session.scalars(open_ones.order_by(AllocationRunRow.recorded_at, AllocationRunRow.id)))


def noted(event: str, run_id: UUID, by: str, **details: str | int) -> Entry:
    """Return what the audit chain is told of a run; ``by`` is who did it, by role."""
    return Entry(event=event, actor=Actor(ActorKind.SYSTEM, by), subject=f"allocation_run:{run_id}", details=details)


def _items(session: Session, runs: Sequence[UUID]) -> dict[UUID, list[RunItem]]:
    found: dict[UUID, list[RunItem]] = {run: [] for run in runs}
    rows = session.execute(
        select(RunItemRow, ServiceRow.key, CostComponentRow, AllocationRow.run_id, AllocationRow.revision)
        .add_columns(AllocationRow.charged_ore)
        .join(CostComponentRow, CostComponentRow.id == RunItemRow.component_id)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
        .outerjoin(AllocationRow, AllocationRow.id == RunItemRow.allocation_id)
        .where(RunItemRow.run_id.in_(runs))
        .order_by(ServiceRow.key, CostComponentRow.key, RunItemRow.period_start)
        .execution_options(populate_existing=True)
    )
    for item, service, component, made_by, revision, charged in rows:
        found[item.run_id].append(
            RunItem(
                component_id=component.id,
                service=service,
                component=component.key,
                title=Text(component.title_sv, component.title_en),
                period=Period(item.period_start, item.period_end),
                state=ItemState(item.state),
                allocation=item.allocation_id,
                is_new=made_by == item.run_id,
                revision=revision or 0,
                charged=charged or 0,
                outdated=item.outdated,
                complaints=read_complaints(item.complaints or ()),
            )
        )
    return found


def _run(row: AllocationRunRow, items: dict[UUID, list[RunItem]]) -> Run:
    return Run(
        id=row.id,
        key=row.key,
        period=Period(row.period_start, row.period_end),
        purpose=Purpose(row.purpose),
        state=RunState(row.state),
        ordered_by=row.ordered_by,
        ordered_at=row.recorded_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
        items=tuple(items[row.id]),
    )
