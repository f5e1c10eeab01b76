from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.costs.tables import ChargeRow, WorkingsRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, new_id, region_transaction
from andel.shared.database.bulk import insert_many

COLUMNS = ("organization_id", "allocation_id", "workings_row", "payer_id", "ore")
STAFF = Viewer.staff()


def workings(number: int) -> tuple[str, bytes]:
    canonical = f'{{"number":{number}}}'.encode()
    return hashlib.sha256(canonical).hexdigest(), canonical


def test_rows_arrive_as_they_were_given(region_db: Engine) -> None:
    rows = [(new_id(), f"å-{n}", f'"Åäö"\t\\N, {n}', "district", "test") for n in range(1000)]
    with region_transaction(region_db, STAFF) as session:
        assert insert_many(session, OrganizationRow.__table__, ("id", "key", "name", "kind", "source"), rows) == 1000
    with region_transaction(region_db, STAFF) as session:
        columns = (OrganizationRow.id, OrganizationRow.key, OrganizationRow.name, OrganizationRow.kind)
        assert [(*row, "test") for row in session.execute(select(*columns).order_by(OrganizationRow.id))] == sorted(
            rows
        )


def test_what_is_there_already_is_left_out_only_when_asked(region_db: Engine) -> None:
    with region_transaction(region_db, STAFF) as session:
        table, columns = WorkingsRow.__table__, ("digest", "canonical")
        assert insert_many(session, table, columns, [workings(1), workings(2)]) == 2
        assert insert_many(session, table, columns, [workings(2), workings(3)], skip_existing=True) == 1
        assert insert_many(session, table, columns, []) == 0
        assert session.scalar(select(func.count()).select_from(WorkingsRow)) == 3


def test_constraints_and_triggers_hold_for_many_as_for_one(
    region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> None:
    with region_transaction(region_db, STAFF) as session:
        organizations = make_organizations(session, 3)
        component = make_component(session)
    with region_transaction(region_db, STAFF) as session:
        allocation = allocate(session, component, [], charged_ore=600, total_ore=650, charge_count=3)
        rows = [(id_, allocation, place, id_, 100 * (place + 1)) for place, id_ in enumerate(organizations)]
        assert insert_many(session, ChargeRow.__table__, COLUMNS, rows) == 3

    def second(rows: list[tuple[object, ...]]) -> None:
        with region_transaction(region_db, STAFF) as session:
            correction = {"revision": 2, "supersedes_id": allocation, "difference": {}}
            sums = {"charged_ore": 600, "total_ore": 650, "charge_count": 3}
            made = allocate(session, component, [], **correction, **sums)
            insert_many(session, ChargeRow.__table__, COLUMNS, [(row[0], made, *row[2:]) for row in rows])

    with pytest.raises(IntegrityError, match="its lines hold"):
        second([*rows[:2], (*rows[2][:4], 301)])
    with pytest.raises(CheckViolation, match="no row in the workings"):
        second([*rows[:2], (rows[2][0], allocation, 3, rows[2][3], 300)])
    second([*rows])


def test_a_member_cannot_insert_many_where_it_cannot_insert_one(region_db: Engine) -> None:
    member = Viewer.member(new_id())
    with pytest.raises(InsufficientPrivilege), region_transaction(region_db, member) as session:
        insert_many(session, WorkingsRow.__table__, ("digest", "canonical"), [workings(1)])
