from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from tests.identity.conftest import BY, NOW, World

from andel.identity.model.errors import ForbiddenError, IdentityError, SignInNeededError
from andel.identity.model.permissions import Permission
from andel.identity.model.roles import Role
from andel.identity.model.sharing import Shared, Sharing
from andel.identity.model.signed_in import SignedIn, Token
from andel.identity.service import operators
from andel.identity.service.operators import Access, acts, add_operator, end_access, give_access, granted_transaction
from andel.identity.service.sharing import read_sharing, set_sharing
from andel.identity.tables import OperatorGrantRow, OperatorRow, OperatorSessionRow
from andel.shared.audit import verify
from andel.shared.database import Viewer, control_transaction, plain_engine, region_transaction
from andel.tenancy.service.databases import Databases

HOUR = timedelta(hours=1)
WHY = "Felsökning av fördelningen för 2026, ärende 4711"
READ = "GET /testlandet/costs"


@pytest.fixture
def control(databases: Databases) -> Iterator[Engine]:
    engine = databases.control_engine()
    yield engine
    with control_transaction(engine) as session:
        session.execute(delete(OperatorSessionRow))
        session.execute(update(OperatorRow).values(deactivated_at=NOW))
    engine.dispose()


@pytest.fixture
def operator(control: Engine) -> UUID:
    with control_transaction(control) as session:
        return add_operator(session, "https://idp.example", str(uuid4()), name="Driftoperatör")


@pytest.fixture
def token(control: Engine, operator: UUID) -> Token:
    with control_transaction(control) as session:
        return operators.start(session, operator, authenticated_at=NOW, now=NOW)


@pytest.fixture
def access(operator: UUID) -> Access:
    return Access(operator=operator, tenant="testlandet", reason=WHY, until=NOW + 2 * HOUR, granted_by=operator)


def read(world: World, control: Engine, token: Token | None, *, now: datetime = NOW, what: str = READ) -> SignedIn:
    with granted_transaction(control, world.engine, token, "testlandet", what=what, now=now) as (session, who):
        assert (
            session.scalar(text("SELECT current_user || ' ' || current_setting('transaction_read_only')"))
            == "andel_staff on"
        )
        return who


def told(world: World) -> list[tuple[str, dict[str, str]]]:
    with region_transaction(world.engine, Viewer.staff(read_only=True)) as session:
        assert verify(session).whole
        return [(act.event, json.loads(act.content)["details"]) for act in acts(session)]


# ---- let in -------------------------------------------------------------------------------------------------
def test_an_operator_without_a_grant_is_let_into_no_region(world: World, control: Engine, token: Token) -> None:
    with pytest.raises(ForbiddenError, match="ingen åtkomst"):
        read(world, control, token)
    assert told(world) == []


def test_under_a_grant_every_read_stands_in_the_regions_log_before_it_happens(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    grant = give_access(control, world.engine, access, now=NOW)
    who = read(world, control, token, now=NOW + HOUR / 3)
    assert (who.person, who.role, who.grant) == (access.operator, Role.OPERATOR, grant)
    assert (who.organization_key, who.organizations) == ("regionen", (world.organizations["regionen"],))
    read(world, control, token, now=NOW + HOUR / 2, what="GET /testlandet/parter")
    given = {
        "granted_by": str(access.operator),
        "operator": str(access.operator),
        "reason": WHY,
        "until": access.until.isoformat(),
    }
    assert told(world) == [
        ("operator.read", {"request": "GET /testlandet/parter"}),
        ("operator.read", {"request": READ}),
        ("operator.access_given", given),
    ]


def test_a_read_that_fails_has_been_written_down_all_the_same(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    give_access(control, world.engine, access, now=NOW)
    with (
        pytest.raises(RuntimeError),
        granted_transaction(control, world.engine, token, "testlandet", what=READ, now=NOW),
    ):
        raise RuntimeError
    assert told(world)[0] == ("operator.read", {"request": READ})


def test_an_operator_changes_nothing(world: World, control: Engine, token: Token, access: Access) -> None:
    give_access(control, world.engine, access, now=NOW)
    with (
        granted_transaction(control, world.engine, token, "testlandet", what=READ, now=NOW) as (session, _),
        pytest.raises(DBAPIError, match="read-only transaction"),
    ):
        session.execute(text("UPDATE profile SET name = 'x'"))


def test_what_an_operator_may_not_is_refused_and_not_told_as_a_read(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    def check(who: SignedIn) -> None:
        if not who.may(Permission.REGION_MANAGE):
            raise ForbiddenError.lacking(Permission.REGION_MANAGE)

    give_access(control, world.engine, access, now=NOW)
    with (
        pytest.raises(ForbiddenError),
        granted_transaction(control, world.engine, token, "testlandet", what=READ, now=NOW, check=check),
    ):
        pytest.fail("it was let in")
    assert [event for event, _ in told(world)] == ["operator.access_given"]


# ---- and no longer ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("after", "allowed"), [(timedelta(0), True), (HOUR / 3, True), (HOUR * 2 - HOUR / 6, True), (HOUR * 2, False)]
)
def test_a_grant_ends_by_itself(
    world: World, control: Engine, operator: UUID, access: Access, after: timedelta, *, allowed: bool
) -> None:
    give_access(control, world.engine, access, now=NOW)
    moment = NOW + after
    with control_transaction(control) as session:
        token = operators.start(session, operator, authenticated_at=moment, now=moment)
    if allowed:
        read(world, control, token, now=moment)
    else:
        with pytest.raises(ForbiddenError):
            read(world, control, token, now=moment)


def test_a_grant_is_ended_before_its_time_and_the_region_is_told(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    grant = give_access(control, world.engine, access, now=NOW)
    assert end_access(control, world.engine, grant, by=access.operator, now=NOW)
    assert not end_access(control, world.engine, grant, by=access.operator, now=NOW)
    with pytest.raises(ForbiddenError):
        read(world, control, token)
    assert [event for event, _ in told(world)] == ["operator.access_ended", "operator.access_given"]


def test_a_grant_is_for_one_region_and_one_operator(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    with control_transaction(control) as session:
        other = add_operator(session, "https://idp.example", str(uuid4()))
        theirs = operators.start(session, other, authenticated_at=NOW, now=NOW)
    give_access(control, world.engine, access, now=NOW)
    with pytest.raises(ForbiddenError):
        read(world, control, theirs)
    with (
        pytest.raises(ForbiddenError),
        granted_transaction(control, world.engine, token, "andra-landet", what=READ, now=NOW),
    ):
        pytest.fail("it was let in")


@pytest.mark.parametrize("ending", ["idle", "signed out", "deactivated", "nobody"])
def test_an_operators_session_ends_as_others_do(
    world: World, control: Engine, operator: UUID, token: Token, access: Access, ending: str
) -> None:
    give_access(control, world.engine, access, now=NOW)
    with control_transaction(control) as session:
        if ending == "signed out":
            operators.end(session, token)
        if ending == "deactivated":
            session.execute(update(OperatorRow).where(OperatorRow.id == operator).values(deactivated_at=NOW))
    shown = None if ending == "nobody" else token
    with pytest.raises(SignInNeededError):
        read(world, control, shown, now=NOW + (HOUR / 2 if ending == "idle" else timedelta(0)))


def test_an_operators_session_that_is_heard_of_goes_on(
    world: World, control: Engine, token: Token, access: Access
) -> None:
    give_access(control, world.engine, access, now=NOW)
    for minutes in (20, 40, 60):
        read(world, control, token, now=NOW + timedelta(minutes=minutes))


# ---- reasons and times --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changed",
    [
        {"reason": ""},
        {"reason": "   felsök   "},
        {"until": NOW},
        {"until": NOW - HOUR},
        {"until": NOW + timedelta(hours=24, seconds=1)},
        {"granted_by": UUID(int=1)},
        {"operator": UUID(int=1)},
    ],
)
def test_a_grant_needs_a_reason_an_end_within_a_day_and_active_operators(
    world: World, control: Engine, access: Access, changed: dict[str, object]
) -> None:
    with pytest.raises(IdentityError):
        give_access(control, world.engine, replace(access, **changed), now=NOW)  # type: ignore[arg-type]  # fields the test names
    assert told(world) == []


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"reason": "         x         "}, "operator_grant_reason_check"),
        ({"until": NOW}, "operator_grant_until_check"),
        ({"until": NOW + timedelta(hours=25)}, "operator_grant_until_check"),
        ({"tenant": "nowhere"}, "operator_grant_tenant_fkey"),
    ],
)
def test_the_database_refuses_such_a_grant_as_well(
    control: Engine, access: Access, changed: dict[str, object], constraint: str
) -> None:
    values = {
        "id": uuid4(),
        "operator_id": access.operator,
        "tenant": "testlandet",
        "reason": WHY,
        "granted_by": access.operator,
        "granted_at": NOW,
        "until": access.until,
    } | changed
    with control_transaction(control) as session, pytest.raises(DBAPIError, match=constraint):
        session.execute(insert(OperatorGrantRow).values(values))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE operator_grant SET until = until + interval '1 hour'",
        "UPDATE operator_grant SET reason = 'another reason than before'",
        "DELETE FROM operator_grant",
        "TRUNCATE operator_grant",
        "DELETE FROM operator",
    ],
)
def test_a_grant_is_never_prolonged_or_removed(world: World, control: Engine, access: Access, change: str) -> None:
    give_access(control, world.engine, access, now=NOW)
    with control_transaction(control) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(change))


def test_an_ended_grant_is_not_opened_again(world: World, control: Engine, access: Access) -> None:
    grant = give_access(control, world.engine, access, now=NOW)
    end_access(control, world.engine, grant, by=access.operator, now=NOW)
    with control_transaction(control) as session, pytest.raises(DBAPIError, match="only ended_at may change"):
        session.execute(update(OperatorGrantRow).where(OperatorGrantRow.id == grant).values(ended_at=None))


def test_without_the_regions_log_there_is_no_grant(world: World, control: Engine, access: Access) -> None:
    gone = plain_engine(world.engine.url.set(database="andel_region_gone"))
    with pytest.raises(DBAPIError):
        give_access(control, gone, access, now=NOW)
    with control_transaction(control) as session:
        assert session.query(OperatorGrantRow).filter_by(operator_id=access.operator).count() == 0


def test_an_operator_is_known_by_the_providers_key(control: Engine, operator: UUID) -> None:
    with control_transaction(control) as session:
        row = session.get_one(OperatorRow, operator)
        assert add_operator(session, row.issuer, row.subject, name="Annat namn") == operator


# ---- what members see of each other -------------------------------------------------------------------------
def test_the_region_opens_and_closes_what_its_members_see_of_each_other(world: World) -> None:
    with region_transaction(world.engine, Viewer.staff()) as session:
        assert read_sharing(session) == Sharing()
        assert set_sharing(session, Shared.SEATS, is_open=True, by=BY)
        assert not set_sharing(session, Shared.SEATS, is_open=True, by=BY)
        assert set_sharing(session, Shared.ALLOCATIONS, is_open=False, by=BY)
        assert set_sharing(session, Shared.SEATS, is_open=False, by=BY)
        assert set_sharing(session, Shared.USERS, is_open=True, by=BY)
    member = Viewer.member(world.organizations["mora"])
    with region_transaction(world.engine, member) as session:
        assert read_sharing(session) == Sharing(allocations=False, seats=False, users=True)
        with pytest.raises(DBAPIError, match="permission denied"):
            set_sharing(session, Shared.USERS, is_open=False, by=BY)
