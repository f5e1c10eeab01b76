"""People and what they are in which organization. Every change is written in the audit chain.

Everything here takes a session of ``gate_transaction``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from andel.identity.model.errors import IdentityError
from andel.identity.model.roles import Role
from andel.identity.service.sessions import end_everywhere
from andel.identity.tables import MembershipRow, PersonRow, ScimUserRow
from andel.identity.tables.people import Origin
from andel.identity.tables.provisioning import ScimGroupMemberRow
from andel.sdk.text import Text
from andel.shared.audit import Actor, Entry, append
from andel.shared.clock import swedish_day


@dataclass(frozen=True, slots=True, order=True)
class Employment:
    """A role in an organization."""

    organization: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An employment that somebody has now, and who says so."""

    id: UUID
    employment: Employment
    origin: Origin
    valid_from: date


def find_person(session: Session, provider: UUID, subject: str) -> PersonRow | None:
    """Return whom a provider knows by its key."""
    known = select(PersonRow).where(PersonRow.provider_id == provider, PersonRow.subject == subject)
    return session.scalars(known).one_or_none()


def ensure_person(session: Session, organization: UUID, provider: UUID, subject: str, name: str, by: Actor) -> UUID:
    """Return the id of whom a provider knows by its key; they are added when they are new, under a random id.

    Args:
        session: of the gate.
        organization: whose provider it is.
        provider: where they sign in.
        subject: the value of the provider's key claim.
        name: what they are called, empty when it says nothing; a name that changed is kept.
        by: who adds them: the provider's sign-in, or its directory.
    """
    new = {
        "id": uuid4(),
        "organization_id": organization,
        "provider_id": provider,
        "subject": subject,
        "display_name": name or None,
    }
    adding = insert(PersonRow).values(new).on_conflict_do_nothing().returning(PersonRow.id)
    added: UUID | None = session.scalar(adding)
    if added is not None:
        _note(session, "person.added", by, added, organization=organization)
        return added
    named = PersonRow.provider_id == provider, PersonRow.subject == subject
    found = session.execute(select(PersonRow.id, PersonRow.display_name).where(*named)).one()
    if name and found.display_name != name:
        session.execute(update(PersonRow).where(*named).values(display_name=name))
    known: UUID = found.id
    return known


def memberships(session: Session, person: UUID, today: date) -> tuple[Membership, ...]:
    """Return what somebody is today, the oldest first."""
    return tuple(
        Membership(
            id=row.id,
            employment=Employment(row.organization_id, Role(row.role)),
            origin=Origin(row.source),
            valid_from=row.valid_from,
        )
        for row in session.scalars(_current(person, today).order_by(MembershipRow.valid_from, MembershipRow.id))
    )


def give(session: Session, person: UUID, employment: Employment, *, origin: Origin, today: date, by: Actor) -> UUID:
    """Let somebody be something in an organization from today on, and return the membership's id.

    The database refuses a role of the region's staff outside the region, and an organization that whoever vouches
    for the person does not reach. Nothing happens when they are it already.
    """
    for known in memberships(session, person, today):
        if known.employment == employment:
            return known.id
    row = MembershipRow(
        organization_id=employment.organization,
        person_id=person,
        role=employment.role.value,
        source=origin.value,
        valid_from=today,
    )
    session.add(row)
    session.flush()
    _note(session, "membership.given", by, person, organization=employment.organization, role=employment.role.value)
    return row.id


def end(session: Session, person: UUID, membership: Membership, *, today: date, by: Actor) -> None:
    """Let somebody no longer be something, at once: sessions that stand on it end with it. What was stays known."""
    closed = update(MembershipRow).where(MembershipRow.id == membership.id).values(superseded_at=func.now())
    session.execute(closed)
    employment = membership.employment
    if membership.valid_from < today:
        past = MembershipRow(
            organization_id=employment.organization,
            person_id=person,
            role=employment.role.value,
            source=membership.origin.value,
            valid_from=membership.valid_from,
            valid_to=today,
        )
        session.add(past)
        session.flush()
    _note(session, "membership.ended", by, person, organization=employment.organization, role=employment.role.value)


def replace(
    session: Session, person: UUID, wanted: Collection[Employment], *, origin: Origin, today: date, by: Actor
) -> tuple[Membership, ...]:
    """Let somebody be exactly what one origin says, and what others say besides; return all they are then.

    What is unchanged keeps its id, so that sessions go on.
    """
    before = memberships(session, person, today)
    for known in before:
        if known.origin is origin and known.employment not in wanted:
            end(session, person, known, today=today, by=by)
    for employment in sorted(set(wanted)):
        give(session, person, employment, origin=origin, today=today, by=by)
    return memberships(session, person, today)


def deactivate(session: Session, person: UUID, *, origin: Origin, now: datetime, by: Actor) -> bool:
    """Shut somebody out at once: their sessions end, and signing in does not let them in again.

    Returns:
        Whether they were let in until now.
    """
    shut = (
        update(PersonRow)
        .where(PersonRow.id == person, PersonRow.deactivated_at.is_(None))
        .values(deactivated_at=now, deactivated_by=origin.value)
        .returning(PersonRow.organization_id)
    )
    organization = session.scalar(shut)
    if organization is None:
        return False
    end_everywhere(session, person, by=by)
    _note(session, "person.deactivated", by, person, organization=organization)
    return True


def reactivate(session: Session, person: UUID, *, by: Actor) -> bool:
    """Let somebody in again who was shut out, and return whether they were."""
    let = (
        update(PersonRow)
        .where(PersonRow.id == person, PersonRow.deactivated_at.is_not(None), PersonRow.erased_at.is_(None))
        .values(deactivated_at=None, deactivated_by=None)
        .returning(PersonRow.organization_id)
    )
    organization = session.scalar(let)
    if organization is not None:
        _note(session, "person.reactivated", by, person, organization=organization)
    return organization is not None


def erase(session: Session, person: UUID, *, decision: str, now: datetime, by: Actor) -> None:
    """Erase what is known of somebody, also what the audit chain tells of them. Their random id stays.

    Args:
        session: of the gate.
        person: who.
        decision: the disposal decision that it follows from: number and paragraph.
        now: the moment.
        by: who does it.

    Raises:
        IdentityError: no decision is named, or there is no such person.
    """
    if not decision.strip():
        what = Text("Gallringsbeslutet saknas.", "The disposal decision is missing.")
        raise IdentityError(what, remedy=Text("Ange diarienummer och paragraf.", "Give its number and paragraph."))
    deactivate(session, person, origin=Origin.MANUAL, now=now, by=by)
    session.execute(delete(ScimGroupMemberRow).where(ScimGroupMemberRow.person_id == person))
    session.execute(delete(ScimUserRow).where(ScimUserRow.person_id == person))
    erased = (
        update(PersonRow)
        .where(PersonRow.id == person)
        .values(subject=None, display_name=None, erased_at=now)
        .returning(PersonRow.organization_id)
    )
    organization = session.scalar(erased)
    if organization is None:
        what = Text("Personen finns inte.", "There is no such person.")
        raise IdentityError(what, where=str(person))
    for known in memberships(session, person, swedish_day(now)):
        end(session, person, known, today=swedish_day(now), by=by)
    session.execute(text("SELECT audit_erase(:person)"), {"person": person})
    _note(session, "person.erased", by, person, organization=organization, decision=decision)


def _current(person: UUID, today: date) -> Select[MembershipRow]:
    lasting = or_(MembershipRow.valid_to.is_(None), MembershipRow.valid_to > today)
    own = select(MembershipRow).where(MembershipRow.person_id == person, MembershipRow.superseded_at.is_(None))
    return own.where(MembershipRow.valid_from <= today, lasting)


def _note(session: Session, event: str, by: Actor, person: UUID, *, organization: UUID, **details: str) -> None:
    append(
        session,
        Entry(event=event, actor=by, subject=f"person:{person}", organization=organization, details=details),
    )
