"""Reading a signed token: which key may have signed it, and whether it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.jws import JWSRegistry

from andel.identity.model.oidc.checks import Check, demand
from andel.identity.model.oidc.documents import read_object
from andel.identity.model.oidc.keys import Candidate, Header, Jwk, key_for
from andel.identity.model.oidc.refusals import Reason, RefusedError
from andel.identity.model.oidc.rules import RULES, Rules
from andel.identity.service.oidc.directory import Directory


class _Registry(JWSRegistry):
    """Room for the longer headers of real providers (certificate thumbprints); unknown members are ignored."""

    max_header_length = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A token whose signature is true."""

    algorithm: str
    claims: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token should be: where its keys are, which algorithms and types pass, and why it is read."""

    keys: str
    algorithms: tuple[str, ...]
    purpose: str
    types: tuple[str, ...] = ("jwt",)


def read_signed(token: str, expected: Expected, directory: Directory, rules: Rules = RULES) -> Signed:
    """Return a token's claims if a key of the provider signed it.

    Keys are changed by providers at any time: one that is not known, or does not fit, is asked for again once.

    Raises:
        RefusedError: what is wrong with it.
    """
    header = _header(token, expected, rules.header)
    try:
        return _verified(token, header, directory.keys(expected.keys), rules.key)
    except RefusedError as error:
        if error.reason not in {Reason.KEY_UNKNOWN, Reason.KEY_UNFIT, Reason.SIGNATURE_FALSE}:
            raise
        fresh = directory.fresh_keys(expected.keys, expected.purpose)
        if fresh is None:
            raise
    return _verified(token, header, fresh, rules.key)


def _header(token: str, expected: Expected, checks: tuple[Check[Header], ...]) -> Header:
    if token.count(".") != 2:  # noqa: PLR2004  (header, payload, signature: five parts would be encrypted)
        raise RefusedError(Reason.TOKEN_MALFORMED, "no signed token")
    try:
        raw = jws.extract_compact(token.encode(), registry=_Registry(strict_check_header=False)).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise RefusedError(Reason.TOKEN_MALFORMED, f"no signed token: {type(error).__name__}") from error
    header = Header(raw=raw, algorithms=expected.algorithms, types=expected.types)
    demand(checks, header)
    return header


def _verified(token: str, header: Header, keys: tuple[Jwk, ...], checks: tuple[Check[Candidate], ...]) -> Signed:
    chosen = key_for(keys, header, checks)
    registry = _Registry(algorithms=[header.algorithm], strict_check_header=False)
    try:
        key = JWKRegistry.import_key({name: value for name, value in chosen.items() if isinstance(value, str)})
        payload = jws.deserialize_compact(token, key, registry=registry).payload
    except JoseError as error:
        raise RefusedError(Reason.SIGNATURE_FALSE, f"{type(error).__name__}: {error}") from error
    except (ValueError, TypeError) as error:
        raise RefusedError(Reason.KEY_UNFIT, f"{type(error).__name__}: {error}") from error
    return Signed(algorithm=header.algorithm, claims=read_object(payload or b"", Reason.TOKEN_MALFORMED))
