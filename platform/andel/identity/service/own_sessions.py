"""Where somebody is signed in: their sessions as they see them. Takes a session of ``gate_transaction``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.identity.model.signed_in import IDLE, Token
from andel.identity.service.sessions import end
from andel.identity.tables import WebSessionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A browser in which somebody is signed in. ``handle`` names it to its owner and lets nobody in."""

    handle: str
    user_agent: str
    started: datetime
    seen: datetime
    current: bool


def own_sessions(session: Session, person: UUID, token: Token, now: datetime) -> tuple[OwnSession, ...]:
    """Return somebody's sessions that have not ended, the one at hand first, then the latest."""
    alive = WebSessionRow.expires_at > now, WebSessionRow.seen_at > now - IDLE
    rows = session.scalars(select(WebSessionRow).where(WebSessionRow.person_id == person, *alive))
    found = [
        OwnSession(
            handle=_handle(row.token_hash),
            user_agent=row.user_agent,
            started=row.created_at,
            seen=row.seen_at,
            current=row.token_hash == token.digest,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.current, -one.seen.timestamp())))


def end_one(session: Session, person: UUID, handle: str) -> bool:
    """End one of somebody's own sessions, and return whether it was there."""
    held = session.scalars(select(WebSessionRow.token_hash).where(WebSessionRow.person_id == person))
    digest = next((one for one in held if _handle(one) == handle), None)
    return digest is not None and end(session, Token("", digest)) is not None


def _handle(token_hash: bytes) -> str:
    return hashlib.sha256(b"session " + token_hash).hexdigest()[:16]
