"""Operators of the instance: who they are, what they are let into for a while, and that every read is written down.

Whoever operates the instance has no access to any region's data. A grant names one region, a reason and a time at
which it ends, and stands in that region's own log before it holds. Each request under it is written there before
anything is read, in a transaction of its own: what fails afterwards has been written down all the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, delete, insert, select, text, update
from sqlalchemy.orm import Session

from andel.identity.model.errors import ForbiddenError, IdentityError, SignInNeededError
from andel.identity.model.roles import Role
from andel.identity.model.signed_in import ABSOLUTE, IDLE, TOUCH, SignedIn, Token
from andel.identity.model.user_agents import summary_of
from andel.identity.tables import OperatorGrantRow, OperatorRow, OperatorSessionRow
from andel.parties.tables import OrganizationRow, ProfileRow
from andel.sdk.text import Text
from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow
from andel.shared.database import Viewer, control_transaction, gate_transaction, new_id, region_transaction

LONGEST: Final = timedelta(hours=24)
"""How long a grant may last at most; the database refuses a longer one too."""

SHORTEST_REASON: Final = 10
"""How many characters a reason has at least."""

_LOOK_UP: Final = text(
    """
    WITH touched AS (
        UPDATE operator_session SET seen_at = :now WHERE token_hash IN (
            SELECT token_hash FROM operator_session
            WHERE token_hash = :digest AND expires_at > :now AND seen_at > :idle AND seen_at < :stale
            FOR UPDATE SKIP LOCKED
        )
    )
    SELECT s.operator_id, s.csrf_secret, s.acr, s.authenticated_at, coalesce(o.display_name, '') AS display_name,
        (SELECT id FROM operator_grant
         WHERE operator_id = o.id AND tenant = :tenant AND granted_at <= :now AND until > :now AND ended_at IS NULL
         ORDER BY until DESC LIMIT 1) AS grant_id
    FROM operator_session s JOIN operator o ON o.id = s.operator_id AND o.deactivated_at IS NULL
    WHERE s.token_hash = :digest AND s.expires_at > :now AND s.seen_at > :idle
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an operator asks to be let into.

    Attributes:
        operator: who.
        tenant: the region's key.
        reason: why, in words that the region reads.
        until: when it ends.
        granted_by: the operator who lets them; their own id when they let themselves, which the region sees.
    """

    operator: UUID
    tenant: str
    reason: str
    until: datetime
    granted_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAct:
    """What an operator did in a region, as the region reads it."""

    at: datetime
    event: str
    operator: UUID
    content: str


def add_operator(session: Session, issuer: str, subject: str, name: str = "") -> UUID:
    """Add an operator, known by the instance's provider and its key, in a transaction of the control database."""
    known = session.scalar(select(OperatorRow.id).where(OperatorRow.issuer == issuer, OperatorRow.subject == subject))
    if known is not None:
        return known
    made = uuid4()
    values = {"id": made, "issuer": issuer, "subject": subject, "display_name": name or None}
    session.execute(insert(OperatorRow).values(values))
    return made


def start(
    session: Session, operator: UUID, *, authenticated_at: datetime, now: datetime, acr: str = "", user_agent: str = ""
) -> Token:
    """Begin an operator's session, in a transaction of the control database, and return its token."""
    token = Token.new()
    values = {
        "token_hash": token.digest,
        "operator_id": operator,
        "csrf_secret": secrets.token_bytes(32),
        "acr": acr,
        "authenticated_at": authenticated_at,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + ABSOLUTE,
        "user_agent": summary_of(user_agent),
    }
    session.execute(insert(OperatorSessionRow).values(values))
    return token


def end(session: Session, token: Token) -> None:
    """End an operator's session, in a transaction of the control database."""
    session.execute(delete(OperatorSessionRow).where(OperatorSessionRow.token_hash == token.digest))


def give_access(control: Engine, region: Engine, access: Access, *, now: datetime) -> UUID:
    """Let an operator into a region for a while and return the grant's id. The region's log has it first.

    Raises:
        IdentityError: there is no reason, the time is too long or over, or one of the operators is not active.
    """
    _check(access, now)
    with control_transaction(control) as session:
        active = select(OperatorRow.id).where(OperatorRow.deactivated_at.is_(None))
        if not {access.operator, access.granted_by} <= set(session.scalars(active)):
            what = Text("Operatören är inte verksam.", "The operator is not active.")
            raise IdentityError(what, where=str(access.operator))
    grant = new_id()
    details = {
        "granted_by": str(access.granted_by),
        "operator": str(access.operator),
        "reason": access.reason.strip(),
        "until": access.until.isoformat(),
    }
    _note(region, "operator.access_given", access.granted_by, grant, details)
    values = {
        "id": grant,
        "operator_id": access.operator,
        "tenant": access.tenant,
        "reason": access.reason.strip(),
        "granted_by": access.granted_by,
        "granted_at": now,
        "until": access.until,
    }
    with control_transaction(control) as session:
        session.execute(insert(OperatorGrantRow).values(values))
    return grant


def end_access(control: Engine, region: Engine, grant: UUID, *, by: UUID, now: datetime) -> bool:
    """End a grant before its time, at once, and return whether it was still open."""
    closing = (
        update(OperatorGrantRow)
        .where(OperatorGrantRow.id == grant, OperatorGrantRow.ended_at.is_(None))
        .values(ended_at=now)
        .returning(OperatorGrantRow.operator_id)
    )
    with control_transaction(control) as session:
        operator = session.scalar(closing)
    if operator is None:
        return False
    _note(region, "operator.access_ended", by, grant, {"operator": str(operator)})
    return True


def open_grants(session: Session, now: datetime) -> tuple[OperatorGrantRow, ...]:
    """Return the grants that hold now, those that end first first, in a transaction of the control database."""
    holding = OperatorGrantRow.ended_at.is_(None), OperatorGrantRow.until > now
    return tuple(session.scalars(select(OperatorGrantRow).where(*holding).order_by(OperatorGrantRow.until)))


def tenant_of(session: Session, grant: UUID) -> str:
    """Return the key of the region that a grant is for, in a transaction of the control database.

    Raises:
        IdentityError: there is no such grant.
    """
    tenant = session.scalar(select(OperatorGrantRow.tenant).where(OperatorGrantRow.id == grant))
    if tenant is None:
        what = Text("Åtkomsten finns inte.", "There is no such grant.")
        raise IdentityError(what, where=str(grant))
    return tenant


@contextmanager
def granted_transaction(  # noqa: PLR0913  (two databases, and the request)
    control: Engine,
    region: Engine,
    token: Token | None,
    tenant: str,
    *,
    what: str,
    now: datetime,
    check: Callable[[SignedIn], None] = lambda _: None,
) -> Iterator[tuple[Session, SignedIn]]:
    """Write down what an operator is about to read, then run one transaction in which they read the region.

    Args:
        control: the engine of the control database.
        region: the region's.
        token: what the operator's cookie holds.
        tenant: the region's key.
        what: the request, as the region reads it in its log: method and path, and nothing that names a person.
        now: the moment of the request.
        check: raises when an operator may not do what was asked.

    Raises:
        SignInNeededError: no operator is signed in.
        ForbiddenError: they have no grant for this region, or it has ended.
    """
    with control_transaction(control) as session:
        found = None if token is None else _look_up(session, token, tenant, now)
    if found is None:
        raise SignInNeededError.now()
    if found.grant_id is None:
        what_is_missing = Text(
            "Du har ingen åtkomst till regionens uppgifter just nu.",
            "You have no access to the region's data at the moment.",
        )
        remedy = Text("Begär åtkomst med skäl och sluttid.", "Ask for access, with a reason and a time it ends.")
        raise ForbiddenError(what_is_missing, where=tenant, remedy=remedy)
    with region_transaction(region, Viewer.staff(read_only=True)) as session:
        who = _signed_in(session, found)
    check(who)
    _note(region, "operator.read", found.operator_id, found.grant_id, {"request": what})
    with region_transaction(region, Viewer.staff(read_only=True)) as session:
        yield session, who


def acts(session: Session, *, most: int = 200) -> tuple[OperatorAct, ...]:
    """Return what operators did in the region, the last first, in a transaction of its staff."""
    chained = (
        select(AuditLinkRow.at, AuditEntryRow.event, AuditEntryRow.actor, AuditEntryRow.content)
        .join(AuditEntryRow, AuditEntryRow.id == AuditLinkRow.entry_id)
        .where(AuditEntryRow.event.in_(("operator.access_given", "operator.access_ended", "operator.read")))
        .order_by(AuditLinkRow.sequence.desc())
        .limit(most)
    )
    return tuple(
        OperatorAct(at=row.at, event=row.event, operator=UUID(row.actor), content=row.content)
        for row in session.execute(chained)
    )


def _check(access: Access, now: datetime) -> None:
    if len(access.reason.strip()) < SHORTEST_REASON:
        what = Text("Skälet saknas eller är för kort.", "The reason is missing or too short.")
        remedy = Text(
            f"Skriv minst {SHORTEST_REASON} tecken som regionen förstår.",
            f"Write at least {SHORTEST_REASON} characters that the region understands.",
        )
        raise IdentityError(what, where="reason", remedy=remedy)
    if not now < access.until <= now + LONGEST:
        what = Text("Åtkomsten måste sluta inom ett dygn.", "The access must end within 24 hours.")
        raise IdentityError(what, where="until")


def _look_up(session: Session, token: Token, tenant: str, now: datetime) -> Row[Any] | None:
    moments = {"now": now, "idle": now - IDLE, "stale": now - TOUCH}
    return session.execute(_LOOK_UP, moments | {"digest": token.digest, "tenant": tenant}).one_or_none()


def _signed_in(session: Session, found: Row[Any]) -> SignedIn:
    own = select(OrganizationRow.id, OrganizationRow.key, OrganizationRow.name)
    region = session.execute(own.join(ProfileRow, ProfileRow.organization_id == OrganizationRow.id)).one()
    return SignedIn(
        person=found.operator_id,
        role=Role.OPERATOR,
        organization=region.id,
        organization_key=region.key,
        organization_name=region.name,
        organizations=(region.id,),
        authenticated_at=found.authenticated_at,
        csrf_secret=found.csrf_secret,
        display_name=found.display_name,
        acr=found.acr,
        grant=found.grant_id,
    )


def _note(region: Engine, event: str, operator: UUID, grant: UUID, details: dict[str, str]) -> None:
    actor = Actor(ActorKind.OPERATOR, str(operator))
    with gate_transaction(region) as session:
        append(session, Entry(event=event, actor=actor, subject=f"operator_grant:{grant}", details=details))
