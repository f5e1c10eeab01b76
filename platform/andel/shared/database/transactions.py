"""The one way into a region's data: a transaction that says who looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from andel.shared.database.engines import name_of
from andel.shared.database.errors import RegionUnavailableError, ViewerError
from andel.shared.database.names import GATE, VIEWER_SETTING
from andel.shared.database.viewer import Viewer

_BECOME: Final = f"SELECT set_config('role', %s, true), set_config('{VIEWER_SETTING}', %s, true)"
_BECOME_READER: Final = f"{_BECOME}, set_config('transaction_read_only', 'on', true)"

_Guest = TypeVar("_Guest")


@contextmanager
def region_transaction(engine: Engine, viewer: Viewer) -> Iterator[Session]:
    """Run one transaction in a region's database, as the viewer.

    It is committed when the block ends and rolled back when the block raises. The login itself may do nothing:
    only the role and the organizations, set for this transaction alone, open the tables. The block is the only
    edge: ``session.commit()`` inside it flushes, and what it wrote still falls with the block.

    Raises:
        ViewerError: the viewer is missing.
        RegionUnavailableError: the database is gone, or all its connections are taken.
        RegionBehindError: the schema is older than this version of Andel needs.
    """
    if type(viewer) is not Viewer:
        what = "A transaction needs a viewer."
        raise ViewerError(what, where=name_of(engine), remedy="Give Viewer.staff() or Viewer.member(...).")
    with _connected(engine, viewer) as connection, _working(connection) as session:
        yield session


@contextmanager
def gate_transaction(engine: Engine) -> Iterator[Session]:
    """Run one transaction in a region's database as the role that signs people in.

    It reads and writes people, memberships, sessions, tokens and secrets, and sees nothing else of the region.

    Raises:
        RegionUnavailableError, RegionBehindError: as for ``region_transaction``.
    """
    with _connected(engine, None) as connection, _working(connection) as session:
        yield session


@contextmanager
def admitted_transaction(
    engine: Engine, admit: Callable[[Connection], tuple[Viewer, _Guest]]
) -> Iterator[tuple[Session, _Guest]]:
    """Find out who is there, then run the rest of the same transaction as that viewer.

    It costs two round trips more than ``region_transaction``: what ``admit`` asks, and becoming the viewer.

    Args:
        engine: the region's.
        admit: asks, as the role that signs people in, and returns the viewer and whatever else it learnt. What it
            raises ends the transaction before anything of the region was seen. What it writes is kept with the rest;
            it appends nothing to the audit chain, whose link a viewer who only reads could not make at the end.

    Raises:
        ViewerError: ``admit`` returned no viewer.
        RegionUnavailableError, RegionBehindError: as for ``region_transaction``.
    """
    with _connected(engine, None) as connection:
        viewer, guest = admit(connection)
        if type(viewer) is not Viewer:
            what = "Whoever is admitted needs a viewer."
            raise ViewerError(what, where=name_of(engine), remedy="Return Viewer.staff() or Viewer.member(...).")
        _set(connection, viewer)
        with _working(connection) as session:
            yield session, guest


@contextmanager
def control_transaction(engine: Engine) -> Iterator[Session]:
    """Run one transaction in the control database; committed when the block ends, rolled back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def _working(connection: Connection) -> Iterator[Session]:
    """Lend a session; what it did is committed when the block ends, and falls when the block raises."""
    with Session(connection, expire_on_commit=False) as session:
        yield session
        session.flush()
        connection.commit()


@contextmanager
def _connected(engine: Engine, viewer: Viewer | None) -> Iterator[Connection]:
    """Lend a connection whose transaction is the viewer's; without one, that of the role that signs people in."""
    try:
        with _begun(engine, viewer) as connection:
            yield connection
    except DBAPIError as error:
        if error.connection_invalidated:
            raise RegionUnavailableError.about(name_of(engine), str(error.orig)) from error
        raise
    except PoolTimeoutError as error:
        raise RegionUnavailableError.about(name_of(engine), str(error)) from error


def _begun(engine: Engine, viewer: Viewer | None) -> Connection:
    """Return a connection whose transaction is the viewer's.

    A pooled connection that has died since its last use fails at this first statement, before anything was
    done; then a new one is made, once.
    """
    try:
        return _become(engine, viewer)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    return _become(engine, viewer)


def _become(engine: Engine, viewer: Viewer | None) -> Connection:
    connection = engine.connect()
    try:
        _set(connection, viewer)
    except BaseException:
        connection.close()
        raise
    return connection


def _set(connection: Connection, viewer: Viewer | None) -> None:
    if viewer is None:
        connection.exec_driver_sql(_BECOME, (GATE, ""))
    else:
        statement = _BECOME_READER if viewer.read_only else _BECOME
        connection.exec_driver_sql(statement, (viewer.role.value, viewer.organizations_array))
