from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from tests.identity.service.scim.world import NOW, Town, World, town

from andel.identity.model.roles import Role
from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.queries import wanted
from andel.identity.model.scim.resources import User
from andel.identity.service.scim import Page, create_user, delete_user, find_users, patch_user, read_user, replace_user
from andel.identity.tables import IdentityProviderRow, MembershipRow, PersonRow, ScimUserRow
from andel.parties.tables import OrganizationRow
from andel.shared.audit import verify
from andel.shared.audit.tables import AuditPersonalRow
from andel.shared.database import Viewer, gate_transaction, region_transaction

PATCH = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]


def create(world: World, town: Town | None = None, **data: Any) -> User:  # noqa: ANN401  (a request's body)
    body = {"userName": "ekonom@alby.se", "externalId": "oid-1", "displayName": "Ekonom"} | data
    with gate_transaction(world.engine) as session:
        return create_user(session, world.directory(town), body, NOW)


def patch(world: World, user: str | None, *operations: dict[str, Any], match: str = "") -> User:
    with gate_transaction(world.engine) as session:
        body = {"schemas": PATCH, "Operations": list(operations)}
        return patch_user(session, world.directory(), user or "", body, NOW, match=match)


def find(world: World, town: Town | None = None, **arguments: str) -> Page:
    with gate_transaction(world.engine) as session:
        return find_users(session, world.directory(town), wanted(User, arguments))


def active(value: object) -> dict[str, Any]:
    return {"op": "Replace", "path": "active", "value": value}


def test_a_provisioned_person_is_known_by_the_providers_key_and_has_the_roles_of_the_map(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Administratör"}, {"value": "Okänd"}])
    person = world.person(user.id)
    assert (person.provider_id, person.subject, person.display_name) == (world.first.provider, "oid-1", "Ekonom")
    assert person.organization_id == world.first.id
    assert person.deactivated_at is None
    assert world.roles(person.id) == {"administrator": "scim"}
    assert user.meta is not None
    assert (user.meta.version, user.meta.created) == ('W/"1"', NOW)
    assert user.meta.location == f"https://andel.test/prov/scim/v2/x/Users/{user.id}"


def test_whoever_signed_in_before_is_the_same_person(world: World) -> None:
    known = PersonRow(organization_id=world.first.id, provider_id=world.first.provider, subject="oid-1")
    with gate_transaction(world.engine) as session:
        session.add(known)
    assert create(world).id == str(known.id)


def test_the_key_can_be_the_user_name(world: World) -> None:
    with gate_transaction(world.engine) as session:
        session.execute(update(IdentityProviderRow).values(scim_key="userName"))
    assert world.person(create(world, userName="SE2321-1001").id or "").subject == "SE2321-1001"


def test_a_person_without_a_key_is_kept_and_cannot_sign_in_until_it_comes(world: World) -> None:
    user = create(world, externalId=None)
    assert world.person(user.id).subject is None
    patch(world, user.id, {"op": "Add", "path": "externalId", "value": "oid-7"})
    assert world.person(user.id).subject == "oid-7"


@pytest.mark.parametrize(
    ("changed", "attribute"),
    [
        ({"externalId": "oid-2"}, "userName"),
        ({"userName": "EKONOM@alby.se", "externalId": "oid-2"}, "userName"),
        ({"userName": "annan@alby.se"}, "externalId"),
    ],
)
def test_a_name_or_key_that_somebody_has_is_a_conflict(world: World, changed: dict[str, Any], attribute: str) -> None:
    create(world)
    with pytest.raises(ScimError) as raised:
        create(world, **changed)
    assert (raised.value.status, raised.value.keyword, raised.value.where) == (409, "uniqueness", attribute)
    assert find(world).total == 1


def test_the_same_names_in_another_organization_are_other_people(world: World) -> None:
    assert create(world).id != create(world, world.second).id


def test_a_change_of_a_key_to_somebody_elses_is_a_conflict_and_changes_nothing(world: World) -> None:
    create(world)
    other = create(world, userName="b@alby.se", externalId="oid-2")
    with pytest.raises(ScimError) as raised:
        patch(world, other.id, {"op": "Replace", "path": "externalId", "value": "oid-1"})
    assert raised.value.keyword == "uniqueness"
    assert world.person(other.id or "").subject == "oid-2"


def test_false_ends_every_session_at_once_and_those_of_nobody_else(world: World) -> None:
    user, other = create(world), create(world, userName="b@alby.se", externalId="oid-2")
    ended = [world.sign_in(user.id), world.sign_in(user.id, role=Role.ADMINISTRATOR)]
    left = world.sign_in(other.id)
    patch(world, user.id, active("False"))
    assert [world.alive(token) for token in (*ended, left)] == [False, False, True]
    person = world.person(user.id)
    assert (person.deactivated_at, person.deactivated_by) == (NOW, "scim")
    patch(world, user.id, active(value=True))
    assert not any(map(world.alive, ended)), "a session came back to life"


def test_false_ends_sessions_however_it_is_said(world: World) -> None:
    user = create(world)

    def replaced() -> None:
        with gate_transaction(world.engine) as session:
            body = {"userName": "ekonom@alby.se", "externalId": "oid-1", "active": False}
            replace_user(session, world.directory(), str(user.id), body, NOW)

    def deleted() -> None:
        with gate_transaction(world.engine) as session:
            delete_user(session, world.directory(), str(user.id), NOW)

    for shut_out in (replaced, lambda: patch(world, user.id, {"op": "replace", "value": {"Active": "false"}}), deleted):
        if world.person(user.id).deactivated_at:
            patch(world, user.id, active(value=True))
        token = world.sign_in(user.id)
        assert world.alive(token)
        shut_out()
        assert not world.alive(token)
        assert world.person(user.id).deactivated_by == "scim"


def test_signing_in_does_not_undo_what_the_directory_said(world: World) -> None:
    user = create(world, active=False)
    assert not world.alive(world.sign_in(user.id))
    assert world.person(user.id).deactivated_by == "scim"


def test_true_lets_in_again_whom_the_directory_shut_out(world: World) -> None:
    user = create(world, active=False)
    assert world.person(user.id).deactivated_by == "scim"
    patch(world, user.id, active("True"))
    assert world.person(user.id).deactivated_at is None
    assert world.events()[-1] == "person.reactivated"


def test_true_does_not_let_in_whom_an_administrator_shut_out(world: World) -> None:
    user = create(world)
    with gate_transaction(world.engine) as session:
        session.execute(update(PersonRow).values(deactivated_at=NOW, deactivated_by="manual"))
    patch(world, user.id, active(value=False))
    patch(world, user.id, active(value=True))
    assert world.person(user.id).deactivated_by == "manual"


def test_another_key_ends_the_sessions_of_whoever_had_the_old_one(world: World) -> None:
    user = create(world)
    token = world.sign_in(user.id)
    patch(world, user.id, {"op": "Replace", "path": "displayName", "value": "Annan"})
    assert world.alive(token)
    patch(world, user.id, {"op": "Replace", "path": "externalId", "value": "oid-9"})
    assert not world.alive(token)


def test_a_role_that_is_taken_back_ends_the_sessions_under_it_and_no_other(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Administratör"}, {"value": "Andel.Läsare"}])
    kept = world.sign_in(user.id, role=Role.VIEWER)
    ended = world.sign_in(user.id, role=Role.ADMINISTRATOR)
    patch(world, user.id, {"op": "Replace", "path": "roles", "value": [{"value": "Andel.Läsare"}]})
    assert world.roles(user.id) == {"viewer": "scim"}
    assert (world.alive(kept), world.alive(ended)) == (True, False)


def test_a_role_that_ends_later_stays_known_for_the_days_it_was_held(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Läsare"}])
    with gate_transaction(world.engine) as session:
        body = {"schemas": PATCH, "Operations": [{"op": "Remove", "path": "roles"}]}
        patch_user(session, world.directory(), str(user.id), body, NOW + timedelta(days=30))
    with gate_transaction(world.engine) as session:
        asked = select(MembershipRow).where(MembershipRow.superseded_at.is_(None))
        past = session.scalars(asked).one()
        assert (past.valid_from, past.valid_to) == (date(2026, 3, 2), date(2026, 4, 1))


def test_what_was_given_by_hand_is_not_taken_back_by_a_directory(world: World) -> None:
    user = create(world)
    token = world.sign_in(user.id)
    patch(world, user.id, {"op": "Add", "path": "roles", "value": [{"value": "Andel.Läsare"}]})
    patch(world, user.id, {"op": "Remove", "path": "roles"})
    assert world.roles(user.id) == {"viewer": "manual"}
    assert world.alive(token)


def test_a_municipality_never_gives_the_roles_of_the_regions_staff(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Ekonom"}])
    assert world.roles(user.id) == {}
    staff = create(world, world.region, roles=[{"value": "Andel.Ekonom"}])
    assert world.roles(staff.id or "") == {"economist": "scim"}


@pytest.mark.parametrize(
    ("directory", "organization", "role", "given"),
    [
        ("first", "alby-norra", "viewer", True),
        ("first", "byn", "viewer", False),
        ("first", "region-prov", "viewer", False),
        ("region", "byn", "administrator", True),
        ("region", "byn", "economist", False),
        ("region", "ingen", "viewer", False),
    ],
)
def test_a_directory_gives_roles_as_far_as_it_reaches(
    world: World, directory: str, organization: str, role: str, *, given: bool
) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        own = {"key": "alby-norra", "name": "Alby norra", "kind": "district", "source": "test"}
        session.add(OrganizationRow(authority_id=world.first.id, **own))
    with gate_transaction(world.engine) as session:
        role_map = {"Ord": [{"role": role, "organization": organization}, 7]}
        session.execute(update(IdentityProviderRow).values(role_map=role_map))
    user = create(world, getattr(world, directory), roles=[{"value": "Ord"}])
    assert world.roles(user.id) == ({role: "scim"} if given else {})


def test_a_deleted_person_is_gone_for_the_directory_and_shut_out_here(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Läsare"}])
    with gate_transaction(world.engine) as session:
        delete_user(session, world.directory(), str(user.id), NOW)
    with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
        read_user(session, world.directory(), str(user.id))
    assert raised.value.status == 404
    assert world.person(user.id).deactivated_by == "scim"
    assert world.roles(user.id) == {}
    assert find(world).total == 0


def test_a_person_who_comes_back_is_the_same_one(world: World) -> None:
    user = create(world)
    with gate_transaction(world.engine) as session:
        delete_user(session, world.directory(), str(user.id), NOW)
    again = create(world, userName="nytt@alby.se")
    assert again.id == user.id
    assert world.person(user.id).deactivated_at is None


def test_a_foreign_person_and_nobody_get_the_same_answer(world: World) -> None:
    foreign = create(world, world.second)
    answers = set()
    for name in (foreign.id, str(uuid4()), "nobody", "", "1' OR '1'='1", "x" * 5000):
        for act in (
            lambda session, who: read_user(session, world.directory(), who),
            lambda session, who: patch_user(
                session, world.directory(), who, {"schemas": PATCH, "Operations": [active(value=False)]}, NOW
            ),
            lambda session, who: replace_user(session, world.directory(), who, {"userName": "x"}, NOW),
            lambda session, who: delete_user(session, world.directory(), who, NOW),
        ):
            with pytest.raises(ScimError) as raised, gate_transaction(world.engine) as session:
                act(session, name or "")
            answers.add((raised.value.status, str(raised.value)))
    assert len(answers) == 1
    assert find(world, world.second).total == 1


def test_people_of_another_provider_of_the_same_organization_are_foreign(world: World) -> None:
    with gate_transaction(world.engine) as session:
        school = town(session, world.first.id, world.first.key, name="alby-skola")
    user = create(world, school)
    assert (find(world, school).total, find(world).total) == (1, 0)
    with pytest.raises(ScimError), gate_transaction(world.engine) as session:
        read_user(session, world.directory(), str(user.id))


def test_a_list_is_filtered_and_paged(world: World) -> None:
    for number in range(5):
        body = {"userName": f"n{number}@alby.se", "externalId": f"oid-{number}", "active": number != 3}
        with gate_transaction(world.engine) as session:
            create_user(session, world.directory(), body, NOW + timedelta(seconds=number))
    create(world, world.second)
    assert [user.user_name for user in find(world, startIndex="2", count="2").resources] == ["n1@alby.se", "n2@alby.se"]
    page = find(world, count="0")
    assert (page.total, page.resources) == (5, [])
    assert [user.external_id for user in find(world, filter='userName eq "N4@ALBY.se"').resources] == ["oid-4"]
    assert [user.user_name for user in find(world, filter='externalId eq "oid-2"').resources] == ["n2@alby.se"]
    assert find(world, filter='externalId eq "OID-2"').total == 0
    assert [user.user_name for user in find(world, filter="active eq false").resources] == ["n3@alby.se"]
    assert find(world, filter='id eq "nobody"').total == 0


def test_a_change_of_what_was_changed_meanwhile_is_refused(world: World) -> None:
    user = create(world)
    assert user.meta is not None
    changed = patch(world, user.id, {"op": "Replace", "path": "displayName", "value": "B"}, match='W/"1"')
    assert changed.meta is not None
    assert changed.meta.version == 'W/"2"'
    for match in ('W/"1"', '"1"', 'W/"7", W/"9"', "nonsense"):
        with pytest.raises(ScimError) as raised:
            patch(world, user.id, active(value=False), match=match)
        assert raised.value.status == 412
    assert world.person(user.id).deactivated_at is None
    patch(world, user.id, active(value=False), match="*")
    patch(world, user.id, active(value=True), match='"1", W/"3"')


def test_a_change_that_changes_nothing_is_no_new_version_and_no_entry(world: World) -> None:
    user = create(world)
    before = world.events()
    again = patch(world, user.id, {"op": "Replace", "path": "displayName", "value": "Ekonom"}, active(value=True))
    assert again.meta is not None
    assert again.meta.version == 'W/"1"'
    assert world.events() == before


def test_every_change_stands_in_the_chain_and_no_personal_data_does(world: World) -> None:
    user = create(world, roles=[{"value": "Andel.Läsare"}])
    patch(world, user.id, {"op": "Replace", "path": "displayName", "value": "Hemligt Namn"})
    patch(world, user.id, active(value=False))
    with gate_transaction(world.engine) as session:
        delete_user(session, world.directory(), str(user.id), NOW)
    told = [entry for entry in world.entries() if not entry.event.startswith("scim_token")]
    assert [entry.event for entry in told] == [
        "scim_user.created",
        "membership.given",
        "scim_user.changed",
        "scim_user.changed",
        "person.signed_out_everywhere",
        "person.deactivated",
        "scim_user.deleted",
        "membership.ended",
    ]
    for entry in told:
        content = json.loads(entry.content)
        assert content["actor"] == {"kind": "client", "id": f"scim_token:{world.directory().token_id}"}
        assert content.get("organization", str(world.first.id)) == str(world.first.id)
        assert content["subject"] == f"person:{user.id}"
        for secret in ("Hemligt", "Ekonom", "ekonom@alby.se", "oid-1"):
            assert secret not in entry.content
    with region_transaction(world.engine, Viewer.staff()) as session:
        beside = " ".join(filter(None, session.scalars(select(AuditPersonalRow.data))))
        assert "Hemligt Namn" in beside
        assert verify(session).findings == ()


def test_a_request_that_fails_leaves_nothing_behind(world: World) -> None:
    create(world)
    before = world.events()
    with pytest.raises(ScimError):
        create(world, externalId="oid-2")
    with gate_transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1
        assert session.scalar(select(func.count()).select_from(ScimUserRow)) == 1
    assert world.events() == before
