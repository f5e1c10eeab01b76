"""Sessions: begun at sign-in, found again with each request, ended by whoever has a reason to.

Everything but ``signed_in_transaction`` takes a session of ``gate_transaction``. The clock is the caller's.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    delete,
    insert,
    text,
    update,
)
from sqlalchemy.orm import Session

from andel.identity.model.errors import ForbiddenError, SignInNeededError
from andel.identity.model.roles import REGIONAL, Role
from andel.identity.model.signed_in import ABSOLUTE, IDLE, TOUCH, SignedIn, Token
from andel.identity.model.user_agents import summary_of
from andel.identity.tables import PersonRow, SignInAttemptRow, WebSessionRow
from andel.sdk.text import Text as Words
from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.shared.clock import swedish_day
from andel.shared.database import Viewer, admitted_transaction

_CURRENT: Final = "superseded_at IS NULL AND valid_from <= :today AND coalesce(valid_to > :today, true)"
_ALIVE: Final = "expires_at > :now AND seen_at > :idle"

_LOOK_UP: Final = text(
    f"""
    WITH found AS MATERIALIZED (SELECT * FROM web_session WHERE token_hash = :digest AND {_ALIVE}),
    touched AS (
        UPDATE web_session SET seen_at = :now WHERE token_hash IN (
            SELECT token_hash FROM web_session
            WHERE token_hash = :digest AND {_ALIVE} AND seen_at < :stale FOR UPDATE SKIP LOCKED
        )
    )
    SELECT found.person_id AS person, found.membership_id AS membership, found.provider_id AS provider,
        found.acr, found.authenticated_at, found.csrf_secret,
        m.role, o.id AS organization, o.key AS organization_key, o.name AS organization_name,
        coalesce(p.display_name, '') AS display_name, coalesce(i.step_up_acr, '{{}}') AS step_up_acr,
        ARRAY(
            SELECT id FROM organization WHERE authority_id = o.id
            UNION SELECT for_id FROM acting_for WHERE organization_id = o.id AND {_CURRENT}
        ) AS others,
        (SELECT count(*) FROM membership WHERE person_id = found.person_id AND {_CURRENT}) AS employments
    FROM found
        JOIN (SELECT * FROM membership WHERE {_CURRENT}) AS m ON m.id = found.membership_id
        JOIN person p ON p.id = found.person_id AND p.deactivated_at IS NULL AND p.erased_at IS NULL
        JOIN organization o ON o.id = m.organization_id
        LEFT JOIN identity_provider i ON i.id = found.provider_id
        CROSS JOIN profile
    WHERE coalesce(i.enabled, true) AND (m.role <> ALL (:regional) OR profile.organization_id = o.id)
    """  # noqa: S608  (conditions of our own)
)
_MOVE: Final = text(
    f"""
    UPDATE web_session AS s SET token_hash = :new, csrf_secret = :secret, seen_at = :now,
        membership_id = coalesce(:membership, membership_id),
        acr = coalesce(:acr, acr), authenticated_at = coalesce(:authenticated_at, authenticated_at)
    WHERE token_hash = :digest AND person_id = coalesce(:person, person_id) AND {_ALIVE}
        AND EXISTS (
            SELECT FROM membership
            WHERE id = coalesce(:membership, s.membership_id) AND person_id = s.person_id AND {_CURRENT}
        )
    RETURNING person_id, membership_id
    """  # noqa: S608  (conditions of our own)
).bindparams(
    bindparam("membership", type_=Uuid()),
    bindparam("person", type_=Uuid()),
    bindparam("acr", type_=Text()),
    bindparam("new", type_=LargeBinary()),
    bindparam("secret", type_=LargeBinary()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody whom a provider has just vouched for, as one of their memberships.

    ``id_token`` is sealed already, for a logout at the provider.
    """

    person: UUID
    membership: UUID
    organization: UUID
    authenticated_at: datetime
    provider: UUID | None = None
    provider_sid: str | None = None
    provider_subject: str | None = None
    id_token: bytes | None = field(default=None, repr=False)
    acr: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A session that has ended: whose it was, and what a logout at the provider needs."""

    person: UUID
    provider: UUID | None
    id_token: bytes | None = field(repr=False)


@contextmanager
def signed_in_transaction(
    engine: Engine,
    token: Token | None,
    now: datetime,
    *,
    writing: bool = False,
    check: Callable[[SignedIn], None] = lambda _: None,
) -> Iterator[tuple[Session, SignedIn]]:
    """Find out who makes a request and run the rest of the same transaction as what they may see.

    Args:
        engine: the region's.
        token: what the cookie holds.
        now: the moment of the request.
        writing: whether the request may change anything; an auditor's never does.
        check: raises when whoever is there may not do what was asked, before anything of the region was seen.

    Raises:
        SignInNeededError: there is no such session, or it or what it stands on has ended.
        RegionUnavailableError, RegionBehindError: the region's database is gone, or lags.
    """

    def admit(connection: Connection) -> tuple[Viewer, SignedIn]:
        found = look_up(connection, token, now)
        if found is None:
            raise SignInNeededError.now()
        check(found)
        return viewer_of(found, writing=writing), found

    with admitted_transaction(engine, admit) as entered:
        yield entered


def look_up(connection: Connection, token: Token | None, now: datetime) -> SignedIn | None:
    """Return who is signed in with a token, with all their rights, in one statement; None when nobody is.

    A session that was heard of is written down at most once a minute, and no request waits for another to do it.
    """
    if token is None:
        return None
    parameters = _moments(now) | {"digest": token.digest, "stale": now - TOUCH, "regional": list(REGIONAL)}
    row = connection.execute(_LOOK_UP, parameters).mappings().one_or_none()
    if row is None:
        return None
    values = dict(row)
    others = values.pop("others")
    values |= {"role": Role(row["role"]), "step_up_acr": tuple(row["step_up_acr"])}
    return SignedIn(**values, organizations=(row["organization"], *sorted(others)))


def viewer_of(who: SignedIn, *, writing: bool) -> Viewer:
    """Return what a signed-in person sees of the region: the region's roles everything, the others their own.

    An auditor and an operator read only, whatever the request.
    """
    if who.role in REGIONAL or who.role is Role.OPERATOR:
        return Viewer.staff(read_only=not writing or who.role in {Role.AUDITOR, Role.OPERATOR})
    return Viewer.member(*who.organizations, read_only=not writing)


def start(session: Session, arrival: Arrival, *, now: datetime, replaces: Token | None = None) -> Token:
    """Begin a session and return its token, for the cookie.

    Args:
        session: of the gate.
        arrival: who arrives.
        now: the moment; the session ends ten hours later.
        replaces: the token that the browser showed before; its session ends, so that none is ever taken over.
    """
    if replaces is not None:
        session.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == replaces.digest))
    token = Token.new()
    values = {
        "token_hash": token.digest,
        "person_id": arrival.person,
        "membership_id": arrival.membership,
        "provider_id": arrival.provider,
        "provider_sid": arrival.provider_sid,
        "provider_subject": arrival.provider_subject,
        "id_token": arrival.id_token,
        "csrf_secret": secrets.token_bytes(32),
        "acr": arrival.acr,
        "authenticated_at": arrival.authenticated_at,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + ABSOLUTE,
        "user_agent": summary_of(arrival.user_agent),
    }
    session.execute(insert(WebSessionRow).values(values))
    session.execute(update(PersonRow).where(PersonRow.id == arrival.person).values(signed_in_at=now))
    details = {"acr": arrival.acr, "membership": str(arrival.membership), "provider": str(arrival.provider or "")}
    _note(session, "person.signed_in", arrival.person, organization=arrival.organization, details=details)
    return token


def switch(session: Session, token: Token, membership: UUID, *, now: datetime) -> Token:
    """Go on as another membership of the same person, under a new token; the session ends when it would have.

    Raises:
        ForbiddenError: the membership is not theirs, or not any more, or the session has ended.
    """
    return _move(session, token, now, "session.switched", membership=membership)


def step_up(
    session: Session, token: Token, person: UUID, *, acr: str, authenticated_at: datetime, now: datetime
) -> Token:
    """Note that the person has been proved anew, under a new token.

    Raises:
        ForbiddenError: the provider vouched for somebody else than the session's person, or the session has ended.
    """
    return _move(session, token, now, "session.stepped_up", person=person, acr=acr, authenticated_at=authenticated_at)


def end(session: Session, token: Token) -> Ended | None:
    """End a session: somebody signs out. None when there was none."""
    ended = _ended(session, WebSessionRow.token_hash == token.digest)
    for one in ended:
        _note(session, "person.signed_out", one.person)
    return ended[0] if ended else None


def end_everywhere(session: Session, person: UUID, *, by: Actor | None = None) -> int:
    """End every session of a person, and return how many there were."""
    count = len(_ended(session, WebSessionRow.person_id == person))
    _note(session, "person.signed_out_everywhere", person, by=by, details={"sessions": count})
    return count


def end_by_provider(session: Session, provider: UUID, *, sid: str | None = None, subject: str | None = None) -> int:
    """End what a provider's logout names: one of its sessions, or all of one subject; return how many there were.

    Raises:
        ValueError: it names neither.
    """
    if not sid and not subject:
        message = "A logout names a session or a subject."
        raise ValueError(message)
    named = [WebSessionRow.provider_id == provider]
    if sid:
        named.append(WebSessionRow.provider_sid == sid)
    if subject:
        named.append(WebSessionRow.provider_subject == subject)
    ended = _ended(session, *named)
    for person in {one.person for one in ended}:
        _note(session, "person.signed_out_by_provider", person, details={"provider": str(provider)})
    return len(ended)


def purge(session: Session, now: datetime) -> int:
    """Remove sessions and attempts that have ended by themselves, and return how many."""
    dead = (WebSessionRow.expires_at <= now) | (WebSessionRow.seen_at <= now - IDLE)
    sessions: CursorResult[Any] = session.connection().execute(delete(WebSessionRow).where(dead))
    late = SignInAttemptRow.expires_at <= now
    attempts: CursorResult[Any] = session.connection().execute(delete(SignInAttemptRow).where(late))
    return sessions.rowcount + attempts.rowcount


def _move(session: Session, token: Token, now: datetime, event: str, **changed: object) -> Token:
    fresh = Token.new()
    unchanged = dict.fromkeys(("membership", "person", "acr", "authenticated_at"))
    parameters = unchanged | changed | {"new": fresh.digest, "secret": secrets.token_bytes(32), "digest": token.digest}
    row = session.execute(_MOVE, parameters | _moments(now)).one_or_none()
    if row is None:
        what = Words("Inloggningen kan inte ändras så.", "The sign-in cannot be changed so.")
        raise ForbiddenError(what, remedy=Words("Logga in på nytt.", "Sign in again."))
    _note(session, event, row.person_id, details={"membership": str(row.membership_id)})
    return fresh


def _ended(session: Session, *named: Any) -> list[Ended]:  # noqa: ANN401  (conditions of SQLAlchemy)
    removed = delete(WebSessionRow).where(*named)
    returned = removed.returning(WebSessionRow.person_id, WebSessionRow.provider_id, WebSessionRow.id_token)
    return [
        Ended(person=row.person_id, provider=row.provider_id, id_token=row.id_token)
        for row in session.execute(returned)
    ]


def _note(
    session: Session,
    event: str,
    person: UUID,
    *,
    by: Actor | None = None,
    organization: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    actor = by or Actor(ActorKind.PERSON, str(person))
    entry = Entry(
        event=event, actor=actor, subject=f"person:{person}", organization=organization, details=details or {}
    )
    append(session, entry)


def _moments(now: datetime) -> dict[str, object]:
    return {"now": now, "idle": now - IDLE, "today": swedish_day(now)}
