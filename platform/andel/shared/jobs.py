"""Workers: one process works the queues of many regions, each in the region's own database.

A region that cannot be reached is tried again, later and later, and the others do not notice. Nothing trusts the
queue: what a job was for stands in rows of its own, from which ``Station.resume`` adds the job again. A worker that
is told to end leaves its job at the next point where it can be left.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.worker import Worker
from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, AsyncNullConnectionPool
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from andel.sdk.errors import AndelError
from andel.shared.database.queue import worker_conninfo

_log = structlog.get_logger(__name__)

_UNREACHABLE: Final = (AndelError, SQLAlchemyError, ConnectorException, OperationalError, OSError, TimeoutError)
_LONGEST_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A region to work for.

    Attributes:
        region: its key.
        url: its database, for the region's login.
        register: gives the queue its tasks.
        resume: adds the jobs of what was begun and is not done. Called first, and again and again.
        close: lets go of what the tasks hold.
    """

    region: str
    url: URL
    register: Callable[[App], None]
    resume: Callable[[], object]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker waits.

    Attributes:
        listen: keep a connection per region on which a new job is told. Without, no connection is kept while
            nothing is to be done, and a transaction pooler may stand between.
        poll_seconds: how often each queue is looked at, told or not.
        resume_seconds: how often what was begun and is not done gets its job again.
        look_seconds: how often new regions are looked for.
        grace_seconds: how long a job may go on after the worker was told to end.
    """

    listen: bool = True
    poll_seconds: float = 5.0
    resume_seconds: float = 20.0
    look_seconds: float = 30.0
    grace_seconds: float = 45.0


class Stop:
    """Tells a worker, and the jobs it has begun, to end."""

    def __init__(self) -> None:
        self._asked = False
        self._event = asyncio.Event()

    def ask(self) -> None:
        """Ask it to end. Called on the worker's own loop."""
        self._asked = True
        self._event.set()

    def asked(self) -> bool:
        """Whether it was asked; jobs in other threads look here."""
        return self._asked

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until it is asked."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)

    @contextlib.contextmanager
    def on_signals(self) -> Any:  # noqa: ANN401  (a context manager)
        """Ask it to end when the process is told to: SIGTERM, or the keyboard."""
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self.ask)
        try:
            yield
        finally:
            for one in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(one)


@dataclass(slots=True)
class Tally:
    """What became of the jobs of a region; ``unreachable`` says why its database could not be worked for."""

    done: int = 0
    failed: int = 0
    unreachable: str = ""

    async def count(self, call_next: Callable[[], Awaitable[Any]], _context: JobContext, _worker: Worker) -> Any:  # noqa: ANN401  (procrastinate's)
        """Count a job, as a middleware of the worker."""
        try:
            answer = await call_next()
        except BaseException:
            self.failed += 1
            raise
        self.done += 1
        return answer


async def drain(station: Station) -> Tally:
    """Do every job that waits, with what was begun and is not done, and return."""
    tally = Tally()
    try:
        await asyncio.to_thread(station.resume)
        async with _opened(station, Pace(listen=False)) as app:
            await _work(app, Pace(listen=False), tally, wait=False)
    except _UNREACHABLE as error:
        tally.unreachable = str(error)
        _log.warning("region unreachable", region=station.region, reason=str(error))
    return tally


@dataclass(slots=True)
class Crew:
    """Works for every region there is, as long as it is not told to end.

    Attributes:
        stations: tells which regions there are. Asked again and again.
    """

    stations: Callable[[], Mapping[str, Callable[[], Station]]]
    pace: Pace
    stop: Stop
    _working: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def work(self) -> None:
        """Work until told to end, then let each region's job come to a point where it can be left."""
        with self.stop.on_signals():
            while not self.stop.asked():
                await self._look()
                await self.stop.wait(self.pace.look_seconds)
            await self._end(list(self._working))

    async def _look(self) -> None:
        """Begin with regions that are new, end with those that are gone."""
        try:
            there = await asyncio.to_thread(self.stations)
        except _UNREACHABLE as error:
            _log.warning("regions unknown", reason=str(error))
            return
        await self._end([region for region in self._working if region not in there])
        for region, station in there.items():
            if region not in self._working:
                self._working[region] = asyncio.create_task(self._serve(station()), name=region)
                _log.info("working", region=region)

    async def _end(self, regions: list[str]) -> None:
        ending = [self._working.pop(region) for region in regions]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _serve(self, station: Station) -> None:
        """Work for one region, again and again, whatever happens to its database."""
        pause = 1.0
        try:
            while True:
                try:
                    await asyncio.to_thread(station.resume)
                    async with _opened(station, self.pace) as app:
                        pause = 1.0
                        await self._until_lost(app, station)
                except _UNREACHABLE as error:
                    _log.warning("region unreachable", region=station.region, reason=str(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            station.close()

    async def _until_lost(self, app: App, station: Station) -> None:
        working = asyncio.create_task(_work(app, self.pace, Tally(), wait=True))
        try:
            while not working.done():
                await asyncio.wait([working], timeout=self.pace.resume_seconds)
                if not working.done():
                    await _forget_dead(app)
                    await asyncio.to_thread(station.resume)
            await working
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@contextlib.asynccontextmanager
async def _opened(station: Station, pace: Pace) -> AsyncIterator[App]:
    app = App(
        connector=PsycopgConnector(
            conninfo=worker_conninfo(station.url),
            pool_factory=AsyncConnectionPool if pace.listen else AsyncNullConnectionPool,
            min_size=1 if pace.listen else 0,
            max_size=3,
            timeout=10.0,
        )
    )
    station.register(app)
    async with app.open_async():
        await _forget_dead(app)
        yield app


async def _forget_dead(app: App) -> None:
    """Take the jobs of workers that died off the queue. What they were for is begun again by ``resume``."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=True)


async def _work(app: App, pace: Pace, tally: Tally, *, wait: bool) -> None:
    await app.run_worker_async(
        wait=wait,
        listen_notify=pace.listen,
        fetch_job_polling_interval=pace.poll_seconds,
        abort_job_polling_interval=_LONGEST_PAUSE,
        shutdown_graceful_timeout=pace.grace_seconds,
        delete_jobs=DeleteJobCondition.SUCCESSFUL,
        install_signal_handlers=False,
        worker_middleware=[tally.count],
    )
