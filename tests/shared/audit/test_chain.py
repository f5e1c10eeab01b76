from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from andel.sdk.errors import AndelError
from andel.shared.audit import Actor, ActorKind, Anchor, AuditError, Damage, Entry, Verdict, append, head, verify
from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow, AuditPersonalRow
from andel.shared.audit.verifying import canonical_link
from andel.shared.database import PoolSize, RegionAddress, Viewer, gate_transaction, region_engine, region_transaction
from andel.shared.database.names import GATE, MEMBER, OWNER, STAFF

Privileged = Callable[[Engine], AbstractContextManager[Connection]]
SOAK = bool(os.environ.get("ANDEL_SOAK"))
WRITERS, EACH = 8, 1000 if SOAK else 40
STAFFS = Viewer.staff()
APPLY = Entry(event="document.applied", actor=Actor(ActorKind.SYSTEM, "andel tenant apply"), subject="document:1")
ALL_TABLES = ("audit_entry", "audit_link", "audit_personal", "person_key")


def write(engine: Engine, count: int = 1, **changed: object) -> None:
    for number in range(count):
        with region_transaction(engine, STAFFS) as session:
            append(session, replace(APPLY, details={"revision": number}, **changed))  # type: ignore[arg-type]  # the test names fields


def raw(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def verdict_of(engine: Engine, *anchors: Anchor) -> Verdict:
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        return verify(session, anchors)


def damages(verdict: Verdict) -> list[tuple[Damage, int | None]]:
    return [(finding.damage, finding.sequence) for finding in verdict.findings]


@pytest.fixture
def tampered(region_db: Engine, as_owner_of_all: Privileged) -> Callable[..., Verdict]:
    """Return what a superuser's statements, past every trigger, do to the verdict; nothing of them stays."""

    def tamper(*statements: str, anchors: tuple[Anchor, ...] = ()) -> Verdict:
        with as_owner_of_all(region_db) as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                raw(connection, statement)
            with Session(connection) as session:
                return verify(session, anchors)

    return tamper


# ---- what is written ----------------------------------------------------------------------------------------
def test_an_entry_is_chained_when_its_transaction_commits(region_db: Engine) -> None:
    with region_transaction(region_db, STAFFS) as session:
        entry = append(session, APPLY)
        assert session.scalar(select(func.count()).select_from(AuditLinkRow)) == 0
    with region_transaction(region_db, STAFFS) as session:
        row = session.scalars(select(AuditEntryRow)).one()
        link = session.scalars(select(AuditLinkRow)).one()
    assert (row.id, row.event, row.actor, row.role) == (entry, "document.applied", "andel tenant apply", STAFF)
    assert (link.entry_id, link.sequence, link.previous) == (entry, 1, "0" * 64)


def test_it_falls_with_the_change_it_tells_of(region_db: Engine) -> None:
    with region_transaction(region_db, STAFFS) as session:
        append(session, APPLY)
        session.rollback()
    assert verdict_of(region_db).links == 0


def test_the_sequence_has_no_hole_where_a_transaction_was_rolled_back(region_db: Engine) -> None:
    write(region_db)
    with region_transaction(region_db, STAFFS) as session:
        append(session, APPLY)
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        session.rollback()
    write(region_db)
    assert (verdict_of(region_db).links, verdict_of(region_db).findings) == (2, ())


def test_a_link_is_the_hash_of_canonical_json_that_anybody_can_write_again(region_db: Engine) -> None:
    write(region_db, subject="ärende:å ä ö", organization=uuid4())
    with region_transaction(region_db, STAFFS) as session:
        joined = select(AuditLinkRow.__table__, AuditEntryRow.content, AuditEntryRow.seals, AuditEntryRow.role)
        row = session.execute(joined.join(AuditEntryRow)).one()
    said = canonical_link(row)
    assert said == json.dumps(json.loads(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.digest == hashlib.sha256(said.encode()).hexdigest()
    assert json.loads(said)["entry"]["subject"] == "ärende:å ä ö"


@pytest.mark.parametrize("event", ["", "applied", "Document.applied", "document.", "document applied"])
def test_an_event_has_a_name_of_the_right_form(region_db: Engine, event: str) -> None:
    with pytest.raises(AuditError, match="no name of an event"), region_transaction(region_db, STAFFS) as session:
        append(session, replace(APPLY, event=event))


def test_a_float_is_never_written(region_db: Engine) -> None:
    with pytest.raises(AndelError, match="float"), region_transaction(region_db, STAFFS) as session:
        append(session, replace(APPLY, details={"share": 0.1}))


def test_eight_writers_at_once_break_no_link(region_db: Engine) -> None:
    assert write_at_once(region_db, EACH) == []
    verdict = verdict_of(region_db)
    assert (verdict.links, verdict.findings) == (WRITERS * EACH, ())


def test_without_the_lock_writers_at_once_would_stand_in_each_others_way(
    region_db: Engine, as_owner_of_all: Privileged
) -> None:
    with as_owner_of_all(region_db) as connection:
        source = str(connection.scalar(text("SELECT pg_get_functiondef('audit_chain'::regproc)")))
        unlocked = source.replace("PERFORM pg_advisory_xact_lock(418581342580);", "")
        assert unlocked != source
        try:
            raw(connection, unlocked)
            connection.commit()
            failures = write_at_once(region_db, 20)
        finally:
            raw(connection, source)
            connection.commit()
    assert any("could not serialize" in failure for failure in failures)
    assert verdict_of(region_db).whole


def test_a_transaction_that_sees_one_moment_alone_begins_again_when_others_were_faster(region_db: Engine) -> None:
    one_moment = region_db.execution_options(isolation_level="REPEATABLE READ")

    def overtaken() -> None:
        with region_transaction(one_moment, STAFFS) as session:
            append(session, APPLY)
            write(region_db)

    with pytest.raises(DBAPIError, match="could not serialize") as refused:
        overtaken()
    assert getattr(refused.value.orig, "sqlstate", "") == "40001"
    write(one_moment)
    assert (verdict_of(region_db).links, verdict_of(region_db).findings) == (2, ())


def write_at_once(engine: Engine, each: int) -> list[str]:
    """Return what failed when eight writers wrote so many entries each, in transactions of their own."""
    address = RegionAddress("testlandet", engine.url)
    failures: list[str] = []
    ready = threading.Barrier(WRITERS)

    def work() -> None:
        own = region_engine(address, pool=PoolSize(kept=1, extra=0))
        ready.wait()
        for _ in range(each):
            try:
                write(own)
            except DBAPIError as error:
                failures.append(str(error.orig))
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


# ---- what is found ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_entry SET content = replace(content, ':2}', ':9}')", [(Damage.FLIP, 3)]),
        ("UPDATE audit_entry SET role = 'andel_gate' WHERE content LIKE '%:2}%'", [(Damage.FLIP, 3)]),
        ("UPDATE audit_link SET at = at + interval '1 microsecond' WHERE sequence = 3", [(Damage.FLIP, 3)]),
        ("UPDATE audit_link SET digest = repeat('a', 64) WHERE sequence = 5", [(Damage.FLIP, 5)]),
        ("DELETE FROM audit_link WHERE sequence IN (2, 3)", [(Damage.HOLE, 4), (Damage.UNCHAINED, None)]),
        ("DELETE FROM audit_link WHERE sequence = 1", [(Damage.HOLE, 2), (Damage.UNCHAINED, None)]),
        ("DELETE FROM audit_entry WHERE content LIKE '%:2}%'", [(Damage.FLIP, 3)]),
        (
            (
                "UPDATE audit_link SET sequence = sequence + 100 WHERE sequence = 2;"
                " UPDATE audit_link SET sequence = 2 WHERE sequence = 3;"
                " UPDATE audit_link SET sequence = 3 WHERE sequence = 102"
            ),
            [(Damage.BROKEN, 2), (Damage.FLIP, 2), (Damage.BROKEN, 3), (Damage.FLIP, 3), (Damage.BROKEN, 4)],
        ),
    ],
)
def test_a_flip_and_a_hole_are_found(
    region_db: Engine, tampered: Callable[..., Verdict], statement: str, found: list[tuple[Damage, int | None]]
) -> None:
    write(region_db, 5)
    assert verdict_of(region_db).whole
    assert list(dict.fromkeys(damages(tampered(statement)))) == found


CUT = (
    "DELETE FROM audit_link WHERE sequence > 3",
    "DELETE FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_link WHERE entry_id = e.id)",
)


def test_a_cut_tail_is_found_against_an_anchor_alone(region_db: Engine, tampered: Callable[..., Verdict]) -> None:
    write(region_db, 5)
    with region_transaction(region_db, STAFFS) as session:
        anchor = head(session, "testlandet")
    assert (anchor.sequence, verdict_of(region_db, anchor).findings) == (5, ())
    assert tampered(*CUT).whole
    assert damages(tampered(*CUT, anchors=(anchor,))) == [(Damage.CUT, 5)]


def test_a_chain_that_was_written_anew_is_found_against_an_anchor_alone(
    region_db: Engine, tampered: Callable[..., Verdict]
) -> None:
    write(region_db, 3)
    with region_transaction(region_db, STAFFS) as session:
        anchor = head(session, "testlandet")
    rewrite = (
        "CREATE TEMP TABLE kept AS SELECT id, replace(content, ':0}', ':7}') AS content FROM audit_entry ORDER BY id",
        "DELETE FROM audit_link",
        "DELETE FROM audit_entry",
        "SET LOCAL session_replication_role = origin",
        "INSERT INTO audit_entry (id, content, role) SELECT id, content, 'andel_staff' FROM kept ORDER BY id",
        "SET CONSTRAINTS ALL IMMEDIATE",
    )
    assert tampered(*rewrite).whole
    assert damages(tampered(*rewrite, anchors=(anchor,))) == [(Damage.REWRITTEN, 3)]


def test_an_entry_that_came_with_its_link_keeps_it(region_db: Engine, as_owner_of_all: Privileged) -> None:
    write(region_db, 2)
    with as_owner_of_all(region_db) as connection:
        for table in ("audit_entry", "audit_link"):
            raw(connection, f"CREATE TEMP TABLE kept_{table} AS TABLE {table}")
        raw(connection, "SET LOCAL session_replication_role = replica")
        raw(connection, "DELETE FROM audit_link; DELETE FROM audit_entry")
        raw(connection, "SET LOCAL session_replication_role = origin")
        raw(
            connection,
            "INSERT INTO audit_entry (id, content, seals, role) SELECT id, content, seals, role FROM kept_audit_entry;"
            "INSERT INTO audit_link SELECT * FROM kept_audit_link; SET CONSTRAINTS ALL IMMEDIATE",
        )
        with Session(connection) as session:
            assert verify(session).whole
            assert verify(session).links == 2


# ---- personal data ------------------------------------------------------------------------------------------
PERSON, OTHER = UUID(int=1), UUID(int=2)
TOLD = {"name": "Testperson Ett"}


@pytest.fixture
def told(region_db: Engine) -> Engine:
    write(region_db, personal={PERSON: TOLD, OTHER: {"name": "Testperson Två"}})
    return region_db


def test_the_chain_holds_the_hmac_of_personal_data_and_nothing_of_it(told: Engine, as_owner_of_all: Privileged) -> None:
    with as_owner_of_all(told) as connection:
        key = connection.scalar(text("SELECT key FROM person_key WHERE person_id = :id"), {"id": PERSON})
        entry = connection.execute(text("SELECT content, seals FROM audit_entry")).one()
    expected = hmac.new(key, b'{"name":"Testperson Ett"}', hashlib.sha256).hexdigest()
    assert json.loads(entry.seals)[str(PERSON)] == expected
    assert list(json.loads(entry.seals)) == [str(PERSON), str(OTHER)]
    assert "Testperson" not in entry.content + entry.seals
    assert len(key) == 32


def test_changed_or_removed_personal_data_is_found(told: Engine, tampered: Callable[..., Verdict]) -> None:
    assert verdict_of(told).whole
    for statement in (
        "UPDATE audit_personal SET data = '{}'",
        "DELETE FROM audit_personal",
        "UPDATE person_key SET key = sha256('x')",
        "INSERT INTO audit_personal SELECT id, gen_random_uuid(), '{}', NULL FROM audit_entry",
    ):
        assert {damage for damage, _ in damages(tampered(statement))} == {Damage.PERSONAL}, statement


def test_erased_the_chain_verifies_and_nothing_about_the_person_is_left(
    told: Engine, as_owner_of_all: Privileged
) -> None:
    with gate_transaction(told) as session:
        session.execute(text("SELECT audit_erase(:person)"), {"person": PERSON})
    assert verdict_of(told).whole
    with region_transaction(told, STAFFS) as session:
        rows = {row.person_id: row.data for row in session.scalars(select(AuditPersonalRow))}
        assert session.scalar(text("SELECT audit_seal(:person, 'x')"), {"person": PERSON}) is None
    assert rows == {PERSON: None, OTHER: '{"name":"Testperson Två"}'}
    with as_owner_of_all(told) as connection:
        erased = connection.scalars(text("SELECT person_id FROM person_key WHERE key IS NULL")).all()
    assert erased == [PERSON]


def test_nothing_more_can_be_told_of_an_erased_person(told: Engine) -> None:
    with gate_transaction(told) as session:
        session.execute(text("SELECT audit_erase(:person)"), {"person": PERSON})
    with pytest.raises(DBAPIError, match="cannot be sealed"):
        write(told, personal={PERSON: TOLD})
    write(told)
    assert verdict_of(told).links == 2


# ---- who may write and change -------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [STAFF, MEMBER, GATE, "andel_worker"])
@pytest.mark.parametrize("table", ALL_TABLES)
def test_no_application_role_writes_the_chain_but_by_its_function(
    told: Engine, as_owner_of_all: Privileged, role: str, table: str
) -> None:
    with as_owner_of_all(told) as connection:
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})
        for statement in (
            f"INSERT INTO {table} DEFAULT VALUES",
            f"DELETE FROM {table}",  # noqa: S608  (a name of our own)
            f"TRUNCATE {table} CASCADE",
        ):
            savepoint = connection.begin_nested()
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(statement))
            savepoint.rollback()


def test_a_member_writes_of_its_own_organizations_and_cannot_pass_for_staff(region_db: Engine) -> None:
    own, other = uuid4(), uuid4()
    with region_transaction(region_db, Viewer.member(own)) as session:
        append(session, replace(APPLY, organization=own))
    for organization in (other, None):
        with (
            region_transaction(region_db, Viewer.member(own)) as session,
            pytest.raises(DBAPIError, match="writes only of the organizations"),
        ):
            append(session, replace(APPLY, organization=organization))
    with gate_transaction(region_db) as session:
        append(session, APPLY)
    with region_transaction(region_db, STAFFS) as session:
        assert session.scalars(select(AuditEntryRow.role).order_by(AuditEntryRow.id)).all() == [MEMBER, GATE]


@pytest.mark.parametrize(
    ("role", "call"),
    [
        (STAFF, "audit_erase(gen_random_uuid())"),
        (MEMBER, "audit_erase(gen_random_uuid())"),
        (MEMBER, "audit_seal(gen_random_uuid(), 'x')"),
        (GATE, "audit_seal(gen_random_uuid(), 'x')"),
        ("andel_worker", "audit_append(gen_random_uuid(), '{}', '{}', '{}')"),
    ],
)
def test_each_function_is_for_those_who_need_it(
    region_db: Engine, as_owner_of_all: Privileged, role: str, call: str
) -> None:
    with as_owner_of_all(region_db) as connection:
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})
        with pytest.raises(DBAPIError, match="permission denied for function"):
            connection.execute(text(f"SELECT {call}"))


@pytest.mark.parametrize("change", ["UPDATE audit_link SET entry_id = entry_id", "DELETE FROM audit_link"])
@pytest.mark.parametrize("table", ["audit_entry", "audit_link"])
def test_the_owner_may_not_change_it_either(told: Engine, as_owner_of_all: Privileged, table: str, change: str) -> None:
    statement = change if table == "audit_link" else change.replace("audit_link", table).replace("entry_id", "role")
    with as_owner_of_all(told) as connection:
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": OWNER})
        with pytest.raises(DBAPIError, match="never change"):
            connection.execute(text(statement))
