"""Operations: what each asks for and answers is declared once, and guards, parses and documents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import flask_smorest
from flask import Response, g, request

from andel.sdk.text import Text
from andel.shared.api.document import BEARER, ROOT
from andel.shared.api.errors import MalformedError, NotFoundError
from andel.shared.api.gate import Gate, Inside, shown_token
from andel.shared.api.parsing import StrictParser
from andel.shared.api.plain import as_json
from andel.shared.api.schemas import Answer, Query, Strict
from andel.shared.api.tags import is_known, must_name_version, tag_of, was_compared
from andel.shared.idempotency import Asked, Kept, answer_once

JSON: Final = "application/json"
KEY_HEADER: Final = "Idempotency-Key"
MOST_KEY: Final = 255

_KEY: Final = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "description": "A name of your own for this request, a new one for each. The same request under the same key is"
    " done once and gets the same answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST_KEY, "pattern": "^[!-~]+$"},
    "example": "6c2f0a52-8a2e-4b3c-9f0e-2f8a5d0e7b11",
}
_IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the version that the change was made from.",
    "schema": {"type": "string", "pattern": r'^"[!-~]+"$'},
    "example": '"2cf24dba5fb0a30e26e83b2ac5b9e29e"',
}
_IF_NONE_MATCH: Final = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag of the version at hand: 304 when nothing is new.",
    "schema": {"type": "string", "pattern": r'^"[!-~]+"$'},
}
_ETAG: Final = {"ETag": {"description": "Names this version of the resource.", "schema": {"type": "string"}}}
_LOCATION: Final = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a view answers: the resource as plain data, and where it is when it was created."""

    body: object = None
    location: str = ""


View = Callable[..., Answered]
_View = TypeVar("_View", bound=View)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What an operation asks for and answers; its words in English are the view's docstring.

    Attributes:
        scope: the permission that the token needs; empty for what everybody may read.
        sv: what it does, in Swedish, in a few words.
        answers: the schema of its answer; None for one without a body.
        example: an answer.
        query: the schema of its parameters.
        body: the schema of what it receives.
        sent: an example of that.
        refusals: statuses that it answers besides those that follow from the rest.
        creates: whether it creates something, once under its idempotency key.
        changes: whether it changes a version that the request must name.
        versioned: whether its answer is a resource with an ETag.
    """

    scope: str
    sv: str
    answers: type[Answer] | None
    example: object = None
    status: int = HTTPStatus.OK
    query: type[Query] | None = None
    body: type[Strict] | None = None
    sent: object = None
    refusals: tuple[int, ...] = ()
    creates: bool = False
    changes: bool = False
    versioned: bool = False

    @property
    def refused(self) -> list[int]:
        """The statuses of all its refusals."""
        found = set(self.refusals)
        if self.scope:
            found |= {401, 403, 404, 429, 503}
        if self.query:
            found |= {422}
        if self.body:
            found |= {400, 413, 415, 422}
        if self.creates:
            found |= {400, 409, 422}
        if self.changes:
            found |= {412, 428}
        return sorted(found | {500})


@dataclass(slots=True)
class Resources:
    """A set of operations on one subject, on a blueprint of their own.

    Attributes:
        name: of the blueprint, and the subject's in the document.
        about: what the subject is.
        gate: lets requests in.
        scopes: the permission that each endpoint asks for.
    """

    name: str
    about: Text
    gate: Gate | None
    scopes: dict[str, str] = field(default_factory=dict)
    _blueprint: Any = field(init=False)

    def __post_init__(self) -> None:
        self._blueprint = flask_smorest.Blueprint(self.name, __name__, url_prefix=ROOT, description=self.about.en)
        self._blueprint.ARGUMENTS_PARSER = StrictParser()

    @property
    def blueprint(self) -> Any:  # noqa: ANN401  (flask-smorest has no types)
        """The blueprint, for ``Api.register_blueprint``."""
        return self._blueprint

    def get(self, rule: str, **declared: Any) -> Callable[[_View], _View]:  # noqa: ANN401  (fields of Operation)
        """Declare an operation that reads."""
        return self.operation("GET", rule, Operation(**declared))

    def post(self, rule: str, **declared: Any) -> Callable[[_View], _View]:  # noqa: ANN401  (fields of Operation)
        """Declare an operation that creates."""
        return self.operation("POST", rule, Operation(**{"creates": True, "status": HTTPStatus.CREATED} | declared))

    def patch(self, rule: str, **declared: Any) -> Callable[[_View], _View]:  # noqa: ANN401  (fields of Operation)
        """Declare an operation that changes members of a resource."""
        return self.operation("PATCH", rule, Operation(changes=True, versioned=True, **declared))

    def put(self, rule: str, **declared: Any) -> Callable[[_View], _View]:  # noqa: ANN401  (fields of Operation)
        """Declare an operation that changes a resource as a whole."""
        return self.operation("PUT", rule, Operation(changes=True, versioned=True, **declared))

    def delete(self, rule: str, **declared: Any) -> Callable[[_View], _View]:  # noqa: ANN401  (fields of Operation)
        """Declare an operation that ends a resource."""
        ends = Operation(changes=True, answers=None, status=HTTPStatus.NO_CONTENT, **declared)
        return self.operation("DELETE", rule, ends)

    def operation(self, method: str, rule: str, operation: Operation) -> Callable[[_View], _View]:
        """Return what puts a view behind its guard, at its address, and into the document.

        The view is given what is ``Inside`` (unless everybody may read), then the parameters, then the body, as far
        as it declares them, and the names of the address as keywords.
        """

        def decorate(view: _View) -> _View:
            endpoint = view.__name__
            answer = self._guarded(self._parsed(view, operation), operation, method)
            answer = self._documented(answer, operation, method)
            self._blueprint.add_url_rule(rule, endpoint, answer, methods=[method])
            self.scopes[f"{self.name}.{endpoint}"] = operation.scope
            return view

        return decorate

    def _parsed(self, view: View, operation: Operation) -> Callable[..., Any]:
        """Return the view with its parameters and body read; what creates is done once under its key."""
        inner: Callable[..., Any] = _once(view, operation) if operation.creates else view
        if operation.body:
            sent = {"send": {"value": operation.sent}}
            inner = self._blueprint.arguments(operation.body, location="json", examples=sent)(inner)
        if operation.query:
            inner = self._blueprint.arguments(operation.query, location="query")(inner)
        return inner

    def _guarded(self, inner: Callable[..., Any], operation: Operation, method: str) -> Callable[..., Response]:
        """Return the view behind the gate: nothing is parsed before the request has been let in."""

        @wraps(inner)
        def answer(**named: str) -> Response:
            _check_names(named)
            if not operation.scope:
                return _response(inner(**named), operation)
            writing = method not in {"GET", "HEAD"}
            gate = cast("Gate", self.gate)
            with gate.enter(named.pop("tenant"), shown_token(), operation.scope, writing=writing) as inside:
                return _within(inside, lambda: inner(inside, **named), operation)

        return answer

    def _documented(self, answer: Callable[..., Response], operation: Operation, method: str) -> Any:  # noqa: ANN401
        """Return the view with what the document says of it."""
        headers = (_ETAG if operation.versioned else {}) | (_LOCATION if operation.creates else {})
        declare = self._blueprint.response
        examples = {"answer": {"value": operation.example}} if operation.answers else None
        done = declare(operation.status, operation.answers, examples=examples, headers=headers or None)(answer)
        for status in operation.refused:
            done = self._blueprint.alt_response(status, HTTPStatus(status).name)(done)
        parameters = [
            *([_KEY] if operation.creates else []),
            *([_IF_MATCH] if operation.changes else []),
            *([_IF_NONE_MATCH] if operation.versioned and method == "GET" else []),
        ]
        if operation.versioned and method == "GET":
            done = self._blueprint.alt_response(304, HTTPStatus.NOT_MODIFIED.name)(done)
        security = [{BEARER: [operation.scope]}] if operation.scope else []
        operation_id = answer.__name__
        about = {"security": security, "operationId": operation_id, "x-summary-sv": operation.sv}
        return self._blueprint.doc(**about, **({"parameters": parameters} if parameters else {}))(done)


def _within(inside: Inside, view: Callable[[], Any], operation: Operation) -> Response:
    """Answer inside the transaction: what an answer cannot be made of is not committed."""
    g.andel_inside = inside
    if operation.changes:
        must_name_version()
    answered = view()
    if operation.changes and not was_compared():
        message = f"{request.endpoint} changes something without comparing its version"
        raise RuntimeError(message)
    return _response(answered, operation)


def _once(view: View, operation: Operation) -> Callable[..., Kept]:
    """Return the view done once under the request's idempotency key."""

    @wraps(view)
    def once(inside: Inside, *given: Any, **named: Any) -> Kept:  # noqa: ANN401  (as the view's)
        asked = Asked(
            client=inside.caller.client,
            organization=inside.caller.organization,
            key=_key(),
            content=b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data())),
            now=inside.now,
        )

        def do() -> Kept:
            answered = view(inside, *given, **named)
            return Kept(status=operation.status, location=answered.location, body=as_json(answered.body))

        return answer_once(inside.session, asked, do)

    return once


def _key() -> str:
    """Return the request's idempotency key.

    Raises:
        MalformedError: there is none, or it is too long or has characters that cannot be seen.
    """
    key = request.headers.get(KEY_HEADER, "")
    if not 0 < len(key) <= MOST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        what = Text("Anropet har ingen nyckel.", "The request has no idempotency key.")
        remedy = Text(
            f"Sänd {KEY_HEADER} med ett nytt UUID för varje nytt anrop.",
            f"Send {KEY_HEADER} with a new UUID for each new request.",
        )
        raise MalformedError(what, where=KEY_HEADER, remedy=remedy)
    return key


def _check_names(named: Mapping[str, object]) -> None:
    """Refuse an address with a character that no name has; the database could not even look for it."""
    if not all(value.isprintable() for value in named.values() if isinstance(value, str)):
        raise NotFoundError.here()


def _response(answered: Answered | Kept, operation: Operation) -> Response:
    repeated = isinstance(answered, Kept) and answered.repeated
    body = answered.body if isinstance(answered, Kept) else as_json(answered.body)
    status = operation.status
    headers = {"Cache-Control": "private, no-cache" if operation.scope else "public, max-age=300"}
    if answered.location:
        headers["Location" if operation.creates else "Content-Location"] = answered.location
    if repeated:
        headers["Idempotency-Replayed"] = "true"
    if operation.versioned:
        tag = tag_of(body)
        headers["ETag"] = f'"{tag}"'
        if is_known(tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    if operation.answers is None:
        return Response(status=status, headers=headers)
    return Response(body, status=status, headers=headers, mimetype=JSON)
