"""From a region's key to its database: found, or provisioned when it does not exist yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Engine, make_url, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from andel.shared.database import (
    DatabaseError,
    Viewer,
    control_transaction,
    region_engine,
    region_transaction,
)
from andel.tenancy.model.document import RegionIdentity, TenantDocument
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.provisioning import Order, provision_region
from andel.tenancy.tables import Lifecycle, TenantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRegion:
    """A region as the control database has it. ``provisioned``: its database can be connected to."""

    key: str
    name: str
    code: str
    state: str
    placement: str
    provisioned: bool


def registered_region(databases: Databases, key: str) -> RegisteredRegion | None:
    """Return a region of the instance; None when it has none of that key.

    Raises:
        DatabaseError: the control database cannot be asked.
    """
    with _control(databases) as session:
        row = session.get(TenantRow, key)
        return None if row is None else _registered(row)


@contextmanager
def region_session(databases: Databases, region: RegisteredRegion, *, read_only: bool = False) -> Iterator[Session]:
    """Run one transaction in a region's database, as its staff.

    Raises:
        DatabaseError: the database cannot be reached, or a statement failed.
    """
    engine = region_engine(databases.region_address(region.key, placement=region.placement))
    try:
        with region_transaction(engine, Viewer.staff(read_only=read_only)) as session:
            yield session
    except SQLAlchemyError as error:
        what = f"The region's database refused a statement: {error}"
        raise DatabaseError(what, where=region.key, remedy="Nothing was changed. Report this message.") from error
    finally:
        engine.dispose()


def ensure_region(databases: Databases, document: TenantDocument, *, admin: Callable[[], URL]) -> RegisteredRegion:
    """Return the document's region, with a database: it is provisioned when it has none.

    Args:
        databases: those of the instance.
        document: the region's.
        admin: gives the elevated login; asked only when there is something to provision.

    Raises:
        DatabaseError: it cannot be provisioned, or it is closed.
    """
    own = document.region
    found = registered_region(databases, own.key)
    if found is None or not found.provisioned:
        placement = found.placement if found else ""
        named = (found.name, found.code) if found else (own.name, own.code)
        order = Order(key=own.key, name=named[0], code=named[1], placement=placement)
        provision_region(_server(admin(), placement), databases, order)
        found = registered_region(databases, own.key)
    if found is None or found.state == Lifecycle.CLOSED:
        what = f"The region {own.key} is closed."
        raise DatabaseError(what, where=own.key, remedy="Restore it before anything is applied to it.")
    return found


def announce(databases: Databases, region: RegisteredRegion, own: RegionIdentity) -> None:
    """Let the control database call the region what its document does. Can be repeated."""
    if (region.name, region.code) != (own.name, own.code):
        with _control(databases) as session:
            session.execute(update(TenantRow).where(TenantRow.key == own.key).values(name=own.name, code=own.code))


def _server(admin: URL, placement: str) -> URL:
    """Return the elevated login of the server that a region is placed on: the same user everywhere."""
    if not placement:
        return admin
    own = make_url(placement)
    return admin.set(host=own.host, port=own.port, query=own.query)


def _registered(row: TenantRow) -> RegisteredRegion:
    return RegisteredRegion(
        key=row.key,
        name=row.name,
        code=row.code,
        state=row.state,
        placement=row.placement,
        provisioned=row.provisioned_at is not None,
    )


@contextmanager
def _control(databases: Databases) -> Iterator[Session]:
    engine: Engine = databases.control_engine()
    try:
        with control_transaction(engine) as session:
            yield session
    except SQLAlchemyError as error:
        what = f"The control database cannot be asked: {error}"
        raise DatabaseError(what, remedy="Run andel db init, and see that the server runs.") from error
    finally:
        engine.dispose()
