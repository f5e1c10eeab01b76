from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL, Engine, NullPool, create_engine, text

from andel.shared.database import DatabaseError, control_transaction
from andel.shared.database import migration as running
from andel.shared.database.migration import Schema, migrations_folder, upgrade
from andel.shared.database.names import (
    CONTROL_REVISION,
    REGION_REVISION,
    region_database,
    region_login,
    template_database,
)
from andel.tenancy.cli import db
from andel.tenancy.service.cluster import Cluster
from andel.tenancy.service.databases import ADMIN_VARIABLE, URL_VARIABLE, Databases
from andel.tenancy.service.migrating import migrate_all, region_statuses
from andel.tenancy.service.provisioning import Order, order_region

OLDER = "0003"
LATE = "gammal"


@pytest.fixture
def late(region_db: Engine, second_region_db: Engine, admin: URL, databases: Databases) -> Iterator[Engine]:
    """A region whose schema is of an earlier release, beside two that are up to date; its privileged engine."""
    assert region_db.url.host == second_region_db.url.host
    control = databases.control_engine()
    with control_transaction(control) as session:
        order_region(session, Order(key=LATE, name="Gammal", code="97"))
        session.execute(text("UPDATE tenant SET provisioned_at = now() WHERE key = :key"), {"key": LATE})
    control.dispose()
    with Cluster.connected(admin) as cluster:
        cluster.ensure_login(region_login(LATE), databases.secrets.ensure(region_login(LATE)))
        cluster.ensure_database(region_database(LATE), login=region_login(LATE))
        engine = cluster.engine(region_database(LATE))
        with engine.connect() as connection:
            upgrade(connection, Schema.REGION, OLDER)
        yield engine
        cluster.connection.execute(f"DROP DATABASE IF EXISTS {region_database(LATE)} WITH (FORCE)".encode())
        cluster.connection.execute(f"DROP ROLE {region_login(LATE)}".encode())
    with create_engine(admin.set(database="andel_control"), poolclass=NullPool).begin() as connection:
        connection.execute(text("DELETE FROM tenant WHERE key = :key"), {"key": LATE})


@pytest.fixture
def run(admin: URL, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    monkeypatch.setenv(ADMIN_VARIABLE, admin.render_as_string(hide_password=False))
    monkeypatch.setenv(URL_VARIABLE, admin.render_as_string(hide_password=False))
    monkeypatch.setenv("ANDEL_SECRETS_DIR", str(databases.secrets.folder))
    return lambda command: CliRunner().invoke(db, command.split())


def test_every_database_is_brought_up_to_date_and_the_next_time_nothing_is_left(
    admin: URL, databases: Databases, late: Engine
) -> None:
    assert late.url.database == region_database(LATE)
    first = {one.database: (one.before, one.after, one.error) for one in migrate_all(admin, databases)}
    assert (
        first.items()
        >= {
            "andel_control": (CONTROL_REVISION, CONTROL_REVISION, ""),
            "andel_region_andra_landet": (REGION_REVISION, REGION_REVISION, ""),
            "andel_region_gammal": (OLDER, REGION_REVISION, ""),
            "andel_region_testlandet": (REGION_REVISION, REGION_REVISION, ""),
        }.items()
    )
    assert all(one.before == one.after for one in migrate_all(admin, databases))
    assert {one.revision for one in region_statuses(databases)} == {REGION_REVISION}


def test_a_region_that_fails_stays_where_it_was_and_the_others_go_on(
    admin: URL, databases: Databases, late: Engine
) -> None:
    with late.begin() as connection:
        connection.execute(text("CREATE TABLE enabled_plugin (plugin text)"))
    outcomes = {one.database: one for one in migrate_all(admin, databases)}
    assert 'relation "enabled_plugin" already exists' in outcomes["andel_region_gammal"].error
    assert outcomes["andel_region_testlandet"].error == ""
    assert list(outcomes).index("andel_region_gammal") < list(outcomes).index("andel_region_testlandet")
    with late.begin() as connection:
        assert running.current_revision(connection) == OLDER
        connection.execute(text("DROP TABLE enabled_plugin"))
    assert all(one.error == "" for one in migrate_all(admin, databases))


def test_a_login_gets_the_roles_that_a_release_brought(
    admin: URL, databases: Databases, late: Engine, region_db: Engine
) -> None:
    assert late.url.database == region_database(LATE)
    with Cluster.connected(admin) as cluster:
        for login in (region_login(LATE), region_db.url.username):
            cluster.connection.execute(f"REVOKE andel_member FROM {login}".encode())
        assert all(one.error == "" for one in migrate_all(admin, databases))
        members = cluster.connection.execute(
            "SELECT pg_get_userbyid(member) FROM pg_auth_members WHERE pg_get_userbyid(roleid) = 'andel_member'"
        )
        assert {region_login(LATE), region_db.url.username} <= {row[0] for row in members}


def test_two_migrations_of_a_database_do_not_run_at_once(late: Engine) -> None:
    with late.connect() as first, late.connect() as second:
        first.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": running.LOCK})
        with pytest.raises(DatabaseError, match="Another migration of this database is running"):
            upgrade(second, Schema.REGION)


def test_templates_of_earlier_releases_are_removed(admin: URL, databases: Databases, late: Engine) -> None:
    assert late.url.database == region_database(LATE)
    with Cluster.connected(admin) as cluster:
        cluster.connection.execute("CREATE DATABASE andel_template_0000 IS_TEMPLATE true")
        assert all(one.error == "" for one in migrate_all(admin, databases))
        found = cluster.connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'andel!_tem%' ESCAPE '!'"
        )
        assert found.fetchall() == [(template_database(),)]


def test_a_folder_without_migrations_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_MIGRATIONS", "/nowhere")
    with pytest.raises(DatabaseError, match="migrations is not there"):
        migrations_folder()


# ---- the commands -------------------------------------------------------------------------------------------
def test_status_tells_a_region_that_lags_and_migrate_mends_it(run: Callable[[str], Result], late: Engine) -> None:
    assert late.url.database == region_database(LATE)
    status = run("status --format json")
    told = {one["key"]: one for one in map(json.loads, status.output.splitlines())}
    assert status.exit_code == 1
    assert f"revision {OLDER}, and {REGION_REVISION} is needed" in told[LATE]["error"]
    assert {key for key, one in told.items() if not one["error"]} >= {"andel_control", "testlandet", "andra-landet"}
    migrate = run("migrate")
    assert migrate.exit_code == 0
    assert f"andel_region_gammal: {OLDER} -> {REGION_REVISION}" in migrate.output
    assert run("status").exit_code == 0


def test_a_region_that_is_gone_is_told_by_both_and_stops_nobody(
    run: Callable[[str], Result], late: Engine, admin: URL
) -> None:
    with Cluster.connected(admin) as cluster:
        cluster.connection.execute(f"DROP DATABASE {late.url.database}".encode())
    for command in ("status", "migrate"):
        result = run(command)
        assert result.exit_code == 1, result.output
        lines = result.output.splitlines()
        assert [line for line in lines if "gammal" in line and "does not exist" in line]
        assert len([line for line in lines if "landet" in line and "does not exist" not in line]) == 2


def test_init_can_be_repeated_and_provision_tells_that_nobody_waits(run: Callable[[str], Result]) -> None:
    result = run("init")
    assert (result.exit_code, result.output) == (
        0,
        f"The control database has revision {CONTROL_REVISION}, new regions get {REGION_REVISION}.\n",
    )
    assert run("provision").output == ""


def test_a_missing_address_is_told(run: Callable[[str], Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADMIN_VARIABLE, "no url")
    assert isinstance(run("migrate").exception, DatabaseError)
    monkeypatch.setenv(ADMIN_VARIABLE, "postgresql://nobody@127.0.0.1:1/postgres")
    assert "cannot connect" in str(run("migrate").exception)
