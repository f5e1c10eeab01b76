"""A run of many charge lines against ``INSERT ... SELECT`` of the very rows it stores, and a run that was killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from uuid import UUID

from psycopg import sql
from sqlalchemy import Engine, event, text
from tests.load.bench import Bench, emptied
from tests.load.figures import Figure, benchmark
from tests.load.regions import STAFF, Size, fill

from andel.costs.service.running import Workplace, execute_run, order_run
from andel.costs.tables import RunState
from andel.sdk.period import Period
from andel.shared.database import region_engine, region_transaction
from andel.shared.database.engines import RegionAddress
from andel.tenancy.service.placed import view_of

RESULTS = ("allocation_input", "workings", "allocation", "charge")
RUNS = ("run_item", "allocation_run", *reversed(RESULTS))
FACTOR = 2.0
FORK_FAILED = 1


@benchmark("billing")
def billing(bench: Bench) -> Iterator[Figure]:
    """A run of 200,000 lines (1,000,000 in soak)."""
    for lines in (200_000, 1_000_000) if bench.soak else (200_000,):
        with bench.region(f"lines-{lines}") as engine:
            size = Size.of_lines(lines)
            fill(engine, size)
            yield from _compared(bench, engine, size)


def _compared(bench: Bench, engine: Engine, size: Size) -> Iterator[Figure]:
    alone = _run(bench, engine, size, workers=1)
    stored = _count(engine)
    _keep(bench, engine)
    plain = _insert_select(bench, engine)
    together = _run(bench, engine, size, workers=2)
    if (stored, stored) != (_count(engine), size.lines):
        message = f"{stored} and {_count(engine)} lines were stored, {size.lines} were to be"
        raise AssertionError(message)
    reach = f"<= {FACTOR:g}x"
    for workers, seconds in ((1, alone), (2, together)):
        ratio = seconds / plain
        yield Figure(
            what=f"{size.lines:,} charge lines computed, explained, stored by {workers} worker(s) / INSERT ... SELECT",
            measured=f"{ratio:.2f}x ({seconds:.1f} s / {plain:.1f} s; {size.lines / seconds:,.0f} lines/s)",
            reach=reach,
            reached=ratio <= FACTOR,
        )


def _run(bench: Bench, engine: Engine, size: Size, *, workers: int) -> float:
    """Order and carry out a run per year, and return the seconds it took."""
    with bench.privileged(engine) as connection:
        connection.execute(emptied(RUNS))
    bench.settle(engine)
    runs = [_order(bench, engine, year) for year in size.periods]
    started = time.perf_counter()
    if workers == 1:
        place = Workplace(engine=engine, view=view_of(bench.registry, "x"))
        states = {execute_run(place, run).state for run in runs}
        taken = time.perf_counter() - started
        if states != {RunState.DONE}:
            message = f"the runs came to {states}"
            raise AssertionError(message)
        return taken
    engine.dispose()
    children = [_fork(bench, engine, runs) for _ in range(workers)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    taken = time.perf_counter() - started
    if any(codes):
        message = f"workers ended with {codes}"
        raise AssertionError(message)
    return taken


def _order(bench: Bench, engine: Engine, year: Period) -> UUID:
    with region_transaction(engine, STAFF) as session:
        return order_run(session, year, view=view_of(bench.registry, "x"), ordered_by="bench").run.id


def _fork(bench: Bench, engine: Engine, runs: list[UUID], *, kill_at: int = 0) -> int:
    """Carry out runs in a process of its own; with ``kill_at`` it kills itself at its so manieth commit."""
    child = os.fork()
    if child:
        return child
    code = FORK_FAILED
    try:
        own = region_engine(RegionAddress("x", engine.url))
        if kill_at:
            _die_at_commit(own, kill_at)
        place = Workplace(engine=own, view=view_of(bench.registry, "x"))
        states = {execute_run(place, run).state for run in runs}
        code = 0 if states == {RunState.DONE} else FORK_FAILED
    finally:
        os._exit(code)


def _die_at_commit(engine: Engine, number: int) -> None:
    commits = iter(range(1, number + 1))

    def count(_connection: object) -> None:
        if next(commits) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "commit", count)


def _keep(bench: Bench, engine: Engine) -> None:
    """Put every stored row aside, as it is."""
    with bench.privileged(engine) as connection:
        for table in RESULTS:
            kept = {"kept": sql.Identifier(f"kept_{table}"), "table": sql.Identifier(table)}
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {kept}").format(**kept))
            connection.execute(sql.SQL("CREATE UNLOGGED TABLE {kept} (LIKE {table})").format(**kept))
            if table in {"workings", "allocation_input"}:
                external = "ALTER TABLE {kept} ALTER canonical SET STORAGE EXTERNAL"
                connection.execute(sql.SQL(external).format(**kept))
            connection.execute(sql.SQL("INSERT INTO {kept} SELECT * FROM {table}").format(**kept))
            connection.execute(sql.SQL("GRANT SELECT ON {kept} TO andel_staff").format(**kept))


def _insert_select(bench: Bench, engine: Engine) -> float:
    """Insert the rows that were put aside into the same tables, as staff, in one transaction; return the seconds."""
    with bench.privileged(engine) as connection:
        connection.execute(emptied(("run_item", *RESULTS)))
    bench.settle(engine)
    started = time.perf_counter()
    with region_transaction(engine, STAFF) as session:
        for table in RESULTS:
            session.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))  # noqa: S608  (our own tables)
    return time.perf_counter() - started


def _count(engine: Engine) -> int:
    with region_transaction(engine, STAFF) as session:
        return int(session.scalar(text("SELECT count(*) FROM charge")) or 0)
