"""Requests of programs: the access token that they show, and how they are told that it does not let them in."""

from __future__ import annotations

from typing import Final

from flask import Flask, Request, Response

from andel.identity.model.programs import ScopeError, TokenNeededError, TooManyRequestsError
from andel.shared.web.answers import answer_error

CHALLENGE: Final = "WWW-Authenticate"


def shown_token(request: Request) -> str | None:
    """Return the access token that a request shows (RFC 6750, section 2.1); None when a person makes it.

    A request that shows one is a program's and nobody else's: no cookie counts beside it.
    """
    scheme, _, shown = request.headers.get("Authorization", "").strip().partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else None


def answer_programs(app: Flask) -> None:
    """Tell programs why they are not let in, as RFC 6750 and RFC 6585 say it."""
    app.register_error_handler(TokenNeededError, _answer_no_token)
    app.register_error_handler(ScopeError, _answer_no_scope)
    app.register_error_handler(TooManyRequestsError, _answer_too_many)


def _answer_no_token(error: TokenNeededError) -> Response:
    response = answer_error(error)
    response.headers[CHALLENGE] = 'Bearer realm="andel", error="invalid_token"'
    return response


def _answer_no_scope(error: ScopeError) -> Response:
    response = answer_error(error)
    response.headers[CHALLENGE] = f'Bearer realm="andel", error="insufficient_scope", scope="{error.permission}"'
    return response


def _answer_too_many(error: TooManyRequestsError) -> Response:
    response = answer_error(error)
    response.headers["Retry-After"] = str(error.wait)
    return response
