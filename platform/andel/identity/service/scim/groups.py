"""The groups of an organization's directory. Every function needs the gate's session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import IntegrityError as Violation
from scim2_models import Meta, Reference
from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.identity.model.scim.errors import no_group, no_member, taken
from andel.identity.model.scim.groups import GroupChange, GroupState, created_group, patched_group
from andel.identity.model.scim.queries import Wanted
from andel.identity.model.scim.resources import Group, Member
from andel.identity.service.scim.directories import Directory
from andel.identity.service.scim.effects import among, settle_roles, tell_people
from andel.identity.service.scim.users import Page, check_version, tag_of
from andel.identity.tables import PersonRow, ScimGroupMemberRow, ScimGroupRow, ScimUserRow
from andel.shared.audit import Entry, append
from andel.shared.database import new_id

_NAME: Final = "displayName"


def find_groups(session: Session, directory: Directory, wanted: Wanted) -> Page:
    """Return the groups that a directory asks for, the oldest first."""
    asked = select(ScimGroupRow).where(ScimGroupRow.provider_id == directory.provider_id)
    for name, held in wanted.equal.items():
        if name == "id":
            asked = asked.where(ScimGroupRow.id == held)
        elif name == "display_name":
            asked = asked.where(func.lower(ScimGroupRow.display_name) == func.lower(held))
        else:
            asked = asked.where(ScimGroupRow.external_id == held)
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    rows = asked.order_by(ScimGroupRow.created_at, ScimGroupRow.id).offset(wanted.start - 1).limit(wanted.count)
    bare = wanted.leaves_out("members")
    found = session.scalars(rows).all() if wanted.count else []
    return Page(total, [_shown(session, row, directory, bare=bare) for row in found])


def read_group(session: Session, directory: Directory, group_id: str, *, bare: bool = False) -> Group:
    """Return one group; ``bare`` leaves out its members, who can be many.

    Raises:
        ScimError: not this directory's, or nobody's: the answer is the same.
    """
    return _shown(session, _row(session, directory, group_id), directory, bare=bare)


def create_group(session: Session, directory: Directory, data: Mapping[str, Any], now: datetime) -> Group:
    """Take a group in.

    Raises:
        ScimError: it cannot be kept, is there already, or a member is nobody.
    """
    change = created_group(data)
    row = ScimGroupRow(
        id=new_id(),
        organization_id=directory.organization_id,
        provider_id=directory.provider_id,
        display_name=change.display_name,
        external_id=change.external_id,
        version=1,
        created_at=now,
        changed_at=now,
    )

    def add() -> None:
        session.add(row)
        session.flush()

    _once(session, add)
    _tell(session, directory, row, "scim_group.created")
    moved = _move(session, directory, row, change)
    if {row.display_name, row.external_id} & directory.role_map.keys():
        settle_roles(session, directory, moved, now)
    return _shown(session, row, directory, bare=False)


def replace_group(
    session: Session, directory: Directory, group_id: str, data: Mapping[str, Any], now: datetime, *, match: str = ""
) -> Group:
    """Put what is sent in the place of a group, members and all.

    Raises:
        ScimError: not theirs, changed meanwhile (``match`` is If-Match), or it cannot be kept.
    """
    row = _change(session, directory, group_id, lambda _: created_group(data), now, match=match)
    return _shown(session, row, directory, bare=False)


def patch_group(
    session: Session, directory: Directory, group_id: str, data: Mapping[str, Any], now: datetime, *, match: str = ""
) -> Group:
    """Change a group here and there, and return it without its members.

    Raises:
        ScimError: as for ``replace_group``.
    """
    row = _change(session, directory, group_id, lambda before: patched_group(before, data), now, match=match)
    return _shown(session, row, directory, bare=True)


def delete_group(session: Session, directory: Directory, group_id: str, now: datetime, *, match: str = "") -> None:
    """Remove a group, and withdraw the roles that it gave.

    Raises:
        ScimError: not theirs, or changed meanwhile.
    """
    row = _row(session, directory, group_id, lock=True)
    check_version(row.version, match)
    members = _members(session, row)
    session.execute(delete(ScimGroupMemberRow).where(*_of(row)))
    session.delete(row)
    session.flush()
    _tell(session, directory, row, "scim_group.deleted")
    if {row.display_name, row.external_id} & directory.role_map.keys():
        settle_roles(session, directory, members, now)


def _change(
    session: Session,
    directory: Directory,
    group_id: str,
    change: Callable[[GroupState], GroupChange],
    now: datetime,
    *,
    match: str,
) -> ScimGroupRow:
    row = _row(session, directory, group_id, lock=True)
    check_version(row.version, match)
    before = GroupState(display_name=row.display_name, external_id=row.external_id)
    made = change(before)
    row.display_name, row.external_id = made.display_name, made.external_id
    _once(session, session.flush)
    renamed = before != GroupState(display_name=row.display_name, external_id=row.external_id)
    if renamed:
        _tell(session, directory, row, "scim_group.changed")
    moved = _move(session, directory, row, made)
    if moved or renamed:
        row.version, row.changed_at = row.version + 1, now
        session.flush()
    names = {before.display_name, before.external_id, row.display_name, row.external_id}
    if names & directory.role_map.keys():
        settle_roles(session, directory, moved | _members(session, row) if renamed else moved, now)
    return row


def _move(session: Session, directory: Directory, row: ScimGroupRow, change: GroupChange) -> frozenset[UUID]:
    """Let people come and go, and return who did: whoever is there already, or was never there, is none of them."""
    gone = _members(session, row) - change.added if change.only else change.removed
    removed = session.scalars(
        delete(ScimGroupMemberRow)
        .where(*_of(row), among(ScimGroupMemberRow.person_id, gone))
        .returning(ScimGroupMemberRow.person_id)
    ).all()
    added = _add(session, directory, row, change.added) if change.added else ()
    for event, people in (("scim_group.members_added", added), ("scim_group.members_removed", removed)):
        tell_people(session, directory, event, people, subject=f"scim_group:{row.id}")
    return frozenset(added) | frozenset(removed)


def _add(session: Session, directory: Directory, row: ScimGroupRow, people: frozenset[UUID]) -> Sequence[UUID]:
    theirs = (
        select(literal(row.organization_id), literal(row.id), ScimUserRow.person_id)
        .join(PersonRow, PersonRow.id == ScimUserRow.person_id)
        .where(
            ScimUserRow.organization_id == directory.organization_id,
            PersonRow.provider_id == directory.provider_id,
            among(ScimUserRow.person_id, people),
        )
    )
    if session.scalar(select(func.count()).select_from(theirs.subquery())) != len(people):
        raise no_member()
    columns = ["organization_id", "group_id", "person_id"]
    adding = insert(ScimGroupMemberRow).from_select(columns, theirs).on_conflict_do_nothing()
    return session.scalars(adding.returning(ScimGroupMemberRow.person_id)).all()


def _once(session: Session, write: Callable[[], object]) -> None:
    """Write, and tell a name that another group has already as such."""
    try:
        with session.begin_nested():
            write()
    except IntegrityError as error:
        if isinstance(error.orig, Violation) and error.orig.diag.constraint_name == "scim_group_display_name_key":
            raise taken(_NAME) from error
        raise


def _row(session: Session, directory: Directory, group_id: str, *, lock: bool = False) -> ScimGroupRow:
    try:
        asked = select(ScimGroupRow).where(
            ScimGroupRow.id == UUID(group_id),
            ScimGroupRow.organization_id == directory.organization_id,
            ScimGroupRow.provider_id == directory.provider_id,
        )
    except ValueError as error:
        raise no_group() from error
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise no_group()
    return row


def _of(row: ScimGroupRow) -> tuple[ColumnElement[bool], ...]:
    return ScimGroupMemberRow.organization_id == row.organization_id, ScimGroupMemberRow.group_id == row.id


def _members(session: Session, row: ScimGroupRow) -> frozenset[UUID]:
    return frozenset(session.scalars(select(ScimGroupMemberRow.person_id).where(*_of(row))))


def _shown(session: Session, row: ScimGroupRow, directory: Directory, *, bare: bool) -> Group:
    people = () if bare else sorted(_members(session, row))
    return Group(
        id=str(row.id),
        external_id=row.external_id,
        display_name=row.display_name,
        members=[_member(directory, person) for person in people] or None,
        meta=Meta(
            resource_type="Group",
            created=row.created_at,
            last_modified=row.changed_at,
            version=tag_of(row.version),
            location=f"{directory.base}/Groups/{row.id}",
        ),
    )


def _member(directory: Directory, person: UUID) -> Member:
    return Member(value=str(person), ref=Reference(f"{directory.base}/Users/{person}"), type="User")


def _tell(session: Session, directory: Directory, row: ScimGroupRow, event: str) -> None:
    entry = Entry(
        event=event,
        actor=directory.actor,
        subject=f"scim_group:{row.id}",
        organization=directory.organization_id,
        details={"display_name": row.display_name, "external_id": row.external_id},
    )
    append(session, entry)
