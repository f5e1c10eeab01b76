"""Carry out a run: each component and period in a transaction of its own, as often as it takes.

What is done is committed with the word that it is done. Whoever is at a part holds its row; a worker that dies lets
go of it with its connection, and the next one takes it up. So a run may be begun by any number of workers, killed at
any moment and begun again: the unique keys of the results see to it that there is one of each.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast
from uuid import UUID

import structlog
from sqlalchemy import Engine, Select, Table, Uuid, bindparam, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.costs.model.complaints import plain_complaints
from andel.costs.service.running.desk import INPUTS, Desk, Desks, View
from andel.costs.service.running.runs import Run, noted, read_run
from andel.costs.service.running.settling import ask, settle
from andel.costs.tables import AllocationRunRow, ItemState, RunItemRow, RunState
from andel.host.facade import Facade
from andel.sdk.errors import AndelError, Complaint
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.audit import append
from andel.shared.database import DatabaseError, Viewer, region_transaction

MOST_ATTEMPTS: Final = 30
"""How often a run is begun before it is given up: by then something in it kills whoever takes it on."""

_TRIES: Final = 8
_PAUSE: Final = 0.1
_COLLISIONS: Final = frozenset({"40001", "40P01", "23505", "23P01"})
"""States of PostgreSQL: not serializable, deadlock, unique, exclusion. Another was faster: look again."""

_OPEN: Final = AllocationRunRow.state.in_([RunState.WAITING.value, RunState.RUNNING.value])

_ITEM: Final = cast("Table", RunItemRow.__table__).columns
_OF_RUN: Final = _ITEM.run_id == bindparam("run", type_=Uuid())


def _first_of_nobody() -> Select[Any]:
    """Select the first part that nobody holds, and hold it. An earlier year of a component goes before a later one."""
    earlier = cast("Table", RunItemRow.__table__).alias()
    before = select(earlier.c.run_id).where(
        earlier.c.run_id == _ITEM.run_id,
        earlier.c.component_id == _ITEM.component_id,
        earlier.c.period_start < _ITEM.period_start,
        earlier.c.state == ItemState.WAITING.value,
    )
    return (
        select(_ITEM.component_id, _ITEM.period_start, _ITEM.period_end, INPUTS)
        .where(_OF_RUN, _ITEM.state == ItemState.WAITING.value, ~before.exists())
        .order_by(_ITEM.period_start, _ITEM.component_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=RunItemRow)
    )


_NEXT: Final = _first_of_nobody()
_WAITING_PART: Final = update(cast("Table", RunItemRow.__table__)).where(
    _OF_RUN,
    _ITEM.component_id == bindparam("component", type_=Uuid()),
    _ITEM.period_start == bindparam("first_day"),
    _ITEM.state == ItemState.WAITING.value,
)

_log = structlog.get_logger(__name__)


def _never() -> bool:
    return False


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """A region as a worker sees it.

    Attributes:
        engine: of the region's database.
        view: tells what the region may use.
        facade: calls the models.
        desks: keeps the book from one part, and from one run, to the next.
    """

    engine: Engine
    view: View
    facade: Facade = field(default_factory=Facade)
    desks: Desks = field(default_factory=Desks)


def execute_run(
    place: Workplace, run_id: UUID, *, stop: Callable[[], bool] = _never, told: Callable[[], None] = _nothing
) -> Run:
    """Do what is left of a run, and return how it stands.

    A part that cannot be allocated has failed, with the reason, and the others go on. Parts that another worker
    is at are waited for.

    Args:
        place: the region.
        run_id: the run.
        stop: asked between parts; when it says so, the rest is left for later.
        told: called whenever a part has been done or has failed.

    Raises:
        CostError: there is no such run.
        DatabaseError: the region's database is gone; what is done stays done.
    """
    return _Execution(place, run_id, told).run(stop)


@dataclass(frozen=True, slots=True)
class _Task:
    """One part of the run, held by this transaction; ``inputs`` marks what the transaction sees."""

    component_id: UUID
    period: Period
    inputs: str


class _Execution:
    def __init__(self, place: Workplace, run_id: UUID, told: Callable[[], None]) -> None:
        self._place = place
        self._run = run_id
        self._told = told
        self._one_moment = place.engine.execution_options(isolation_level="REPEATABLE READ")

    def run(self, stop: Callable[[], bool]) -> Run:
        """Begin, do one part after another, and end the run when none is left."""
        attempts = self._begin()
        if attempts is None:
            return self._read()
        if attempts > MOST_ATTEMPTS:
            self._give_up(attempts)
        while not stop():
            if self._one_part():
                self._told()
            elif self._left():
                time.sleep(_PAUSE)
            else:
                return self._end()
        return self._read()

    def _begin(self) -> int | None:
        """Mark the run as begun and return how often it has been; None when it is no longer open."""
        begun = (
            update(AllocationRunRow)
            .where(AllocationRunRow.id == self._run, _OPEN)
            .values(
                state=RunState.RUNNING.value,
                attempts=AllocationRunRow.attempts + 1,
                started_at=func.coalesce(AllocationRunRow.started_at, func.now()),
            )
        )
        with self._transaction() as session:
            return session.scalar(begun.returning(AllocationRunRow.attempts))

    def _read(self) -> Run:
        with self._transaction() as session:
            return read_run(session, self._run)

    def _one_part(self) -> bool:
        """Do one part that is waiting; False when there is none that nobody holds."""
        for tried in range(_TRIES):
            held: list[_Task] = []
            try:
                with region_transaction(self._one_moment, Viewer.staff()) as session:
                    held += self._claim(session)
                    for task in held:
                        self._do(session, task)
            except DatabaseError:
                raise
            except Exception as error:
                if isinstance(error, DBAPIError) and _collided(error):
                    time.sleep(random.uniform(0, _PAUSE * tried))  # noqa: S311  (spreads workers, guards nothing)
                    continue
                if not held:
                    raise
                self._failed(held[0], error)
            return bool(held)
        message = "Other workers were faster, again and again."
        raise DatabaseError(message, where=str(self._run), remedy="The run goes on when it is begun again.")

    def _claim(self, session: Session) -> Iterator[_Task]:
        """Hold the first part that nobody holds, if any."""
        rows = session.execute(_NEXT, {"run": self._run}).all()
        return (_Task(row.component_id, Period(row.period_start, row.period_end), row.inputs) for row in rows)

    def _do(self, session: Session, task: _Task) -> None:
        desk = self._desk_of(session, task.inputs)
        allocation = settle(session, desk, task.component_id, task.period, run_id=self._run)
        self._mark(session, task, state=ItemState.DONE.value, allocation_id=allocation)

    def _failed(self, task: _Task, error: Exception) -> None:
        told = _told(error)
        if told is not error:
            _log.error("a part of a run failed", run=str(self._run), component=str(task.component_id), exc_info=error)
        words = plain_complaints(told.complaints)
        with self._transaction() as session:
            self._mark(session, task, state=ItemState.FAILED.value, complaints=words)

    def _mark(self, session: Session, task: _Task, **values: Any) -> None:  # noqa: ANN401  (columns)
        which = {"run": self._run, "component": task.component_id, "first_day": task.period.start}
        session.execute(_WAITING_PART.values(inputs=task.inputs, changed_at=func.now(), **values), which)

    def _left(self) -> bool:
        """Whether parts are waiting that other workers hold."""
        waiting = select(RunItemRow.component_id).where(
            RunItemRow.run_id == self._run, RunItemRow.state == ItemState.WAITING
        )
        with self._transaction() as session:
            return session.execute(waiting.limit(1)).first() is not None

    def _end(self) -> Run:
        """End the run: it has failed when a part of it has. Say which parts would now be made from something else."""
        for _ in range(_TRIES):
            try:
                with region_transaction(self._one_moment, Viewer.staff()) as session:
                    self._mark_outdated(session)
                    failed = select(RunItemRow.run_id).where(
                        RunItemRow.run_id == self._run, RunItemRow.state == ItemState.FAILED
                    )
                    state = RunState.FAILED if session.execute(failed.limit(1)).first() else RunState.DONE
                    ended = update(AllocationRunRow).where(AllocationRunRow.id == self._run, _OPEN)
                    ending = ended.values(state=state.value, finished_at=func.clock_timestamp())
                    if session.execute(ending.returning(AllocationRunRow.id)).first():
                        append(session, noted("run.finished", self._run, "andel", state=state.value))
                    return read_run(session, self._run)
            except DBAPIError as error:
                if not _collided(error):
                    raise
        return self._read()

    def _mark_outdated(self, session: Session) -> None:
        now = str(session.scalar(select(INPUTS)))
        done = select(RunItemRow.component_id, RunItemRow.period_start, RunItemRow.period_end, RunItemRow.allocation_id)
        changed = done.where(
            RunItemRow.run_id == self._run, RunItemRow.state == ItemState.DONE, RunItemRow.inputs != now
        )
        for component_id, start, end, allocation_id in session.execute(changed).all():
            if self._is_outdated(session, _Task(component_id, Period(start, end), now), allocation_id):
                session.execute(
                    update(RunItemRow)
                    .where(RunItemRow.run_id == self._run, RunItemRow.component_id == component_id)
                    .where(RunItemRow.period_start == start)
                    .values(outdated=True)
                )

    def _is_outdated(self, session: Session, task: _Task, allocation_id: UUID | None) -> bool:
        try:
            asked = ask(session, self._desk_of(session, task.inputs), task.component_id, task.period)
        except AndelError:
            return True
        before = asked.before
        return before is None or before.id != allocation_id or before.stamp != asked.stamp

    def _desk_of(self, session: Session, inputs: str) -> Desk:
        return self._place.desks.at(session, inputs, self._place.view, self._place.facade)

    def _give_up(self, attempts: int) -> None:
        what = Text(
            f"Körningen har påbörjats {attempts} gånger utan att bli klar.",
            f"The run was begun {attempts} times and never came to its end.",
        )
        remedy = Text("Se driftloggen, och beställ sedan igen.", "See the log of the workers, then order it again.")
        words = plain_complaints([Complaint(what, str(self._run), remedy)])
        waiting = update(RunItemRow).where(RunItemRow.run_id == self._run, RunItemRow.state == ItemState.WAITING)
        with self._transaction() as session:
            session.execute(waiting.values(state=ItemState.FAILED.value, complaints=words, changed_at=func.now()))

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with region_transaction(self._place.engine, Viewer.staff()) as session:
            yield session


def _collided(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _told(error: Exception) -> AndelError:
    """Return the error in words for the region's staff."""
    if isinstance(error, AndelError):
        return error
    if isinstance(error, DBAPIError):
        words = " ".join(str(error.orig).split())
        what = Text(f"Databasen tar inte emot resultatet: {words}", f"The database refuses the result: {words}")
    else:
        kind = type(error).__name__
        what = Text(f"Ett fel i Andel hindrade fördelningen ({kind}).", f"A defect of Andel stopped it ({kind}).")
    return AndelError(what, remedy=_TELL)


_TELL: Final = Text(
    "Ingenting av det har lagrats. Meddela driften, som har mer i loggen.",
    "Nothing of it is stored. Tell the operators, whose log has more.",
)
