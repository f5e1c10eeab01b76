"""What the API says of itself: the national profile's information, the OpenAPI document, and a page to browse it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request

from andel.sdk.text import Text
from andel.shared.api.document import RELEASED, ROOT, TITLE, VERSION, Api, document_of, operations_of
from andel.shared.api.fields import Choice, Day, Line
from andel.shared.api.operations import JSON, Answered, Resources
from andel.shared.api.plain import as_json
from andel.shared.api.schemas import Answer
from andel.shared.formats import Language
from andel.shared.i18n import language
from andel.shared.web import render

_INFO: Final = {
    "api_name": TITLE,
    "api_version": VERSION,
    "api_released": RELEASED,
    "api_documentation": f"{ROOT}/reference",
    "api_specification": f"{ROOT}/openapi.json",
    "api_status": "active",
}


class ApiInfo(Answer):
    """What the API is, as the national REST API profile asks for (VER.06)."""

    api_name = Line(required=True)
    api_version = Line(required=True, about="Major.minor.patch; the major one stands in the address.")
    api_released = Day(required=True)
    api_documentation = Line(required=True, about="Where a person reads.")
    api_specification = Line(required=True, about="Where a program reads.")
    api_status = Choice(("active", "deprecated"), required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An operation as the page shows it, its schemas and examples as JSON text."""

    method: str
    path: str
    id: str
    summary: str
    description: str
    scope: str
    parameters: tuple[Mapping[str, Any], ...]
    body: str
    sent: str
    answers: tuple[tuple[str, str], ...]
    example: str


def info_resources() -> Resources:
    """Return the operations that everybody may read."""
    resources = Resources("info", Text("Om API:et", "About the API"), None)

    @resources.get("/api-info", scope="", sv="Vad API:et är", answers=ApiInfo, example=_INFO)
    def api_info() -> Answered:
        """Tell what the API is.

        Name, version, day of release, documentation and status, as the Swedish national REST API profile asks for.
        """
        return Answered(body=_INFO)

    return resources


def openapi_json(api: Api) -> Response:
    """Answer the OpenAPI document, with addresses below the host that was asked."""
    return Response(
        as_json(document_of(api, _server())), mimetype=JSON, headers={"Cache-Control": "public, max-age=300"}
    )


def reference_page(api: Api) -> Response:
    """Answer a page to browse the document by, without any outside resource."""
    document = document_of(api, _server())
    shown: dict[str, list[Shown]] = {name: [] for name in api.subjects}
    for path, method, operation in operations_of(document):
        shown[operation["tags"][0]].append(_shown(document, path, method, operation, language()))
    schemas = {name: _text(schema) for name, schema in sorted(document["components"]["schemas"].items())}
    return render("shared/api.html", document=document, subjects=api.subjects, shown=shown, schemas=schemas, root=ROOT)


def _server() -> str:
    return f"{request.host_url.rstrip('/')}{request.script_root}{ROOT}"


def _shown(document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], lang: Language) -> Shown:
    security = operation.get("security") or [{}]
    received = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    answers: Mapping[str, Mapping[str, Any]] = operation["responses"]
    good = next((answer for status, answer in answers.items() if status.startswith("2")), {})
    sv = operation.get("x-summary-sv", "")
    return Shown(
        method=method,
        path=path,
        id=operation["operationId"].replace("_", "-"),
        summary=sv if lang == "sv" and sv else operation["summary"],
        description=operation.get("description", ""),
        scope=next((scopes[0] for scopes in security[0].values() if scopes), ""),
        parameters=tuple(_parameters(document, path, operation)),
        body=_name_of(received.get("schema", {})),
        sent=_example(received),
        answers=tuple((status, _described(document, answer)) for status, answer in answers.items()),
        example=_example(good.get("content", {}).get(JSON, {})),
    )


def _parameters(document: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for parameter in (*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())):
        schema = parameter.get("schema", {})
        kind = schema.get("enum") or schema.get("format") or schema.get("type", "")
        words = ", ".join(map(str, kind)) if isinstance(kind, list) else str(kind)
        yield {**parameter, "kind": words, "default": schema.get("default")}


def _described(document: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    name = str(answer.get("$ref", "")).rpartition("/")[2]
    return str((document["components"]["responses"][name] if name else answer).get("description", ""))


def _name_of(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _example(content: Mapping[str, Any]) -> str:
    return next((_text(one["value"]) for one in content.get("examples", {}).values()), "")


def _text(data: object) -> str:
    return json.dumps(json.loads(as_json(data)), ensure_ascii=False, indent=2)
