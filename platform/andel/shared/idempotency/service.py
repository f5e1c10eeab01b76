"""Answer a request once: the answer is written in the transaction that does what was asked, and found again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import errors as pg
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared.idempotency.tables import ApiAnswerRow

KEPT: Final = timedelta(hours=24)
"""How long an answer is found again under its key."""

PATIENCE: Final = "10s"
"""How long a request waits for another under the same key."""

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_TRY_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class KeyReusedError(AndelError):
    """The key stands for another request. Answered with 422."""


class KeyBusyError(AndelError):
    """A request under the same key is still being worked on. Answered with 409."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request with its key.

    Attributes:
        client: the program that asks; each has keys of its own.
        organization: whose program it is.
        key: what the program calls the request.
        content: everything that makes the request what it is: method, address, body.
        now: the moment.
    """

    client: UUID
    organization: UUID
    key: str
    content: bytes
    now: datetime

    @property
    def digest(self) -> bytes:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it was given: status, where what was created is, and the body's bytes."""

    status: int
    location: str
    body: bytes
    repeated: bool = False


def answer_once(session: Session, asked: Asked, do: Callable[[], Kept]) -> Kept:
    """Return the answer that stands under the key, or do what is asked and keep its answer.

    Both happen in the session's transaction: when it falls, nothing has been done and no answer stands. Of several
    at once, one does it and the others wait for its answer. What is refused, by an exception, is not kept.

    Args:
        session: a transaction of the region that may write.
        asked: the request and its key.
        do: does it, and returns the answer.

    Raises:
        KeyReusedError: another request was answered under the key.
        KeyBusyError: another under the same key did not end in time.
    """
    _wait_for_others(session, asked)
    known = session.execute(
        select(ApiAnswerRow).where(
            ApiAnswerRow.client_id == asked.client, ApiAnswerRow.key == asked.key, ApiAnswerRow.expires_at > asked.now
        )
    ).scalar_one_or_none()
    if known is not None:
        return _again(known, asked)
    answer = do()
    session.flush()
    _forget_old(session, asked)
    values = {
        "client_id": asked.client,
        "key": asked.key,
        "organization_id": asked.organization,
        "request_hash": asked.digest,
        "status": answer.status,
        "location": answer.location,
        "body": answer.body,
        "expires_at": asked.now + KEPT,
    }
    session.execute(insert(ApiAnswerRow).values(values))
    return answer


def _wait_for_others(session: Session, asked: Asked) -> None:
    session.execute(text("SELECT set_config('lock_timeout', :patience, true)"), {"patience": PATIENCE})
    try:
        session.execute(_LOCK, {"name": f"andel:answer:{asked.client}:{asked.key}"})
    except DBAPIError as error:
        if not isinstance(error.orig, pg.LockNotAvailable):
            raise
        what = Text("Samma anrop pågår fortfarande.", "The same request is still being worked on.")
        remedy = Text("Vänta en stund och sänd det igen.", "Wait a while and send it again.")
        raise KeyBusyError(what, where="Idempotency-Key", remedy=remedy) from error


def _forget_old(session: Session, asked: Asked) -> None:
    """Remove what has ended: the key's own row, which the new one replaces, and everybody's unless another does."""
    own = ApiAnswerRow.client_id == asked.client, ApiAnswerRow.key == asked.key
    session.execute(delete(ApiAnswerRow).where(*own))
    if session.scalar(_TRY_LOCK, {"name": "andel:answers"}):
        session.execute(delete(ApiAnswerRow).where(ApiAnswerRow.expires_at <= asked.now))


def _again(known: ApiAnswerRow, asked: Asked) -> Kept:
    if known.request_hash != asked.digest:
        what = Text(
            "Nyckeln har redan använts för ett annat anrop.", "The key has already been used for another request."
        )
        remedy = Text("Ge ett nytt anrop en ny nyckel.", "Give a new request a new key.")
        raise KeyReusedError(what, where="Idempotency-Key", remedy=remedy)
    return Kept(status=known.status, location=known.location, body=known.body, repeated=True)
