"""Logout that the provider begins (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from andel.identity.model.oidc.checks import Check, moment_of, shown, text_of
from andel.identity.model.oidc.claims import FRESH, SKEW
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.refusals import Reason

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TYPES: Final = ("logout+jwt", "jwt")
LONGEST_LIFE: Final = 3600
"""A logout token that lives longer than this is refused: what must be remembered of it would grow."""

_RULES: Final = "OpenID Connect Back-Channel Logout 1.0, 2.6"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutClaimed:
    """The claims of a logout token whose signature is true."""

    claims: Mapping[str, object]
    provider: Provider
    now: int

    @property
    def jti(self) -> str:
        """What makes the token one of its kind."""
        return text_of(self.claims.get("jti"))

    @property
    def sid(self) -> str:
        """Whose session at the provider ended; empty when all of the person's did."""
        return text_of(self.claims.get("sid"))

    @property
    def sub(self) -> str:
        """Whose sessions ended; empty when the session alone is named."""
        return text_of(self.claims.get("sub"))


def _issuer(claimed: LogoutClaimed) -> str:
    said = claimed.claims.get("iss")
    return "" if said == claimed.provider.issuer else f"iss is {shown(said)}"


def _audience(claimed: LogoutClaimed) -> str:
    said = claimed.claims.get("aud")
    return "" if said in (claimed.provider.client_id, [claimed.provider.client_id]) else f"aud is {shown(said)}"


def _event(claimed: LogoutClaimed) -> str:
    events = claimed.claims.get("events")
    holds = isinstance(events, dict) and isinstance(events.get(EVENT), dict)
    return "" if holds else f"events is {shown(events)}"


def _no_nonce(claimed: LogoutClaimed) -> str:
    return "has a nonce: it is an ID token" if "nonce" in claimed.claims else ""


def _whom(claimed: LogoutClaimed) -> str:
    return "" if claimed.sid or claimed.sub else "names neither sid nor sub"


def _unique(claimed: LogoutClaimed) -> str:
    return "" if claimed.jti else f"jti is {shown(claimed.claims.get('jti'))}"


def _issued(claimed: LogoutClaimed) -> str:
    issued = moment_of(claimed.claims.get("iat"))
    if issued is None:
        return f"iat is {shown(claimed.claims.get('iat'))}"
    age = claimed.now - issued
    return "" if -SKEW <= age <= FRESH + SKEW else f"issued {age} seconds ago"


def _expiry(claimed: LogoutClaimed) -> str:
    until = moment_of(claimed.claims.get("exp"))
    if until is None:
        return f"exp is {shown(claimed.claims.get('exp'))}"
    left = until - claimed.now
    return "" if -SKEW < left <= LONGEST_LIFE else f"{left} seconds are left"


LOGOUT_CHECKS: Final[tuple[Check[LogoutClaimed], ...]] = (
    Check("logout iss", Reason.CLAIM_ISSUER, _RULES, _issuer),
    Check("logout aud", Reason.CLAIM_AUDIENCE, _RULES, _audience),
    Check("logout event", Reason.LOGOUT_MALFORMED, _RULES, _event),
    Check("logout nonce", Reason.LOGOUT_MALFORMED, _RULES, _no_nonce),
    Check("logout whom", Reason.LOGOUT_MALFORMED, _RULES, _whom),
    Check("logout jti", Reason.LOGOUT_MALFORMED, _RULES, _unique),
    Check("logout iat", Reason.ISSUED_LONG_AGO, _RULES, _issued),
    Check("logout exp", Reason.EXPIRED, _RULES, _expiry),
)
