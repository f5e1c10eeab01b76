from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from tests.identity.conftest import BY, NOW, World

from andel.identity.model.credentials import Credential, mint
from andel.identity.model.permissions import Permission
from andel.identity.model.programs import (
    OVERLAP,
    TOKEN_LIFE,
    ClientError,
    Program,
    ScopeError,
    TokenNeededError,
    TooManyRequestsError,
)
from andel.identity.model.roles import Role
from andel.identity.service.clients import (
    IssuedSecret,
    KnownClient,
    Registration,
    admit,
    authenticate,
    issue,
    known_clients,
    program_transaction,
    register,
    revoke,
    rotate,
)
from andel.identity.tables import ActingForRow, ApiClientRow, ApiClientSecretRow, ApiTokenRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, ViewerRole, gate_transaction, new_id, region_transaction

READ = (Permission.COSTS_READ, Permission.FACTS_READ)


def registered(world: World, organization: str = "mora", role: str = "viewer", **changed: Any) -> IssuedSecret:  # noqa: ANN401  (any field of it)
    values: dict[str, Any] = {"title": "Ekonomisystem", "scopes": [scope.value for scope in READ]} | changed
    asked = Registration(organization=organization, role=role, **values)
    with gate_transaction(world.engine) as session:
        return register(session, asked, actor=BY, now=NOW)


def token(world: World, issued: IssuedSecret, *, now: datetime = NOW, scopes: tuple[Permission, ...] = READ) -> str:
    with gate_transaction(world.engine) as session:
        client = authenticate(session, str(issued.client_id), issued.shown, now)
        assert client is not None
        return issue(session, client, scopes, now)


def admitted(world: World, shown: str, *, now: datetime = NOW) -> Program | None:
    try:
        with gate_transaction(world.engine) as session:
            return admit(session, shown, now)
    except TokenNeededError:
        return None


def known(world: World, *, now: datetime = NOW) -> tuple[KnownClient, ...]:
    with gate_transaction(world.engine) as session:
        return known_clients(session, now)


def test_a_secret_is_worth_a_token_and_a_token_lets_in_for_ten_minutes(world: World) -> None:
    shown = token(world, registered(world))
    program = admitted(world, shown)
    assert program is not None
    assert (program.organization, program.organization_key) == (world.organizations["mora"], "mora")
    assert (program.role, program.scopes) == (Role.VIEWER, frozenset(READ))
    assert admitted(world, shown, now=NOW + TOKEN_LIFE - timedelta(seconds=1))
    assert not admitted(world, shown, now=NOW + TOKEN_LIFE)


def test_nothing_but_a_token_that_was_issued_lets_in(world: World) -> None:
    issued = registered(world)
    token(world, issued)
    for shown in ("", "x", mint(Credential.ACCESS).shown, issued.shown, "\x00", "å" * 62):
        assert not admitted(world, shown)


def test_a_secret_is_of_one_client_alone(world: World) -> None:
    first, second = registered(world), registered(world, "rattvik")
    pairs = [
        (first.client_id, second.shown),
        (uuid4(), first.shown),
        (first.client_id, mint(Credential.CLIENT).shown),
        (first.client_id, ""),
        ("", first.shown),
        ("nobody", first.shown),
    ]
    with gate_transaction(world.engine) as session:
        for client, shown in pairs:
            assert authenticate(session, str(client), shown, NOW) is None
        assert authenticate(session, str(first.client_id).upper(), first.shown, NOW) is not None


def test_the_database_keeps_nothing_that_lets_anybody_in_and_the_gate_alone_reads_it(world: World) -> None:
    issued = registered(world)
    shown = token(world, issued)
    with gate_transaction(world.engine) as session:
        kept = repr(session.execute(text("SELECT * FROM api_client, api_client_secret, api_token")).all())
    assert shown not in kept
    assert issued.shown not in kept
    for viewer in (Viewer.staff(), Viewer.member(world.organizations["mora"])):
        for table in (ApiClientSecretRow, ApiTokenRow):
            with pytest.raises(ProgrammingError), region_transaction(world.engine, viewer) as session:
                session.scalars(select(table)).all()


def end_secret(world: World, _issued: IssuedSecret) -> None:
    with gate_transaction(world.engine) as session:
        session.execute(update(ApiClientSecretRow).values(revoked_at=NOW))


def end_client(world: World, issued: IssuedSecret) -> None:
    with gate_transaction(world.engine) as session:
        revoke(session, issued.client_id, actor=BY, now=NOW)


def disable(world: World, _issued: IssuedSecret) -> None:
    with gate_transaction(world.engine) as session:
        session.execute(update(ApiClientRow).values(enabled=False))


def end_token(world: World, _issued: IssuedSecret) -> None:
    with gate_transaction(world.engine) as session:
        session.execute(update(ApiTokenRow).values(revoked_at=NOW))


def end_organization(world: World, _issued: IssuedSecret) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        session.execute(update(OrganizationRow).where(OrganizationRow.key == "mora").values(valid_to=NOW.date()))


@pytest.mark.parametrize("end", [end_secret, end_client, disable, end_token, end_organization])
def test_a_token_falls_with_whatever_it_stands_on(world: World, end: Callable[[World, IssuedSecret], None]) -> None:
    issued = registered(world)
    shown = token(world, issued)
    other = token(world, registered(world, "rattvik")) if end in {end_client, end_organization} else ""
    end(world, issued)
    assert not admitted(world, shown)
    assert not other or admitted(world, other)


@pytest.mark.parametrize("end", [end_secret, end_client, disable])
def test_a_secret_that_has_ended_is_worth_no_token(world: World, end: Callable[[World, IssuedSecret], None]) -> None:
    issued = registered(world)
    end(world, issued)
    with gate_transaction(world.engine) as session:
        assert authenticate(session, str(issued.client_id), issued.shown, NOW) is None


def test_a_rotated_secret_overlaps_with_the_new_one_and_then_ends_with_its_tokens(world: World) -> None:
    old = registered(world)
    with gate_transaction(world.engine) as session:
        new = rotate(session, old.client_id, actor=BY, now=NOW)
    late = NOW + OVERLAP
    shown = token(world, old, now=late - timedelta(minutes=1))
    assert admitted(world, shown, now=late - timedelta(seconds=1))
    assert not admitted(world, shown, now=late)
    with gate_transaction(world.engine) as session:
        assert authenticate(session, str(old.client_id), old.shown, late) is None
        assert authenticate(session, str(new.client_id), new.shown, late) is not None


def test_of_three_secrets_the_oldest_ends_at_once(world: World) -> None:
    secrets = [registered(world)]
    for hour in (1, 2):
        with gate_transaction(world.engine) as session:
            secrets.append(rotate(session, secrets[0].client_id, actor=BY, now=NOW + timedelta(hours=hour)))
    now = NOW + timedelta(hours=2)
    with gate_transaction(world.engine) as session:
        alive = [authenticate(session, str(one.client_id), one.shown, now) is not None for one in secrets]
    assert alive == [False, True, True]
    assert len(known(world, now=now)[0].secrets) == 2


def test_scopes_narrow_with_the_token_the_client_and_the_role(world: World) -> None:
    issued = registered(world, role="administrator", scopes=["costs:read", "facts:read", "users:manage"])
    narrow = admitted(world, token(world, issued, scopes=(Permission.COSTS_READ,)))
    assert narrow is not None
    assert narrow.scopes == {Permission.COSTS_READ}
    shown = token(world, issued, scopes=(Permission.COSTS_READ, Permission.USERS_MANAGE))
    with gate_transaction(world.engine) as session:
        session.execute(update(ApiClientRow).values(scopes=["costs:read", "users:manage"], role="viewer"))
    later = admitted(world, shown)
    assert later is not None
    assert later.scopes == {Permission.COSTS_READ}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"organization": "ingen"}, "ingen"),
        ({"role": "economist"}, "role"),
        ({"role": "operator"}, "role"),
        ({"role": "king"}, "role"),
        ({"scopes": ["costs:manage"]}, "scopes"),
        ({"title": "  "}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"requests_per_minute": 1_000_000}, "requests_per_minute"),
    ],
)
def test_what_cannot_be_registered_says_why_and_leaves_nothing(
    world: World, changed: dict[str, Any], where: str
) -> None:
    with pytest.raises(ClientError) as raised:
        registered(world, **changed)
    assert raised.value.where == where
    assert known(world) == ()


def test_the_regions_clients_have_the_roles_of_its_staff(world: World) -> None:
    program = admitted(
        world,
        token(
            world,
            registered(world, "regionen", "economist", scopes=["costs:allocate"]),
            scopes=(Permission.COSTS_ALLOCATE,),
        ),
    )
    assert program is not None
    assert program.may(Permission.COSTS_ALLOCATE)


def test_a_program_sees_what_its_organization_sees(world: World) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        row = {"id": new_id(), "organization_id": world.organizations["staden"], "source": "test"}
        session.execute(insert(ActingForRow).values(for_id=world.organizations["mora"], **row))
    shown = token(world, registered(world, "staden"))
    with program_transaction(world.engine, shown, NOW) as (session, program):
        assert set(program.organizations) == {world.organizations[key] for key in ("staden", "norrmalm", "mora")}
        assert session.scalar(text("SELECT current_user")) == ViewerRole.MEMBER
        assert session.scalar(text("SHOW transaction_read_only")) == "on"


@pytest.mark.parametrize(("role", "writes"), [("economist", True), ("auditor", False)])
def test_a_program_of_the_region_sees_all_and_an_auditors_changes_nothing(
    world: World, role: str, *, writes: bool
) -> None:
    shown = token(world, registered(world, "regionen", role))
    with program_transaction(world.engine, shown, NOW, writing=True) as (session, _):
        assert session.scalar(text("SELECT current_user")) == ViewerRole.STAFF
        assert session.scalar(text("SHOW transaction_read_only")) == ("off" if writes else "on")


def test_a_program_without_the_scope_sees_nothing_of_the_region(world: World) -> None:
    shown = token(world, registered(world))

    def check(program: Program) -> None:
        if not program.may(Permission.INVOICES_READ):
            raise ScopeError.without(Permission.INVOICES_READ)

    with pytest.raises(ScopeError), program_transaction(world.engine, shown, NOW, check=check):
        pytest.fail("the block was entered")


def test_a_client_that_asks_too_often_waits_and_no_other_does(world: World) -> None:
    issued = registered(world, requests_per_minute=60)
    first, other = token(world, issued), token(world, registered(world, "rattvik"))
    for _ in range(9):  # a token has cost one of the ten
        assert admitted(world, first)
    with pytest.raises(TooManyRequestsError) as raised:
        admitted(world, first)
    assert raised.value.wait == 1
    with pytest.raises(TooManyRequestsError):
        token(world, issued)
    assert admitted(world, other)
    assert admitted(world, first, now=NOW + timedelta(seconds=1))


def test_a_request_that_fails_later_has_been_counted(world: World) -> None:
    shown = token(world, registered(world, requests_per_minute=1))
    for _ in range(9):
        with pytest.raises(ZeroDivisionError), program_transaction(world.engine, shown, NOW):
            raise ZeroDivisionError
    with pytest.raises(TooManyRequestsError), program_transaction(world.engine, shown, NOW):
        pytest.fail("the block was entered")


def test_tokens_that_have_ended_are_removed_when_a_new_one_is_made(world: World) -> None:
    issued = registered(world)
    for minutes in (0, 5, 30):
        token(world, issued, now=NOW + timedelta(minutes=minutes))
    with gate_transaction(world.engine) as session:
        assert len(session.scalars(select(ApiTokenRow)).all()) == 1


def test_clients_are_listed_with_their_last_use_and_the_ended_ones_last(world: World) -> None:
    used, ended = registered(world, title="Använd"), registered(world, title="Avslutad")
    registered(world, "rattvik", title="Aldrig använd")
    token(world, used, now=NOW + timedelta(hours=1))
    end_client(world, ended)
    listed = known(world, now=NOW + timedelta(hours=2))
    assert [(one.organization, one.title, one.last_used_at, one.ended_at) for one in listed] == [
        ("mora", "Använd", NOW + timedelta(hours=1), None),
        ("rattvik", "Aldrig använd", None, None),
        ("mora", "Avslutad", None, NOW),
    ]
    with gate_transaction(world.engine) as session:
        own = known_clients(session, NOW, organizations=[world.organizations["rattvik"]])
    assert [one.title for one in own] == ["Aldrig använd"]


def test_an_ended_or_unknown_client_is_neither_rotated_nor_ended_again(world: World) -> None:
    issued = registered(world)
    end_client(world, issued)
    for client in (issued.client_id, UUID(int=7)):
        for act in (rotate, revoke):
            with pytest.raises(ClientError), gate_transaction(world.engine) as session:
                act(session, client, actor=BY, now=NOW)


def test_what_is_done_to_clients_stands_in_the_chain_and_no_secret_does(world: World) -> None:
    issued = registered(world)
    with gate_transaction(world.engine) as session:
        new = rotate(session, issued.client_id, actor=BY, now=NOW)
    end_client(world, issued)
    with region_transaction(world.engine, Viewer.staff()) as session:
        told = session.execute(
            text("SELECT event, content FROM audit_entry JOIN audit_link ON entry_id = id ORDER BY sequence")
        ).all()
    assert [row.event for row in told] == [
        "client.registered",
        "client.secret_issued",
        "client.secret_issued",
        "client.revoked",
    ]
    assert all(issued.shown not in row.content and new.shown not in row.content for row in told)
