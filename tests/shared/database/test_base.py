from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select

from andel.costs.tables import AllocationRunRow, Kind
from andel.sdk.cost import Ceiling, Split, Tariff
from andel.shared.database import DatabaseError, Viewer, new_id, region_transaction
from andel.shared.database.base import UtcDateTime
from andel.shared.database.names import region_database, region_login, template_database


def test_an_id_is_a_uuid_of_version_7_that_sorts_by_time() -> None:
    before = time.time_ns() // 1_000_000
    made = []
    for _ in range(5):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, UUID(int=0x8 << 60).variant)}
    assert 0 <= (made[0].int >> 80) - before < 1000
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(DatabaseError, match="has no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1, 12, 0), None)  # type: ignore[arg-type]  # noqa: DTZ001  (what is tested)


def test_a_moment_is_read_in_utc_whatever_the_connection_thinks(region_db: Engine) -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with region_transaction(region_db, Viewer.staff()) as session:
        session.connection().exec_driver_sql("SET LOCAL timezone = 'Europe/Stockholm'")
        session.execute(
            insert(AllocationRunRow).values(
                key="x",
                period_start=date(2026, 1, 1),
                period_end=date(2027, 1, 1),
                ordered_by="test",
                started_at=summer,
            )
        )
        found = session.scalars(select(AllocationRunRow.started_at)).one()
        recorded = session.scalars(select(AllocationRunRow.recorded_at)).one()
    assert found == summer
    assert found is not None
    assert (found.tzinfo, recorded.tzinfo) == (UTC, UTC)


def test_the_kinds_of_result_are_those_of_the_sdk() -> None:
    assert {kind.value for kind in Kind} == {Split.kind, Tariff.kind, Ceiling.kind}


def test_databases_and_logins_are_named_after_the_region() -> None:
    assert region_database("vastra-gotaland") == "andel_region_vastra_gotaland"
    assert region_login("vastra-gotaland") == "andel_vastra_gotaland"
    assert len(region_database("a" * 40).encode()) < 64
    assert template_database("0007") == "andel_template_0007"
