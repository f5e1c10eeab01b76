"""Which of a provider's published keys may have signed a token (RFC 7517, RFC 7518)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from andel.identity.model.oidc.checks import Check, demand, shown, text_of
from andel.identity.model.oidc.refusals import Reason, RefusedError

Jwk = Mapping[str, object]

WEAKEST_RSA: Final = 2048
_CURVES: Final = {"ES256": ("P-256",), "ES384": ("P-384",), "ES512": ("P-521",)}
_EDWARDS: Final = {"EdDSA": ("Ed25519", "Ed448"), "Ed25519": ("Ed25519",)}
_MOST_KEYS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a token, before anything is believed.

    Attributes:
        algorithms: those that are accepted.
        types: the accepted values of ``typ`` in lower case; a token without one passes.
    """

    raw: Mapping[str, object]
    algorithms: tuple[str, ...]
    types: tuple[str, ...] = ("jwt",)

    @property
    def algorithm(self) -> str:
        """The signature's algorithm."""
        return text_of(self.raw.get("alg"))

    @property
    def kid(self) -> str:
        """Which key it names, empty for none."""
        return text_of(self.raw.get("kid"))


def _algorithm(header: Header) -> str:
    return "" if header.algorithm in header.algorithms else f"alg is {shown(header.raw.get('alg'))}"


def _type(header: Header) -> str:
    said = header.raw.get("typ")
    if said is None or (isinstance(said, str) and said.lower().removeprefix("application/") in header.types):
        return ""
    return f"typ is {shown(said)}"


def _critical(header: Header) -> str:
    return f"crit is {shown(header.raw['crit'])}" if "crit" in header.raw else ""


HEADER_CHECKS: Final[tuple[Check[Header], ...]] = (
    Check("alg", Reason.ALGORITHM_FORBIDDEN, "RFC 8725, 3.1", _algorithm),
    Check("typ", Reason.HEADER_FORBIDDEN, "RFC 8725, 3.11", _type),
    Check("crit", Reason.HEADER_FORBIDDEN, "RFC 7515, 4.1.11: none is understood", _critical),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A key that has the token's ``kid``, and the algorithm that it should serve."""

    key: Jwk
    algorithm: str


def _family(candidate: Candidate) -> str:
    said, algorithm = candidate.key.get("kty"), candidate.algorithm
    if algorithm.startswith(("RS", "PS")):
        return "" if said == "RSA" else f"kty is {shown(said)} for {algorithm}"
    curves = _CURVES.get(algorithm) or _EDWARDS.get(algorithm, ())
    kty = "EC" if algorithm in _CURVES else "OKP"
    holds = said == kty and candidate.key.get("crv") in curves
    return "" if holds else f"kty is {shown(said)}, crv {shown(candidate.key.get('crv'))} for {algorithm}"


def _declared(candidate: Candidate) -> str:
    said = candidate.key.get("alg")
    return "" if said in (None, candidate.algorithm) else f"the key is for {shown(said)}, not {candidate.algorithm}"


def _use(candidate: Candidate) -> str:
    said, operations = candidate.key.get("use"), candidate.key.get("key_ops")
    if said not in (None, "sig"):
        return f"use is {shown(said)}"
    verifies = operations is None or (isinstance(operations, list) and "verify" in operations)
    return "" if verifies else f"key_ops is {shown(operations)}"


def _public(candidate: Candidate) -> str:
    return "the provider publishes a private key" if {"d", "k", "p"} & candidate.key.keys() else ""


def _strength(candidate: Candidate) -> str:
    if candidate.key.get("kty") != "RSA":
        return ""
    bits, exponent = _number(candidate.key.get("n")).bit_length(), _number(candidate.key.get("e"))
    if bits < WEAKEST_RSA:
        return f"an RSA key of {bits} bits"
    return "" if exponent > 1 and exponent % 2 else f"an RSA key with the exponent {exponent}"


KEY_CHECKS: Final[tuple[Check[Candidate], ...]] = (
    Check("key type", Reason.KEY_UNFIT, "RFC 8725, 3.1", _family),
    Check("key algorithm", Reason.KEY_UNFIT, "RFC 7517, 4.4", _declared),
    Check("key use", Reason.KEY_UNFIT, "RFC 7517, 4.2 and 4.3", _use),
    Check("public key", Reason.KEY_UNFIT, "RFC 7517, 9.2", _public),
    Check("key strength", Reason.KEY_UNFIT, "RFC 7518, 3.3", _strength),
)


def keys_of(document: Mapping[str, object]) -> tuple[Jwk, ...]:
    """Return the keys of a JWK set; entries of another shape are left out.

    Raises:
        RefusedError: it is no key set, or an unreasonable one.
    """
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise RefusedError(Reason.NOT_JSON, "no set of keys")
    return tuple(key for key in keys if isinstance(key, dict))


def key_for(keys: tuple[Jwk, ...], header: Header, checks: tuple[Check[Candidate], ...] = KEY_CHECKS) -> Jwk:
    """Return the one key that may have signed a token.

    Keys of one ``kid`` may differ in type (RFC 7517, 4.5); a token that names none is accepted when one key fits.

    Raises:
        RefusedError: ``KEY_UNKNOWN`` when no key has the name, or several may be meant; ``KEY_UNFIT`` when the named
            one may not be used like this.
    """
    named = [key for key in keys if not header.kid or key.get("kid") == header.kid]
    if not named:
        raise RefusedError(Reason.KEY_UNKNOWN, f"no key has kid {shown(header.raw.get('kid'))}")
    fitting, fault = [], None
    for key in named:
        try:
            demand(checks, Candidate(key=key, algorithm=header.algorithm))
        except RefusedError as error:
            fault = fault or error
        else:
            fitting.append(key)
    if fault and not fitting:
        raise fault
    if len(fitting) > 1:
        raise RefusedError(Reason.KEY_UNKNOWN, f"{len(fitting)} keys have kid {shown(header.raw.get('kid'))}")
    return fitting[0]


def _number(value: object) -> int:
    """Return a base64url number, 0 for anything else."""
    text = text_of(value, longest=4096)
    try:
        return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return 0
