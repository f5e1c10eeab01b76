from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert
from tests.identity.service.scim.world import NOW, Town, World

from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.queries import wanted
from andel.identity.model.scim.resources import Group
from andel.identity.service.scim import (
    Page,
    create_group,
    create_user,
    delete_group,
    delete_user,
    find_groups,
    patch_group,
    read_group,
    replace_group,
)
from andel.identity.tables import PersonRow, ScimUserRow
from andel.shared.audit import verify
from andel.shared.database import Viewer, gate_transaction, region_transaction

PATCH = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]


def user(world: World, number: int, town: Town | None = None) -> str:
    with gate_transaction(world.engine) as session:
        body = {"userName": f"n{number}@kommun.se", "externalId": f"oid-{number}"}
        return str(create_user(session, world.directory(town), body, NOW).id)


def create(world: World, *people: str, town: Town | None = None, name: str = "Andel Licenser") -> Group:
    with gate_transaction(world.engine) as session:
        body = {"displayName": name, "externalId": "g-1", "members": [{"value": person} for person in people]}
        return create_group(session, world.directory(town), body, NOW)


def patch(world: World, group: Group, *operations: dict[str, Any], match: str = "") -> Group:
    with gate_transaction(world.engine) as session:
        body = {"schemas": PATCH, "Operations": list(operations)}
        return patch_group(session, world.directory(), str(group.id), body, NOW, match=match)


def members(world: World, group: Group) -> set[str | None]:
    with gate_transaction(world.engine) as session:
        found = read_group(session, world.directory(), str(group.id))
    return {member.value for member in found.members or ()}


def find(world: World, **arguments: str) -> Page:
    with gate_transaction(world.engine) as session:
        return find_groups(session, world.directory(), wanted(Group, arguments))


BOTH = {"license-contact": "scim", "viewer": "scim"}


def test_a_groups_name_gives_its_members_the_roles_of_the_map(world: World) -> None:
    first, second = user(world, 1), user(world, 2)
    group = create(world, first)
    assert (world.roles(first), world.roles(second)) == (BOTH, {})
    patch(world, group, {"op": "Add", "path": "members", "value": [{"value": second}]})
    assert world.roles(second) == BOTH
    patch(world, group, {"op": "Remove", "path": "members", "value": [{"value": first}]})
    assert (world.roles(first), world.roles(second)) == ({}, BOTH)
    assert members(world, group) == {second}


def test_a_group_that_gets_or_loses_its_name_gives_or_takes_its_roles(world: World) -> None:
    somebody = user(world, 1)
    group = create(world, somebody, name="Något annat")
    assert world.roles(somebody) == {}
    patch(world, group, {"op": "Replace", "path": "displayName", "value": "Andel Licenser"})
    assert world.roles(somebody) == BOTH
    patch(world, group, {"op": "Replace", "value": {"displayName": "Något annat"}})
    assert world.roles(somebody) == {}


def test_a_role_that_comes_from_two_groups_stays_until_both_are_gone(world: World) -> None:
    somebody = user(world, 1)
    first, second = create(world, somebody), create(world, somebody, name="Andel.Läsare")
    for group, left in ((first, {"viewer": "scim"}), (second, {})):
        with gate_transaction(world.engine) as session:
            delete_group(session, world.directory(), str(group.id), NOW)
        assert world.roles(somebody) == left


def test_a_member_who_leaves_loses_the_session_under_the_groups_role(world: World) -> None:
    somebody = user(world, 1)
    group = create(world, somebody, name="Andel.Läsare")
    token = world.sign_in(somebody)
    assert world.alive(token)
    patch(world, group, {"op": "Remove", "path": f'members[value eq "{somebody}"]'})
    assert not world.alive(token)


def test_a_replacement_leaves_the_members_it_names(world: World) -> None:
    people = [user(world, number) for number in range(3)]
    group = create(world, *people[:2])
    with gate_transaction(world.engine) as session:
        body = {"displayName": "Andel Licenser", "members": [{"value": person} for person in people[1:]]}
        replaced = replace_group(session, world.directory(), str(group.id), body, NOW)
    assert {member.value for member in replaced.members or ()} == set(people[1:])
    assert [bool(world.roles(person)) for person in people] == [False, True, True]
    assert replaced.external_id is None


def test_a_deleted_person_leaves_the_groups(world: World) -> None:
    somebody = user(world, 1)
    group = create(world, somebody)
    with gate_transaction(world.engine) as session:
        delete_user(session, world.directory(), somebody, NOW)
    assert members(world, group) == set()
    assert world.roles(somebody) == {}


@pytest.mark.parametrize("who", ["foreign", "random", "text"])
def test_a_member_who_is_nobody_here_is_refused_and_nothing_is_done(world: World, who: str) -> None:
    somebody = user(world, 1)
    stranger = {"foreign": user(world, 1, world.second), "random": str(uuid4()), "text": "nobody"}[who]
    group = create(world, name="Andel.Läsare")
    with pytest.raises(ScimError) as raised:
        patch(world, group, {"op": "Add", "path": "members", "value": [{"value": somebody}, {"value": stranger}]})
    assert (raised.value.keyword, raised.value.where) == ("invalidValue", "members")
    assert members(world, group) == set()
    assert world.roles(somebody) == {}


def test_a_foreign_group_and_none_get_the_same_answer(world: World) -> None:
    foreign = create(world, town=world.second)
    answers = set()
    for name in (str(foreign.id), str(uuid4()), "nobody"):
        with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
            read_group(session, world.directory(), name)
        answers.add(str(raised.value))
        with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
            delete_group(session, world.directory(), name, NOW)
        answers.add(str(raised.value))
        body = {"schemas": PATCH, "Operations": [{"op": "remove", "path": "members"}]}
        with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
            patch_group(session, world.directory(), name, body, NOW)
        answers.add(str(raised.value))
    assert len(answers) == 1
    assert find(world).total == 0


def test_a_name_that_another_group_has_is_a_conflict(world: World) -> None:
    create(world)
    other = create(world, name="Andra")
    with pytest.raises(ScimError) as raised:
        create(world, name="ANDEL LICENSER")
    assert (raised.value.status, raised.value.keyword) == (409, "uniqueness")
    with pytest.raises(ScimError):
        patch(world, other, {"op": "Replace", "path": "displayName", "value": "Andel Licenser"})
    assert create(world, town=world.second).display_name == "Andel Licenser"


def test_a_list_is_filtered_and_may_leave_out_the_members(world: World) -> None:
    create(world, user(world, 1))
    create(world, name="Andra")
    assert find(world).total == 2
    whole = find(world, filter='displayName eq "andel licenser"').resources
    assert [len(group.members or ()) for group in whole] == [1]
    bare = find(world, filter='externalId eq "g-1"', excludedAttributes="members").resources
    assert [group.members for group in bare] == [None, None]


def test_a_change_of_what_was_changed_meanwhile_is_refused(world: World) -> None:
    somebody = user(world, 1)
    group = create(world)
    joined = patch(world, group, {"op": "Add", "path": "members", "value": [{"value": somebody}]}, match='W/"1"')
    assert joined.meta is not None
    assert joined.meta.version == 'W/"2"'
    with pytest.raises(ScimError) as raised:
        patch(world, group, {"op": "Remove", "path": "members"}, match='W/"1"')
    assert raised.value.status == 412
    again = patch(world, group, {"op": "Add", "path": "members", "value": [{"value": somebody}]})
    assert again.meta is not None
    assert again.meta.version == 'W/"2"', "a member who was there already is no change"


def test_thousands_join_in_one_request_and_all_of_it_stands_in_the_chain(world: World) -> None:
    directory, people = world.directory(), [uuid4() for _ in range(3000)]
    known = {"organization_id": world.first.id, "provider_id": world.first.provider}
    kept = {"organization_id": world.first.id, "resource": {"active": True}}
    with gate_transaction(world.engine) as session:
        session.execute(insert(PersonRow), [{"id": one, "subject": str(one), **known} for one in people])
        session.execute(insert(ScimUserRow), [{"person_id": one, "user_name": str(one), **kept} for one in people])
    group = create(world, name="Andel.Läsare")
    with gate_transaction(world.engine) as session:
        added = {"op": "Add", "path": "members", "value": [{"value": str(one)} for one in people]}
        patch_group(session, directory, str(group.id), {"schemas": PATCH, "Operations": [added]}, NOW)
    assert len(members(world, group)) == 3000
    with gate_transaction(world.engine) as session:
        away = {"op": "Remove", "path": "members"}
        later = NOW + timedelta(days=1)
        patch_group(session, directory, str(group.id), {"schemas": PATCH, "Operations": [away]}, later)
    named: dict[str, set[str]] = {}
    for entry in world.entries():
        named.setdefault(entry.event, set()).update(json.loads(entry.content)["details"].get("people", ()))
    for event in ("scim_group.members_added", "membership.given", "scim_group.members_removed", "membership.ended"):
        assert named[event] == set(map(str, people))
    with region_transaction(world.engine, Viewer.staff()) as session:
        assert verify(session).whole
    assert world.roles(people[0]) == {}
