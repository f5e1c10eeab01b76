"""Each guard is taken away inside a transaction, and what it keeps out must then come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.shared.database import Viewer, region_transaction
from andel.shared.database.base import Keeping
from andel.shared.database.names import LOGIN_ROLES, MEMBER, OWNER, STAFF
from andel.tenancy.service.schema import region_classes

Privileged = Callable[[Engine], AbstractContextManager[Connection]]
NEVER_CHANGED = sorted(name for name, table in region_classes().items() if table.keeping is not Keeping.CHANGEABLE)
ABSOLUTE = sorted(name for name, table in region_classes().items() if table.keeping is Keeping.IMMUTABLE)
UPDATE = "UPDATE allocation SET"
NO_COLUMN = set(ABSOLUTE) - {"public.allocation"}  # the others let one column change, once
CHANGES = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
}
CHARGES = "SELECT count(*) FROM charge"


@pytest.fixture
def organizations(
    region_db: Engine,
    make_organizations: Callable[[Session, int], list[UUID]],
    make_component: Callable[[Session], UUID],
    allocate: Callable[..., UUID],
) -> list[UUID]:
    with region_transaction(region_db, Viewer.staff()) as session:
        made = make_organizations(session, 3)
        allocate(session, make_component(session), made)
        session.execute(
            text(
                "INSERT INTO document_revision (digest, canonical, applied_by)"
                " VALUES (encode(sha256('{}'), 'hex'), '{}', 'test')"
            )
        )
    return made


@pytest.fixture
def connection(region_db: Engine, organizations: list[UUID], as_owner_of_all: Privileged) -> Iterator[Connection]:
    assert organizations
    with as_owner_of_all(region_db) as privileged:
        yield privileged


def become(connection: Connection, role: str, *organizations: UUID) -> None:
    connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})
    viewer = "{" + ",".join(map(str, organizations)) + "}" if organizations else ""
    connection.execute(text("SELECT set_config('andel.organizations', :viewer, true)"), {"viewer": viewer})


def refused(connection: Connection, statement: str) -> str:
    """Return why a statement is refused; an empty text when it is not."""
    savepoint = connection.begin_nested()
    try:
        connection.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig)
    else:
        return ""
    finally:
        savepoint.rollback()


# ---- row security -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "removal",
    [
        "ALTER TABLE charge DISABLE ROW LEVEL SECURITY",
        "ALTER POLICY charge_member ON charge USING (true)",
        "CREATE POLICY further ON charge TO andel_member USING (true)",
    ],
)
def test_without_row_security_a_member_would_see_the_rows_of_others(
    connection: Connection, organizations: list[UUID], removal: str
) -> None:
    become(connection, MEMBER, organizations[0])
    assert connection.scalar(text(CHARGES)) == 1
    connection.execute(text("RESET ROLE"))
    connection.execute(text(removal))
    become(connection, MEMBER, organizations[0])
    assert connection.scalar(text(CHARGES)) == 3


def test_without_force_the_owner_would_see_every_row(connection: Connection) -> None:
    become(connection, OWNER)
    assert connection.scalar(text(CHARGES)) == 0
    connection.execute(text("ALTER TABLE charge NO FORCE ROW LEVEL SECURITY"))
    assert connection.scalar(text(CHARGES)) == 3


def test_without_its_error_a_missing_viewer_would_silently_see_nothing(connection: Connection) -> None:
    become(connection, MEMBER)
    assert "no viewer" in refused(connection, CHARGES)
    connection.execute(text("RESET ROLE"))
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION viewer_organizations() RETURNS uuid[] LANGUAGE sql STABLE AS"
            " $$ SELECT nullif(current_setting('andel.organizations', true), '')::uuid[] $$"
        )
    )
    become(connection, MEMBER)
    assert connection.scalar(text(CHARGES)) == 0


def test_the_index_that_begins_with_the_organization_serves_the_policy(
    connection: Connection, organizations: list[UUID]
) -> None:
    become(connection, MEMBER, organizations[0])
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(row[0] for row in connection.execute(text("EXPLAIN SELECT ore FROM charge")))
    assert "charge_pkey" in plan
    assert "Index Cond: (organization_id = ANY" in plan


# ---- what never changes -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", LOGIN_ROLES)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ABSOLUTE)
def test_no_application_role_may_change_what_never_changes(
    connection: Connection, organizations: list[UUID], table: str, change: str, role: str
) -> None:
    become(connection, role, *organizations)
    assert "permission denied" in refused(connection, statement_for(connection, change, table))


@pytest.mark.parametrize(
    ("table", "change"),
    [(table, change) for table in NEVER_CHANGED for change in CHANGES if change != "UPDATE" or table in NO_COLUMN],
)
def test_the_owner_may_not_change_it_either(connection: Connection, table: str, change: str) -> None:
    become(connection, OWNER)
    assert "never change" in refused(connection, statement_for(connection, change, table))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["public.charge", "public.document_revision"])
def test_right_and_trigger_both_have_to_go_before_a_row_changes(
    connection: Connection, table: str, change: str
) -> None:
    statement = statement_for(connection, change, table)
    connection.execute(text(f"GRANT {change} ON {table} TO {STAFF}"))
    become(connection, STAFF)
    assert "never change" in refused(connection, statement)
    connection.execute(text("RESET ROLE"))
    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    become(connection, STAFF)
    assert refused(connection, statement) == ""
    connection.execute(text("RESET ROLE"))
    connection.execute(text(f"REVOKE {change} ON {table} FROM {STAFF}"))
    become(connection, STAFF)
    assert "permission denied" in refused(connection, statement)


def statement_for(connection: Connection, change: str, table: str) -> str:
    column = connection.scalar(
        text(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
            " AND attidentity = '' ORDER BY attnum LIMIT 1"
        ),
        {"table": table},
    )
    return CHANGES[change].format(table=table, column=column)


# ---- what is closed once ------------------------------------------------------------------------------------
def test_an_allocation_cannot_be_ended_or_changed_by_hand(connection: Connection) -> None:
    become(connection, STAFF)
    assert "permission denied" in refused(connection, "UPDATE allocation SET is_current = false")
    become(connection, OWNER)
    for change in ("charged_ore = 0", "is_current = true", "is_current = false, total_ore = 1", "revision = 2"):
        assert "only is_current may change" in refused(connection, f"{UPDATE} {change}"), change
    connection.execute(text("ALTER TABLE allocation DISABLE TRIGGER allocation_closed_once"))
    assert refused(connection, "UPDATE allocation SET model = 'another'") == ""


def test_an_allocation_that_nothing_supersedes_stays_the_current_one(connection: Connection) -> None:
    become(connection, OWNER)
    ended = "UPDATE allocation SET is_current = false; SET CONSTRAINTS ALL IMMEDIATE"
    assert "until another supersedes it" in refused(connection, ended)
    connection.execute(text("ALTER TABLE allocation DISABLE TRIGGER allocation_succeeded"))
    assert refused(connection, ended) == ""


def test_a_cost_is_superseded_once_and_never_overwritten(connection: Connection) -> None:
    become(connection, STAFF)
    connection.execute(
        text(
            "INSERT INTO cost_amount (id, component_id, basis, period_start, period_end, ore, source_title)"
            " SELECT gen_random_uuid(), id, 'budget', '2026-01-01', '2027-01-01', 100, 'test' FROM cost_component"
        )
    )
    assert "permission denied" in refused(connection, "UPDATE cost_amount SET ore = 1")
    connection.execute(text("UPDATE cost_amount SET superseded_at = now()"))
    assert "only superseded_at may change, once" in refused(connection, "UPDATE cost_amount SET superseded_at = NULL")
    assert "permission denied" in refused(connection, "DELETE FROM cost_amount")
    become(connection, OWNER)
    assert "only superseded_at may change, once" in refused(connection, "UPDATE cost_amount SET ore = 1")
    connection.execute(text("ALTER TABLE cost_amount DISABLE TRIGGER cost_amount_closed_once"))
    assert refused(connection, "UPDATE cost_amount SET ore = 1") == ""


def test_no_cascade_removes_a_charge(connection: Connection) -> None:
    for table in ("organization", "allocation", "cost_component", "workings"):
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        assert "violates foreign key" in refused(connection, CHANGES["DELETE"].format(table=table)), table
