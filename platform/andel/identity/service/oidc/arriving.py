"""Letting somebody in whom a provider vouches for: who they are, what they are today, and a session of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.identity.model.oidc.answers import Attempt
from andel.identity.model.oidc.granting import Grant, grants
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.refusals import Reason
from andel.identity.model.roles import REGIONAL
from andel.identity.model.signed_in import Token
from andel.identity.service import people, sessions
from andel.identity.service.oidc.relying import Identity
from andel.identity.tables import PersonRow
from andel.identity.tables.people import Origin
from andel.parties.tables import OrganizationRow, ProfileRow
from andel.shared.audit import Actor, ActorKind
from andel.shared.clock import swedish_day
from andel.shared.secretbox import SecretBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What the browser showed when it came back: its session, if it has one, and what it says it is."""

    token: Token | None = None
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A session that has begun, or was proved anew. ``employments``: how many the person can choose among."""

    token: Token
    person: UUID
    employments: int


def arrive(
    session: Session, provider: Provider, identity: Identity, browser: Browser, *, box: SecretBox, now: datetime
) -> Arrived | Reason:
    """Let somebody in, with what their provider says today; or return why not.

    A person whom provisioning or an administrator shut out stays shut out. What the provider no longer says that
    somebody is, they are no longer, also when nothing is left and they are refused. Somebody new without a role
    leaves nothing behind.
    """
    by = Actor(ActorKind.SYSTEM, f"identity_provider:{provider.id}")
    today = swedish_day(now)
    known = _locked(session, provider, identity.key)
    if known is not None and known.deactivated_at is not None:
        return Reason.PERSON_INACTIVE
    wanted = employments(session, provider, grants(provider.role_map, identity.roles))
    if known is None and not wanted:
        return Reason.NO_ROLE
    person = people.ensure_person(session, provider.organization, provider.id, identity.key, identity.name, by)
    current = people.replace(session, person, wanted, origin=Origin.OIDC, today=today, by=by)
    if not current:
        return Reason.NO_ROLE
    chosen = current[0]
    arrival = sessions.Arrival(
        person=person,
        membership=chosen.id,
        organization=chosen.employment.organization,
        authenticated_at=_moment(identity, now),
        provider=provider.id,
        provider_sid=identity.sid or None,
        provider_subject=identity.subject,
        id_token=box.seal(identity.id_token, purpose=id_token_purpose(provider.id)),
        acr=identity.acr,
        user_agent=browser.user_agent,
    )
    token = sessions.start(session, arrival, now=now, replaces=browser.token)
    return Arrived(token=token, person=person, employments=len(current))


def prove(
    session: Session, provider: Provider, attempt: Attempt, identity: Identity, browser: Browser, *, now: datetime
) -> Arrived | Reason:
    """Note that the person of a session was proved anew; or return why not: it must be the same person."""
    known = _locked(session, provider, identity.key)
    if known is None or attempt.person != known.id or browser.token is None:
        return Reason.PERSON_OTHER
    if known.deactivated_at is not None:
        return Reason.PERSON_INACTIVE
    who = sessions.look_up(session.connection(), browser.token, now)
    if who is None or who.person != known.id:
        return Reason.PERSON_OTHER
    token = sessions.step_up(
        session, browser.token, known.id, acr=identity.acr, authenticated_at=_moment(identity, now), now=now
    )
    return Arrived(token=token, person=known.id, employments=1)


def employments(session: Session, provider: Provider, given: tuple[Grant, ...]) -> tuple[people.Employment, ...]:
    """Return what grants mean here. What the provider's organization may not give is left out.

    A provider gives roles in its own organization and its districts; that of the region in every organization. Roles
    of the region's staff are those of the region alone.
    """
    region = session.scalar(select(ProfileRow.organization_id))
    rows = session.execute(select(OrganizationRow.id, OrganizationRow.key, OrganizationRow.authority_id)).all()
    reached = {row.key: row.id for row in rows if provider.organization in {row.id, row.authority_id, region}}
    reached[""] = provider.organization
    return tuple(
        people.Employment(reached[grant.organization], grant.role)
        for grant in given
        if grant.organization in reached and (grant.role not in REGIONAL or reached[grant.organization] == region)
    )


def id_token_purpose(provider: UUID) -> str:
    """Return what an ID token that is kept for the logout is sealed for."""
    return f"id-token:{provider}"


def _locked(session: Session, provider: Provider, key: str) -> PersonRow | None:
    """Return whom the provider knows by its key; nobody can shut them out until the transaction ends."""
    named = select(PersonRow).where(PersonRow.provider_id == provider.id, PersonRow.subject == key)
    return session.scalars(named.with_for_update()).one_or_none()


def _moment(identity: Identity, now: datetime) -> datetime:
    """Return when the provider saw the person, never later than now: its clock may be ahead of ours."""
    return min(datetime.fromtimestamp(identity.authenticated_at, UTC), now)
