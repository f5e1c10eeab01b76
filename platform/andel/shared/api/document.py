"""The OpenAPI document of the API: made by flask-smorest of what each operation declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import flask_smorest
from flask import Flask

from andel.sdk.text import Text
from andel.shared.api.schemas import Problem
from andel.shared.problems import MEDIA_TYPE, Kind, Kinds, status_title

ROOT: Final = "/api/v1"
VERSION: Final = "1.0.0"
RELEASED: Final = "2026-11-24"
TITLE: Final = "Andel"
BEARER: Final = "bearer"

ABOUT: Final = """\
Regions and municipalities share costs: organizations, figures, services, allocations and why each amount is what it is.
Every operation needs an access token with the scope that it names, from `POST /{tenant}/oauth/token`. A program of a
municipality sees what is its own and what is shared in the region; a program of the region sees everything.

Regioner och kommuner delar kostnader: organisationer, underlag, tjänster, fördelningar och varför varje belopp är som
det är. Varje operation behöver en åtkomsttoken med den behörighet som står vid den, från `POST /{tenant}/oauth/token`.
Ett program hos en kommun ser det egna och det som är gemensamt i regionen; ett program hos regionen ser allt.

Limits (begränsningar): bodies of at most 1 000 000 bytes, pages of at most 200 items, requests per minute by client.
"""
LIMITATIONS: Final = (
    "1 000 000 bytes a body, 200 items a page, and as many requests a minute as the client is registered for."
)
SERVICE_LEVEL: Final = {
    "availability": "Agreed between the region and whoever operates the instance.",
    "responseTime": "Reads within 200 ms at the 95th percentile, but for previews of large costs.",
    "support": "By whoever operates the instance.",
}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no types
    """The API of an application. Errors are the application's to answer; here they are only documented."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, kinds: Kinds) -> None:
        self._kinds = kinds
        self.subjects: dict[str, Text] = {}
        options = {
            "info": {
                "description": ABOUT,
                "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
                "contact": {"name": "The operator of the instance"},
                "x-limitations": LIMITATIONS,
                "x-sla": SERVICE_LEVEL,
            },
            "components": {
                "securitySchemes": {
                    BEARER: {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "An access token of a client (OAuth 2.0 client credentials, RFC 6749 4.4).",
                    }
                }
            },
        }
        super().__init__(app, spec_kwargs={"title": TITLE, "version": VERSION, "openapi_version": "3.1.0", **options})

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, whose answer has type, field and remedy."""

    def _register_responses(self) -> None:
        """Document every error as problem+json, under the names that flask-smorest refers to."""
        for status in HTTPStatus:
            if status.value >= HTTPStatus.BAD_REQUEST:
                self.spec.components.response(status.name, _error(status, self._kinds), lazy=True)
        self.spec.components.response(HTTPStatus.NOT_MODIFIED.name, {"description": _UNCHANGED}, lazy=True)


_UNCHANGED: Final = "Nothing is new since the version that If-None-Match names."


def document_of(api: Api, server: str) -> dict[str, Any]:
    """Return the document, with addresses below the server's.

    Args:
        api: the API, with all its operations.
        server: where the API is, such as ``https://andel.example/api/v1``.
    """
    document: dict[str, Any] = api.spec.to_dict()
    paths = {path.removeprefix(ROOT): dict(item) for path, item in document["paths"].items()}
    return {
        **document,
        "servers": [{"url": server}],
        "externalDocs": {"description": "Reference", "url": f"{server}/reference"},
        "paths": {path: paths[path] for path in sorted(paths)},
    }


def operations_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the document's operations: path, method in capitals, and what it says of it."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield path, method.upper(), operation


def _error(status: HTTPStatus, kinds: Kinds) -> dict[str, Any]:
    """Return what an error of a status looks like: its kinds, its headers and an example."""
    own = sorted({kind.slug: kind for kind in kinds.values() if kind.status == status and kind.slug}.items())
    title = status_title(status.value).en
    told = ", ".join(f"`{kind.type}` ({kind.title.en})" for _, kind in own)
    example = _example(own[0][1] if own else Kind("", status.value, status_title(status.value)))
    response: dict[str, Any] = {
        "description": f"{title}. Kinds: {told}." if told else f"{title}.",
        "content": {MEDIA_TYPE: {"schema": Problem, "examples": {status.name.lower(): {"value": example}}}},
    }
    headers = _HEADERS.get(status)
    return {**response, "headers": headers} if headers else response


def _example(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title.en,
        "status": kind.status,
        "instance": f"{ROOT}/dalarna/organizations",
        "reference": "A7F3-91C2",
    }


_HEADERS: Final[Mapping[HTTPStatus, dict[str, Any]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": {"description": "How to get in.", "schema": {"type": "string"}}},
    HTTPStatus.TOO_MANY_REQUESTS: {
        "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
    },
}
