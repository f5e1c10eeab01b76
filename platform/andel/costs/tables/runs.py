"""Orders to allocate, how far they have come, and the changes of what allocations are made from."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from andel.costs.tables.allocations import Purpose
from andel.shared.database.base import (
    Id,
    Ownership,
    Recorded,
    RegionBase,
    declared,
    one_of,
)


class RunState(StrEnum):
    """How far a run has come. It has failed when something of it has; what could be done is done."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """How far a run has come with one component and period. Whoever is at it holds its row, which no word says."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class AllocationRunRow(RegionBase):
    """One order to allocate a period's costs. While it is open, the same order, by its ``key``, is the same run.

    ``attempts`` counts how often a worker began on it: one that always kills its worker is given up.
    """

    __tablename__ = "allocation_run"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint(one_of("state", RunState), name="state"),
        Index("allocation_run_open_key", "key", unique=True, postgresql_where=text("state IN ('waiting', 'running')")),
        declared(Ownership.SHARED, export=True, comment="Orders to allocate the costs of a period."),
    )

    id: Mapped[Id]
    key: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    purpose: Mapped[str] = mapped_column(server_default=Purpose.CHARGE.value)
    state: Mapped[str] = mapped_column(server_default=RunState.WAITING.value)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    ordered_by: Mapped[str]
    recorded_at: Mapped[Recorded]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RunItemRow(RegionBase):
    """What a run has to do for one component and period: a run that died goes on with what is waiting.

    ``inputs`` marks what the result was made from, as the changes in ``input_change`` stood. ``outdated``: when the
    run ended, it would have been made from something else.
    """

    __tablename__ = "run_item"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint(one_of("state", ItemState), name="state"),
        CheckConstraint("(state = 'done') = (allocation_id IS NOT NULL)", name="done"),
        CheckConstraint("(state = 'failed') = (complaints IS NOT NULL)", name="failed"),
        declared(Ownership.SHARED, export=True, comment="How far a run has come, per component and period."),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_run.id"), primary_key=True)
    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    period_end: Mapped[date]
    state: Mapped[str] = mapped_column(server_default=ItemState.WAITING.value)
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"))
    complaints: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    inputs: Mapped[str] = mapped_column(server_default="")
    outdated: Mapped[bool] = mapped_column(server_default=false())
    changed_at: Mapped[Recorded]


class InputChangeRow(RegionBase):
    """A transaction that changed what allocations are made from: triggers on those tables write it, nobody else.

    ``mark`` is random: numbers come again after a restore, and what was read before it must not pass for the same.
    """

    __tablename__ = "input_change"
    __table_args__ = (
        declared(
            Ownership.SHARED,
            export=False,
            comment="One row per transaction that changed what allocations are made from.",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    mark: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    recorded_at: Mapped[Recorded]
