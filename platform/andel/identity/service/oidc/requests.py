"""The two requests of the code flow, made by Authlib: where the browser is sent, and the exchange of the code."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, RSAKey

from andel.identity.model.oidc.answers import Tokens
from andel.identity.model.oidc.metadata import Metadata
from andel.identity.model.oidc.provider import ClientMethod, Provider, ProviderError
from andel.identity.service.oidc.fetching import Fetcher
from andel.sdk.text import Text

ASSERTION_LIFE: Final = 300
_CURVE_ALGORITHMS: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a provider. The secrets are random and of this attempt alone."""

    redirect_uri: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    acr: tuple[str, ...] = ()
    max_age: int | None = None
    language: str = "sv"


def authorization_address(provider: Provider, metadata: Metadata, wanted: Wanted) -> str:
    """Return where the browser goes. ``max_age`` zero asks for the person's proof anew, in both ways there are."""
    return str(
        prepare_grant_uri(
            metadata.authorization_endpoint,
            provider.client_id,
            "code",
            redirect_uri=wanted.redirect_uri,
            scope=" ".join(provider.scopes),
            state=wanted.state,
            nonce=wanted.nonce,
            code_challenge=create_s256_code_challenge(wanted.verifier),
            code_challenge_method="S256",
            acr_values=" ".join(wanted.acr) or None,
            max_age=None if wanted.max_age is None else str(wanted.max_age),
            prompt="login" if wanted.max_age == 0 else None,
            ui_locales=wanted.language,
        )
    )


def exchange(
    provider: Provider, metadata: Metadata, fetcher: Fetcher, *, code: str, verifier: str, redirect_uri: str
) -> Tokens:
    """Exchange a code for tokens.

    Raises:
        RefusedError: the token endpoint gives no answer that could be one.
        ProviderError: the provider's private key cannot be used.
    """
    form = prepare_token_request("authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier)
    address, headers, body = _authentication(provider, metadata).prepare("POST", metadata.token_endpoint, {}, form)
    return Tokens(fetcher.post(str(address), dict(headers), str(body)))


def _authentication(provider: Provider, metadata: Metadata) -> Any:  # noqa: ANN401  (Authlib has no types)
    if provider.method is ClientMethod.PRIVATE_KEY:
        return ClientAuth(provider.client_id, provider.secret, _assertion(provider, metadata))
    if metadata.secret_in_body:
        return ClientAuth(provider.client_id, provider.secret, "client_secret_post")
    # RFC 6749, 2.3.1: both are form-encoded before they are joined, which Authlib leaves out
    return ClientAuth(quote_plus(provider.client_id), quote_plus(provider.secret), "client_secret_basic")


def _assertion(provider: Provider, metadata: Metadata) -> Any:  # noqa: ANN401  (Authlib has no types)
    """Return what signs for Andel by its private key, with the key's thumbprint as ``kid``."""
    key, algorithm = _private_key(provider)
    until = int(time.time()) + ASSERTION_LIFE
    sign = PrivateKeyJWT(metadata.token_endpoint, {"exp": until}, {"kid": key.thumbprint()}, algorithm)
    return lambda auth, *request: sign(_Signer(auth.client_id, key), *request)


@dataclass(frozen=True, slots=True)
class _Signer:
    client_id: str
    client_secret: RSAKey | ECKey


def _private_key(provider: Provider) -> tuple[RSAKey | ECKey, str]:
    pem = provider.secret.encode()
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise _unusable(provider) from error
    if isinstance(key, RSAPrivateKey):
        return RSAKey.import_key(pem), "RS256"
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVE_ALGORITHMS:
        return ECKey.import_key(pem), _CURVE_ALGORITHMS[key.curve.name]
    raise _unusable(provider)


def _unusable(provider: Provider) -> ProviderError:
    what = Text("Den privata nyckeln går inte att använda.", "The private key cannot be used.")
    remedy = Text("Lägg in en RSA- eller EC-nyckel som PEM.", "Put an RSA or EC key there, as PEM.")
    return ProviderError(what, where=provider.key, remedy=remedy)
