"""The same on the oldest PostgreSQL that production may have. All tests: ``ANDEL_POSTGRES_BIN=... pytest``."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from andel.costs.tables import AllocationRow, ChargeRow
from andel.shared.database import RegionUnavailableError, Viewer, region_engine, region_transaction
from andel.shared.database.catalog import examine
from andel.shared.database.engines import RegionAddress
from andel.shared.database.queue import Job, enqueue
from andel.tenancy.service.schema import region_classes

OLDEST = Path(os.environ.get("ANDEL_OLDEST_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))

pytestmark = [
    pytest.mark.skipif(not (OLDEST / "postgres").exists(), reason="no PostgreSQL 15 on this machine"),
    pytest.mark.parametrize("database_server", [OLDEST], indirect=True, ids=["15"]),
]


@pytest.fixture
def organizations(
    region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> list[UUID]:
    with region_transaction(region_db, Viewer.staff()) as session:
        made = make_organizations(session, 3)
        component = make_component(session)
        first = allocate(session, component, made)
        allocate(session, component, made, revision=2, supersedes_id=first, difference={})
    return made


def test_it_is_version_15_and_protected_as_declared(
    region_db: Engine, as_owner_of_all: Callable[[Engine], AbstractContextManager[Connection]]
) -> None:
    with as_owner_of_all(region_db) as connection:
        assert str(connection.scalar(text("SHOW server_version"))).startswith("15.")
        assert examine(connection, region_classes()) == []


def test_a_member_sees_its_own_rows_and_a_missing_viewer_is_an_error(
    region_db: Engine, organizations: list[UUID]
) -> None:
    with region_transaction(region_db, Viewer.member(organizations[0])) as session:
        assert set(session.scalars(select(ChargeRow.organization_id))) == {organizations[0]}
    with region_db.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_member', true)")
        with pytest.raises(DBAPIError, match="the transaction has no viewer"):
            connection.execute(select(ChargeRow.ore))


def test_money_is_conserved_and_results_never_change(
    region_db: Engine,
    organizations: list[UUID],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
    as_owner_of_all: Callable[[Engine], AbstractContextManager[Connection]],
) -> None:
    with (
        pytest.raises(IntegrityError, match="its lines hold"),
        region_transaction(region_db, Viewer.staff()) as session,
    ):
        allocate(session, make_component(session), organizations, charged_ore=599, total_ore=649)
    with region_transaction(region_db, Viewer.staff()) as session:
        current = select(func.count()).select_from(AllocationRow).where(AllocationRow.is_current)
        assert session.scalar(current) == 1
    with as_owner_of_all(region_db) as connection, pytest.raises(IntegrityError, match="never change"):
        connection.execute(text("DELETE FROM charge"))


def test_staff_add_jobs_and_a_login_has_one_database(region_db: Engine, second_region_db: Engine) -> None:
    with region_transaction(region_db, Viewer.staff()) as session:
        assert enqueue(session, Job(task="recount")) is not None
    elsewhere = region_db.url.set(database=second_region_db.url.database)
    stranger = region_engine(RegionAddress("stranger", elsewhere))
    with pytest.raises(RegionUnavailableError) as caught, region_transaction(stranger, Viewer.staff()):
        pytest.fail("it was let in")
    assert "permission denied for database" in caught.value.reason
