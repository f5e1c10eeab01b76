"""What an ID token must say about itself and its subject (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from andel.identity.model.oidc.answers import Attempt, digest_of
from andel.identity.model.oidc.checks import Check, moment_of, shown, text_of, texts_of, unsaid
from andel.identity.model.oidc.provider import Provider
from andel.identity.model.oidc.refusals import Reason

SKEW: Final = 60
"""How many seconds the provider's clock may differ."""

FRESH: Final = 300
"""How many seconds ago a token may have been issued: it was asked for a moment ago."""

_CORE: Final = "OpenID Connect Core 1.0, 3.1.3.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The claims of an ID token whose signature is true, with what they are compared with."""

    claims: Mapping[str, object]
    algorithm: str
    provider: Provider
    attempt: Attempt
    access_token: str
    now: int


def organization_digits(said: object) -> str:
    """Return the ten digits of an organization number, empty when it is none.

    ``212000-2221``, ``2120002221``, ``162120002221`` and, as ``orgAffiliation`` has it, ``person@2120002221``.
    """
    digits = text_of(said).rpartition("@")[2].replace("-", "")
    if re.fullmatch(r"16[0-9]{10}", digits):
        digits = digits.removeprefix("16")
    return digits if re.fullmatch(r"[0-9]{10}", digits) else ""


def half_hash(token: str, algorithm: str) -> str:
    """Return ``at_hash``: the left half of the hash that the signature's algorithm has."""
    long = algorithm[-3:] if algorithm[-3:] in {"384", "512"} else ("512" if algorithm.startswith("Ed") else "256")
    digest = hashlib.new(f"sha{long}", token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _issuer(claimed: Claimed) -> str:
    said = claimed.claims.get("iss")
    return "" if said == claimed.provider.issuer else f"iss is {shown(said)}"


def _audience(claimed: Claimed) -> str:
    said = claimed.claims.get("aud")
    return "" if said in (claimed.provider.client_id, [claimed.provider.client_id]) else f"aud is {shown(said)}"


def _party(claimed: Claimed) -> str:
    said = claimed.claims.get("azp")
    return "" if said in (None, claimed.provider.client_id) else f"azp is {shown(said)}"


def _subject(claimed: Claimed) -> str:
    said = claimed.claims.get("sub")
    return "" if text_of(said) else f"sub is {unsaid(said)}"


def _nonce(claimed: Claimed) -> str:
    said = claimed.claims.get("nonce")
    same = bool(text_of(said)) and hmac.compare_digest(digest_of(text_of(said)), claimed.attempt.nonce)
    return "" if same else f"nonce is {shown(said)}"


def _times(claimed: Claimed) -> str:
    for name, required in (("exp", True), ("iat", True), ("nbf", False), ("auth_time", False)):
        said = claimed.claims.get(name)
        if moment_of(said) is None and (required or said is not None):
            return f"{name} is {shown(said)}"
    return ""


def _expiry(claimed: Claimed) -> str:
    until = moment_of(claimed.claims.get("exp"))
    return f"expired {claimed.now - until} seconds ago" if until is not None and until + SKEW <= claimed.now else ""


def _begin(claimed: Claimed) -> str:
    since = moment_of(claimed.claims.get("nbf"))
    return f"begins in {since - claimed.now} seconds" if since is not None and since - SKEW > claimed.now else ""


def _future(claimed: Claimed) -> str:
    issued = moment_of(claimed.claims.get("iat"))
    return f"issued in {issued - claimed.now} seconds" if issued is not None and issued - SKEW > claimed.now else ""


def _old(claimed: Claimed) -> str:
    issued = moment_of(claimed.claims.get("iat"))
    age = claimed.now - issued if issued is not None else 0
    return f"issued {age} seconds ago" if age > FRESH + SKEW else ""


def _seen(claimed: Claimed) -> str:
    """Count from the start of the attempt: a person who reads slowly has not become stale meanwhile."""
    if claimed.attempt.max_age is None:
        return ""
    seen = moment_of(claimed.claims.get("auth_time"))
    if seen is None:
        return "auth_time is missing"
    if seen - SKEW > claimed.now:
        return f"auth_time lies {seen - claimed.now} seconds ahead"
    before = claimed.attempt.started - claimed.attempt.max_age - SKEW - seen
    return f"auth_time lies {before} seconds too far back" if before > 0 else ""


def _level(claimed: Claimed) -> str:
    said = claimed.claims.get("acr")
    wanted = claimed.attempt.acr
    return "" if not wanted or (isinstance(said, str) and said in wanted) else f"acr is {shown(said)}"


def _access_token(claimed: Claimed) -> str:
    said = claimed.claims.get("at_hash")
    if said is None:
        return ""
    true = half_hash(claimed.access_token, claimed.algorithm)
    same = isinstance(said, str) and hmac.compare_digest(said.rstrip("=").encode(), true.encode())
    return "" if same else f"at_hash is {shown(said)}"


def _key(claimed: Claimed) -> str:
    name = claimed.provider.key_claim
    return "" if text_of(claimed.claims.get(name)) else f"{name} is {unsaid(claimed.claims.get(name))}"


def _organization_said(claimed: Claimed) -> str:
    name = claimed.provider.organization_claim
    return "" if not name or texts_of(claimed.claims.get(name)) else f"{name} is {unsaid(claimed.claims.get(name))}"


def _organization(claimed: Claimed) -> str:
    name = claimed.provider.organization_claim
    if not name:
        return ""
    expected = organization_digits(claimed.provider.organization_number)
    said = claimed.claims.get(name)
    values = said if isinstance(said, list) else [said]
    found = {organization_digits(one) for one in values}
    return "" if expected and found == {expected} else f"{name} is of {shown(sorted(found))}"


def _library(claimed: Claimed) -> str:
    """Ask Authlib as well. It does not know ``at_hash`` of every algorithm, and of the nonce only the hash is left."""
    parameters = {"client_id": claimed.provider.client_id, "max_age": claimed.attempt.max_age}
    token = CodeIDToken(claimed.claims, {"alg": claimed.algorithm}, params=parameters)
    try:
        token.validate(now=claimed.now, leeway=SKEW)
    except (JoseError, TypeError, ValueError) as error:
        return str(error)
    return ""


CLAIM_CHECKS: Final[tuple[Check[Claimed], ...]] = (
    Check("iss", Reason.CLAIM_ISSUER, f"{_CORE} (2)", _issuer),
    Check("aud", Reason.CLAIM_AUDIENCE, f"{_CORE} (3), and nobody else is trusted", _audience),
    Check("azp", Reason.CLAIM_AZP, f"{_CORE} (5)", _party),
    Check("sub", Reason.CLAIM_SUBJECT, "OpenID Connect Core 1.0, 2: at most 255 characters", _subject),
    Check("nonce", Reason.CLAIM_NONCE, f"{_CORE} (11)", _nonce),
    Check("times", Reason.CLAIM_TIME, "OpenID Connect Core 1.0, 2; RFC 7519, 2", _times),
    Check("exp", Reason.EXPIRED, f"{_CORE} (9)", _expiry),
    Check("nbf", Reason.NOT_YET, "RFC 7519, 4.1.5", _begin),
    Check("iat ahead", Reason.ISSUED_IN_FUTURE, f"{_CORE} (10)", _future),
    Check("iat back", Reason.ISSUED_LONG_AGO, f"{_CORE} (10)", _old),
    Check("auth_time", Reason.AUTHENTICATION_STALE, f"{_CORE} (13)", _seen),
    Check("acr", Reason.ASSURANCE_TOO_LOW, f"{_CORE} (12)", _level),
    Check("at_hash", Reason.ACCESS_TOKEN_OTHER, "OpenID Connect Core 1.0, 3.1.3.8", _access_token),
    Check("key claim", Reason.KEY_CLAIM_MISSING, "the provider's settings", _key),
    Check("organization sent", Reason.ORGANIZATION_MISSING, "the provider's settings", _organization_said),
    Check("organization", Reason.ORGANIZATION_OTHER, "the provider's settings", _organization),
    Check("library", Reason.CLAIMS_REFUSED, "Authlib, as a second opinion", _library),
)
