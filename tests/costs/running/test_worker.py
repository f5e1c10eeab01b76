"""Workers take on what was ordered, go on with what another left, and end when they are told to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest
from click.testing import Result
from procrastinate import App
from sqlalchemy import text

from andel.costs import tasks
from andel.costs.service.running import Run, read_run
from andel.costs.tables import RunState
from andel.shared.database import RegionAddress, Viewer, region_engine, region_transaction
from andel.shared.jobs import Crew, Pace, Station, Stop, Tally, drain

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region, Victims

STAFF = Viewer.staff()
QUICK = Pace(poll_seconds=0.1, resume_seconds=0.3, look_seconds=0.1)
PATIENCE = 90.0

Andel = Callable[..., Result]


def never() -> bool:
    return False


def station_of(region: Region, *, stopping: Callable[[], bool] = never) -> Station:
    def register(app: App) -> None:
        tasks.register(app, region.place, stopping=stopping)

    return Station(
        region=region.tenant,
        url=region.engine.url,
        register=register,
        resume=partial(tasks.resume, region.place),
        close=region.engine.dispose,
    )


@pytest.fixture
def gone(dalarna: Region) -> Iterator[Region]:
    """A region whose database is not there."""
    url = dalarna.engine.url.set(database="andel_region_borta")
    engine = region_engine(RegionAddress("borta", url))
    yield replace(dalarna, engine=engine, tenant="borta")
    engine.dispose()


def state_of(region: Region, run: object) -> RunState:
    with region_transaction(region.engine, STAFF) as session:
        return read_run(session, run).state  # type: ignore[arg-type]  # a run's id


def jobs(region: Region) -> list[str]:
    with region.engine.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
        rows = connection.execute(text("SELECT status::text FROM procrastinate.procrastinate_jobs ORDER BY id"))
        return [row.status for row in rows]


async def crew_until(crew: Crew, done: Callable[[], bool]) -> None:
    """Let a crew work until something is done, then tell it to end."""
    working = asyncio.create_task(crew.work())
    ends = time.monotonic() + PATIENCE
    for _ in count():
        if await asyncio.to_thread(done) or time.monotonic() > ends:
            break
        await asyncio.sleep(0.05)
    crew.stop.ask()
    await working
    assert time.monotonic() < ends


def test_what_was_ordered_is_carried_out_and_its_job_is_gone(dalarna: Region) -> None:
    run = dalarna.order(2026).run
    assert jobs(dalarna) == ["todo"]
    assert asyncio.run(drain(station_of(dalarna))) == Tally(done=1)
    assert state_of(dalarna, run.id) is RunState.DONE
    assert jobs(dalarna) == []


def test_a_run_whose_worker_was_killed_is_taken_up(dalarna: Region, victims: Victims) -> None:
    run = dalarna.order(2026).run
    assert victims.work(dalarna, [run], statement=45) == [-9]
    with dalarna.engine.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
        connection.execute(text("DELETE FROM procrastinate.procrastinate_jobs"))
        connection.commit()
    assert state_of(dalarna, run.id) is RunState.RUNNING
    assert asyncio.run(drain(station_of(dalarna))) == Tally(done=1)
    assert state_of(dalarna, run.id) is RunState.DONE


def test_a_worker_told_to_end_leaves_the_rest_to_the_next(dalarna: Region) -> None:
    run = dalarna.order(2026).run
    asked = iter([False, False, True])
    assert asyncio.run(drain(station_of(dalarna, stopping=lambda: next(asked, True)))).failed == 0
    assert state_of(dalarna, run.id) is RunState.RUNNING
    assert 0 < dalarna.count("allocation") < len(run.items)
    assert asyncio.run(drain(station_of(dalarna))).failed == 0
    assert state_of(dalarna, run.id) is RunState.DONE


def test_a_region_that_is_gone_is_told(gone: Region) -> None:
    started = time.monotonic()
    assert asyncio.run(drain(station_of(gone))).unreachable
    assert time.monotonic() - started < PATIENCE / 3


@pytest.mark.parametrize("listen", [True, False])
def test_a_crew_works_for_every_region_that_there_is(dalarna: Region, gone: Region, *, listen: bool) -> None:
    stop = Stop()
    there: dict[str, Callable[[], Station]] = {"borta": lambda: station_of(gone)}
    crew = Crew(stations=lambda: there, pace=replace(QUICK, listen=listen), stop=stop)
    run = dalarna.order(2026).run

    def done() -> bool:
        there["dalarna"] = lambda: station_of(dalarna)  # a region that came later
        return state_of(dalarna, run.id) is RunState.DONE

    asyncio.run(crew_until(crew, done))


def test_a_crew_begins_again_what_has_no_job_any_more(dalarna: Region) -> None:
    stop = Stop()
    station = station_of(dalarna)
    crew = Crew(stations=lambda: {"dalarna": lambda: station}, pace=QUICK, stop=stop)
    runs: list[Run] = []

    def done() -> bool:
        if not runs:
            runs.append(dalarna.order(2026).run)
            with dalarna.engine.connect() as connection:
                connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
                connection.execute(text("DELETE FROM procrastinate.procrastinate_jobs"))
                connection.commit()
        return state_of(dalarna, runs[0].id) is RunState.DONE

    asyncio.run(crew_until(crew, done))


def test_the_command_does_what_waits_and_ends(dalarna: Region, andel: Andel, instance_key: str) -> None:
    assert "charge 2026: waiting" in andel("run", instance_key, "--year", "2026").output
    assert "the same run" in andel("run", instance_key, "--year", "2026").output.lower()
    assert andel("worker", "--tenant", instance_key, "--once").output == f"{instance_key}: 1 done, 0 failed\n"
    assert dalarna.count("allocation") == 4
    assert andel("worker", "--tenant", instance_key, "--once").output == f"{instance_key}: 0 done, 0 failed\n"


def test_the_command_ends_when_it_is_told_to(dalarna: Region, environment: dict[str, str], instance_key: str) -> None:
    command = [sys.executable, "-c", "from andel.app import cli; cli()", "worker", "--tenant", instance_key]
    with subprocess.Popen(  # noqa: S603  (our own command)
        [*command, "--poll", "0.1"], env=os.environ | environment
    ) as process:
        run = dalarna.order(2026).run
        ends = time.monotonic() + PATIENCE
        while state_of(dalarna, run.id) is not RunState.DONE and time.monotonic() < ends:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
    with region_transaction(dalarna.engine, STAFF) as session:
        assert [item.complaints for item in read_run(session, run.id).failed] == []
    assert state_of(dalarna, run.id) is RunState.DONE
