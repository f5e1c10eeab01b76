from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url, select, text

from andel.shared.database import (
    DatabaseError,
    RegionAddress,
    Viewer,
    control_transaction,
    region_engine,
    region_transaction,
)
from andel.shared.database.catalog import examine
from andel.shared.database.names import GROUP_ROLES, REGION_REVISION, region_database, region_login, template_database
from andel.shared.database.secrets import Secrets
from andel.tenancy.service.cluster import Cluster
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.provisioning import (
    Order,
    order_region,
    orders,
    prepare_instance,
    provision_region,
    provision_waiting,
)
from andel.tenancy.service.schema import region_classes
from andel.tenancy.tables import TenantRow

KEYS = (f"ny-{number}" for number in count())


@pytest.fixture
def server(admin: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    address = admin.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture
def order(server: psycopg.Connection[tuple[object, ...]], databases: Databases, admin: URL) -> Iterator[Order]:
    made = Order(key=next(KEYS), name="Nya regionen", code="99")
    yield made
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(region_database(made.key))))
    server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(region_login(made.key))))
    control = admin.set(drivername="postgresql", database="andel_control").render_as_string(hide_password=False)
    with psycopg.connect(control) as connection:
        connection.execute("DELETE FROM tenant WHERE key = %s", (made.key,))
    (databases.secrets.folder / region_login(made.key)).unlink(missing_ok=True)


def tenant(databases: Databases, key: str) -> TenantRow:
    engine = databases.control_engine()
    with control_transaction(engine) as session:
        row = session.scalars(select(TenantRow).where(TenantRow.key == key)).one()
    engine.dispose()
    return row


def usable(address: RegionAddress) -> bool:
    engine = region_engine(address)
    with region_transaction(engine, Viewer.staff()) as session:
        found = session.scalar(text("SELECT current_user"))
    engine.dispose()
    return bool(found == "andel_staff")


def test_a_provisioned_region_can_be_used_and_is_protected(admin: URL, databases: Databases, order: Order) -> None:
    address = provision_region(admin, databases, order)
    assert usable(address)
    with Cluster.connected(admin) as cluster, cluster.engine(region_database(order.key)).connect() as connection:
        assert examine(connection, region_classes()) == []
    row = tenant(databases, order.key)
    assert (row.state, row.schema_revision, row.database) == ("onboarding", REGION_REVISION, address.url.database)
    assert row.provisioned_at is not None


def test_provisioning_twice_changes_nothing(admin: URL, databases: Databases, order: Order) -> None:
    first = provision_region(admin, databases, order)
    before = tenant(databases, order.key)
    assert provision_region(admin, databases, order) == first
    after = tenant(databases, order.key)
    assert (after.provisioned_at, after.created_at) == (before.provisioned_at, before.created_at)
    assert usable(first)


def test_four_at_once_make_one_region(admin: URL, databases: Databases, order: Order) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: provision_region(admin, databases, order), range(4)))
    assert len(set(made)) == 1
    assert usable(made[0])


class KilledError(BaseException):
    """Stands for a process that ends between two statements."""


def test_a_run_that_ends_at_any_statement_is_taken_up_again(
    admin: URL, databases: Databases, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ended = Cluster.run, 0

    def dies_after(statements: int) -> None:
        left = iter(range(statements))

        def dying(self: Cluster, statement: sql.Composed) -> None:
            if next(left, None) is None:
                raise KilledError
            run(self, statement)

        monkeypatch.setattr(Cluster, "run", dying)

    for statements in count():
        dies_after(statements)
        try:
            address = provision_region(admin, databases, order)
        except KilledError:
            ended += 1
        else:
            break
    assert ended >= 8
    assert usable(address)


def test_a_killed_process_leaves_a_region_that_the_next_one_finishes(
    admin: URL, databases: Databases, order: Order, tmp_path: Path
) -> None:
    script = tmp_path / "provision.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from sqlalchemy import make_url\n"
        "from andel.shared.database.secrets import Secrets\n"
        "from andel.tenancy.service.databases import Databases\n"
        "from andel.tenancy.service.provisioning import Order, provision_region\n"
        "admin = make_url(sys.argv[1])\n"
        "print('begun', flush=True)\n"
        "order = Order(key=sys.argv[3], name='Nya regionen', code='99')\n"
        "provision_region(admin, Databases(admin, Secrets(Path(sys.argv[2]))), order)\n"
    )
    arguments = [admin.render_as_string(hide_password=False), str(databases.secrets.folder), order.key]
    with subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.PIPE) as process:  # noqa: S603  (our own script)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert usable(provision_region(admin, databases, order))


def test_a_half_made_template_is_made_anew(
    admin: URL, databases: Databases, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    name = sql.Identifier(template_database())
    server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(name))
    server.execute(sql.SQL("DROP DATABASE {}").format(name))
    server.execute(sql.SQL("CREATE DATABASE {} OWNER andel_owner").format(name))
    prepare_instance(admin, databases)
    row = server.execute(
        "SELECT datistemplate, datallowconn FROM pg_database WHERE datname = %s", (template_database(),)
    ).fetchone()
    assert row == (True, False)


# ---- who may do what ----------------------------------------------------------------------------------------
def test_an_elevated_login_that_is_no_superuser_is_enough(
    admin: URL, databases: Databases, order: Order, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    password = sql.Literal(admin.password)
    roles = sql.SQL(", ").join(map(sql.Identifier, GROUP_ROLES))
    server.execute(sql.SQL("CREATE ROLE boss LOGIN CREATEDB CREATEROLE PASSWORD {}").format(password))
    server.execute(sql.SQL("GRANT {} TO boss WITH ADMIN OPTION").format(roles))
    server.execute("GRANT CONNECT ON DATABASE postgres TO boss")
    try:
        boss = make_url(admin.render_as_string(hide_password=False).replace("//postgres:", "//boss:"))
        assert usable(provision_region(boss, databases, order))
    finally:
        server.execute("REASSIGN OWNED BY boss TO postgres")
        server.execute("DROP OWNED BY boss CASCADE")
        revoke_granted_by_boss(server, order.key)
        server.execute("DROP ROLE boss")


def revoke_granted_by_boss(server: psycopg.Connection[tuple[object, ...]], key: str) -> None:
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(region_database(key))))
    server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(region_login(key))))


def test_a_role_that_passes_by_row_security_is_refused(
    admin: URL, databases: Databases, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    server.execute("ALTER ROLE andel_staff BYPASSRLS")
    try:
        with pytest.raises(DatabaseError, match="passes by row security"):
            prepare_instance(admin, databases)
    finally:
        server.execute("ALTER ROLE andel_staff NOBYPASSRLS")


def test_a_database_that_is_not_andels_is_left_alone(
    admin: URL, databases: Databases, order: Order, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(region_database(order.key))))
    with pytest.raises(DatabaseError, match="exists and belongs to postgres"):
        provision_region(admin, databases, order)


def test_the_password_is_a_file_for_its_owner_and_stands_nowhere_else(
    admin: URL, databases: Databases, order: Order, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    address = provision_region(admin, databases, order)
    path = databases.secrets.folder / region_login(order.key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = path.read_text()
    assert len(password) > 40
    assert password == address.url.password
    assert password not in repr(address)
    assert password not in repr(vars(tenant(databases, order.key)))
    stored = server.execute(
        "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (region_login(order.key),)
    ).fetchone()
    assert stored is not None
    assert str(stored[0]).startswith("SCRAM-SHA-256$")


def test_two_processes_get_the_same_new_password(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets")
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secrets.ensure("andel_x"), range(32)))) == 1
    assert [path.name for path in secrets.folder.iterdir()] == ["andel_x"]


def test_a_missing_password_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="andel_x cannot be read") as caught:
        Secrets(tmp_path).read("andel_x")
    assert caught.value.where == str(tmp_path / "andel_x")


# ---- orders -------------------------------------------------------------------------------------------------
def test_an_ordered_region_is_told_and_provisioned_by_whoever_waits(
    admin: URL, databases: Databases, order: Order
) -> None:
    waiting = orders(databases, seconds=30)
    next(waiting)
    engine = databases.control_engine()
    with control_transaction(engine) as session:
        assert order_region(session, order)
    with control_transaction(engine) as session:
        assert not order_region(session, order)
    engine.dispose()
    next(waiting)
    assert list(provision_waiting(admin, databases)) == [(order.key, "")]
    assert list(provision_waiting(admin, databases)) == []
    waiting.close()  # type: ignore[attr-defined]  # it is a generator
    assert usable(databases.region_address(order.key))


def test_a_region_that_cannot_be_made_does_not_stop_the_next(
    admin: URL, databases: Databases, order: Order, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(region_database(order.key))))
    engine = databases.control_engine()
    with control_transaction(engine) as session:
        order_region(session, order)
    engine.dispose()
    ((key, error),) = provision_waiting(admin, databases)
    assert key == order.key
    assert "belongs to postgres" in error


def test_another_region_cannot_take_a_key(admin: URL, databases: Databases, order: Order) -> None:
    provision_region(admin, databases, order)
    other = Order(key=order.key, name="En annan region", code="98")
    with pytest.raises(DatabaseError, match="already another region"):
        provision_region(admin, databases, other)


@pytest.mark.parametrize(
    "key", ["", "Dalarna", "dal arna", "owner", "member", "staff", "control", "a" * 41, "a_b", "-a"]
)
def test_a_key_that_cannot_name_databases_is_refused(admin: URL, databases: Databases, key: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be the key of a region"):
        provision_region(admin, databases, Order(key=key, name="x", code="99"))
