"""The regions that have a database, where it is, and what each may use by what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.shared.database import DatabaseError, RegionAddress, control_transaction
from andel.tenancy.service.databases import Databases
from andel.tenancy.tables import EnabledPluginRow, Lifecycle, TenantRow

_PLACED: Final = select(TenantRow.key, TenantRow.placement, TenantRow.state).where(
    TenantRow.provisioned_at.is_not(None), TenantRow.state != Lifecycle.CLOSED
)


def placed_regions(databases: Databases, control: Engine) -> dict[str, RegionAddress | None]:
    """Return where each region is that has a database and is not closed, by key; None for one that rests.

    Raises:
        DatabaseError: the control database does not answer.
    """
    try:
        with control_transaction(control) as session:
            rows = session.execute(_PLACED.order_by(TenantRow.key)).all()
    except SQLAlchemyError as error:
        message = "The control database does not answer."
        raise DatabaseError(message, remedy="Start it, or mend ANDEL_DATABASE_URL.") from error
    return {
        row.key: None
        if row.state == Lifecycle.SUSPENDED
        else databases.region_address(row.key, placement=row.placement)
        for row in rows
    }


def view_of(registry: Registry, tenant: str) -> Callable[[Session], TenantView]:
    """Return what tells, in a transaction of the region, what it may use."""

    def view(session: Session) -> TenantView:
        return TenantView.of(registry, tenant, session.scalars(select(EnabledPluginRow.plugin)))

    return view
