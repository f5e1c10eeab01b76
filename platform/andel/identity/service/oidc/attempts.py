"""Sign-ins that have begun: remembered when the browser leaves, taken once when it is back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from andel.identity.model.oidc.answers import LIFETIME, Attempt, digest_of, local_path
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.signed_in import Token
from andel.identity.service.oidc.requests import Wanted
from andel.identity.tables import SignInAttemptRow, WebSessionRow
from andel.identity.tables.sessions import Purpose
from andel.shared.secretbox import SecretBox

KEPT: Final = timedelta(seconds=2 * LIFETIME)
"""An attempt is kept a while longer than it lasts, so that who comes late is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is remembered beside what was asked of the provider.

    Attributes:
        cookie: the browser's.
        next: where the person was going, a path of this site.
        token: the session that is to be stepped up.
    """

    cookie: str
    next: str = "/"
    token: Token | None = None


def remember(
    session: Session, provider: Provider, wanted: Wanted, begun: Begun, *, box: SecretBox, now: datetime
) -> None:
    """Remember a sign-in, and forget those that are long over. Of state, nonce and cookie the hash is kept."""
    session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.expires_at <= now - KEPT))
    state = digest_of(wanted.state)
    values = {
        "state_hash": state,
        "provider_id": provider.id,
        "browser_hash": digest_of(begun.cookie),
        "nonce_hash": digest_of(wanted.nonce),
        "verifier": box.seal(wanted.verifier, purpose=_purpose(state)),
        "purpose": (Purpose.STEP_UP if begun.token else Purpose.SIGN_IN).value,
        "token_hash": begun.token.digest if begun.token else None,
        "requested_acr": list(wanted.acr),
        "max_age_seconds": wanted.max_age,
        "next_path": local_path(begun.next),
        "created_at": now,
        "expires_at": now + timedelta(seconds=LIFETIME),
    }
    session.execute(insert(SignInAttemptRow).values(values))


def take(session: Session, state: str, cookie: str, *, box: SecretBox, now: datetime) -> Attempt | None:
    """Return the attempt of a state, None when there is none, and mark it as used.

    It is marked only for the browser that began it. Of two that come at the same moment, one finds it used.

    Raises:
        SecretBoxError: it was begun under a key that is gone.
    """
    known = select(SignInAttemptRow).where(SignInAttemptRow.state_hash == digest_of(state)).with_for_update()
    row = session.scalars(known).one_or_none()
    if row is None:
        return None
    used = row.used_at is not None
    if hmac.compare_digest(row.browser_hash, digest_of(cookie)):
        own = SignInAttemptRow.state_hash == row.state_hash
        session.execute(update(SignInAttemptRow).where(own, SignInAttemptRow.used_at.is_(None)).values(used_at=now))
    person = None
    if row.token_hash is not None:
        of_session = select(WebSessionRow.person_id).where(WebSessionRow.token_hash == row.token_hash)
        person = session.scalar(of_session)
    return Attempt(
        provider=row.provider_id,
        browser=row.browser_hash,
        nonce=row.nonce_hash,
        verifier=box.open(row.verifier, purpose=_purpose(row.state_hash)),
        started=int(row.created_at.astimezone(UTC).timestamp()),
        next=row.next_path,
        used=used,
        max_age=row.max_age_seconds,
        acr=tuple(row.requested_acr),
        step_up=row.purpose == Purpose.STEP_UP,
        person=person,
    )


def _purpose(state_hash: bytes) -> str:
    return f"attempt:{state_hash.hex()}"
