"""The table of lies: each mode of the lying provider, why it is refused, and which check stands against it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey
from tests.identity.oidc.lying import Draft, Json, Lie
from werkzeug.wrappers import Response

from andel.identity.model.oidc.refusals import Reason

LEVEL: Final = "http://id.sambi.se/loa/loa3"
ORGANIZATION: Final = "https://id.oidc.se/claim/orgNumber"
_STRICT: Final = {"organization_claim": ORGANIZATION, "organization_number": "212000-2221"}
_FRESH: Final = {"max_age": 60}
_LEVELS: Final = {"acr": (LEVEL,)}
with catch_warnings():
    simplefilter("ignore", SecurityWarning)
    WEAK: Final = RSAKey.generate_key(1024, {"kid": "weak"})
STRANGER: Final = RSAKey.generate_key(2048, {"kid": "stranger"})


def put(**claims: Any) -> Callable[[Json], Json]:  # noqa: ANN401  (any JSON)
    """Say something else."""
    return lambda honest: honest | claims


def say(name: str, value: Any) -> Callable[[Json], Json]:  # noqa: ANN401  (any JSON)
    """Say something else, under a name that looks like a secret's."""
    return lambda honest: honest | {name: value}


def drop(*names: str) -> Callable[[Json], Json]:
    """Leave something out."""
    return lambda honest: {name: value for name, value in honest.items() if name not in names}


def later(**seconds: int) -> Callable[[Json], Json]:
    """Move moments, counted from now."""
    return lambda honest: honest | {name: int(time.time()) + moved for name, moved in seconds.items()}


def key(**members: Any) -> Callable[[Json], Json]:  # noqa: ANN401  (any JSON)
    """Say something else of the main key."""
    return lambda honest: {"keys": [honest["keys"][0] | members, *honest["keys"][1:]]}


def param(name: str, *values: str) -> Callable[[list[tuple[str, str]]], list[tuple[str, str]]]:
    """Bring other values of a parameter back, or none."""
    return lambda back: [pair for pair in back if pair[0] != name] + [(name, value) for value in values]


def failed(error: str) -> Callable[[list[tuple[str, str]]], list[tuple[str, str]]]:
    """Bring an error back instead of a code."""
    return lambda back: [("error", error), *[pair for pair in back if pair[0] != "code"]]


def answer(status: int = 200, **headers: str) -> Callable[[bytes], Response]:
    """Answer the honest body in another way."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda body: Response(body, status, {"Content-Type": "application/json", **named})


def instead(body: bytes, kind: str = "application/json", status: int = 200) -> Callable[[bytes], Response]:
    """Answer something else."""
    return lambda _honest: Response(body, status, content_type=kind)


def slowly(body: bytes) -> Response:
    """Answer the honest body, one byte at a time."""

    def drip() -> Iterator[bytes]:
        for byte in body:
            time.sleep(0.02)
            yield bytes([byte])

    return Response(drip(), content_type="application/json")


def padded(body: bytes) -> Response:
    """Answer the honest body, with a lot of nothing after it."""
    return Response(body + b" " * 300_000, content_type="application/json")


def unsigned(draft: Draft) -> str:
    """Sign nothing."""
    parts = [_encoded(draft.header | {"alg": "none"}), _encoded(draft.claims), ""]
    return ".".join(parts)


def by_public_key(draft: Draft) -> str:
    """Sign with the public key as if it were a shared secret."""
    secret = OctKey.import_key(json.dumps(draft.keys.main.as_dict(private=False)))
    return Draft(header=draft.header | {"alg": "HS256"}, claims=draft.claims, keys=draft.keys).signed(secret)


def by(signer: Callable[[Draft], Any], **header: Any) -> Callable[[Draft], str]:  # noqa: ANN401  (any JSON)
    """Sign with another key, and say something else in the header."""

    def sign(draft: Draft) -> str:
        changed = Draft(header=draft.header | header, claims=draft.claims, keys=draft.keys)
        return changed.signed(signer(draft))

    return sign


def twice(draft: Draft) -> str:
    """Say who it is twice, and let the reader choose."""
    body = json.dumps(draft.claims).encode()
    return draft.signed(payload=body[:-1] + b', "sub": "person-2"}')


def handmade(draft: Draft) -> str:
    """Say more in the header than was signed."""
    honest = Draft(header={"alg": "RS256", "kid": "main"}, claims=draft.claims, keys=draft.keys).signed()
    _, payload, signature = honest.split(".")
    return f"{_encoded(draft.header)}.{payload}.{signature}"


def _encoded(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


CLAIMS: Final[dict[str, Lie]] = {
    "iss-other": Lie(reason=Reason.CLAIM_ISSUER, checks=("iss",), claims=put(iss="https://idp.falun.se")),
    "iss-slash": Lie(
        reason=Reason.CLAIM_ISSUER, checks=("iss",), claims=lambda claims: claims | {"iss": claims["iss"] + "/"}
    ),
    "iss-missing": Lie(reason=Reason.CLAIM_ISSUER, checks=("iss", "library"), claims=drop("iss")),
    "aud-other": Lie(reason=Reason.CLAIM_AUDIENCE, checks=("aud", "library"), claims=put(aud="another-client")),
    "aud-several": Lie(
        reason=Reason.CLAIM_AUDIENCE, checks=("aud", "library"), claims=put(aud=["andel-test", "another-client"])
    ),
    "azp-other": Lie(reason=Reason.CLAIM_AZP, checks=("azp", "library"), claims=put(azp="another-client")),
    "sub-empty": Lie(reason=Reason.CLAIM_SUBJECT, checks=("sub", "key claim", "library"), claims=put(sub="")),
    "sub-missing": Lie(reason=Reason.CLAIM_SUBJECT, checks=("sub", "key claim", "library"), claims=drop("sub")),
    "sub-number": Lie(reason=Reason.CLAIM_SUBJECT, checks=("sub", "key claim", "library"), claims=put(sub=17)),
    "sub-long": Lie(reason=Reason.CLAIM_SUBJECT, checks=("sub", "key claim"), claims=put(sub="x" * 256)),
    "nonce-other": Lie(reason=Reason.CLAIM_NONCE, checks=("nonce",), claims=put(nonce="of another sign-in")),
    "nonce-missing": Lie(reason=Reason.CLAIM_NONCE, checks=("nonce",), claims=drop("nonce")),
    "expired": Lie(reason=Reason.EXPIRED, checks=("exp", "library"), claims=later(exp=-120, iat=-200)),
    "exp-missing": Lie(reason=Reason.CLAIM_TIME, checks=("times", "library"), claims=drop("exp")),
    "exp-words": Lie(reason=Reason.CLAIM_TIME, checks=("times", "library"), claims=put(exp="9999999999")),
    "exp-true": Lie(reason=Reason.CLAIM_TIME, checks=("times", "library"), claims=put(exp=True)),
    "not-yet": Lie(reason=Reason.NOT_YET, checks=("nbf", "library"), claims=later(nbf=200)),
    "iat-ahead": Lie(reason=Reason.ISSUED_IN_FUTURE, checks=("iat ahead", "library"), claims=later(iat=200)),
    "iat-back": Lie(reason=Reason.ISSUED_LONG_AGO, checks=("iat back",), claims=later(iat=-3600)),
    "auth-stale": Lie(
        reason=Reason.AUTHENTICATION_STALE, checks=("auth_time",), settings=_FRESH, claims=later(auth_time=-3600)
    ),
    "auth-missing": Lie(
        reason=Reason.AUTHENTICATION_STALE,
        checks=("auth_time", "library"),
        settings=_FRESH,
        claims=drop("auth_time"),
    ),
    "auth-ahead": Lie(
        reason=Reason.AUTHENTICATION_STALE, checks=("auth_time",), settings=_FRESH, claims=later(auth_time=3600)
    ),
    "acr-low": Lie(
        reason=Reason.ASSURANCE_TOO_LOW,
        checks=("acr",),
        settings=_LEVELS,
        claims=put(acr="http://id.sambi.se/loa/loa2"),
    ),
    "acr-missing": Lie(reason=Reason.ASSURANCE_TOO_LOW, checks=("acr",), settings=_LEVELS, claims=drop("acr")),
    "acr-list": Lie(reason=Reason.ASSURANCE_TOO_LOW, checks=("acr",), settings=_LEVELS, claims=put(acr=[LEVEL])),
    "at-hash": Lie(reason=Reason.ACCESS_TOKEN_OTHER, checks=("at_hash",), claims=put(at_hash="b2ZhbHNl")),
    "amr-words": Lie(reason=Reason.CLAIMS_REFUSED, checks=("library",), claims=put(amr="pwd")),
    "key-claim": Lie(reason=Reason.KEY_CLAIM_MISSING, checks=("key claim",), settings={"key_claim": "employeeHsaId"}),
    "key-claim-spaces": Lie(
        reason=Reason.KEY_CLAIM_MISSING,
        checks=("key claim",),
        settings={"key_claim": "employeeHsaId"},
        claims=put(employeeHsaId=" SE2120002221-A1 "),
    ),
    "organization-missing": Lie(
        reason=Reason.ORGANIZATION_MISSING,
        checks=("organization sent", "organization"),
        settings=_STRICT,
        claims=drop(ORGANIZATION),
    ),
    "organization-other": Lie(
        reason=Reason.ORGANIZATION_OTHER,
        checks=("organization",),
        settings=_STRICT,
        claims=put(**{ORGANIZATION: "2120002247"}),
    ),
    "organization-several": Lie(
        reason=Reason.ORGANIZATION_OTHER,
        checks=("organization",),
        settings=_STRICT,
        claims=put(**{ORGANIZATION: ["2120002221", "2120002247"]}),
    ),
}

SIGNATURES: Final[dict[str, Lie]] = {
    "alg-none": Lie(
        reason=Reason.ALGORITHM_FORBIDDEN,
        checks=("alg", "key type"),
        sign=unsigned,
    ),
    "alg-hs256": Lie(
        reason=Reason.ALGORITHM_FORBIDDEN,
        checks=("alg", "key type"),
        then=Reason.SIGNATURE_FALSE,
        sign=by_public_key,
    ),
    "alg-other": Lie(reason=Reason.ALGORITHM_FORBIDDEN, checks=("alg",), settings={"algorithms": ("ES256",)}),
    "typ-access": Lie(reason=Reason.HEADER_FORBIDDEN, checks=("typ",), header=put(typ="at+jwt")),
    "crit": Lie(
        reason=Reason.HEADER_FORBIDDEN,
        checks=("crit",),
        then=Reason.SIGNATURE_FALSE,
        header=lambda header: header | {"crit": ["exp"], "exp": 1},
        sign=handmade,
    ),
    "key-in-header": Lie(
        reason=Reason.KEY_UNKNOWN, sign=by(lambda _: STRANGER, kid="stranger", jwk=STRANGER.as_dict(private=False))
    ),
    "kid-reused": Lie(reason=Reason.SIGNATURE_FALSE, sign=by(lambda draft: draft.keys.other)),
    "kid-unknown": Lie(reason=Reason.KEY_UNKNOWN, header=put(kid="older")),
    "kid-missing": Lie(
        reason=Reason.KEY_UNKNOWN,
        header=drop("kid"),
        keys=lambda keys: {"keys": [*keys["keys"], dict(STRANGER.as_dict(private=False))]},
    ),
    "key-for-encryption": Lie(
        reason=Reason.KEY_UNFIT, checks=("key use",), then=Reason.SIGNATURE_FALSE, keys=key(use="enc")
    ),
    "key-for-signing-only": Lie(reason=Reason.KEY_UNFIT, checks=("key use",), keys=key(key_ops=["sign"])),
    "key-of-other-algorithm": Lie(
        reason=Reason.KEY_UNFIT, checks=("key algorithm",), then=Reason.SIGNATURE_FALSE, keys=key(alg="PS512")
    ),
    "key-weak": Lie(
        reason=Reason.KEY_UNFIT,
        checks=("key strength",),
        keys=lambda _: {"keys": [dict(WEAK.as_dict(private=False))]},
        sign=by(lambda _: WEAK, kid="weak"),
    ),
    "key-private": Lie(
        reason=Reason.KEY_UNFIT,
        checks=("public key",),
        keys=lambda _: {"keys": [dict(STRANGER.as_dict(private=True))]},
        sign=by(lambda _: STRANGER, kid="stranger"),
    ),
    "keys-nothing": Lie(reason=Reason.NOT_JSON, keys=lambda _: {"keys": None}),
    "token-words": Lie(reason=Reason.TOKEN_MALFORMED, sign=lambda _: "no token at all"),
    "token-encrypted": Lie(reason=Reason.TOKEN_MALFORMED, sign=lambda draft: f"{draft.signed()}.a.b"),
    "claim-twice": Lie(reason=Reason.TOKEN_MALFORMED, sign=twice),
    "payload-list": Lie(reason=Reason.TOKEN_MALFORMED, sign=lambda draft: draft.signed(payload=b"[]")),
    "payload-changed": Lie(
        reason=Reason.SIGNATURE_FALSE,
        sign=lambda draft: _swapped(draft.signed(), draft.claims | {"sub": "person-2"}),
    ),
}


def _swapped(token: str, claims: Json) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{_encoded(claims)}.{signature}"


ANSWERS: Final[dict[str, Lie]] = {
    "no-id-token": Lie(
        reason=Reason.ID_TOKEN_MISSING,
        checks=("id token",),
        then=Reason.TOKEN_MALFORMED,
        tokens=drop("id_token"),
    ),
    "token-error": Lie(reason=Reason.TOKEN_REFUSED, checks=("token error",), tokens=put(error="invalid_grant")),
    "token-type": Lie(reason=Reason.TOKEN_TYPE, checks=("token type",), tokens=say("token_type", "mac")),
    "token-down": Lie(reason=Reason.BAD_STATUS, http={"token": instead(b"<h1>no</h1>", "text/html", 502)}),
    "token-elsewhere": Lie(
        reason=Reason.REDIRECTED, checks=("redirect",), http={"token": answer(307, Location="https://idp.falun.se/")}
    ),
    "token-list": Lie(reason=Reason.NOT_JSON, http={"token": instead(b"[]")}),
    "document-issuer": Lie(
        reason=Reason.METADATA_ISSUER, checks=("issuer",), document=put(issuer="https://idp.falun.se")
    ),
    "document-elsewhere": Lie(
        reason=Reason.REDIRECTED,
        checks=("redirect",),
        http={"document": answer(302, Location="http://169.254.169.254/latest/")},
    ),
    "document-huge": Lie(reason=Reason.TOO_LARGE, checks=("size",), http={"document": padded}),
    "document-slow": Lie(reason=Reason.TOO_SLOW, http={"document": slowly}),
    "document-page": Lie(
        reason=Reason.NOT_JSON, checks=("content type",), http={"document": answer(Content_Type="text/html")}
    ),
    "document-packed": Lie(
        reason=Reason.NOT_JSON, checks=("encoding",), http={"document": answer(Content_Encoding="gzip")}
    ),
    "document-words": Lie(reason=Reason.NOT_JSON, http={"document": instead(b"hello")}),
    "document-deep": Lie(reason=Reason.NOT_JSON, http={"document": instead(b"[" * 100_000)}),
    "document-gone": Lie(reason=Reason.BAD_STATUS, http={"document": answer(404)}),
    "authorize-script": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("authorization endpoint",),
        document=put(authorization_endpoint="javascript:alert(1)//"),
    ),
    "authorize-plain": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("authorization endpoint",),
        document=put(authorization_endpoint="http://idp.borlange.se/authorize"),
    ),
    "token-inside": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("token endpoint",),
        then=Reason.ADDRESS_FORBIDDEN,
        document=say("token_endpoint", "https://10.0.0.1/token"),
    ),
    "token-plain": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("token endpoint",),
        then=Reason.ADDRESS_FORBIDDEN,
        document=say("token_endpoint", "http://idp.borlange.se/token"),
    ),
    "token-metadata-host": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("token endpoint",),
        then=Reason.ADDRESS_FORBIDDEN,
        document=say("token_endpoint", "https://[::ffff:169.254.169.254]/token"),
    ),
    "keys-inside": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("jwks uri",),
        then=Reason.ADDRESS_FORBIDDEN,
        document=put(jwks_uri="https://192.168.1.1/keys"),
    ),
    "keys-missing": Lie(reason=Reason.METADATA_ENDPOINT, document=drop("jwks_uri")),
    "keys-elsewhere": Lie(
        reason=Reason.REDIRECTED, checks=("redirect",), http={"keys": answer(301, Location="https://idp.falun.se/")}
    ),
    "logout-script": Lie(
        reason=Reason.METADATA_ENDPOINT,
        checks=("end session endpoint",),
        document=put(end_session_endpoint="javascript:alert(1)"),
    ),
    "no-code-flow": Lie(
        reason=Reason.METADATA_UNSUPPORTED,
        checks=("code flow",),
        document=put(response_types_supported=["id_token"]),
    ),
    "no-pkce": Lie(
        reason=Reason.METADATA_UNSUPPORTED,
        checks=("pkce",),
        document=put(code_challenge_methods_supported=["plain"]),
    ),
    "mix-up": Lie(reason=Reason.ISSUER_OTHER, checks=("iss same",), back=param("iss", "https://idp.falun.se")),
    "iss-not-sent": Lie(reason=Reason.ISSUER_MISSING, checks=("iss sent",), back=param("iss")),
    "iss-twice": Lie(
        reason=Reason.ANSWER_MALFORMED,
        checks=("repeated parameters",),
        then=Reason.ISSUER_MISSING,
        back=lambda back: [*back, ("iss", "https://idp.falun.se")],
    ),
    "code-missing": Lie(reason=Reason.CODE_MISSING, checks=("code",), then=Reason.TOKEN_REFUSED, back=param("code")),
    "declined": Lie(
        reason=Reason.DECLINED, checks=("declined",), then=Reason.PROVIDER_ERROR, back=failed("access_denied")
    ),
    "level-refused": Lie(
        reason=Reason.ASSURANCE_TOO_LOW,
        checks=("level refused",),
        then=Reason.PROVIDER_ERROR,
        back=failed("unmet_authentication_requirements"),
    ),
    "error-and-code": Lie(
        reason=Reason.PROVIDER_ERROR, checks=("error",), back=lambda back: [*back, ("error", "server_error")]
    ),
    "state-other": Lie(reason=Reason.ATTEMPT_UNKNOWN, back=param("state", "of nobody")),
    "state-missing": Lie(reason=Reason.ATTEMPT_UNKNOWN, back=param("state")),
}

TRUTH: Final = Lie(reason=None)
LIES: Final[dict[str, Lie]] = CLAIMS | SIGNATURES | ANSWERS
