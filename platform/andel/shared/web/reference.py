"""The reference number of a request: shown to the reader when something fails, and on every line of the log."""

from __future__ import annotations

import secrets
from typing import Final, cast

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, unbind_contextvars

HEADER: Final = "X-Request-Id"


def number_requests(app: Flask) -> None:
    """Give each request a reference such as ``A7F3-91C2`` and bind it to the log while the request lasts."""

    def begin() -> None:
        bind_contextvars(reference=reference(), method=request.method, path=request.path)

    def show(response: Response) -> Response:
        response.headers[HEADER] = reference()
        return response

    def end(_error: BaseException | None) -> None:
        unbind_contextvars("reference", "method", "path")

    app.before_request(begin)
    app.after_request(show)
    app.teardown_request(end)


def reference() -> str:
    """Return the reference of the current request."""
    if "andel_reference" not in g:
        digits = secrets.token_hex(4).upper()
        g.andel_reference = f"{digits[:4]}-{digits[4:]}"
    return cast("str", g.andel_reference)
