"""Who makes a request of the API, and the way in: the application knows tokens, the API only asks."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The program that makes a request.

    Attributes:
        organizations: whose private rows it sees: its organization's, its districts', those it pays for.
        regional: whether it is the region's own and sees everybody's.
    """

    client: UUID
    organization: UUID
    organization_key: str
    organizations: frozenset[UUID]
    regional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A request that was let in: the region, a transaction that sees what the program may see, and who it is."""

    tenant: str
    session: Session
    caller: Caller
    now: datetime


class Gate(Protocol):
    """Lets requests in."""

    def enter(self, tenant: str, token: str, scope: str, *, writing: bool) -> AbstractContextManager[Inside]:
        """Open the region's transaction for whoever shows the token, when it may do what the scope names.

        Raises:
            AndelError: there is no such region, or it rests; the token lets nobody in here, or asks too often, or
                lacks the scope. Nothing of the region has been read.
        """


def shown_token() -> str:
    """Return the access token that the request shows; empty when it shows none."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    return found[1] if found else ""
