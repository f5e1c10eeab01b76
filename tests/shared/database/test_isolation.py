from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from andel.costs.tables import AllocationRow, ChargeRow
from andel.shared.database import Viewer, ViewerError, ViewerRole, region_transaction

Organizations = Callable[[Session, int], list[UUID]]
Component = Callable[[Session], UUID]
Allocate = Callable[..., UUID]


@pytest.fixture
def organizations(
    region_db: Engine, make_organizations: Organizations, make_component: Component, allocate: Allocate
) -> list[UUID]:
    with region_transaction(region_db, Viewer.staff()) as session:
        made = make_organizations(session, 3)
        allocate(session, make_component(session), made)
    return made


def test_staff_see_every_row_and_a_member_only_its_own(region_db: Engine, organizations: list[UUID]) -> None:
    with region_transaction(region_db, Viewer.staff()) as session:
        assert session.scalar(select(func.count()).select_from(ChargeRow)) == 3
    with region_transaction(region_db, Viewer.member(organizations[1])) as session:
        assert session.scalars(select(ChargeRow.organization_id)).all() == [organizations[1]]
        assert session.scalar(select(func.count()).select_from(AllocationRow)) == 1


def test_a_member_of_several_organizations_sees_the_rows_of_all_of_them(
    region_db: Engine, organizations: list[UUID]
) -> None:
    with region_transaction(region_db, Viewer.member(*organizations[:2])) as session:
        assert set(session.scalars(select(ChargeRow.organization_id))) == set(organizations[:2])


def test_a_member_of_an_unknown_organization_sees_nothing(region_db: Engine, organizations: list[UUID]) -> None:
    assert organizations
    with region_transaction(region_db, Viewer.member(uuid4())) as session:
        assert session.scalars(select(ChargeRow.ore)).all() == []


@pytest.mark.usefixtures("organizations")
def test_the_login_itself_may_read_nothing(region_db: Engine) -> None:
    with region_db.connect() as connection, pytest.raises(ProgrammingError, match="permission denied for table charge"):
        connection.execute(select(ChargeRow.ore))


@pytest.mark.usefixtures("organizations")
@pytest.mark.parametrize("viewer", [None, "", "{}", "{NULL}"])
def test_a_member_transaction_without_organizations_is_an_error_and_never_no_rows(
    region_db: Engine, viewer: str | None
) -> None:
    with region_db.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_member', true)")
        if viewer is not None:
            connection.exec_driver_sql("SELECT set_config('andel.organizations', %s, true)", (viewer,))
        with pytest.raises(DBAPIError, match="permission denied: the transaction has no viewer"):
            connection.execute(select(ChargeRow.ore))


@pytest.mark.usefixtures("organizations")
def test_the_viewer_of_one_transaction_does_not_reach_the_next_on_the_same_connection(
    region_db: Engine, organizations: list[UUID]
) -> None:
    with region_transaction(region_db, Viewer.member(organizations[0])) as session:
        assert session.scalar(select(func.count()).select_from(ChargeRow)) == 1
    with region_db.connect() as connection:
        left = connection.execute(text("SELECT current_user, current_setting('andel.organizations', true)")).one()
    assert left == ("andel_testlandet", "")


def test_a_viewer_cannot_be_a_member_of_nothing() -> None:
    with pytest.raises(ViewerError, match="without organizations"):
        Viewer.member()


@pytest.mark.parametrize("wrong", ["a-text", None, b"1"])
def test_a_viewer_has_ids_of_organizations_and_nothing_else(wrong: object) -> None:
    with pytest.raises(ViewerError):
        Viewer(ViewerRole.MEMBER, (wrong,))  # type: ignore[arg-type]  # what is tested


def test_a_transaction_without_a_viewer_is_refused(region_db: Engine) -> None:
    with pytest.raises(ViewerError), region_transaction(region_db, None):  # type: ignore[arg-type]  # what is tested
        pytest.fail("it was let in")


def test_a_member_may_not_write_a_charge(region_db: Engine, organizations: list[UUID]) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        region_transaction(region_db, Viewer.member(organizations[0])) as session,
    ):
        session.execute(
            insert(ChargeRow).values(
                organization_id=organizations[0],
                allocation_id=uuid4(),
                workings_row=9,
                payer_id=organizations[0],
                ore=1,
            )
        )


def test_a_reader_writes_nothing(region_db: Engine, make_organizations: Organizations) -> None:
    with (
        pytest.raises(DBAPIError, match="read-only transaction"),
        region_transaction(region_db, Viewer.staff(read_only=True)) as session,
    ):
        make_organizations(session, 1)


def test_a_block_that_raises_leaves_nothing_even_after_a_commit_of_the_session(
    region_db: Engine, make_organizations: Organizations
) -> None:
    def fail() -> None:
        with region_transaction(region_db, Viewer.staff()) as session:
            make_organizations(session, 2)
            session.commit()
            message = "in the middle"
            raise LookupError(message)

    with pytest.raises(LookupError):
        fail()
    with region_transaction(region_db, Viewer.staff()) as session:
        assert session.scalar(text("SELECT count(*) FROM organization")) == 0
