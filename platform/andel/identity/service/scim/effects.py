"""What the words of a directory do to people: roles given and ended, for thousands at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, insert, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from andel.identity.model.roles import Role
from andel.identity.model.scim.granting import roles_of
from andel.identity.service.scim.directories import Directory
from andel.identity.tables import (
    MembershipRow,
    ScimGroupMemberRow,
    ScimGroupRow,
    ScimUserRow,
)
from andel.identity.tables.people import Origin
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
    given: defaultdict[Role, list[UUID]] = defaultdict(list)
    ended: defaultdict[Role, list[MembershipRow]] = defaultdict(list)
    held: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in _current(session, directory, people, now):
        held[row.person_id].add(row.role)
        if row.source == Origin.SCIM.value and row.role not in wanted[row.person_id]:
            ended[Role(row.role)].append(row)
    for person, roles in wanted.items():
        for role in roles - held[person]:
            given[role].append(person)
    _end(session, directory, ended, now)
    _give(session, directory, given, now)


def _wanted(session: Session, directory: Directory, people: Collection[UUID]) -> dict[UUID, frozenset[Role]]:
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
    return {person: roles_of(said, directory.role_map, regional=directory.regional) for person, said in words.items()}


def _current(
    session: Session, directory: Directory, people: Collection[UUID], now: datetime
) -> Iterable[MembershipRow]:
    lasting = MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to > swedish_day(now))
    asked = select(MembershipRow).where(
        among(MembershipRow.person_id, people),
        MembershipRow.organization_id == directory.organization_id,
        MembershipRow.superseded_at.is_(None),
        lasting,
    )
    return session.scalars(asked)


def _end(session: Session, directory: Directory, ended: dict[Role, list[MembershipRow]], now: datetime) -> None:
    """End memberships at once, and the sessions that stand on them. What was stays known."""
    today = swedish_day(now)
    for role, rows in sorted(ended.items()):
        closed = update(MembershipRow).where(among(MembershipRow.id, [row.id for row in rows]))
        session.execute(closed.values(superseded_at=func.now()))
        past = [row for row in rows if row.valid_from < today]
        _insert(session, directory, role, {row.person_id: (row.valid_from, today) for row in past})
        tell_people(session, directory, "membership.ended", [row.person_id for row in rows], role=role.value)


def _give(session: Session, directory: Directory, given: dict[Role, list[UUID]], now: datetime) -> None:
    for role, people in sorted(given.items()):
        _insert(session, directory, role, {person: (swedish_day(now), None) for person in people})
        tell_people(session, directory, "membership.given", people, role=role.value)


def _insert(
    session: Session, directory: Directory, role: Role, lasting: Mapping[UUID, tuple[date, date | None]]
) -> None:
    rows = [
        {
            "id": new_id(),
            "organization_id": directory.organization_id,
            "person_id": person,
            "role": role.value,
            "source": Origin.SCIM.value,
            "valid_from": since,
            "valid_to": until,
        }
        for person, (since, until) in lasting.items()
    ]
    if rows:
        session.execute(insert(MembershipRow), rows)


def tell_people(
    session: Session, directory: Directory, event: str, people: Iterable[UUID], *, subject: str = "", **details: str
) -> None:
    """Write what happened to people into the audit chain, a thousand of them to an entry."""
    ids = sorted(map(str, people))
    for start in range(0, len(ids), PER_ENTRY):
        named = ids[start : start + PER_ENTRY]
        entry = Entry(
            event=event,
            actor=directory.actor,
            subject=subject or (f"person:{named[0]}" if len(ids) == 1 else ""),
            organization=directory.organization_id,
            details={**details, "people": named},
        )
        append(session, entry)
