"""``POST /<tenant>/oauth/token``: an access token for a program's id and secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, request
from sqlalchemy import Engine

from andel.identity.model.access import Access, Shown, marked
from andel.identity.service.clients.granting import grant
from andel.shared.database import gate_transaction
from andel.shared.web.answers import ask_as_program

LARGEST: Final = 8 * 1024
"""Bytes of a form: an id, a secret and the scopes fit many times."""

_FORM: Final = "application/x-www-form-urlencoded"


def oauth_api(engine_of: Callable[[str], Engine], clock: Callable[[], datetime]) -> Blueprint:
    """Return the token endpoint of every region.

    Args:
        engine_of: returns a region's engine, or raises when there is no such region or it rests.
        clock: the moment of a request.
    """
    api = Blueprint("oauth", __name__)
    api.before_request(ask_as_program)

    def token(tenant: str) -> Response:
        """Give a program an access token for ten minutes."""
        request.max_content_length = LARGEST
        form = list(request.form.items(multi=True)) if request.mimetype == _FORM else []
        with gate_transaction(engine_of(tenant)) as session:
            answer = grant(session, form, _authorization(), clock())
        response = Response(json.dumps(answer.body), status=answer.status, mimetype="application/json")
        response.headers.update(answer.headers)
        return response

    view = marked(token, Access(None, Shown.CLIENT))
    api.add_url_rule("/<tenant:tenant>/oauth/token", "token", view, methods=["POST"])
    return api


def _authorization() -> str:
    """Return the header when it can be read, else one that lets nobody in."""
    shown = request.headers.get("Authorization", "")
    return shown if not shown or request.authorization is not None else "Basic Og=="
