"""Connections to many databases: few per region, and few regions at a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Self, cast

import psycopg
from psycopg import errors as pg
from sqlalchemy import URL, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import Dialect

from andel.shared.database.errors import RegionBehindError, RegionUnavailableError
from andel.shared.database.names import REGION_REVISION, STAFF

CONNECT_SECONDS: Final = 3
"""How long a connection may take to be made."""

PAUSE_SECONDS: Final = 2.0
"""How long a region that was slow to fail is not asked again, so that waiting for it cannot take all workers."""

_SLOW = 0.5


@dataclass(frozen=True, slots=True)
class RegionAddress:
    """Where a region's database is. The URL holds the login and its password, which it hides when printed."""

    region: str
    url: URL


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSize:
    """Connections of one process to one database: ``kept`` ones, and ``extra`` ones that are closed after use.

    Count the budget: processes x regions at a time x kept must fit the server's ``max_connections``.
    """

    kept: int = 1
    extra: int = 1
    wait_seconds: float = 5.0


class Engines:
    """A process's engines, at most ``limit`` of them; the one that was not used for longest makes room.

    A region's engine checks the schema at each new connection, so that a region that lags, or is gone, is an
    error of that region's requests alone and recovers by itself.
    """

    def __init__(self, *, limit: int = 8, pool: PoolSize | None = None) -> None:
        self._limit = limit
        self._pool = pool or PoolSize()
        self._kept: OrderedDict[RegionAddress, Engine] = OrderedDict()
        self._lock = Lock()

    def region(self, address: RegionAddress) -> Engine:
        """Return the engine of a region's database. Connecting is left to its first use."""
        with self._lock:
            engine = self._kept.pop(address, None) or region_engine(address, pool=self._pool)
            self._kept[address] = engine
            self._make_room()
        return engine

    def forget(self, region: str) -> None:
        """Close what is kept for a region: it moved, was restored or closed."""
        with self._lock:
            for address in [address for address in self._kept if address.region == region]:
                self._kept.pop(address).dispose()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            while self._kept:
                self._kept.popitem()[1].dispose()

    def __len__(self) -> int:
        return len(self._kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make_room(self) -> None:
        """Dispose of the engines used least recently, but of none whose connection is in use."""
        for address in list(self._kept)[:-1]:
            if len(self._kept) <= self._limit:
                return
            pool = self._kept[address].pool
            if isinstance(pool, QueuePool) and pool.checkedout() == 0:
                self._kept.pop(address).dispose()


def region_engine(address: RegionAddress, *, pool: PoolSize | None = None) -> Engine:
    """Make the engine of one region's database. Prefer ``Engines``, which bounds how many there are."""
    engine = plain_engine(address.url, pool=pool, name=address.region)
    event.listen(engine, "do_connect", Connector(address.region))
    return engine


def plain_engine(url: URL, *, pool: PoolSize | None = None, name: str = "control") -> Engine:
    """Make the engine of a database that is no region's; ``name`` is what the server lists it as."""
    size = pool or PoolSize()
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=size.kept,
        max_overflow=size.extra,
        pool_timeout=size.wait_seconds,
        pool_use_lifo=True,
        use_native_hstore=False,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": f"andel/{name}"},
        execution_options={"region": name},
    )


def name_of(engine: Engine) -> str:
    """Return the key of the region that an engine is for."""
    return str(engine.get_execution_options().get("region", engine.url.database))


class Connector:
    """Makes a region's connections for SQLAlchemy, in the event ``do_connect``.

    Raises:
        RegionUnavailableError: the database cannot be reached, or was slow to fail a moment ago.
        RegionBehindError: its schema is older than this version of Andel needs.
    """

    def __init__(self, region: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._region = region
        self._clock = clock
        self._paused_until = 0.0
        self._reason = ""

    def __call__(
        self, dialect: Dialect, _record: object, arguments: tuple[Any, ...], parameters: dict[str, Any]
    ) -> psycopg.Connection[Any]:
        """Connect, and look at the schema's revision."""
        started = self._clock()
        if started < self._paused_until:
            raise RegionUnavailableError.about(self._region, self._reason)
        try:
            connection = cast("psycopg.Connection[Any]", dialect.connect(*arguments, **parameters))
        except psycopg.Error as error:
            self._reason = str(error)
            if self._clock() - started > _SLOW:
                self._paused_until = self._clock() + PAUSE_SECONDS
            raise RegionUnavailableError.about(self._region, self._reason) from error
        try:
            self._check_revision(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_revision(self, connection: psycopg.Connection[Any]) -> None:
        try:
            connection.execute("SELECT set_config('role', %s, true)", (STAFF,))
            row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
            connection.rollback()
        except (pg.UndefinedTable, pg.InsufficientPrivilege):
            row = None
        except psycopg.Error as error:
            raise RegionUnavailableError.about(self._region, str(error)) from error
        have = row[0] if row else ""
        if have < REGION_REVISION:
            raise RegionBehindError.about(self._region, have=have, need=REGION_REVISION)
