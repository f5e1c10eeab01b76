"""How many users an organization has by its directory: a proposal for the census of users, which people attest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from andel.identity.service.scim.effects import among
from andel.identity.tables import ScimTokenRow, ScimUserRow
from andel.parties.tables import OrganizationRow
from andel.shared.clock import swedish_day


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCount:
    """What a directory says. It counts nothing by itself: a party attests its number.

    Attributes:
        users: how many people its directory lets use Andel.
        on: the Swedish day of the count.
        heard_at: when the directory last said anything; a count of one that fell silent is old.
    """

    organization_id: UUID
    key: str
    name: str
    users: int
    on: date
    heard_at: datetime | None


def user_counts(session: Session, organizations: Collection[UUID], now: datetime) -> tuple[UserCount, ...]:
    """Count the active users of organizations whose directory provisions them, in the order of their keys.

    Args:
        session: of the gate.
        organizations: whose; whoever asks must be allowed to see the users of each.
        now: the moment.
    """
    active = (
        select(ScimUserRow.organization_id, func.count().label("users"))
        .where(ScimUserRow.resource["active"].as_boolean(), among(ScimUserRow.organization_id, organizations))
        .group_by(ScimUserRow.organization_id)
        .subquery()
    )
    heard = (
        select(ScimTokenRow.organization_id, func.max(ScimTokenRow.last_used_at).label("at"))
        .group_by(ScimTokenRow.organization_id)
        .subquery()
    )
    asked = (
        select(OrganizationRow.id, OrganizationRow.key, OrganizationRow.name, active.c.users, heard.c.at)
        .join(heard, heard.c.organization_id == OrganizationRow.id)
        .outerjoin(active, active.c.organization_id == OrganizationRow.id)
        .where(among(OrganizationRow.id, organizations))
        .order_by(OrganizationRow.key)
    )
    return tuple(
        UserCount(
            organization_id=row.id,
            key=row.key,
            name=row.name,
            users=row.users or 0,
            on=swedish_day(now),
            heard_at=row.at,
        )
        for row in session.execute(asked)
    )
