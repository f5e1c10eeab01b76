"""The jobs of the room: carrying out a run."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from procrastinate import App

from andel.costs.service.running import QUEUE, TASK, Workplace, enqueue_run, execute_run, open_runs
from andel.shared.database import Viewer, region_transaction

_log = structlog.get_logger(__name__)


def register(app: App, place: Workplace, *, stopping: Callable[[], bool]) -> None:
    """Give the room's tasks to the worker of a region.

    Args:
        app: the region's queue.
        place: the region.
        stopping: whether the worker has been told to end; a run is then left between two parts, and ``resume`` of
            another worker, or of the next one, adds its job again.
    """

    def carry_out(run: str) -> None:
        done = execute_run(place, UUID(run), stop=stopping)
        _log.info("run", run=run, state=done.state.value, parts=len(done.items), failed=len(done.failed))

    app.task(name=TASK, queue=QUEUE)(carry_out)


def resume(place: Workplace) -> int:
    """Add the job of every run that is open, unless it waits already, and return how many runs are open.

    A run whose worker died, or lost its database, has no job any more. To begin a run twice does no harm.
    """
    with region_transaction(place.engine, Viewer.staff()) as session:
        runs = open_runs(session)
        for run in runs:
            enqueue_run(session, run)
    return len(runs)
