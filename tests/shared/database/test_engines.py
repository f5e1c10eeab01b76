from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy import URL, Connection, Engine, text

from andel.shared.database import (
    Engines,
    PoolSize,
    RegionAddress,
    RegionBehindError,
    RegionUnavailableError,
    Viewer,
    region_engine,
    region_transaction,
)
from andel.shared.database.engines import PAUSE_SECONDS, Connector, name_of
from andel.shared.database.names import REGION_REVISION

Privileged = Callable[[Engine], AbstractContextManager[Connection]]
STAFF = Viewer.staff()
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
REVISE = text("UPDATE alembic_version SET version_num = :revision")


def ask(engine: Engine) -> str:
    with region_transaction(engine, STAFF) as session:
        return str(session.scalar(text("SELECT current_user")))


@pytest.fixture
def server(admin: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    address = admin.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def connections_of(server: psycopg.Connection[tuple[object, ...]], prefix: str) -> int:
    row = server.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", (f"andel/{prefix}%",)
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


# ---- few engines for many regions ---------------------------------------------------------------------------
def test_a_hundred_regions_keep_no_more_engines_and_connections_than_the_limit(
    region_db: Engine, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    with Engines(limit=4) as engines:
        for number in range(100):
            assert ask(engines.region(RegionAddress(f"many-{number}", region_db.url))) == "andel_staff"
            assert len(engines) <= 4
        gc.collect()
        assert connections_of(server, "many-") == 4
        assert len([one for one in gc.get_objects() if type(one) is Engine and name_of(one).startswith("many-")]) == 4
    patience = time.monotonic() + 10  # a server process ends a moment after its connection
    while connections_of(server, "many-") and time.monotonic() < patience:
        time.sleep(0.05)
    assert connections_of(server, "many-") == 0


def test_the_engine_used_last_is_kept(region_db: Engine) -> None:
    first, second, third = (RegionAddress(f"lru-{n}", region_db.url) for n in range(3))
    with Engines(limit=2) as engines:
        kept = engines.region(first)
        dropped = engines.region(second)
        assert engines.region(first) is kept
        engines.region(third)
        assert engines.region(first) is kept
        assert engines.region(second) is not dropped


def test_an_engine_in_use_is_not_taken_away(region_db: Engine) -> None:
    first, second = (RegionAddress(f"used-{n}", region_db.url) for n in range(2))
    with Engines(limit=1) as engines, region_transaction(engines.region(first), STAFF) as session:
        ask(engines.region(second))
        assert session.scalar(text("SELECT current_user")) == "andel_staff"


def test_a_region_that_moved_is_forgotten(region_db: Engine) -> None:
    address = RegionAddress("moved", region_db.url)
    with Engines() as engines:
        before = engines.region(address)
        engines.forget("moved")
        assert engines.region(address) is not before


# ---- a region that is gone, or lags -------------------------------------------------------------------------
def test_a_region_whose_database_is_gone_is_an_error_of_its_own(region_db: Engine, second_region_db: Engine) -> None:
    gone = region_engine(RegionAddress("gone", region_db.url.set(database="andel_region_gone")))
    with pytest.raises(RegionUnavailableError, match="går inte att nå") as caught:
        ask(gone)
    assert "andel_region_gone" in caught.value.reason
    assert "andel_region_gone" not in str(caught.value)
    assert caught.value.where == "gone"
    assert ask(second_region_db) == "andel_staff"
    gone.dispose()


def test_a_pooled_connection_that_the_server_ended_is_replaced(
    region_db: Engine, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    engine = region_engine(RegionAddress("ended", region_db.url))
    ask(engine)
    server.execute(END, ("andel/ended",))
    assert ask(engine) == "andel_staff"
    engine.dispose()


def test_a_connection_that_ends_inside_a_transaction_is_an_error_of_the_region(
    region_db: Engine, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    engine = region_engine(RegionAddress("cut", region_db.url))

    def cut() -> None:
        with region_transaction(engine, STAFF) as session:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'andel/cut'"
            )
            session.execute(text("SELECT 1"))

    with pytest.raises(RegionUnavailableError):
        cut()
    assert ask(engine) == "andel_staff"
    engine.dispose()


def test_a_region_whose_connections_are_all_taken_is_an_error_and_not_an_endless_wait(region_db: Engine) -> None:
    engine = region_engine(RegionAddress("busy", region_db.url), pool=PoolSize(kept=1, extra=0, wait_seconds=0.05))
    with region_transaction(engine, STAFF), pytest.raises(RegionUnavailableError):
        ask(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "have"),
    [("UPDATE alembic_version SET version_num = '0001'", "0001"), ("DELETE FROM alembic_version", "-")],
)
def test_a_region_that_lags_says_so_and_recovers_by_itself(
    region_db: Engine, second_region_db: Engine, as_owner_of_all: Privileged, change: str, have: str
) -> None:
    lagging = region_engine(RegionAddress("lagging", region_db.url))
    with as_owner_of_all(region_db) as connection:
        connection.execute(text(change))
        connection.commit()
        try:
            with pytest.raises(RegionBehindError, match=f"har version {have}, och {REGION_REVISION} behövs"):
                ask(lagging)
            assert ask(second_region_db) == "andel_staff"
        finally:
            connection.execute(text("DELETE FROM alembic_version"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REGION_REVISION})
            connection.commit()
    assert ask(lagging) == "andel_staff"
    lagging.dispose()


def test_a_region_that_is_ahead_serves_the_release_before_it(region_db: Engine, as_owner_of_all: Privileged) -> None:
    ahead = region_engine(RegionAddress("ahead", region_db.url))
    with as_owner_of_all(region_db) as connection:
        connection.execute(REVISE, {"revision": "9999"})
        connection.commit()
        try:
            assert ask(ahead) == "andel_staff"
        finally:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": REGION_REVISION}
            )
            connection.commit()
    ahead.dispose()


@dataclass
class SlowToFail:
    """A dialect whose server does not answer, and the clock that the waiting moves."""

    now: float = 100.0
    tried: list[float] = field(default_factory=list)

    def connect(self, *_: object, **__: object) -> object:
        self.tried.append(self.now)
        self.now += 3
        message = "timeout expired"
        raise psycopg.OperationalError(message)


def test_a_region_that_does_not_answer_is_not_waited_for_by_every_request() -> None:
    dialect = SlowToFail()
    connector = Connector("silent", clock=lambda: dialect.now)
    for _ in range(5):
        with pytest.raises(RegionUnavailableError):
            connector(dialect, None, (), {})  # type: ignore[arg-type]  # stands for a dialect
    assert dialect.tried == [100.0]
    dialect.now += PAUSE_SECONDS
    with pytest.raises(RegionUnavailableError):
        connector(dialect, None, (), {})  # type: ignore[arg-type]  # stands for a dialect
    assert len(dialect.tried) == 2


# ---- one login, one database --------------------------------------------------------------------------------
@pytest.mark.parametrize("database", ["andel_region_andra_landet", "andel_control", "postgres", "template1"])
def test_a_regions_login_is_let_into_no_other_database(
    region_db: Engine, second_region_db: Engine, server: psycopg.Connection[tuple[object, ...]], database: str
) -> None:
    assert second_region_db.url.database == "andel_region_andra_landet"
    stranger = region_db.url.set(drivername="postgresql", database=database).render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError, match=r"permission denied for database"):
        psycopg.connect(stranger).close()
    server.execute(f'GRANT CONNECT ON DATABASE "{database}" TO PUBLIC')
    try:
        psycopg.connect(stranger).close()
    finally:
        server.execute(f'REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC')


def test_a_regions_login_owns_nothing_and_passes_by_nothing(
    region_db: Engine, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    row = server.execute(
        "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " (SELECT count(*) FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o'),"
        " (SELECT array_agg(pg_get_userbyid(roleid) ORDER BY 1) FROM pg_auth_members WHERE member = r.oid)"
        " FROM pg_roles r WHERE rolname = %s",
        (region_db.url.username,),
    ).fetchone()
    roles = ["andel_member", "andel_staff", "andel_worker", "andel_gate"]
    assert row == (False, False, False, False, False, False, 0, roles)
