from __future__ import annotations

from typing import Any

import pytest

from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.people import MOST_OPERATIONS, created, is_identity_number, patched, replaced
from andel.identity.model.scim.resources import User

SCHEMAS = ["urn:ietf:params:scim:schemas:core:2.0:User"]
PATCH = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

ENTRA_USER: dict[str, Any] = {
    "schemas": [*SCHEMAS, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "socialchef@kommun.se",
    "active": True,
    "displayName": "Socialchef",
    "emails": [{"primary": True, "type": "work", "value": "socialchef@kommun.local"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Social Chef", "familyName": "Chef", "givenName": "Social"},
    "phoneNumbers": [{"type": "mobile", "value": "+46 70 123 45 67"}],
    "title": "Chef",
    "roles": [],
    ENTERPRISE: {"employeeNumber": "123", "manager": {"value": "x"}},
}


def person(**changed: object) -> User:
    return created({"schemas": SCHEMAS, "userName": "ekonom@kommun.se", **changed})


def patch(user: User, *operations: dict[str, Any], schemas: list[str] | None = PATCH) -> User:
    return patched(user, {"Operations": list(operations)} | ({"schemas": schemas} if schemas else {}))


def refusal(user: User, *operations: dict[str, Any]) -> ScimError:
    before = user.model_dump()
    with pytest.raises(ScimError) as raised:
        patch(user, *operations)
    assert user.model_dump() == before, "a refused change changed something"
    return raised.value


def test_what_andel_has_no_use_for_is_dropped_when_it_is_read() -> None:
    kept = created(ENTRA_USER).model_dump()
    assert kept == {
        "schemas": [*SCHEMAS, ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "socialchef@kommun.se",
        "active": True,
        "displayName": "Socialchef",
        "emails": [{"primary": True, "type": "work", "value": "socialchef@kommun.local"}],
        "name": {"formatted": "Social Chef", "familyName": "Chef", "givenName": "Social"},
    }


def test_missing_schemas_and_names_in_other_case_are_tolerated() -> None:
    user = created({"USERNAME": "a", "DisplayName": "A", "ACTIVE": "False"})
    assert (user.user_name, user.display_name, user.active) == ("a", "A", False)
    assert created({"Schemas": [], "userName": "a"}).user_name == "a"


@pytest.mark.parametrize(
    ("said", "means"), [("False", False), ("false", False), ("True", True), (False, False), ("0", False)]
)
def test_active_may_be_a_word(said: object, means: bool) -> None:  # noqa: FBT001  (a value under test)
    assert person(active=said).active is means
    assert patch(person(active=not means), {"op": "Replace", "path": "active", "value": said}).active is means
    assert patch(person(active=not means), {"op": "replace", "value": {"active": said}}).active is means


def test_a_new_person_is_active_unless_something_else_is_said() -> None:
    assert person().active is True
    assert person(active=None).active is True


def test_a_replacement_that_does_not_speak_of_active_lets_nobody_back_in() -> None:
    out = person(active=False)
    assert replaced(out, {"userName": "ekonom@kommun.se"}).active is False
    assert replaced(out, {"userName": "ekonom@kommun.se", "Active": None}).active is False
    assert replaced(out, {"userName": "ekonom@kommun.se", "active": True}).active is True


def test_a_replacement_keeps_the_id_and_forgets_the_rest() -> None:
    before = person(displayName="Ekonom", externalId="1")
    before.id = "7"
    after = replaced(before, {"schemas": SCHEMAS, "id": "8", "userName": "ny@kommun.se"})
    assert (after.id, after.user_name, after.display_name, after.external_id) == ("7", "ny@kommun.se", None, None)


@pytest.mark.parametrize(
    ("operation", "attribute", "value"),
    [
        ({"op": "Replace", "path": "displayname", "value": "B"}, "display_name", "B"),
        ({"op": "ADD", "path": "externalID", "value": "e"}, "external_id", "e"),
        ({"op": "replace", "path": f"{SCHEMAS[0]}:userName", "value": "u"}, "user_name", "u"),
        ({"op": "add", "value": {"displayName": "B", "nickName": "ignored"}}, "display_name", "B"),
        ({"op": "Remove", "path": "externalId"}, "external_id", None),
        ({"op": "replace", "path": "displayName", "value": None}, "display_name", None),
    ],
)
def test_a_change_finds_its_attribute_however_it_is_spelt(
    operation: dict[str, Any], attribute: str, value: object
) -> None:
    assert getattr(patch(person(externalId="old", displayName="A"), operation), attribute) == value


def test_parts_of_a_name_change_by_dotted_paths_with_and_without_a_path() -> None:
    user = patch(
        person(),
        {"op": "Add", "path": "name.givenName", "value": "Eva"},
        {"op": "Add", "value": {"name.familyName": "Prov"}},
    )
    assert user.name is not None
    assert user.name.model_dump() == {"givenName": "Eva", "familyName": "Prov"}


def test_an_address_that_is_not_there_yet_is_made_by_its_filter() -> None:
    user = patch(person(), {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@kommun.se"})
    assert [email.model_dump() for email in user.emails or ()] == [{"value": "a@kommun.se", "type": "work"}]
    again = patch(user, {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "b@kommun.se"})
    assert [email.value for email in again.emails or ()] == ["b@kommun.se"]


def test_a_role_comes_by_a_filter_on_a_word_that_means_true() -> None:
    user = patch(person(), {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "Andel.Ekonom"})
    assert [(role.value, role.primary) for role in user.roles or ()] == [("Andel.Ekonom", True)]


def test_what_is_not_kept_changes_nothing_and_is_no_error() -> None:
    user = person()
    after = patch(
        user,
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Vård"},
        {"op": "Replace", "path": "title", "value": "Chef"},
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "1"},
        {"op": "Replace", "value": {"manager": {"value": "x"}, "urn:unknown:x": 1}},
    )
    assert after.model_dump() == user.model_dump()


def test_a_patch_without_schemas_is_tolerated() -> None:
    assert patch(person(), {"op": "replace", "path": "active", "value": False}, schemas=None).active is False


@pytest.mark.parametrize(
    ("operation", "keyword"),
    [
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "meta.version", "value": "x"}, "mutability"),
        ({"op": "remove", "path": "active"}, "mutability"),
        ({"op": "replace", "path": "active", "value": None}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "active", "value": "maybe"}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": ""}, "invalidValue"),
        ({"op": "replace", "path": "userName", "value": "  "}, "invalidValue"),
        ({"op": "replace", "path": "userName", "value": {"a": 1}}, "invalidValue"),
        ({"op": "replace", "path": "name", "value": "x"}, "invalidValue"),
        ({"op": "add", "path": "displayName"}, "invalidValue"),
        ({"op": "twist", "path": "displayName", "value": "x"}, "invalidValue"),
        ({"op": "add", "path": "((((", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "userName", "value": "19121212-1212"}, "invalidValue"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_keyword(operation: dict[str, Any], keyword: str) -> None:
    assert refusal(person(), operation).keyword == keyword


def test_all_operations_are_done_or_none() -> None:
    refusal(
        person(),
        {"op": "replace", "path": "displayName", "value": "changed"},
        {"op": "replace", "path": "active", "value": "maybe"},
    )


def test_a_patch_of_so_many_operations_that_it_would_keep_others_waiting_is_refused() -> None:
    one = {"op": "replace", "path": "displayName", "value": "x"}
    assert patch(person(), *[one] * MOST_OPERATIONS).display_name == "x"
    assert refusal(person(), *[one] * (MOST_OPERATIONS + 1)).keyword == "invalidSyntax"
    with pytest.raises(ScimError):
        patched(person(), {"schemas": PATCH, "OPERATIONS": [one] * (MOST_OPERATIONS + 1)})


@pytest.mark.parametrize("operations", [None, "x", [], [1], {}, [None]])
def test_operations_that_are_none_are_refused(operations: object) -> None:
    with pytest.raises(ScimError):
        patched(person(), {"schemas": PATCH, "Operations": operations})


@pytest.mark.parametrize("attribute", ["userName", "externalId", "displayName"])
def test_a_personal_identity_number_is_never_kept(attribute: str) -> None:
    for number in ("19121212-1212", "191212121212", "1212121212", "121212+1212", "701063-2391"):
        with pytest.raises(ScimError) as raised:
            created({"userName": "a", attribute: number})
        assert number not in str(raised.value)
    with pytest.raises(ScimError):
        created({"userName": "a", "emails": [{"value": "191212121212@kommun.se"}]})


@pytest.mark.parametrize(
    "text",
    ["232100-0180", "1212121213", "19121312-1212", "20230230-1212", "0a21f0f2", "se2321000164-1003", "", "121212-121"],
)
def test_what_only_looks_like_an_identity_number_is_none(text: str) -> None:
    assert not is_identity_number(text)


def test_a_person_with_a_thousand_addresses_is_refused() -> None:
    with pytest.raises(ScimError):
        person(emails=[{"value": f"{n}@kommun.se"} for n in range(1000)])
