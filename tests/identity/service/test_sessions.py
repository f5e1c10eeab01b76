from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.identity.conftest import BY, NOW, TODAY, World

from andel.identity.model.errors import ForbiddenError, SignInNeededError
from andel.identity.model.permissions import Permission
from andel.identity.model.roles import MUNICIPAL, REGIONAL, Role
from andel.identity.model.signed_in import SignedIn, Token
from andel.identity.service import sessions
from andel.identity.service.people import end as end_membership
from andel.identity.service.people import memberships
from andel.identity.service.sessions import signed_in_transaction, start, viewer_of
from andel.identity.tables import ActingForRow, MembershipRow, WebSessionRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, ViewerRole, gate_transaction, region_transaction

SignIn = Callable[..., Token]
Privileged = Callable[[Engine], AbstractContextManager[Connection]]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def person(world: World) -> UUID:
    return world.person("ekonom-mora", ("mora", Role.VIEWER), name="Testperson")


def found(world: World, token: Token | None, now: Any = NOW) -> SignedIn | None:  # noqa: ANN401  (a moment)
    with gate_transaction(world.engine) as session:
        return sessions.look_up(session.connection(), token, now)


# ---- being found again --------------------------------------------------------------------------------------
def test_a_token_finds_who_is_signed_in_and_all_their_rights(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person, provider=world.providers["mora"], acr="loa3")
    who = found(world, token)
    assert who is not None
    assert (who.person, who.role, who.organization_key, who.acr) == (person, Role.VIEWER, "mora", "loa3")
    assert (who.organization_name, who.display_name, who.employments) == ("Mora", "Testperson", 1)
    assert who.organizations == (world.organizations["mora"],)
    assert len(who.csrf_secret) == 32
    assert repr(who.csrf_secret) not in repr(who)


def test_of_a_token_only_the_hash_is_kept(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    assert len(token.value) == 43  # 256 bits
    assert token.value not in repr(token)
    with gate_transaction(world.engine) as session:
        row = session.scalars(select(WebSessionRow)).one()
    assert row.token_hash == hashlib.sha256(token.value.encode()).digest()


@pytest.mark.parametrize("cookie", [None, "", "x", "x" * 42, "x" * 44, "å" * 43, "x" * 42 + "\n", "' OR 1=1 --"])
def test_a_cookie_that_is_no_token_asks_no_database(cookie: str | None) -> None:
    assert Token.read(cookie) is None


def test_another_token_and_none_find_nobody(world: World, person: UUID, sign_in: SignIn) -> None:
    sign_in(person)
    assert found(world, Token.new()) is None
    assert found(world, None) is None


@pytest.mark.parametrize(
    ("after", "alive"),
    [(29 * MINUTE, True), (30 * MINUTE - timedelta(microseconds=1), True), (30 * MINUTE, False), (31 * MINUTE, False)],
)
def test_a_session_ends_when_nothing_is_heard_of_it_for_half_an_hour(
    world: World, person: UUID, sign_in: SignIn, after: timedelta, *, alive: bool
) -> None:
    assert (found(world, sign_in(person), NOW + after) is not None) is alive


def test_a_session_ends_after_ten_hours_whatever_is_heard_of_it(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    for minutes in range(20, 600, 20):
        assert found(world, token, NOW + minutes * MINUTE) is not None
    assert found(world, token, NOW + 10 * HOUR - timedelta(microseconds=1)) is not None
    assert found(world, token, NOW + 10 * HOUR) is None


def test_it_is_written_down_once_a_minute_that_something_was_heard(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    for after, seen in ((30, 0), (59, 0), (61, 61), (100, 61), (122, 122)):
        found(world, token, NOW + timedelta(seconds=after))
        with gate_transaction(world.engine) as session:
            assert session.scalar(select(WebSessionRow.seen_at)) == NOW + timedelta(seconds=seen), after


def test_no_request_waits_for_another_that_writes_it_down(world: World, person: UUID, sign_in: SignIn) -> None:
    token, later = sign_in(person), NOW + 2 * MINUTE
    answered: list[SignedIn | None] = []
    with gate_transaction(world.engine) as session:
        assert sessions.look_up(session.connection(), token, later) is not None
        other = threading.Thread(target=lambda: answered.append(found(world, token, later)))
        other.start()
        other.join(5)
        assert [who is not None for who in answered] == [True]


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE membership SET superseded_at = now()",
        "UPDATE person SET deactivated_at = now(), deactivated_by = 'scim'",
        "UPDATE person SET erased_at = now(), subject = NULL, display_name = NULL",
        "UPDATE identity_provider SET enabled = false",
    ],
)
def test_a_session_ends_with_what_it_stands_on(world: World, person: UUID, sign_in: SignIn, ending: str) -> None:
    token = sign_in(person, provider=world.providers["mora"])
    assert found(world, token) is not None
    with gate_transaction(world.engine) as session:
        session.execute(text(ending))
    assert found(world, token) is None


def test_a_membership_counts_from_its_first_day_to_the_one_before_its_last(
    world: World, person: UUID, sign_in: SignIn, as_owner_of_all: Privileged
) -> None:
    token = sign_in(person)
    with as_owner_of_all(world.engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(MembershipRow).values(valid_to=TODAY + timedelta(days=1)))
        assert sessions.look_up(connection, token, NOW) is not None
        connection.execute(update(MembershipRow).values(valid_from=TODAY - timedelta(days=9), valid_to=TODAY))
        assert sessions.look_up(connection, token, NOW) is None
        connection.execute(update(MembershipRow).values(valid_from=TODAY + timedelta(days=1), valid_to=None))
        assert sessions.look_up(connection, token, NOW) is None


# ---- what they see ------------------------------------------------------------------------------------------
def test_a_city_sees_its_districts_and_an_intermediary_those_it_pays_for(world: World, sign_in: SignIn) -> None:
    ids = world.organizations
    with region_transaction(world.engine, Viewer.staff()) as session:
        pays = {"organization_id": ids["formedlaren"], "source": "test"}
        session.add(ActingForRow(**pays, for_id=ids["mora"]))
        session.add(ActingForRow(**pays, for_id=ids["rattvik"], valid_to=TODAY))
    seen = {}
    for key in ("staden", "norrmalm", "formedlaren", "mora"):
        who = found(world, sign_in(world.person(key, (key, Role.VIEWER))))
        assert who is not None
        assert who.organizations[0] == ids[key]
        seen[key] = {name for name, one in ids.items() if one in who.organizations}
    assert seen == {
        "staden": {"staden", "norrmalm"},
        "norrmalm": {"norrmalm"},
        "formedlaren": {"formedlaren", "mora"},
        "mora": {"mora"},
    }


@pytest.mark.parametrize("role", [*MUNICIPAL, *REGIONAL, Role.OPERATOR])
@pytest.mark.parametrize("writing", [False, True])
def test_only_the_regions_roles_see_everything_and_an_auditor_changes_nothing(role: Role, *, writing: bool) -> None:
    own = UUID(int=1)
    who = SignedIn(
        person=own,
        role=role,
        organization=own,
        organization_key="",
        organization_name="",
        organizations=(own,),
        authenticated_at=NOW,
        csrf_secret=b"",
    )
    viewer = viewer_of(who, writing=writing)
    assert viewer.role is (ViewerRole.MEMBER if role in MUNICIPAL else ViewerRole.STAFF)
    assert viewer.organizations == ((own,) if role in MUNICIPAL else ())
    assert viewer.read_only is (not writing or role in {Role.AUDITOR, Role.OPERATOR})


def test_a_role_of_the_region_that_another_organization_gave_finds_nobody(
    world: World, sign_in: SignIn, as_owner_of_all: Privileged
) -> None:
    token = sign_in(world.person("ekonom", ("regionen", Role.ECONOMIST)))
    assert found(world, token) is not None
    with as_owner_of_all(world.engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(MembershipRow).values(organization_id=world.organizations["mora"]))
        assert sessions.look_up(connection, token, NOW) is None


# ---- the transaction of a request ---------------------------------------------------------------------------
@pytest.fixture
def statements(region_db: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(region_db, "before_cursor_execute", see)
    yield seen
    event.remove(region_db, "before_cursor_execute", see)


def test_a_signed_in_page_costs_two_round_trips_more(
    world: World, person: UUID, sign_in: SignIn, statements: list[str]
) -> None:
    token = sign_in(person)
    statements.clear()
    with region_transaction(world.engine, Viewer.member(world.organizations["mora"])) as session:
        session.execute(select(OrganizationRow.key))
    plain = len(statements)
    with signed_in_transaction(world.engine, token, NOW) as (session, _):
        session.execute(select(OrganizationRow.key))
    assert len(statements) - plain - plain == 2


def test_the_request_sees_what_its_person_may_see(world: World, person: UUID, sign_in: SignIn) -> None:
    other = world.person("rattvik", ("rattvik", Role.VIEWER))
    with signed_in_transaction(world.engine, sign_in(person), NOW) as (session, who):
        assert session.scalar(text("SELECT current_user")) == "andel_member"
        assert session.scalars(select(MembershipRow.person_id)).all() == [who.person]
    assert other != person
    with (
        signed_in_transaction(world.engine, sign_in(person), NOW, writing=True) as (session, _),
        pytest.raises(DBAPIError, match="permission denied"),
    ):
        session.execute(select(WebSessionRow.token_hash))


def test_a_request_that_only_reads_can_write_nothing(world: World, sign_in: SignIn) -> None:
    token = sign_in(world.person("ekonom", ("regionen", Role.ECONOMIST)))
    change = update(OrganizationRow).values(source="changed")
    with signed_in_transaction(world.engine, token, NOW, writing=True) as (session, _):
        session.execute(change)
    with (
        signed_in_transaction(world.engine, token, NOW) as (session, _),
        pytest.raises(DBAPIError, match="read-only transaction"),
    ):
        session.execute(change)


def test_a_request_of_an_auditor_is_noted_as_heard_although_it_writes_nothing(world: World, sign_in: SignIn) -> None:
    token = sign_in(world.person("revisor", ("regionen", Role.AUDITOR)))
    later = NOW + 5 * MINUTE
    with signed_in_transaction(world.engine, token, later, writing=True) as (session, who):
        assert who.role is Role.AUDITOR
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
    with gate_transaction(world.engine) as session:
        assert session.scalar(select(WebSessionRow.seen_at)) == later


def test_nobody_and_whoever_may_not_are_turned_away_before_anything_is_seen(
    world: World, person: UUID, sign_in: SignIn, statements: list[str]
) -> None:
    def refuse(_: SignedIn) -> None:
        raise ForbiddenError.lacking(Permission.COSTS_READ)

    with pytest.raises(SignInNeededError), signed_in_transaction(world.engine, None, NOW):
        pytest.fail("it was let in")
    token = sign_in(person)
    statements.clear()
    with pytest.raises(ForbiddenError), signed_in_transaction(world.engine, token, NOW, check=refuse):
        pytest.fail("it was let in")
    assert len(statements) == 2


# ---- new tokens ---------------------------------------------------------------------------------------------
def test_signing_in_again_ends_the_session_that_the_browser_showed(world: World, person: UUID, sign_in: SignIn) -> None:
    before = sign_in(person)
    with gate_transaction(world.engine) as session:
        chosen = memberships(session, person, TODAY)[0]
        arrival = sessions.Arrival(
            person=person,
            membership=chosen.id,
            organization=chosen.employment.organization,
            authenticated_at=NOW,
        )
        after = start(session, arrival, now=NOW, replaces=before)
    assert (found(world, before), found(world, after) is not None) == (None, True)


def test_another_employment_comes_with_another_token_and_the_same_end(world: World, sign_in: SignIn) -> None:
    person = world.person("tva", ("staden", Role.VIEWER), ("norrmalm", Role.ADMINISTRATOR))
    token = sign_in(person)
    later = NOW + 5 * MINUTE
    before = found(world, token, later)
    with gate_transaction(world.engine) as session:
        other = memberships(session, person, TODAY)[1]
        moved = sessions.switch(session, token, other.id, now=later)
    after = found(world, moved, later)
    assert before is not None
    assert after is not None
    assert found(world, token, later) is None
    assert (before.role, after.role, after.organization_key) == (Role.VIEWER, Role.ADMINISTRATOR, "norrmalm")
    assert (before.employments, after.employments) == (2, 2)
    assert before.csrf_secret != after.csrf_secret
    with gate_transaction(world.engine) as session:
        assert session.scalar(select(WebSessionRow.expires_at)) == NOW + 10 * HOUR


def test_nobody_goes_on_as_somebody_else(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    other = world.person("ekonom", ("regionen", Role.ECONOMIST))
    with gate_transaction(world.engine) as session:
        theirs = memberships(session, other, TODAY)[0]
        with pytest.raises(ForbiddenError):
            sessions.switch(session, token, theirs.id, now=NOW)
        with pytest.raises(ForbiddenError):
            sessions.step_up(session, token, other, acr="loa3", authenticated_at=NOW, now=NOW)
        with pytest.raises(ForbiddenError):
            sessions.switch(session, Token.new(), memberships(session, person, TODAY)[0].id, now=NOW)
    assert found(world, token) is not None
    with gate_transaction(world.engine) as session, pytest.raises(DBAPIError, match="membership_id_person_id_fkey"):
        session.execute(update(WebSessionRow).values(membership_id=theirs.id))


def test_an_employment_that_ended_cannot_be_gone_on_as(world: World, sign_in: SignIn) -> None:
    person = world.person("tva", ("staden", Role.VIEWER), ("norrmalm", Role.ADMINISTRATOR))
    token = sign_in(person)
    with gate_transaction(world.engine) as session:
        other = memberships(session, person, TODAY)[1]
        end_membership(session, person, other, today=TODAY, by=BY)
        with pytest.raises(ForbiddenError):
            sessions.switch(session, token, other.id, now=NOW)


def test_a_session_that_has_ended_gets_no_new_token(world: World, person: UUID, sign_in: SignIn) -> None:
    token = sign_in(person)
    with gate_transaction(world.engine) as session:
        own = memberships(session, person, TODAY)[0]
        for late in (NOW + 30 * MINUTE, NOW + 10 * HOUR):
            with pytest.raises(ForbiddenError):
                sessions.switch(session, token, own.id, now=late)


def test_proving_oneself_anew_comes_with_another_token(world: World, person: UUID, sign_in: SignIn) -> None:
    token, later = sign_in(person, acr="loa2"), NOW + 20 * MINUTE
    with gate_transaction(world.engine) as session:
        moved = sessions.step_up(session, token, person, acr="loa3", authenticated_at=later, now=later)
    who = found(world, moved, later)
    assert who is not None
    assert (who.acr, who.authenticated_at, found(world, token, later)) == ("loa3", later, None)
