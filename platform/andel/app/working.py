"""``andel worker``, and the way of the costs' commands into the regions' databases."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import click
from procrastinate import App

from andel.app.installation import Installation
from andel.costs import tasks
from andel.costs.service.running import Workplace
from andel.host.registry import Registry, build_registry
from andel.shared.database import DatabaseError, RegionAddress, region_engine
from andel.shared.jobs import Crew, Pace, Station, Stop, Tally, drain
from andel.shared.logs import configure_logs
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.placed import placed_regions, view_of

_DEMO_POLL, _WATCH = 5.0, 0.5

FAILED = 1
"""The exit code of ``andel worker --once`` when a job failed or a region could not be reached."""


@dataclass
class Regions:
    """The regions of the instance, for those who work in their databases."""

    registry: Callable[[], Registry]
    databases: Callable[[], Databases] = Databases.from_environment
    stopping: Callable[[], bool] = field(default=lambda: False)

    def addresses(self, only: tuple[str, ...] = ()) -> dict[str, RegionAddress]:
        """Return where each region is that does not rest; of those named, when some are.

        Raises:
            DatabaseError: one that is named is not there or rests, or the control database does not answer.
        """
        databases = self.databases()
        control = databases.control_engine()
        try:
            known = placed_regions(databases, control)
        finally:
            control.dispose()
        for name in only:
            if known.get(name) is None:
                what = f'There is no region "{name}" with a database that is open.'
                raise DatabaseError(what, where=name, remedy="Ask andel db status which regions there are.")
        return {name: address for name, address in known.items() if address is not None and (not only or name in only)}

    @contextmanager
    def place(self, tenant: str) -> Iterator[Workplace]:
        """Open a region to work in.

        Raises:
            DatabaseError: there is no such region, it rests, or its database cannot be reached.
        """
        place = self._place(self.addresses((tenant,))[tenant])
        try:
            yield place
        finally:
            place.engine.dispose()

    def stations(self, only: tuple[str, ...] = ()) -> Mapping[str, Callable[[], Station]]:
        """Return what makes the station of each region."""
        return {name: partial(self.station, address) for name, address in self.addresses(only).items()}

    def station(self, address: RegionAddress) -> Station:
        """Return the station of one region, with the tasks of every room."""
        place = self._place(address)

        def register(app: App) -> None:
            tasks.register(app, place, stopping=self.stopping)

        return Station(
            region=address.region,
            url=address.url,
            register=register,
            resume=partial(tasks.resume, place),
            close=place.engine.dispose,
        )

    def _place(self, address: RegionAddress) -> Workplace:
        return Workplace(engine=region_engine(address), view=view_of(self.registry(), address.region))


@click.command()
@click.option("--tenant", "tenants", multiple=True, help="Only this region; can be given several times.")
@click.option("--once", is_flag=True, help="Do what waits and end, instead of waiting for more.")
@click.option("--poll", type=click.FloatRange(min=0.05), default=5.0, show_default=True, help="Seconds between looks.")
@click.option(
    "--listen/--no-listen",
    default=True,
    show_default=True,
    help="Be told of new jobs, on a connection per region. Without, a look finds them and no connection is kept.",
)
@click.pass_obj
def worker(installation: Installation, tenants: tuple[str, ...], *, once: bool, poll: float, listen: bool) -> None:
    """Carry out the jobs of the regions: allocation runs.

    Goes on with what was begun and is not done. SIGTERM ends it when the part at hand is done. Exit code of --once:
    0, or 1 when a job failed or a region could not be reached.
    """
    configure_logs(level=os.environ.get("ANDEL_LOG_LEVEL", "info"))
    regions = Regions(lambda: installation.registry)
    if once:
        tallies = asyncio.run(_drain_all(regions, tenants))
        for name, tally in tallies.items():
            click.echo(f"{name}: {tally.unreachable or f'{tally.done} done, {tally.failed} failed'}")
        sys.exit(FAILED if any(tally.failed or tally.unreachable for tally in tallies.values()) else 0)
    regions.addresses(tenants)
    asyncio.run(_work(regions, tenants, Pace(listen=listen, poll_seconds=poll)))


def work_beside(parent: int) -> None:
    """Work for the regions of a demo, in a process beside it that ends when the demo does, even by kill -9."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    regions = Regions(build_registry)
    asyncio.run(_work(regions, (), Pace(listen=True, poll_seconds=_DEMO_POLL)))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(0)


async def _work(regions: Regions, tenants: tuple[str, ...], pace: Pace) -> None:
    stop = Stop()
    regions.stopping = stop.asked
    await Crew(stations=lambda: regions.stations(tenants), pace=pace, stop=stop).work()


async def _drain_all(regions: Regions, tenants: tuple[str, ...]) -> dict[str, Tally]:
    tallies = {}
    for name, make in regions.stations(tenants).items():
        station = make()
        try:
            tallies[name] = await drain(station)
        finally:
            station.close()
    return tallies
