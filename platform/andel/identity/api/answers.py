"""How directories are told what went wrong: as RFC 7644, section 3.12, writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Blueprint, Response, current_app
from scim2_models import Error
from werkzeug.exceptions import HTTPException

from andel.identity.model.scim.errors import ScimError
from andel.identity.service.scim import TooManyRequestsError
from andel.sdk.errors import AndelError
from andel.shared.database import DatabaseError
from andel.shared.web import reference

MEDIA_TYPE: Final = "application/scim+json"
_log = structlog.get_logger("andel.scim")


def document(data: Mapping[str, Any], status: int = HTTPStatus.OK) -> Response:
    """Answer a SCIM document."""
    return Response(json.dumps(data, ensure_ascii=False), status=status, mimetype=MEDIA_TYPE)


def answer_in_scim(api: Blueprint) -> None:
    """Tell whatever goes wrong in the form that directories read."""
    api.register_error_handler(ScimError, _answer_refused)
    api.register_error_handler(AndelError, _answer_error)
    api.register_error_handler(HTTPException, _answer_http)
    api.register_error_handler(Exception, _answer_unexpected)


def _answer_refused(error: ScimError) -> Response:
    _log.info("refused", status=error.status, keyword=error.keyword, what=error.what)
    response = _error(error.as_error())
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="andel", error="invalid_token"'
    if isinstance(error, TooManyRequestsError):
        response.headers["Retry-After"] = str(error.wait)
    return response


def _answer_error(error: AndelError) -> Response:
    """Answer a region that is not there for the moment, or whatever else a person can mend."""
    away = isinstance(error, DatabaseError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.NOT_FOUND
    _log.info("refused", status=int(status), what=error.what)
    return _error(Error(status=int(status), detail="The region is closed." if away else "There is no such endpoint."))


def _answer_http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(Error(status=int(status), detail=f"{HTTPStatus(status).phrase}. Reference {reference()}."))


def _answer_unexpected(error: Exception) -> Response:
    _log.error("unexpected", exc_info=error)
    if current_app.testing or current_app.debug:
        raise error
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(Error(status=int(status), detail=f"Something went wrong on our side. Reference {reference()}."))


def _error(error: Error) -> Response:
    return document(error.model_dump(), error.status or HTTPStatus.BAD_REQUEST)
