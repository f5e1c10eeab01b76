"""Who makes a request, and how long that holds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from andel.identity.model.permissions import STEP_UP, Permission, allowed
from andel.identity.model.roles import Role

IDLE: Final = timedelta(minutes=30)
"""How long a session lasts when nothing is heard of it."""

ABSOLUTE: Final = timedelta(hours=10)
"""How long a session lasts at most, whatever is heard of it."""

TOUCH: Final = timedelta(minutes=1)
"""How seldom it is written down that something was heard of a session."""

FRESH: Final = timedelta(minutes=10)
"""How long the proof of who signs or finalizes holds."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SALT: Final = 16
_CSRF: Final = b"andel csrf "


@dataclass(frozen=True, slots=True)
class Token:
    """A session's token: 256 random bits for the cookie, and the SHA-256 that is kept."""

    value: str = field(repr=False)
    digest: bytes

    @classmethod
    def new(cls) -> Token:
        """Make one."""
        value = secrets.token_urlsafe(32)
        return cls(value, hashlib.sha256(value.encode()).digest())

    @classmethod
    def read(cls, value: str | None) -> Token | None:
        """Read a cookie; None when it holds no token at all."""
        if value is None or _TOKEN.fullmatch(value) is None:
            return None
        return cls(value, hashlib.sha256(value.encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who makes a request, as one of their memberships, or an operator under a grant.

    Attributes:
        person: the random id that the audit chain knows them by; an operator's own.
        membership: what they are signed in as; None for an operator.
        organization: whose they are; of an operator the region itself.
        organizations: whose rows they see: their own, its districts', those it pays for.
        authenticated_at: when their provider last saw them.
        acr: the level of assurance it gave.
        step_up_acr: the levels that let sign and finalize; empty when a fresh sign-in does.
        employments: how many memberships they can choose among.
        csrf_secret: what the tokens of this session's forms are made with.
        grant: the operator's grant.
    """

    person: UUID
    role: Role
    organization: UUID
    organization_key: str
    organization_name: str
    organizations: tuple[UUID, ...]
    authenticated_at: datetime
    csrf_secret: bytes = field(repr=False)
    membership: UUID | None = None
    provider: UUID | None = None
    display_name: str = ""
    acr: str = ""
    step_up_acr: tuple[str, ...] = ()
    employments: int = 1
    grant: UUID | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether their role allows it; a proof anew may still be asked for."""
        return allowed(self.role, permission)

    def must_step_up(self, permission: Permission, now: datetime) -> bool:
        """Return whether they must first prove anew who they are."""
        if permission not in STEP_UP:
            return False
        fresh = now - self.authenticated_at <= FRESH
        return not (fresh and (not self.step_up_acr or self.acr in self.step_up_acr))


def csrf_token(secret: bytes) -> str:
    """Return a token for the forms of a session, another one each time: a salt, and the HMAC of it."""
    salt = secrets.token_bytes(_SALT)
    return base64.urlsafe_b64encode(salt + _mac(secret, salt)).decode().rstrip("=")


def is_csrf_token(secret: bytes, token: str) -> bool:
    """Return whether the token is one of the session's."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return False
    return hmac.compare_digest(_mac(secret, raw[:_SALT]), raw[_SALT:])


def _mac(secret: bytes, salt: bytes) -> bytes:
    return hmac.digest(secret, _CSRF + salt, "sha256")
