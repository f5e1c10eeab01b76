from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.identity.conftest import BY, NOW, TODAY, World

from andel.identity.model.errors import IdentityError
from andel.identity.model.roles import MUNICIPAL, REGIONAL, Role
from andel.identity.service import people
from andel.identity.service.people import Employment, ensure_person, find_person, memberships
from andel.identity.tables import MembershipRow, PersonRow, ScimUserRow
from andel.identity.tables.people import Origin
from andel.shared.audit import Entry, append, verify
from andel.shared.audit.tables import AuditEntryRow, AuditPersonalRow
from andel.shared.database import Viewer, gate_transaction, region_transaction

DAY = timedelta(days=1)


def test_a_person_is_the_providers_key_and_has_a_random_id(world: World) -> None:
    first = world.person("u1", ("mora", Role.VIEWER), name="Före")
    assert world.person("u1", ("mora", Role.VIEWER), name="Efter") == first
    assert first.version == 4
    assert world.person("u1", ("rattvik", Role.VIEWER)) != first
    with gate_transaction(world.engine) as session:
        found = find_person(session, world.providers["mora"], "u1")
        assert found is not None
        assert found.display_name == "Efter"
        assert find_person(session, world.providers["mora"], "u2") is None


def test_an_empty_key_is_nobodys(world: World) -> None:
    with pytest.raises(DBAPIError, match="person_subject_check"):
        world.person("", ("mora", Role.VIEWER))


def test_nobody_is_vouched_for_by_another_organization_than_the_providers(world: World) -> None:
    with gate_transaction(world.engine) as session, pytest.raises(DBAPIError, match="person_provider_id"):
        ensure_person(session, world.organizations["mora"], world.providers["staden"], "u", name="", by=BY)


@pytest.mark.parametrize(
    ("voucher", "organization", "reached"),
    [
        ("mora", "mora", True),
        ("mora", "rattvik", False),
        ("mora", "regionen", False),
        ("staden", "norrmalm", True),
        ("norrmalm", "staden", False),
        ("regionen", "mora", True),
        ("regionen", "regionen", True),
    ],
)
def test_a_membership_is_within_reach_of_whoever_vouches_for_the_person(
    world: World, voucher: str, organization: str, *, reached: bool
) -> None:
    if reached:
        world.person("u", (organization, Role.VIEWER), voucher=voucher)
    else:
        with pytest.raises(DBAPIError, match="gives memberships of itself and its districts"):
            world.person("u", (organization, Role.VIEWER), voucher=voucher)


@pytest.mark.parametrize("role", [*MUNICIPAL, *REGIONAL])
def test_roles_of_the_regions_staff_come_from_the_region_alone(world: World, role: Role) -> None:
    world.person("u", ("regionen", role))
    if role in MUNICIPAL:
        world.person("u", ("mora", role))
    else:
        with pytest.raises(DBAPIError, match="only the region itself"):
            world.person("v", ("mora", role), voucher="regionen")


def test_no_membership_makes_an_operator(world: World) -> None:
    with pytest.raises(DBAPIError, match="membership_role_check"):
        world.person("u", ("regionen", Role.OPERATOR))


def test_what_one_origin_says_replaces_what_it_said_before_and_nothing_else(world: World) -> None:
    person = world.person("u", ("staden", Role.VIEWER), ("staden", Role.SIGNATORY))
    viewer, administrator, signatory = (
        Employment(world.organizations["staden"], role) for role in (Role.VIEWER, Role.ADMINISTRATOR, Role.SIGNATORY)
    )
    with gate_transaction(world.engine) as session:
        people.give(session, person, administrator, origin=Origin.MANUAL, today=TODAY, by=BY)
        before = {one.employment: one.id for one in memberships(session, person, TODAY)}
        left = people.replace(session, person, [viewer], origin=Origin.OIDC, today=TODAY, by=BY)
        assert {one.employment for one in left} == {viewer, administrator}
        assert all(before[one.employment] == one.id for one in left)
        again = people.replace(session, person, [viewer, signatory], origin=Origin.OIDC, today=TODAY, by=BY)
        assert {one.employment for one in again} == {viewer, administrator, signatory}
        none = people.replace(session, person, [], origin=Origin.OIDC, today=TODAY, by=BY)
        assert {one.employment for one in none} == {administrator}


def test_what_somebody_was_stays_known(world: World) -> None:
    person = world.person("u", ("mora", Role.VIEWER))
    with gate_transaction(world.engine) as session:
        (own,) = memberships(session, person, TODAY)
        people.end(session, person, own, today=TODAY + 9 * DAY, by=BY)
        assert memberships(session, person, TODAY + 9 * DAY) == ()
        rows = session.scalars(select(MembershipRow).order_by(MembershipRow.superseded_at.nulls_last())).all()
    assert [(row.valid_from, row.valid_to, row.superseded_at is None) for row in rows] == [
        (TODAY, None, False),
        (TODAY, TODAY + 9 * DAY, True),
    ]


def test_the_same_employment_is_given_once_also_past_the_code(world: World) -> None:
    world.person("u", ("mora", Role.VIEWER))
    with gate_transaction(world.engine) as session, pytest.raises(DBAPIError, match="membership_one_at_a_time"):
        session.execute(
            text(
                "INSERT INTO membership (id, organization_id, person_id, role, source, valid_from)"
                " SELECT gen_random_uuid(), organization_id, person_id, role, source, valid_from FROM membership"
            )
        )


def test_signing_in_does_not_let_in_who_was_shut_out(world: World) -> None:
    person = world.person("u", ("mora", Role.VIEWER))
    with gate_transaction(world.engine) as session:
        people.deactivate(session, person, origin=Origin.SCIM, now=NOW, by=BY)
    assert world.person("u", ("mora", Role.VIEWER)) == person
    with gate_transaction(world.engine) as session:
        row = session.get_one(PersonRow, person)
        assert (row.deactivated_at, row.deactivated_by) == (NOW, "scim")
        assert people.reactivate(session, person, by=BY)
        assert not people.reactivate(session, person, by=BY)
        session.refresh(row)
        assert (row.deactivated_at, row.deactivated_by) == (None, None)


def test_erased_nothing_but_a_random_id_is_left_and_the_chain_verifies(world: World) -> None:
    person = world.person("hsa-id-1", ("mora", Role.VIEWER), name="Testperson Ett")
    with gate_transaction(world.engine) as session:
        resource = {"emails": [{"value": "ett@mora.example"}]}
        session.add(
            ScimUserRow(
                person_id=person, organization_id=world.organizations["mora"], user_name="ett", resource=resource
            )
        )
        entry = Entry(event="ballot.recorded", actor=BY, personal={person: {"name": "Testperson Ett"}})
        append(session, entry)
    with gate_transaction(world.engine) as session:
        people.erase(session, person, decision="dnr 2026-17 § 4", now=NOW, by=BY)
        people.erase(session, person, decision="dnr 2026-17 § 4", now=NOW, by=BY)
        left = session.get_one(PersonRow, person)
        assert (left.subject, left.display_name, left.erased_at) == (None, None, NOW)
        assert session.scalars(select(ScimUserRow)).all() == []
        assert memberships(session, person, TODAY) == ()
        assert not people.reactivate(session, person, by=BY)
    with region_transaction(world.engine, Viewer.staff()) as session:
        assert verify(session).whole
        assert session.scalars(select(AuditPersonalRow.data)).all() == [None]
        written = session.scalars(select(AuditEntryRow.content).order_by(AuditEntryRow.id)).all()
    assert not any("Testperson" in content or "hsa-id" in content for content in written)
    assert json.loads(written[-1])["details"] == {"decision": "dnr 2026-17 § 4"}


def test_nobody_is_erased_without_a_decision_nor_who_is_not_there(world: World) -> None:
    person = world.person("u", ("mora", Role.VIEWER))
    for whom, decision in ((person, " "), (uuid4(), "dnr 2026-17 § 4")):
        with gate_transaction(world.engine) as session, pytest.raises(IdentityError):
            people.erase(session, whom, decision=decision, now=NOW, by=BY)
    with gate_transaction(world.engine) as session:
        assert session.get_one(PersonRow, person).erased_at is None


def test_a_member_sees_its_own_people_without_the_key_that_the_provider_knows_them_by(world: World) -> None:
    own, other = world.person("u", ("mora", Role.VIEWER)), world.person("v", ("rattvik", Role.VIEWER))
    member = Viewer.member(world.organizations["mora"])
    for viewer, seen in ((member, {own}), (Viewer.staff(), {own, other})):
        with region_transaction(world.engine, viewer) as session:
            assert set(session.scalars(select(PersonRow.id))) == seen
            with pytest.raises(DBAPIError, match="permission denied"):
                session.execute(select(PersonRow.subject))


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO membership SELECT * FROM membership",
        "UPDATE membership SET role = 'manager'",
        "UPDATE membership SET superseded_at = now()",
        "UPDATE person SET deactivated_at = NULL",
        "UPDATE identity_provider SET issuer = 'https://evil.example'",
        "DELETE FROM verified_domain",
    ],
)
def test_neither_staff_nor_members_write_what_lets_people_in(world: World, change: str) -> None:
    for viewer in (Viewer.staff(), Viewer.member(world.organizations["mora"])):
        with region_transaction(world.engine, viewer) as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text(change))


@pytest.mark.parametrize("change", ["role = 'administrator'", "person_id = gen_random_uuid()", "valid_to = NULL"])
def test_the_gate_itself_rewrites_no_membership(world: World, change: str) -> None:
    world.person("u", ("mora", Role.VIEWER))
    with gate_transaction(world.engine) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(f"UPDATE membership SET {change}"))  # noqa: S608  (a change of our own)


@pytest.mark.parametrize("table", ["charge", "allocation", "cost_amount", "audit_entry", "person_key", "fact_value"])
def test_the_gate_sees_nothing_of_the_regions_business(world: World, table: str) -> None:
    with gate_transaction(world.engine) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(f"SELECT FROM {table}"))
