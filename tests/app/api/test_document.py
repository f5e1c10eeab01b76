"""The OpenAPI document is valid, says everything of every operation, and its examples are what its schemas say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate
from tests.app.api.world import Instance

from andel.identity.model.permissions import Permission
from andel.identity.model.programs import FOR_PEOPLE
from andel.shared.api import operations_of

ALWAYS = {"401", "403", "404", "429", "500", "503"}
CREATING = {"400", "409", "413", "415", "422"}
CHANGING = {"412", "428"}
"""Statuses that follow from what an operation is."""


@pytest.fixture(scope="module")
def document(instance: Instance) -> dict[str, Any]:
    found: dict[str, Any] = instance.get("/openapi.json").json
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[tuple[str, str, Any]]:
    found = list(operations_of(document))
    assert len(found) > 30
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_operation_is_described(operations: list[tuple[str, str, Any]]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations:
        where = f"{method} {path}"
        assert operation["summary"].endswith("."), where
        assert len(operation["description"]) > len("Too short."), where
        assert operation["x-summary-sv"], where
        assert operation["x-summary-sv"] != operation["summary"], where
        assert len(operation["tags"]) == 1, where


def test_every_operation_says_which_scope_it_needs_and_programs_can_have_it(
    operations: list[tuple[str, str, Any]],
) -> None:
    for path, method, operation in operations:
        scopes = [scope for one in operation["security"] for names in one.values() for scope in names]
        if path == "/api-info":
            assert operation["security"] == []
            continue
        assert len(scopes) == 1, f"{method} {path}"
        assert Permission(scopes[0]) not in FOR_PEOPLE


def test_every_operation_lists_its_errors_as_problems(
    document: dict[str, Any], operations: list[tuple[str, str, Any]]
) -> None:
    for path, method, operation in operations:
        where, statuses = f"{method} {path}", set(operation["responses"])
        expected = (ALWAYS if operation["security"] else {"500"}) | (CREATING if method == "POST" else set())
        expected |= CHANGING if method in {"PUT", "PATCH", "DELETE"} else set()
        assert expected <= statuses, f"{where}: {expected - statuses}"
        for status in statuses:
            answer = _resolved(document, operation["responses"][status])
            assert answer["description"], f"{where} {status}"
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], f"{where} {status}"


def test_creating_needs_a_key_and_changing_needs_a_version(
    document: dict[str, Any], operations: list[tuple[str, str, Any]]
) -> None:
    for path, method, operation in operations:
        required = {one["name"] for one in _parameters(document, path, operation) if one.get("required")}
        assert ("Idempotency-Key" in required) is (method == "POST"), f"{method} {path}"
        assert ("If-Match" in required) is (method in {"PUT", "PATCH", "DELETE"}), f"{method} {path}"


def test_every_example_is_what_its_schema_says_and_nothing_more(
    document: dict[str, Any], operations: list[tuple[str, str, Any]]
) -> None:
    seen = 0
    for path, method, operation in operations:
        contents = [_resolved(document, answer).get("content", {}) for answer in operation["responses"].values()]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        for content in (one for found in contents for one in found.values()):
            assert content["examples"], f"{method} {path}"
            for example in content["examples"].values():
                seen += 1
                faults = list(_validator(document, content["schema"]).iter_errors(example["value"]))
                assert not faults, f"{method} {path}: {faults[0].instance_path} {faults[0].message}"
    assert seen > 200


def test_lists_are_paged_by_cursors(document: dict[str, Any], operations: list[tuple[str, str, Any]]) -> None:
    lists = [
        (path, operation) for path, method, operation in operations if operation["operationId"].startswith("list_")
    ]
    assert len(lists) > 8
    for path, operation in lists:
        names = {one["name"] for one in _parameters(document, path, operation)}
        assert {"limit", "cursor"} <= names, path
        schema = _resolved(document, operation["responses"]["200"])["content"]["application/json"]["schema"]
        properties = _resolved(document, schema)["properties"]
        assert set(properties) - {"next"} == {path.rsplit("/", 1)[1]}, f"{path}: the list is called as its address"


# ---- the national profile ---------------------------------------------------------------------------------------
def test_addresses_are_as_the_profile_writes_them(document: dict[str, Any]) -> None:
    assert document["servers"][0]["url"].endswith("/api/v1")  # UFN.01, VER.05
    assert "/api-info" in document["paths"]  # VER.06
    for path, item in document["paths"].items():
        words = [word for word in path.split("/") if word and not word.startswith("{")]
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word) for word in words), path  # RES.06, UFN.07-09
        names = re.findall(r"{(.*?)}", path)
        assert all(re.fullmatch("[a-z]+", name) for name in names), path  # UFN.09
        assert item


def test_names_are_as_the_profile_writes_them(document: dict[str, Any], operations: list[tuple[str, str, Any]]) -> None:
    names = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    asked = {
        parameter["name"]
        for path, _, operation in operations
        for parameter in _parameters(document, path, operation)
        if parameter["in"] == "query"
    }
    for name in names | asked:
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name), (
            name
        )  # AME.04, AME.05, AME.07, FNS.01, FNS.03, FNS.06


def test_the_document_says_what_the_profile_asks_for(document: dict[str, Any]) -> None:
    info = document["info"]
    assert {"title", "version", "description", "contact", "license"} <= set(info)  # DOK.03, DOK.07, DOK.11
    assert "Regioner" in info["description"]  # DOK.06, in Swedish
    assert "Regions" in info["description"]  # and in English
    assert info["x-sla"]  # DOK.08
    assert info["x-limitations"]  # DOK.09
    assert document["externalDocs"]["url"].endswith("/api/v1/reference")  # DOK.01
    schemes = document["components"]["securitySchemes"]
    assert [(one["type"], one["scheme"]) for one in schemes.values()] == [("http", "bearer")]  # SAK.09, SAK.10


def test_parameters_of_addresses_may_be_left_out(
    document: dict[str, Any], operations: list[tuple[str, str, Any]]
) -> None:
    for path, method, operation in operations:
        for parameter in _parameters(document, path, operation):
            if parameter["in"] == "query":
                assert not parameter.get("required"), f"{method} {path} {parameter['name']}"  # FNS.05
                if parameter["name"] == "limit":
                    assert parameter["schema"]["default"] == 20  # FNS.09


def _parameters(document: dict[str, Any], path: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["paths"][path].get("parameters", ())
    yield from operation.get("parameters", ())


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    parts = {"components": {"schemas": document["components"]["schemas"]}}
    return Draft202012Validator(_closed({**schema, **parts}), validate_formats=True)


def _closed(data: Any) -> Any:  # noqa: ANN401  (plain data)
    """Return schemas that allow no member besides those they name, so that a misspelt one is found."""
    if isinstance(data, dict):
        own = {name: _closed(value) for name, value in data.items()}
        if isinstance(data.get("properties"), dict) and data.get("type") == "object":
            own["additionalProperties"] = False
        return own
    return [_closed(one) for one in data] if isinstance(data, list) else data
