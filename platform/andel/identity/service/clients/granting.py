"""The token endpoint of OAuth 2.0 for programs: client credentials (RFC 6749, section 4.4), by Authlib."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, InvalidScopeError, OAuth2Error
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from sqlalchemy.orm import Session

from andel.identity.model.permissions import Permission
from andel.identity.model.programs import TOKEN_LIFE
from andel.identity.service.clients.admitting import Client, authenticate, issue

GRANT: Final = "client_credentials"
_METHODS: Final = frozenset({"client_secret_basic", "client_secret_post"})
_HERE: Final = "https://andel/oauth/token"  # Authlib demands https; that it is so, is a matter of the deployment
_log = structlog.get_logger("andel.oauth")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """What the token endpoint answers."""

    status: int
    body: Mapping[str, Any]
    headers: Sequence[tuple[str, str]]


def grant(session: Session, form: Sequence[tuple[str, str]], authorization: str, now: datetime) -> TokenAnswer:
    """Answer a request for an access token; what is refused is told as RFC 6749, section 5.2, says it.

    Args:
        session: of the gate.
        form: the fields of the form, as they were sent.
        authorization: the header, empty when there is none.
        now: the moment.

    Raises:
        TooManyRequestsError: the client asks too often.
    """
    server = _Server(session, now)
    request = _Request(form, authorization)
    try:
        _check(request)
    except OAuth2Error as error:
        return server.handle_error_response(request, error)  # type: ignore[no-any-return]  # Authlib has no types
    answer: TokenAnswer = server.create_token_response(request)
    if "error" in answer.body:
        _log.info("no token", error=answer.body["error"])
    return answer


class _Claimed:
    """Whoever says that it is a client. One that does not exist is refused by its secret, as any other."""

    def __init__(self, session: Session, client_id: str, now: datetime) -> None:
        self._session, self._client_id, self._now = session, client_id, now
        self.found: Client | None = None

    def check_client_secret(self, shown: str) -> bool:
        """Return whether the secret is the client's."""
        self.found = authenticate(self._session, self._client_id, shown, self._now)
        return self.found is not None

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Return whether a client may show its secret so."""
        return method in _METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether a client may ask for a token so."""
        return grant_type == GRANT

    def wanted(self, scope: str | None) -> frozenset[Permission] | None:
        """Return the scopes that are asked for, all that it may have when none are; None when it may not."""
        held = self.found.scopes if self.found else frozenset()
        named = {permission.value: permission for permission in held}
        asked = set((scope or "").split()) or set(named)
        return frozenset(named[name] for name in asked) if asked and asked <= named.keys() else None


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: Final = ["client_secret_basic", "client_secret_post"]

    def validate_requested_scope(self) -> None:
        """Refuse a scope that the client may not have."""
        if self.request.client.wanted(self.request.payload.scope) is None:
            raise InvalidScopeError

    def create_token_response(self) -> tuple[int, dict[str, Any], Sequence[tuple[str, str]]]:
        """Give the token. Authlib's own writes it into the debug log."""
        token = self.generate_token(scope=self.request.payload.scope, include_refresh_token=False)
        return 200, token, self.TOKEN_RESPONSE_HEADER


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, session: Session, now: datetime) -> None:
        super().__init__()
        self._session, self._now = session, now
        self.register_grant(_Grant)
        self.register_token_generator("default", self._token)

    def query_client(self, client_id: str) -> _Claimed:
        """Return whoever says that it is a client."""
        return _Claimed(self._session, client_id, self._now)

    def _token(self, *, client: _Claimed, scope: str | None, **_others: object) -> dict[str, Any]:
        if client.found is None:
            raise InvalidRequestError
        scopes = client.wanted(scope) or frozenset()
        shown = issue(self._session, client.found, scopes, self._now)
        return {
            "token_type": "Bearer",
            "access_token": shown,
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": " ".join(sorted(scope.value for scope in scopes)),
        }

    def create_oauth2_request(self, request: _Request) -> _Request:
        """Return the request as it is."""
        return request

    def handle_response(self, status: int, body: Mapping[str, Any], headers: Sequence[tuple[str, str]]) -> TokenAnswer:
        """Return the answer."""
        return TokenAnswer(status=status, body=dict(body), headers=headers)

    def send_signal(self, name: str, *_arguments: object, **_named: object) -> None:
        """Send no signals."""


class _Request(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, fields: Sequence[tuple[str, str]], authorization: str) -> None:
        super().__init__("POST", _HERE, headers={"Authorization": authorization})
        self.fields = fields
        self.payload = BasicOAuth2Payload(dict(fields))

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form."""
        return dict(self.fields)


def _check(request: _Request) -> None:
    """Refuse what Authlib lets pass or stumbles over: a field twice, two ways to show a secret, odd characters."""
    repeated = [name for name, count in Counter(name for name, _ in request.fields).items() if count > 1]
    both = "client_secret" in request.form and bool(request.headers["Authorization"])
    readable = all(text.isascii() and text.isprintable() for field in request.fields for text in field)
    if repeated or both or not readable:
        raise InvalidRequestError
