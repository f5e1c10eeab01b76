"""The people of an organization, as its directory reads and writes them. Every function needs the gate's session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from psycopg import IntegrityError as Violation
from scim2_models import Meta
from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.identity.model.scim.errors import ScimError, no_user, taken
from andel.identity.model.scim.people import created, patched, replaced
from andel.identity.model.scim.queries import Wanted
from andel.identity.model.scim.resources import User
from andel.identity.service.people import deactivate, reactivate
from andel.identity.service.scim.directories import Directory
from andel.identity.service.scim.effects import settle_roles
from andel.identity.service.sessions import end_everywhere
from andel.identity.tables import PersonRow, ScimGroupMemberRow, ScimUserRow
from andel.identity.tables.people import Origin
from andel.shared.audit import Entry, append

_UNIQUE: Final = frozenset({"scim_user_user_name_key", "person_provider_id_subject_key", "scim_user_pkey"})
_OWN_COLUMNS: Final = frozenset({"schemas", "id", "meta", "userName", "externalId"})


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and how many there are in all."""

    total: int
    resources: Sequence[Any]


def find_users(session: Session, directory: Directory, wanted: Wanted) -> Page:
    """Return the people that a directory asks for, the oldest first."""
    asked = _theirs(directory)
    for name, held in wanted.equal.items():
        if name == "id":
            asked = asked.where(ScimUserRow.person_id == held)
        elif name == "user_name":
            asked = asked.where(func.lower(ScimUserRow.user_name) == func.lower(held))
        elif name == "external_id":
            asked = asked.where(ScimUserRow.external_id == held)
        else:
            asked = asked.where(ScimUserRow.resource["active"].as_boolean() == held)
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    rows = asked.order_by(ScimUserRow.created_at, ScimUserRow.person_id).offset(wanted.start - 1).limit(wanted.count)
    return Page(total, [_shown(row, directory) for row in session.scalars(rows)] if wanted.count else [])


def read_user(session: Session, directory: Directory, user_id: str) -> User:
    """Return one person.

    Raises:
        ScimError: not this directory's, or nobody's: the answer is the same.
    """
    return _shown(_row(session, directory, user_id), directory)


def create_user(session: Session, directory: Directory, data: Mapping[str, Any], now: datetime) -> User:
    """Take a person in. Whoever has signed in before under the same key is the same person.

    Raises:
        ScimError: it cannot be kept, or is there already.
    """
    user = created(data)
    key = directory.key_of(user_name=user.user_name or "", external_id=user.external_id)
    person = _known(session, directory, key) if key else None
    if person is None:
        person = PersonRow(organization_id=directory.organization_id, provider_id=directory.provider_id, subject=key)
    row = ScimUserRow(organization_id=directory.organization_id, version=1, created_at=now, changed_at=now)
    _write(row, user)

    def insert() -> None:
        session.add(person)
        session.flush()
        row.person_id = person.id
        session.add(row)
        session.flush()

    _once(session, directory, insert)
    _settle(session, directory, person, row, {}, now)
    return _shown(row, directory)


def replace_user(
    session: Session, directory: Directory, user_id: str, data: Mapping[str, Any], now: datetime, *, match: str = ""
) -> User:
    """Put what is sent in the place of what is kept of a person.

    Raises:
        ScimError: not theirs, changed meanwhile (``match`` is If-Match), or it cannot be kept.
    """
    return _change(session, directory, user_id, lambda before: replaced(before, data), now, match=match)


def patch_user(
    session: Session, directory: Directory, user_id: str, data: Mapping[str, Any], now: datetime, *, match: str = ""
) -> User:
    """Change a person here and there.

    Raises:
        ScimError: as for ``replace_user``.
    """
    return _change(session, directory, user_id, lambda before: patched(before, data), now, match=match)


def delete_user(session: Session, directory: Directory, user_id: str, now: datetime, *, match: str = "") -> None:
    """Shut a person out for good, withdraw what the directory gave, and forget what it told.

    The person stays, known by the provider's key: what they have done keeps its author, and they stay shut out.

    Raises:
        ScimError: not theirs, or changed meanwhile.
    """
    row = _row(session, directory, user_id, lock=True)
    check_version(row.version, match)
    person = session.get_one(PersonRow, row.person_id, with_for_update=True)
    before = _kept_of(row)
    _tell(session, directory, person, before, {})
    deactivate(session, person.id, origin=Origin.SCIM, now=now, by=directory.actor)
    session.execute(delete(ScimGroupMemberRow).where(ScimGroupMemberRow.person_id == person.id))
    session.execute(delete(ScimUserRow).where(ScimUserRow.person_id == person.id))
    settle_roles(session, directory, [person.id], now)


def check_version(version: int, match: str) -> None:
    """Refuse a change of something that is no longer as it was read.

    Raises:
        ScimError: no tag of ``match``, the If-Match header, is the version's.
    """
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in match.split(",")}
    if match and not tags & {"*", str(version)}:
        what = "It has been changed meanwhile."
        raise ScimError(what, status=HTTPStatus.PRECONDITION_FAILED, remedy="Read it again, and send the change anew.")


def tag_of(version: int) -> str:
    """Return the entity tag of a version. It is weak: the same resource can be written in several ways."""
    return f'W/"{version}"'


def _change(
    session: Session, directory: Directory, user_id: str, change: Callable[[User], User], now: datetime, *, match: str
) -> User:
    row = _row(session, directory, user_id, lock=True)
    check_version(row.version, match)
    person = session.get_one(PersonRow, row.person_id, with_for_update=True)
    before = _kept_of(row)
    after = change(_shown(row, directory))
    _write(row, after)
    if _kept_of(row) != before:
        row.version, row.changed_at = row.version + 1, now
    _settle(session, directory, person, row, before, now)
    return _shown(row, directory)


def _settle(
    session: Session,
    directory: Directory,
    person: PersonRow,
    row: ScimUserRow,
    before: Mapping[str, Any],
    now: datetime,
) -> None:
    """Let what is kept of somebody take effect: the key they sign in by, their name, whether they may, their roles."""
    after = _kept_of(row)
    key = directory.key_of(user_name=row.user_name, external_id=row.external_id)
    rekeyed = person.subject != key
    person.subject, person.display_name = key, _name_of(row)
    _once(session, directory, session.flush)
    if after != before:
        _tell(session, directory, person, before, after)
    if rekeyed:
        end_everywhere(session, person.id, by=directory.actor)  # whoever signed in by the old key may be somebody else
    if not after["active"]:
        deactivate(session, person.id, origin=Origin.SCIM, now=now, by=directory.actor)
    elif person.deactivated_by == Origin.SCIM.value:  # whom an administrator has shut out stays out
        reactivate(session, person.id, by=directory.actor)
    settle_roles(session, directory, [person.id], now)


def _once(session: Session, directory: Directory, write: Callable[[], None]) -> None:
    """Write, and tell a value that somebody else has already as such."""
    try:
        with session.begin_nested():
            write()
    except IntegrityError as error:
        violated = error.orig.diag.constraint_name if isinstance(error.orig, Violation) else None
        attribute = {"scim_user_user_name_key": "userName"}.get(str(violated), directory.scim_key)
        if violated in _UNIQUE:
            raise taken(attribute) from error
        raise


def _theirs(directory: Directory) -> Select[ScimUserRow]:
    return (
        select(ScimUserRow)
        .join(PersonRow, PersonRow.id == ScimUserRow.person_id)
        .where(ScimUserRow.organization_id == directory.organization_id, PersonRow.provider_id == directory.provider_id)
    )


def _row(session: Session, directory: Directory, user_id: str, *, lock: bool = False) -> ScimUserRow:
    try:
        asked = _theirs(directory).where(ScimUserRow.person_id == UUID(user_id))
    except ValueError as error:
        raise no_user() from error
    row = session.scalar(asked.with_for_update(of=ScimUserRow) if lock else asked)
    if row is None:
        raise no_user()
    return row


def _known(session: Session, directory: Directory, key: str) -> PersonRow | None:
    asked = select(PersonRow).where(PersonRow.provider_id == directory.provider_id, PersonRow.subject == key)
    return session.scalar(asked.with_for_update())


def _write(row: ScimUserRow, user: User) -> None:
    dumped = user.model_dump()
    row.user_name, row.external_id = dumped["userName"], dumped.get("externalId")
    row.resource = {name: held for name, held in dumped.items() if name not in _OWN_COLUMNS}


def _kept_of(row: ScimUserRow) -> dict[str, Any]:
    return {**row.resource, "userName": row.user_name, "externalId": row.external_id}


def _shown(row: ScimUserRow, directory: Directory) -> User:
    user = User.model_validate({"schemas": [str(User.__schema__)], **_kept_of(row)})
    user.id = str(row.person_id)
    user.meta = Meta(
        resource_type="User",
        created=row.created_at,
        last_modified=row.changed_at,
        version=tag_of(row.version),
        location=f"{directory.base}/Users/{row.person_id}",
    )
    return user


def _name_of(row: ScimUserRow) -> str | None:
    parts = row.resource.get("name") or {}
    whole = " ".join(part for part in (parts.get("givenName"), parts.get("familyName")) if part)
    return row.resource.get("displayName") or parts.get("formatted") or whole or None


def _event(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if before and after:
        return "scim_user.changed"
    return "scim_user.deleted" if before else "scim_user.created"


def _tell(
    session: Session, directory: Directory, person: PersonRow, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Write what changed into the audit chain: the names of attributes, and beside the chain their values."""
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    entry = Entry(
        event=_event(before, after),
        actor=directory.actor,
        subject=f"person:{person.id}",
        organization=directory.organization_id,
        details={"changed": changed},
        personal={person.id: {name: after.get(name) for name in changed}},
    )
    append(session, entry)
