from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scim2_models import Context, PatchOp

from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.groups import GroupChange, GroupState, created_group, patched_group
from andel.identity.model.scim.resources import POLICY, Group

PATCH = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
BEFORE = GroupState(display_name="Ekonomer", external_id="e1")
PEOPLE = [UUID(int=number + 1) for number in range(6)]
A, B, C = PEOPLE[:3]


def patch(*operations: dict[str, Any]) -> GroupChange:
    return patched_group(BEFORE, {"schemas": PATCH, "Operations": list(operations)})


def named(*people: UUID) -> list[dict[str, Any]]:
    return [{"value": str(person), "$ref": None, "display": "x"} for person in people]


def afterwards(change: GroupChange, before: frozenset[UUID]) -> frozenset[UUID]:
    return (frozenset() if change.only else before - change.removed) | change.added


def test_a_new_group_has_its_members_and_nobody_else() -> None:
    change = created_group({"displayName": " Ekonomer ", "externalId": "e1", "Members": named(A, B)})
    assert change == GroupChange(display_name="Ekonomer", external_id="e1", added=frozenset({A, B}), only=True)


@pytest.mark.parametrize(
    ("operation", "added", "removed", "only"),
    [
        ({"op": "Add", "path": "members", "value": named(A, B)}, {A, B}, set(), False),
        ({"op": "Add", "path": "Members", "value": named(A)[0]}, {A}, set(), False),
        ({"op": "Add", "value": {"members": named(A)}}, {A}, set(), False),
        ({"op": "Remove", "path": "members", "value": named(A)}, set(), {A}, False),
        ({"op": "Remove", "path": f'members[value eq "{A}"]'}, set(), {A}, False),
        ({"op": "Remove", "path": f'members[value eq "{A}" or value eq "{B}"]'}, set(), {A, B}, False),
        ({"op": "Remove", "path": "members"}, set(), set(), True),
        ({"op": "Replace", "path": "members", "value": named(C)}, {C}, set(), True),
        ({"op": "Replace", "path": "members", "value": []}, set(), set(), True),
        ({"op": "Replace", "value": {"members": named(C)}}, {C}, set(), True),
    ],
)
def test_members_change_as_directories_say_it(
    operation: dict[str, Any],
    added: set[UUID],
    removed: set[UUID],
    only: bool,  # noqa: FBT001  (a value under test)
) -> None:
    change = patch(operation)
    assert (set(change.added), set(change.removed), change.only) == (added, removed, only)
    assert (change.display_name, change.external_id) == ("Ekonomer", "e1")


def test_the_name_and_the_directorys_id_change() -> None:
    change = patch(
        {"op": "Replace", "value": {"id": "ignored", "displayName": "Nya"}}, {"op": "Remove", "path": "externalId"}
    )
    assert (change.display_name, change.external_id) == ("Nya", None)


OPERATIONS = st.one_of(
    st.tuples(st.sampled_from(["add", "remove", "replace"]), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4)),
    st.tuples(st.sampled_from(["clear", "select"]), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=1)),
)


def written(kind: str, people: list[UUID]) -> dict[str, Any]:
    if kind == "clear":
        return {"op": "remove", "path": "members"}
    if kind == "select":
        return {"op": "remove", "path": f'members[value eq "{people[0]}"]'}
    return {"op": kind, "path": "members", "value": [{"value": str(person)} for person in people]}


@given(st.frozensets(st.sampled_from(PEOPLE)), st.lists(OPERATIONS, min_size=1, max_size=6))
def test_what_comes_and_goes_is_what_the_library_makes_of_the_whole_list(
    before: frozenset[UUID], operations: list[tuple[str, list[UUID]]]
) -> None:
    body = {"schemas": PATCH, "Operations": [written(kind, people) for kind, people in operations]}
    group = Group(display_name="Ekonomer", members=[{"value": str(person)} for person in before] or None)
    patch_op = PatchOp[Group].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
    patch_op.patch(group, scim_policy=POLICY)
    expected = {UUID(member.value) for member in group.members or () if member.value}
    assert afterwards(patched_group(BEFORE, body), before) == expected


@pytest.mark.parametrize(
    ("operation", "keyword"),
    [
        ({"op": "add", "path": "members", "value": [{"value": "nobody"}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"display": "x"}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [7]}, "invalidValue"),
        ({"op": "remove", "path": 'members[value co "1"]'}, "invalidPath"),
        ({"op": "remove", "path": 'members[display eq "x"]'}, "invalidPath"),
        ({"op": "replace", "path": f'members[value eq "{A}"].display', "value": "x"}, "mutability"),
        ({"op": "remove", "path": "displayName"}, "mutability"),
        ({"op": "replace", "value": {"displayName": " "}}, "invalidValue"),
        ({"op": "replace", "path": "displayName", "value": 7}, "invalidValue"),
        ({"op": "replace", "value": "x"}, "invalidValue"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_keyword(operation: dict[str, Any], keyword: str) -> None:
    with pytest.raises(ScimError) as raised:
        patch(operation)
    assert raised.value.keyword == keyword


def test_a_hundred_operations_bring_thousands_of_members() -> None:
    operations = [
        {"op": "add", "path": "members", "value": [{"value": str(uuid4())} for _ in range(100)]} for _ in range(100)
    ]
    assert len(patch(*operations).added) == 10_000


def test_more_members_than_a_request_may_name_are_refused() -> None:
    with pytest.raises(ScimError):
        patch({"op": "add", "path": "members", "value": [{"value": str(uuid4())} for _ in range(10_001)]})


def test_a_group_without_a_name_is_refused() -> None:
    for data in ({}, {"displayName": ""}, {"displayName": None}):
        with pytest.raises(ScimError):
            created_group(data)
