"""What a provider says about itself in its discovery document (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from andel.identity.model.oidc.addresses import place_of
from andel.identity.model.oidc.checks import Check, demand, shown, text_of, texts_of
from andel.identity.model.oidc.refusals import Reason, RefusedError

SUFFIX: Final = "/.well-known/openid-configuration"
_DISCOVERY: Final = "OpenID Connect Discovery 1.0, 4.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A discovery document as it came, with what was expected of it."""

    raw: Mapping[str, object]
    issuer: str
    development: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a relying party needs of it.

    Attributes:
        sends_issuer: every answer carries ``iss`` (RFC 9207).
        secret_in_body: a client secret is taken in the body alone, not in the Authorization header.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    sends_issuer: bool = False
    secret_in_body: bool = False


def discovery_address(issuer: str) -> str:
    """Return where the document of an issuer is."""
    return f"{issuer.rstrip('/')}{SUFFIX}"


def metadata_of(document: Document, checks: tuple[Check[Document], ...]) -> Metadata:
    """Return what the document says, once it passes the checks.

    Raises:
        RefusedError: of the first check that finds a fault.
    """
    demand(checks, document)
    raw = document.raw
    methods = texts_of(raw.get("token_endpoint_auth_methods_supported"))
    return Metadata(
        issuer=document.issuer,
        authorization_endpoint=str(raw["authorization_endpoint"]),
        token_endpoint=str(raw["token_endpoint"]),
        jwks_uri=str(raw["jwks_uri"]),
        end_session_endpoint=str(raw.get("end_session_endpoint") or ""),
        sends_issuer=raw.get("authorization_response_iss_parameter_supported") is True,
        secret_in_body="client_secret_post" in methods and "client_secret_basic" not in methods,
    )


def _issuer(document: Document) -> str:
    said = document.raw.get("issuer")
    return "" if said == document.issuer else f"the document is of {shown(said)}, expected {shown(document.issuer)}"


def _endpoint(name: str, *, required: bool = True) -> Callable[[Document], str]:
    def fault(document: Document) -> str:
        value = document.raw.get(name)
        if value is None and not required:
            return ""
        if not text_of(value, longest=2048):
            return f"{name} is missing"
        try:
            place_of(value, development=document.development)
        except RefusedError as error:
            return error.detail
        return ""

    return fault


def _supports(name: str, wanted: str, *, unsaid: bool) -> Callable[[Document], str]:
    def fault(document: Document) -> str:
        said = document.raw.get(name)
        holds = unsaid if said is None else wanted in texts_of(said)
        return "" if holds else f"{name} lacks {wanted}: {shown(said)}"

    return fault


METADATA_CHECKS: Final[tuple[Check[Document], ...]] = (
    Check("issuer", Reason.METADATA_ISSUER, _DISCOVERY, _issuer),
    Check(
        "authorization endpoint",
        Reason.METADATA_ENDPOINT,
        _DISCOVERY,
        _endpoint("authorization_endpoint"),
    ),
    Check("token endpoint", Reason.METADATA_ENDPOINT, _DISCOVERY, _endpoint("token_endpoint")),
    Check("jwks uri", Reason.METADATA_ENDPOINT, _DISCOVERY, _endpoint("jwks_uri")),
    Check(
        "end session endpoint",
        Reason.METADATA_ENDPOINT,
        "OpenID Connect RP-Initiated Logout 1.0, 2.1",
        _endpoint("end_session_endpoint", required=False),
    ),
    Check(
        "code flow",
        Reason.METADATA_UNSUPPORTED,
        "OpenID Connect Discovery 1.0, 3",
        _supports("response_types_supported", "code", unsaid=True),
    ),
    Check(
        "pkce",
        Reason.METADATA_UNSUPPORTED,
        "RFC 9700, 2.1.1",
        _supports("code_challenge_methods_supported", "S256", unsaid=True),
    ),
)
"""Entra ID says nothing of code_challenge_methods_supported although it has S256: unsaid passes, another list fails."""
