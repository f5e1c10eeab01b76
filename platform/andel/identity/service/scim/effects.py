"""What the words of a directory do to people: roles given and ended, for thousands at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, insert, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from andel.identity.model.oidc.granting import grants
from andel.identity.model.roles import REGIONAL, Role
from andel.identity.service.people import Employment
from andel.identity.service.scim.directories import Directory
from andel.identity.tables import (
    MembershipRow,
    ScimGroupMemberRow,
    ScimGroupRow,
    ScimUserRow,
)
from andel.identity.tables.people import Origin
from andel.parties.tables import OrganizationRow
from andel.shared.audit import Entry, append
from andel.shared.clock import swedish_day
from andel.shared.database import new_id

PER_ENTRY: Final = 1000
"""How many people one entry of the audit chain names at most."""


def among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the ids, as one parameter however many they are."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


def settle_roles(session: Session, directory: Directory, people: Collection[UUID], now: datetime) -> None:
    """Give and end the memberships that the directory's roles and groups mean for people, and tell it.

    What an administrator or a sign-in gave is left as it is.
    """
    wanted = _wanted(session, directory, people)
    given: defaultdict[Employment, list[UUID]] = defaultdict(list)
    ended: defaultdict[Employment, list[MembershipRow]] = defaultdict(list)
    held: defaultdict[UUID, set[Employment]] = defaultdict(set)
    for row in _lasting(session, people, now):
        employment = Employment(row.organization_id, Role(row.role))
        held[row.person_id].add(employment)
        if row.source == Origin.SCIM.value and employment not in wanted[row.person_id]:
            ended[employment].append(row)
    for person, employments in wanted.items():
        for employment in employments - held[person]:
            given[employment].append(person)
    _end(session, directory, ended, now)
    for employment, named in sorted(given.items()):
        _insert(session, employment, {person: (swedish_day(now), None) for person in named})
        _tell(session, directory, "membership.given", employment, named)


def _wanted(session: Session, directory: Directory, people: Collection[UUID]) -> dict[UUID, set[Employment]]:
    """Return what the provider's role map makes of the roles and groups of people."""
    words: dict[UUID, set[str]] = {person: set() for person in people}
    users = select(ScimUserRow.person_id, ScimUserRow.resource["roles"]).where(among(ScimUserRow.person_id, people))
    for person, roles in session.execute(users):
        words[person].update(role["value"] for role in roles or () if role.get("value"))
    groups = (
        select(ScimGroupMemberRow.person_id, ScimGroupRow.display_name, ScimGroupRow.external_id)
        .join(ScimGroupRow, ScimGroupRow.id == ScimGroupMemberRow.group_id)
        .where(among(ScimGroupMemberRow.person_id, people))
    )
    for person, *names in session.execute(groups):
        words[person].update(name for name in names if name)
    reached = _reached(session, directory)
    meant = {
        person: {
            Employment(reached[grant.organization], grant.role)
            for grant in grants(directory.role_map, said)
            if grant.organization in reached
        }
        for person, said in words.items()
    }
    region = directory.organization_id if directory.regional else None
    return {
        person: {one for one in employments if one.role not in REGIONAL or one.organization == region}
        for person, employments in meant.items()
    }


def _reached(session: Session, directory: Directory) -> dict[str, UUID]:
    """Return the organizations that the directory's gives roles in, by key, empty for itself: also its districts."""
    own = directory.organization_id
    asked = select(OrganizationRow.key, OrganizationRow.id)
    if not directory.regional:
        asked = asked.where((OrganizationRow.id == own) | (OrganizationRow.authority_id == own))
    return {row.key: row.id for row in session.execute(asked)} | {"": own}


def _lasting(session: Session, people: Collection[UUID], now: datetime) -> Iterable[MembershipRow]:
    lasting = MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to > swedish_day(now))
    own = among(MembershipRow.person_id, people), MembershipRow.superseded_at.is_(None)
    return session.scalars(select(MembershipRow).where(*own, lasting))


def _end(
    session: Session, directory: Directory, ended: Mapping[Employment, list[MembershipRow]], now: datetime
) -> None:
    """End memberships at once, and the sessions that stand on them. What was stays known."""
    today = swedish_day(now)
    for employment, rows in sorted(ended.items()):
        closed = update(MembershipRow).where(among(MembershipRow.id, [row.id for row in rows]))
        session.execute(closed.values(superseded_at=func.now()))
        past = [row for row in rows if row.valid_from < today]
        _insert(session, employment, {row.person_id: (row.valid_from, today) for row in past})
        _tell(session, directory, "membership.ended", employment, [row.person_id for row in rows])


def _insert(session: Session, employment: Employment, lasting: Mapping[UUID, tuple[date, date | None]]) -> None:
    rows = [
        {
            "id": new_id(),
            "organization_id": employment.organization,
            "person_id": person,
            "role": employment.role.value,
            "source": Origin.SCIM.value,
            "valid_from": since,
            "valid_to": until,
        }
        for person, (since, until) in lasting.items()
    ]
    if rows:
        session.execute(insert(MembershipRow), rows)


def _tell(session: Session, directory: Directory, event: str, employment: Employment, people: Iterable[UUID]) -> None:
    tell_people(session, directory, event, people, organization=employment.organization, role=employment.role.value)


def tell_people(
    session: Session,
    directory: Directory,
    event: str,
    people: Iterable[UUID],
    *,
    subject: str = "",
    organization: UUID | None = None,
    **details: str,
) -> None:
    """Write what happened to people into the audit chain, a thousand of them to an entry."""
    ids = sorted(map(str, people))
    for start in range(0, len(ids), PER_ENTRY):
        named = ids[start : start + PER_ENTRY]
        entry = Entry(
            event=event,
            actor=directory.actor,
            subject=subject or (f"person:{named[0]}" if len(ids) == 1 else ""),
            organization=organization or directory.organization_id,
            details={**details, "people": named},
        )
        append(session, entry)
