"""The provider's own rules: codes that are used once, by the client that asked, with its PKCE secret; signed tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from andel.identity.demo.personas import CLAIM_PREFIX, DemoOrganization, Persona
from andel.sdk.party import PartyKind

CLIENT: Final = "andel-demo"
SECRET: Final = "andel-demo"  # noqa: S105  (a secret that everybody knows, of a provider without passwords)
LEVELS: Final = ("http://id.sambi.se/loa/loa2", "http://id.sambi.se/loa/loa3")
_CODE_LIFE: Final = 60.0
_TOKEN_LIFE: Final = 300
_MOST: Final = 1000


class Fault(StrEnum):
    """The error codes of RFC 6749."""

    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_GRANT = "invalid_grant"


class AskedError(Exception):
    """The request is none that the provider answers."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks at the authorization endpoint."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    levels: tuple[str, ...]

    @property
    def level(self) -> str:
        """The level that the person is given: the first one that was asked for and is known, else the lower one."""
        return next((level for level in self.levels if level in LEVELS), LEVELS[0])


@dataclass(frozen=True, slots=True)
class _Given:
    asked: Asked
    organization: DemoOrganization
    persona: Persona
    at: float


@dataclass(slots=True)
class Issuer:
    """The issuers of all organizations, below one address."""

    base: str
    site: str
    clock: Callable[[], float] = time.time
    _rsa: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "demo-rs256", "use": "sig"}))
    _ec: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "demo-es256", "use": "sig"}))
    _codes: OrderedDict[str, _Given] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def name(self, organization: DemoOrganization) -> str:
        """Return the issuer of an organization."""
        return f"{self.base}/{organization.path}"

    def redirect_uri(self, organization: DemoOrganization) -> str:
        """Return the one address that an organization's people are sent back to."""
        return f"{self.site}/{organization.tenant}/logga-in/{organization.key}/svar"

    def metadata(self, organization: DemoOrganization) -> dict[str, Any]:
        """Return the discovery document."""
        here = self.name(organization)
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "end_session_endpoint": f"{here}/logout",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": list(LEVELS),
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        return {"keys": [self._rsa.as_dict(private=False), self._ec.as_dict(private=False)]}

    def read(self, organization: DemoOrganization, parameters: Mapping[str, str]) -> Asked:
        """Read what a client asks.

        Raises:
            AskedError: it is not Andel's, or not the code flow with PKCE.
        """
        said = parameters.get
        if said("client_id") != CLIENT or said("redirect_uri") != self.redirect_uri(organization):
            raise AskedError(Fault.UNAUTHORIZED_CLIENT)
        if said("response_type") != "code" or "openid" not in said("scope", "").split():
            raise AskedError(Fault.UNSUPPORTED_RESPONSE_TYPE)
        if said("code_challenge_method") != "S256" or not said("code_challenge"):
            raise AskedError(Fault.INVALID_REQUEST)
        return Asked(
            redirect_uri=said("redirect_uri", ""),
            state=said("state", ""),
            nonce=said("nonce", ""),
            challenge=said("code_challenge", ""),
            levels=tuple(said("acr_values", "").split()),
        )

    def give(self, asked: Asked, organization: DemoOrganization, persona: Persona) -> str:
        """Return a code for somebody."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = _Given(asked, organization, persona, self.clock())
            while len(self._codes) > _MOST:
                self._codes.popitem(last=False)
        return code

    def exchange(
        self, organization: DemoOrganization, form: Mapping[str, str], client: tuple[str, str]
    ) -> dict[str, Any]:
        """Exchange a code for tokens.

        Raises:
            AskedError: the client, the code, its address or its PKCE secret is not right.
        """
        if not (client[0] == CLIENT and hmac.compare_digest(client[1].encode(), SECRET.encode())):
            raise AskedError(Fault.INVALID_CLIENT)
        if form.get("grant_type") != "authorization_code":
            raise AskedError(Fault.UNSUPPORTED_GRANT_TYPE)
        with self._lock:
            given = self._codes.pop(form.get("code", ""), None)
        if given is None or given.organization != organization or self.clock() - given.at > _CODE_LIFE:
            raise AskedError(Fault.INVALID_GRANT)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("redirect_uri") != given.asked.redirect_uri or challenge != given.asked.challenge:
            raise AskedError(Fault.INVALID_GRANT)
        access = secrets.token_urlsafe(32)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": self._token(given)}

    def _token(self, given: _Given) -> str:
        now = int(self.clock())
        claims = {
            "iss": self.name(given.organization),
            "aud": CLIENT,
            "sub": f"{given.organization.key}:{given.persona.key}",
            "nonce": given.asked.nonce,
            "iat": now,
            "exp": now + _TOKEN_LIFE,
            "auth_time": int(given.at),
            "acr": given.asked.level,
            "name": f"{given.persona.title.sv}, {given.organization.name}",
            "roles": [f"{CLAIM_PREFIX}{role.value}" for role in given.persona.roles],
        }
        regional = given.organization.kind is PartyKind.REGION
        key, algorithm = (self._rsa, "RS256") if regional else (self._ec, "ES256")
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])
