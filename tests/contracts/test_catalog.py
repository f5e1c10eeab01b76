"""Every table of every database is classified and protected as it declares, and a breach would be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, text

from andel.shared.database import DatabaseError
from andel.shared.database.base import Keeping, Ownership, TableClass, classes_of
from andel.shared.database.catalog import Finding, examine
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.schema import control_classes, region_classes

Privileged = Callable[[Engine], AbstractContextManager[Connection]]


@pytest.fixture
def connection(region_db: Engine, as_owner_of_all: Privileged) -> Iterator[Connection]:
    with as_owner_of_all(region_db) as privileged:
        yield privileged


def found(connection: Connection, breach: str) -> set[str]:
    connection.exec_driver_sql(breach, execution_options={"no_parameters": True})
    return {f"{finding.name} {finding.what}" for finding in examine(connection, region_classes())}


def test_a_region_has_nothing_unclassified_and_nothing_unprotected(connection: Connection) -> None:
    assert examine(connection, region_classes()) == []


def test_the_control_database_has_nothing_unclassified_and_nothing_unprotected(
    databases: Databases, as_owner_of_all: Privileged
) -> None:
    engine = databases.control_engine()
    with as_owner_of_all(engine) as connection:
        assert examine(connection, control_classes()) == []
    engine.dispose()


def test_the_gate_looks_at_what_is_there(connection: Connection) -> None:
    there = connection.scalar(
        text("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
    )
    assert there == len(region_classes())
    assert Finding("public.charge", "is not classified.") in examine(connection, {})


def test_a_table_that_says_nothing_about_itself_is_refused() -> None:
    metadata = MetaData()
    Table("nameless", metadata)
    with pytest.raises(DatabaseError, match="does not say whose rows it holds"):
        classes_of(metadata)


def test_every_table_says_whether_it_is_exported() -> None:
    for name, table in {**region_classes(), **control_classes()}.items():
        assert isinstance(table.export, bool), name


def test_what_is_declared_must_exist(connection: Connection) -> None:
    extra = TableClass(ownership=Ownership.SHARED, export=True)
    assert examine(connection, {**region_classes(), "public.absent": extra}) == [
        Finding("public.absent", "is declared and does not exist.")
    ]


def test_an_organizations_table_needs_all_its_protection(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE andel_owner; CREATE TABLE secret (organization_id uuid); RESET ROLE"))
    declared = region_classes() | {"public.secret": TableClass(ownership=Ownership.ORGANIZATION, export=True)}
    assert {finding.what for finding in examine(connection, declared)} == {
        "has row security switched off.",
        "does not force row security on its owner.",
        "has no column organization_id, uuid and not null.",
        "has no index that begins with organization_id.",
        "has no policy for andel_member.",
        "has no policy for andel_staff.",
    }


def test_a_table_that_never_changes_needs_its_triggers(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE andel_owner; CREATE TABLE ledger (id int); RESET ROLE"))
    declared = region_classes() | {
        "public.ledger": TableClass(ownership=Ownership.SHARED, export=True, keeping=Keeping.IMMUTABLE)
    }
    assert {finding.what for finding in examine(connection, declared)} == {
        "never changes, yet no trigger refuses DELETE.",
        "never changes, yet no trigger refuses TRUNCATE.",
        "never changes, yet no trigger refuses UPDATE.",
    }


@pytest.mark.parametrize(
    ("breach", "finding"),
    [
        ("CREATE TABLE public.stray (id int)", "public.stray is not classified."),
        ("CREATE SCHEMA plugin; CREATE TABLE plugin.own (id int)", "plugin.own is not classified."),
        ("CREATE TABLE public.stray (id int)", "public.stray is owned by postgres, not by andel_owner."),
        ("ALTER TABLE charge DISABLE ROW LEVEL SECURITY", "public.charge has row security switched off."),
        (
            "ALTER TABLE charge NO FORCE ROW LEVEL SECURITY",
            "public.charge does not force row security on its owner.",
        ),
        ("DROP POLICY charge_member ON charge", "public.charge has no policy for andel_member."),
        (
            "ALTER POLICY charge_member ON charge USING (true)",
            "public.charge shows a member more than its own rows by the policy charge_member.",
        ),
        (
            "CREATE POLICY more ON charge FOR INSERT TO andel_member WITH CHECK (true)",
            "public.charge shows a member more than its own rows by the policy more.",
        ),
        ("CREATE POLICY more ON charge USING (true)", "public.charge has the policy more for public."),
        (
            "ALTER TABLE charge DROP CONSTRAINT charge_pkey",
            "public.charge has no index that begins with organization_id.",
        ),
        (
            "ALTER TABLE charge DROP CONSTRAINT charge_pkey, ALTER organization_id DROP NOT NULL",
            "public.charge has no column organization_id, uuid and not null.",
        ),
        ("GRANT SELECT ON organization TO PUBLIC", "public.organization gives rights to everybody."),
        (
            "GRANT SELECT (name) ON organization TO andel_testlandet",
            "public.organization gives rights to andel_testlandet.",
        ),
        ("GRANT TRUNCATE ON service TO andel_staff", "public.service can be emptied by andel_staff."),
        ("GRANT DELETE ON charge TO andel_staff", "public.charge never changes, yet andel_staff may DELETE."),
        (
            "GRANT UPDATE (ore) ON charge TO andel_member",
            "public.charge never changes, yet andel_member may UPDATE.",
        ),
        (
            "GRANT UPDATE ON cost_amount TO andel_staff",
            "public.cost_amount is closed by one column, yet andel_staff may UPDATE all.",
        ),
        (
            "DROP TRIGGER workings_immutable ON workings",
            "public.workings never changes, yet no trigger refuses UPDATE.",
        ),
        (
            "ALTER TABLE workings DISABLE TRIGGER workings_immutable",
            "public.workings never changes, yet no trigger refuses TRUNCATE.",
        ),
        (
            "DROP TRIGGER allocation_closed_once ON allocation",
            "public.allocation never changes, yet no trigger refuses UPDATE.",
        ),
        (
            "GRANT SELECT ON procrastinate.procrastinate_jobs TO andel_member",
            "procrastinate.procrastinate_jobs is machinery, yet andel_member has rights.",
        ),
        (
            "CREATE VIEW public.peek AS SELECT * FROM charge",
            "public.peek is a view whose owner passes by row security.",
        ),
        (
            "SET LOCAL ROLE andel_owner; CREATE VIEW peek AS SELECT * FROM charge; RESET ROLE",
            "public.peek is a view that sees what its owner sees, not what the reader may.",
        ),
        (
            (
                "ALTER TABLE profile ADD CONSTRAINT further FOREIGN KEY (organization_id)"
                " REFERENCES organization (id) ON DELETE CASCADE"
            ),
            "public.profile has a cascade, further.",
        ),
        (
            "GRANT SELECT ON web_session TO andel_staff",
            "public.web_session is for the gate alone, yet andel_staff has rights.",
        ),
        (
            "GRANT UPDATE (last_used_at) ON scim_token TO andel_member",
            "public.scim_token is for the gate alone, yet andel_member has rights.",
        ),
        ("GRANT SELECT ON charge TO andel_gate", "public.charge is closed to the gate, yet andel_gate may SELECT."),
        (
            "GRANT UPDATE (name) ON organization TO andel_gate",
            "public.organization is closed to the gate, yet andel_gate may UPDATE.",
        ),
        (
            "CREATE POLICY more ON charge TO andel_gate USING (true)",
            "public.charge has the policy more for andel_gate.",
        ),
        ("DROP POLICY membership_gate ON membership", "public.membership has no policy for andel_gate."),
        (
            "GRANT INSERT ON audit_entry TO andel_member",
            "public.audit_entry is machinery, yet andel_member has rights.",
        ),
        (
            "DROP TRIGGER audit_link_immutable ON audit_link",
            "public.audit_link never changes, yet no trigger refuses UPDATE.",
        ),
        (
            "GRANT EXECUTE ON FUNCTION audit_seal TO PUBLIC",
            "audit_seal(uuid,text) runs as its owner, and everybody may call it.",
        ),
        (
            "CREATE FUNCTION public.sneak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "sneak() runs as its owner without a search_path of its own.",
        ),
    ],
)
def test_the_gate_finds_each_breach(connection: Connection, breach: str, finding: str) -> None:
    assert finding in found(connection, breach)
