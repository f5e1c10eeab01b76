"""What comes back: the browser's visit to the redirect URI, and the token endpoint's answer."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from andel.identity.model.oidc.checks import Check, shown, text_of
from andel.identity.model.oidc.refusals import Reason

LIFETIME: Final = 600
"""How many seconds a started sign-in waits for its answer."""

_ISS: Final = "RFC 9207, 2.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A started sign-in, as it was remembered.

    Attributes:
        browser: the SHA-256 of the cookie that the browser was given; ``nonce``: that of the nonce.
        verifier: the secret whose hash the provider was shown (PKCE).
        started: when, in seconds since 1970.
        used: whether an answer to it was taken already.
        max_age, acr: what was asked of the provider.
        step_up: whether a signed-in person confirms anew who they are.
        person: who that is; None when their session has ended meanwhile.
    """

    provider: UUID
    browser: bytes
    nonce: bytes
    verifier: str = field(repr=False)
    started: int
    next: str = "/"
    used: bool = False
    max_age: int | None = None
    acr: tuple[str, ...] = ()
    step_up: bool = False
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The browser at the redirect URI of a provider. ``parameters`` keeps what came more than once."""

    parameters: Mapping[str, Sequence[str]]
    provider: UUID
    issuer: str
    sends_issuer: bool
    cookie: str
    attempt: Attempt | None
    now: int

    def one(self, name: str) -> str:
        """Return a parameter, empty when it is missing or came more than once."""
        values = self.parameters.get(name, ())
        return values[0] if len(values) == 1 else ""


def digest_of(secret: str) -> bytes:
    """Return what is remembered of a cookie, a state or a nonce: 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


def local_path(wanted: object) -> str:
    """Return a path of this site to go to after the sign-in; ``/`` for anything that could lead elsewhere."""
    path = text_of(wanted, longest=1024)
    if not path.startswith("/") or path.startswith("//") or not path.isascii() or "\\" in path:
        return "/"
    return path


def _repeated(returned: Returned) -> str:
    twice = sorted(name for name, values in returned.parameters.items() if len(values) > 1)
    return f"came more than once: {shown(twice)}" if twice else ""


def _known(returned: Returned) -> str:
    return "" if returned.attempt else "no attempt has this state"


def _bound(returned: Returned) -> str:
    attempt = returned.attempt
    if attempt and hmac.compare_digest(attempt.browser, digest_of(returned.cookie)):
        return ""
    return "the cookie is of no attempt with this state" if returned.cookie else "no cookie came along"


def _unused(returned: Returned) -> str:
    return "was used before" if returned.attempt and returned.attempt.used else ""


def _in_time(returned: Returned) -> str:
    age = returned.now - returned.attempt.started if returned.attempt else 0
    return f"was started {age} seconds ago" if age > LIFETIME else ""


def _same_provider(returned: Returned) -> str:
    attempt = returned.attempt
    return "" if attempt and attempt.provider == returned.provider else "came to another provider's redirect URI"


def _issuer_sent(returned: Returned) -> str:
    return "iss is missing" if returned.sends_issuer and not returned.one("iss") else ""


def _issuer_same(returned: Returned) -> str:
    said = returned.one("iss")
    return f"iss is {shown(said)}" if said and said != returned.issuer else ""


def _declined(returned: Returned) -> str:
    error = returned.one("error")
    return f"error {shown(error)}" if error in {"access_denied", "interaction_required", "login_required"} else ""


def _level(returned: Returned) -> str:
    error = returned.one("error")
    return f"error {shown(error)}" if error == "unmet_authentication_requirements" else ""


def _error(returned: Returned) -> str:
    error = returned.one("error")
    return f"error {shown(error)}" if error else ""


def _code(returned: Returned) -> str:
    return "" if text_of(returned.one("code"), longest=4096) else "code is missing"


RETURN_CHECKS: Final[tuple[Check[Returned], ...]] = (
    Check("repeated parameters", Reason.ANSWER_MALFORMED, "RFC 6749, 3.1", _repeated),
    Check("state", Reason.ATTEMPT_UNKNOWN, "RFC 9700, 4.7.1", _known),
    Check("browser", Reason.OTHER_BROWSER, "RFC 9700, 4.7.1", _bound),
    Check("single use", Reason.ATTEMPT_USED, "RFC 9700, 4.7.1", _unused),
    Check("lifetime", Reason.ATTEMPT_EXPIRED, "ten minutes", _in_time),
    Check("redirect uri", Reason.OTHER_PROVIDER, "RFC 9700, 4.4.2.2", _same_provider),
    Check("iss sent", Reason.ISSUER_MISSING, _ISS, _issuer_sent),
    Check("iss same", Reason.ISSUER_OTHER, _ISS, _issuer_same),
    Check("declined", Reason.DECLINED, "RFC 6749, 4.1.2.1", _declined),
    Check("level refused", Reason.ASSURANCE_TOO_LOW, "OpenID Connect Unmet Authentication Requirements 1.0", _level),
    Check("error", Reason.PROVIDER_ERROR, "RFC 6749, 4.1.2.1", _error),
    Check("code", Reason.CODE_MISSING, "RFC 6749, 4.1.2", _code),
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The token endpoint's answer as it came."""

    raw: Mapping[str, object]

    @property
    def id_token(self) -> str:
        """The ID token, empty when there is none."""
        return text_of(self.raw.get("id_token"), longest=100_000)

    @property
    def access_token(self) -> str:
        """The access token, empty when there is none."""
        return text_of(self.raw.get("access_token"), longest=100_000)


# what providers write in error_description may name a person, so it stays out of the log
def _token_error(tokens: Tokens) -> str:
    error = tokens.raw.get("error")
    return "" if error is None else f"error {shown(error)}"


def _id_token(tokens: Tokens) -> str:
    return "" if tokens.id_token else "id_token is missing"


def _token_type(tokens: Tokens) -> str:
    said = tokens.raw.get("token_type")
    return "" if isinstance(said, str) and said.lower() == "bearer" else f"token_type is {shown(said)}"


TOKEN_CHECKS: Final[tuple[Check[Tokens], ...]] = (
    Check("token error", Reason.TOKEN_REFUSED, "RFC 6749, 5.2", _token_error),
    Check("id token", Reason.ID_TOKEN_MISSING, "OpenID Connect Core 1.0, 3.1.3.3", _id_token),
    Check("token type", Reason.TOKEN_TYPE, "OpenID Connect Core 1.0, 3.1.3.3", _token_type),
)
