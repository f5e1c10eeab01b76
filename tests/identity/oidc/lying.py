"""An OpenID provider that can lie in every place, on the loopback. Each of its issuers tells one lie."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from joserfc import jws
from joserfc.jwk import ECKey, Key, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from andel.identity.model.oidc.refusals import Reason

Json = dict[str, Any]
CLIENT: Final = "andel-test"
SECRET: Final = "a secret/with+signs %"  # noqa: S105  (of a provider that lives for one test)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the provider signs with. ``other`` is published nowhere; ``weak`` only where a lie says so."""

    main: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "main", "use": "sig"}))
    curve: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "curve"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "other"}))

    def published(self) -> Json:
        """Return the key set that an honest provider publishes."""
        return {"keys": [dict(self.main.as_dict(private=False)), dict(self.curve.as_dict(private=False))]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A token before it is signed."""

    header: Json
    claims: Json
    keys: Keys

    def signed(self, key: Key | None = None, payload: bytes | None = None) -> str:
        """Return the token, signed by the main key unless told otherwise."""
        body = json.dumps(self.claims).encode() if payload is None else payload
        registry = jws.JWSRegistry(algorithms=[self.header["alg"]], strict_check_header=False)
        return jws.serialize_compact(self.header, body, key or self.keys.main, registry=registry)


def same(value: Any) -> Any:  # noqa: ANN401  (whatever an honest provider says)
    """Tell the truth."""
    return value


def plainly(draft: Draft) -> str:
    """Sign as an honest provider does."""
    return draft.signed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """One way to lie, and what must come of it.

    Attributes:
        reason: why it is refused; None for the truth.
        checks: the checks whose removal lets it pass; empty where no single check could be taken away.
        then: the next wall behind those checks; None when it signs in.
        settings: how Andel's side is configured, for a lie that needs it.
        document, keys, back, tokens, claims: what is made of the honest answer.
        sign: how the token is signed.
        http: an HTTP answer of its own for ``document``, ``keys`` or ``token``, from the honest body.
    """

    reason: Reason | None
    checks: tuple[str, ...] = ()
    then: Reason | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    document: Callable[[Json], Json] = same
    keys: Callable[[Json], Json] = same
    back: Callable[[list[tuple[str, str]]], list[tuple[str, str]]] = same
    tokens: Callable[[Json], Json] = same
    claims: Callable[[Json], Json] = same
    header: Callable[[Json], Json] = same
    sign: Callable[[Draft], str] = plainly
    http: Mapping[str, Callable[[bytes], Response]] = field(default_factory=dict)
    keeps_pkce: bool = True


@dataclass(frozen=True, slots=True)
class _Code:
    nonce: str
    challenge: str
    redirect_uri: str


@dataclass(slots=True)
class LyingProvider:
    """The provider: its lies by name, and what it saw."""

    lies: Mapping[str, Lie]
    keys: Keys = field(default_factory=Keys)
    base: str = ""
    seen: list[str] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)

    def issuer(self, name: str) -> str:
        """Return the issuer that tells a lie."""
        return f"{self.base}/{name}"

    def __call__(self, environ: Any, start_response: Any) -> Any:  # noqa: ANN401  (WSGI)
        request = Request(environ)
        name, _, path = request.path.strip("/").partition("/")
        self.seen.append(f"{request.method} {request.path}")
        lie = self.lies[name]
        routes = {
            ".well-known/openid-configuration": lambda: self._document(name, lie),
            "keys": lambda: self._keys(lie),
            "authorize": lambda: self._authorize(name, lie, request),
            "token": lambda: self._token(name, lie, request),
        }
        return routes[path]()(environ, start_response)

    def _document(self, name: str, lie: Lie) -> Response:
        here = self.issuer(name)
        honest = {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "end_session_endpoint": f"{here}/logout",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _answer(lie, "document", lie.document(honest))

    def _keys(self, lie: Lie) -> Response:
        return _answer(lie, "keys", lie.keys(self.keys.published()))

    def _authorize(self, name: str, lie: Lie, request: Request) -> Response:
        asked = request.args
        code = f"code-{len(self._codes)}"
        self._codes[code] = _Code(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        back = lie.back([("code", code), ("state", asked["state"]), ("iss", self.issuer(name))])
        return Response(status=303, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _token(self, name: str, lie: Lie, request: Request) -> Response:
        form = {key: values[0] for key, values in parse_qs(request.get_data(as_text=True)).items()}
        code = self._codes.get(form.get("code", ""))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = code and form["redirect_uri"] == code.redirect_uri
        if not code or not right or (lie.keeps_pkce and challenge != code.challenge):
            return Response('{"error": "invalid_grant"}', 400, content_type="application/json")
        return _answer(lie, "token", lie.tokens(self._tokens(name, lie, code)))

    def _tokens(self, name: str, lie: Lie, code: _Code) -> Json:
        now, access = int(time.time()), "an access token"
        half = hashlib.sha256(access.encode()).digest()[:16]
        honest: Json = {
            "iss": self.issuer(name),
            "aud": CLIENT,
            "sub": "person-1",
            "nonce": code.nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "acr": "http://id.sambi.se/loa/loa3",
            "roles": ["Andel.Ekonom"],
            "https://id.oidc.se/claim/orgNumber": "2120002221",
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.extra,
        }
        draft = Draft(
            header=lie.header({"alg": "RS256", "kid": "main", "typ": "JWT"}),
            claims=lie.claims(honest),
            keys=self.keys,
        )
        return {"access_token": access, "token_type": "Bearer", "id_token": lie.sign(draft)}


def _answer(lie: Lie, place: str, value: Json) -> Response:
    body = json.dumps(value).encode()
    own = lie.http.get(place)
    return own(body) if own else Response(body, content_type="application/json")


class Late:
    """An application that is known after its address."""

    app: Callable[..., Any]

    def __call__(self, environ: Any, start_response: Any) -> Any:  # noqa: ANN401  (WSGI)
        return self.app(environ, start_response)


@contextmanager
def serving(app: Any) -> Iterator[str]:  # noqa: ANN401  (WSGI)
    """Serve on the loopback, and give the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
