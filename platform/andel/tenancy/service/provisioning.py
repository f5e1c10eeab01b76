"""Making the instance and its regions. Runs in a process of its own: web processes never hold the elevated login.

Each step asks what is there and makes what is missing, one process at a time. A run that was killed is begun
again and goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy import URL, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from andel.sdk.errors import AndelError
from andel.shared.database import DatabaseError, RegionAddress, control_transaction
from andel.shared.database.migration import Schema
from andel.shared.database.names import CONTROL, REGION_REVISION, checked_tenant, region_database, region_login
from andel.tenancy.service.cluster import Cluster
from andel.tenancy.service.databases import Databases
from andel.tenancy.tables import Lifecycle, TenantRow

ORDERED = "andel_tenant_ordered"
"""The channel of the control database on which a new order is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A region to be made.

    Attributes:
        key: the tenant's key, from which its database and login are named.
        code: the county's two digits.
        placement: URL of the server that it has for itself, without a password; empty for the instance's.
    """

    key: str
    name: str
    code: str
    placement: str = ""


def order_region(session: Session, order: Order) -> bool:
    """Write down, in a transaction of the control database, that a region is wanted; tell whoever provisions.

    Returns:
        Whether it is new; the same order again changes nothing.

    Raises:
        DatabaseError: the key cannot be a region's, or it is taken by another order.
    """
    row = {
        "key": checked_tenant(order.key),
        "name": order.name,
        "code": order.code,
        "placement": order.placement,
        "database": region_database(order.key),
        "login": region_login(order.key),
    }
    statement = insert(TenantRow).values(row).on_conflict_do_nothing().returning(TenantRow.key)
    if session.scalar(statement) is not None:
        session.execute(text("SELECT pg_notify(:channel, :key)"), {"channel": ORDERED, "key": order.key})
        return True
    found = session.get(TenantRow, order.key)
    if found is None or (found.name, found.code, found.placement) != (order.name, order.code, order.placement):
        what = f'There is already another region with the key "{order.key}", or one whose databases are named so.'
        raise DatabaseError(what, where=order.key, remedy="Choose another key, or change the region itself.")
    return False


def prepare_instance(admin: URL, databases: Databases) -> None:
    """Make what all regions share: roles, the control database and the template of regions."""
    with Cluster.connected(admin) as cluster, cluster.locked("instance"):
        cluster.ensure_group_roles()
        cluster.ensure_login(CONTROL, databases.secrets.ensure(CONTROL), becomes=())
        cluster.ensure_database(CONTROL, login=CONTROL)
        cluster.upgrade(CONTROL, Schema.CONTROL)
        cluster.ensure_template()


def provision_region(admin: URL, databases: Databases, order: Order) -> RegionAddress:
    """Make a region's login and database, and return where it is.

    Args:
        admin: the elevated login of the server that the region is placed on.
        databases: those of the instance, whose control database gets the region's row.
        order: the region.
    """
    with Cluster.connected(admin) as cluster, cluster.locked(f"region:{order.key}"):
        engine = databases.control_engine()
        try:
            with control_transaction(engine) as session:
                order_region(session, order)
            revision = _make(cluster, databases, order.key, on_own_server=bool(order.placement))
            with control_transaction(engine) as session:
                session.execute(
                    update(TenantRow)
                    .where(TenantRow.key == order.key)
                    .values(
                        provisioned_at=func.coalesce(TenantRow.provisioned_at, func.now()), schema_revision=revision
                    )
                )
        finally:
            engine.dispose()
    return databases.region_address(order.key, placement=order.placement)


def provision_waiting(admin: URL, databases: Databases) -> Iterator[tuple[str, str]]:
    """Provision every region on the instance's own server that waits for its database.

    Yields:
        Each region's key, and why it failed; empty when it is made. One that fails does not stop the next.
    """
    engine = databases.control_engine()
    try:
        with control_transaction(engine) as session:
            waiting = session.scalars(
                select(TenantRow)
                .where(TenantRow.provisioned_at.is_(None), TenantRow.state == Lifecycle.ONBOARDING)
                .where(TenantRow.placement == "")
                .order_by(TenantRow.created_at)
            ).all()
    finally:
        engine.dispose()
    for row in waiting:
        error = ""
        try:
            provision_region(admin, databases, Order(key=row.key, name=row.name, code=row.code))
        except AndelError as failure:
            error = str(failure)
        yield row.key, error


def orders(databases: Databases, *, seconds: float) -> Iterator[None]:
    """Yield at once, and then whenever a region has been ordered or so many seconds have passed, without end.

    Orders that come in between are kept until asked for.

    Raises:
        DatabaseError: the control database cannot be reached, or ended the connection.
    """
    address = databases.control_url().set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {ORDERED}")
            while True:
                yield
                list(connection.notifies(timeout=seconds, stop_after=1))
    except psycopg.Error as error:
        what = f"The control database cannot be listened to: {error}"
        raise DatabaseError(what, where=CONTROL, remedy="Run andel db init, and see that the server runs.") from error


def _make(cluster: Cluster, databases: Databases, tenant: str, *, on_own_server: bool) -> str:
    database, login = region_database(tenant), region_login(tenant)
    with cluster.locked("instance"):
        if on_own_server:
            cluster.ensure_group_roles()
        template = cluster.ensure_template()
    cluster.ensure_login(login, databases.secrets.ensure(login))
    if cluster.ensure_database(database, login=login, template=template):
        return REGION_REVISION
    return cluster.upgrade(database, Schema.REGION)
