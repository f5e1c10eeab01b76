"""What has dates holds one value a day, and a correction is a new row with a reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.parties.tables import FactSeriesRow, GroupMemberRow, GroupRow
from andel.shared.database import Viewer, new_id, region_transaction

STAFF = Viewer.staff()


@pytest.fixture
def membership(region_db: Engine, make_organizations: Callable[[Session, int], list[UUID]]) -> dict[str, object]:
    group = new_id()
    with region_transaction(region_db, STAFF) as session:
        (organization,) = make_organizations(session, 1)
        session.execute(insert(GroupRow).values(id=group, key="gr", title="Förbundet", source="test"))
    return {"group_id": group, "organization_id": organization}


def join(engine: Engine, membership: dict[str, object], start: date, end: date | None) -> None:
    with region_transaction(engine, STAFF) as session:
        session.execute(insert(GroupMemberRow).values(**membership, valid_from=start, valid_to=end))


def test_a_member_may_leave_and_come_back_but_not_be_there_twice(
    region_db: Engine,
    membership: dict[str, object],
    as_owner_of_all: Callable[[Engine], AbstractContextManager[Connection]],
) -> None:
    join(region_db, membership, date(2020, 1, 1), date(2021, 1, 1))
    join(region_db, membership, date(2021, 1, 1), None)
    with pytest.raises(IntegrityError, match="group_member_one_at_a_time"):
        join(region_db, membership, date(2020, 12, 31), date(2021, 1, 1))
    with as_owner_of_all(region_db) as connection:
        connection.execute(text("ALTER TABLE group_member DROP CONSTRAINT group_member_one_at_a_time"))
        row = {**membership, "id": new_id(), "valid_from": date(2020, 12, 31)}
        connection.execute(insert(GroupMemberRow).values(row))


def test_a_membership_of_no_day_is_refused(region_db: Engine, membership: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="group_member_lasts_a_day_check"):
        join(region_db, membership, date(2020, 1, 1), date(2020, 1, 1))


def series(**changed: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "name": "inhabitants",
        "unit": "inhabitant",
        "reference_date": date(2025, 12, 31),
        "source_title": "test",
        **changed,
    }


def load(engine: Engine, row: dict[str, object]) -> None:
    with region_transaction(engine, STAFF) as session:
        session.execute(insert(FactSeriesRow).values(row))


def test_a_fact_is_corrected_by_the_next_revision_which_says_why(region_db: Engine) -> None:
    first = series()
    load(region_db, first)
    load(region_db, series(revision=2, corrects="Rad 7 var fel.", corrects_id=first["id"]))
    with region_transaction(region_db, STAFF) as session:
        assert session.scalars(select(FactSeriesRow.revision).order_by(FactSeriesRow.revision)).all() == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({}, "fact_series_name_reference_date_revision_key"),
        ({"revision": 2}, "fact_series_corrects_check|fact_series_reason_check"),
        ({"revision": 2, "corrects": "Rad 7 var fel."}, "fact_series_corrects_check"),
        ({"revision": 0, "reference_date": date(2024, 12, 31)}, "fact_series_revision_check|fact_series_corrects"),
        ({"corrects": "Varför?", "reference_date": date(2024, 12, 31)}, "fact_series_reason_check"),
    ],
)
def test_a_series_that_is_neither_first_nor_a_correction_is_refused(
    region_db: Engine, wrong: dict[str, object], constraint: str
) -> None:
    load(region_db, series())
    with pytest.raises(IntegrityError, match=constraint):
        load(region_db, series(**wrong))
