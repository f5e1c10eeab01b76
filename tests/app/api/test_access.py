"""Every operation of the document, asked by everybody who may not: the matrix is made of the document itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.app.api.world import NOW, REGION, Instance, Reply

from andel.identity.model.programs import grantable
from andel.identity.model.roles import Role
from andel.shared.api import operations_of

STOCKHOLM = "region-stockholm"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    path: str
    method: str
    scope: str
    body: Any
    answers: tuple[str, ...]

    def ask(self, instance: Instance, names: dict[str, str], token: str) -> Reply:
        """Ask it, with its own example, of the names given."""
        path = re.sub(r"{(\w+)}", lambda found: names[found[1]], self.path)
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"another"'}
        options = {} if self.body is None else {"json": self.body}
        return instance.ask(self.method, path, token, headers=headers, **options)

    @property
    def names(self) -> list[str]:
        """The names in its address, but for the region's."""
        return [name for name in re.findall(r"{(\w+)}", self.path) if name != "tenant"]


@pytest.fixture(scope="module")
def operations(instance: Instance) -> list[Operation]:
    document = instance.get("/openapi.json").json
    found = []
    for path, method, said in operations_of(document):
        examples = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
        body = next((one["value"] for one in examples.values()), None)
        scope = next((scope for one in said["security"] for names in one.values() for scope in names), "")
        found.append(Operation(path, method, scope, body, tuple(said["responses"])))
    return [one for one in found if one.scope]


@pytest.fixture(scope="module")
def own(instance: Instance) -> dict[str, str]:
    """Names that are there in Dalarna."""
    return _names(instance, "dalarna", REGION, {"organization": "mora", "service": "sip", "component": "support"})


@pytest.fixture(scope="module")
def foreign(instance: Instance) -> dict[str, str]:
    """Names that are there in Stockholm, and not in Dalarna."""
    names = {"organization": "botkyrka", "service": "samverkan-vardovergangar", "component": "leverantor"}
    return _names(instance, "stockholm", STOCKHOLM, names)


def test_every_name_of_an_address_is_tried(operations: list[Operation], own: dict[str, str]) -> None:
    assert {name for one in operations for name in one.names} <= set(own)
    assert len(operations) > 30


def test_each_operation_answers_whom_it_should(
    instance: Instance, operations: list[Operation], own: dict[str, str]
) -> None:
    for one in operations:  # what would create something is sent without a body, as nothing is to be changed here
        asked = replace(one, body=None) if one.method == "POST" else one
        answer = asked.ask(instance, own, _of_region(instance, one))
        assert answer.status == {"GET": 200, "POST": 415}.get(one.method, 412), f"{one}: {answer.text}"


def test_nobody_is_not_let_in(instance: Instance, operations: list[Operation], own: dict[str, str]) -> None:
    for one in operations:
        for token in ("", "nonsense", "andel_access_" + "x" * 51):
            _refused(one, one.ask(instance, own, token), 401, "/problems/token-needed")


def test_a_program_of_another_region_is_not_let_in(
    instance: Instance, operations: list[Operation], own: dict[str, str]
) -> None:
    for one in operations:
        token = instance.token("stockholm", STOCKHOLM, _role(one))
        answer = one.ask(instance, own, token)
        _refused(one, answer, 401, "/problems/token-needed")
        assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_a_token_that_has_ended_does_not_let_in(
    instance: Instance, operations: list[Operation], own: dict[str, str]
) -> None:
    tokens = [_of_region(instance, one) for one in operations]
    with _later(instance, timedelta(minutes=11)):
        for one, token in zip(operations, tokens, strict=True):
            _refused(one, one.ask(instance, own, token), 401, "/problems/token-needed")


def test_a_token_without_the_scope_does_not_suffice(
    instance: Instance, operations: list[Operation], own: dict[str, str]
) -> None:
    for one in operations:
        others = sorted(grantable(Role.ECONOMIST) - {one.scope})
        answer = one.ask(instance, own, instance.token("dalarna", REGION, Role.ECONOMIST, *others))
        _refused(one, answer, 403, "/problems/scope")
        assert f'scope="{one.scope}"' in answer.headers["WWW-Authenticate"]


def test_a_municipality_changes_nothing(instance: Instance, operations: list[Operation], own: dict[str, str]) -> None:
    for one in operations:
        for role in (Role.ADMINISTRATOR, Role.SIGNATORY):
            answer = one.ask(instance, own, instance.token("dalarna", "leksand", role))
            if one.method != "GET":
                _refused(one, answer, 403, "/problems/scope")


def test_a_municipality_reads_nothing_that_is_private_to_another(
    instance: Instance, operations: list[Operation], own: dict[str, str]
) -> None:
    private = {"/charges/{organization}", "/charges/{organization}/workings"}
    seen = 0
    token = instance.token("dalarna", "leksand", Role.VIEWER)
    for one in operations:
        if one.method == "GET":
            answer = one.ask(instance, own, token)
            if any(one.path.endswith(end) for end in private):
                _refused(one, answer, 404, "/problems/not-found")
                seen += 1
            else:
                assert answer.status == 200, f"{one}: {answer.text}"
                assert {charge["organization"] for charge in answer.json.get("charges", ())} <= {"leksand"}
    assert seen == len(private)


def test_what_is_another_region_s_and_what_is_nowhere_get_the_same_answer(
    instance: Instance, operations: list[Operation], own: dict[str, str], foreign: dict[str, str]
) -> None:
    nowhere = {name: str(uuid4()) if _is_id(value) else f"ingen-{name}" for name, value in own.items()}
    tried = 0
    for one in operations:
        for name in one.names:
            token = _of_region(instance, one)
            theirs = one.ask(instance, own | {name: foreign[name]}, token)
            random = one.ask(instance, own | {name: nowhere[name]}, token)
            assert theirs.status == random.status == 404, f"{one} {name}: {theirs.text} {random.text}"
            assert _plain(theirs.json) == _plain(random.json)
            tried += 1
    assert tried > 40


def test_a_region_that_is_not_there_is_said_so_to_everybody(instance: Instance, operations: list[Operation]) -> None:
    for one in operations:
        names = {"tenant": "ingenstans"} | dict.fromkeys(one.names, str(uuid4()))
        answer = one.ask(instance, names, "")
        assert (answer.status, answer.kind) == (404, "/problems/not-here"), f"{one}: {answer.text}"


def _role(one: Operation) -> Role:
    return Role.AUDITOR if one.method == "GET" else Role.ECONOMIST


def _of_region(instance: Instance, one: Operation) -> str:
    return instance.token("dalarna", REGION, _role(one))


def _refused(one: Operation, answer: Reply, status: int, kind: str) -> None:
    assert answer.status == status, f"{one}: {answer.text}"
    assert answer.kind == kind
    assert str(status) in one.answers


def _names(instance: Instance, region: str, own: str, known: dict[str, str]) -> dict[str, str]:
    token = instance.token(region, own, Role.AUDITOR)
    part = f"/{region}/services/{known['service']}/components/{known['component']}"

    def first(path: str, name: str) -> Any:  # noqa: ANN401  (plain data)
        return instance.get(path, token).json[name][0]

    charges = f"/{region}/charges?organization={known['organization']}&service={known['service']}"
    return {
        "tenant": region,
        "group": first(f"/{region}/groups", "groups")["key"],
        "series": first(f"/{region}/facts", "facts")["id"],
        "day": first(f"{part}/settings", "settings")["valid_from"],
        "cost": first(f"{part}/costs", "costs")["id"],
        "run": first(f"/{region}/runs", "runs")["id"],
        "allocation": first(charges, "charges")["allocation"],
        **known,
    }


def _is_id(value: str) -> bool:
    return re.fullmatch("[0-9a-f-]{36}", value) is not None


def _plain(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name not in {"instance", "reference"}}


@contextmanager
def _later(instance: Instance, time: timedelta) -> Iterator[None]:
    instance.clock[0] = NOW + time
    try:
        yield
    finally:
        instance.clock[0] = NOW
