"""Jobs are added in the transaction that wants them, by staff alone, and worked by a role that sees nothing else."""

from __future__ import annotations

import pytest
from procrastinate import App, PsycopgConnector
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from andel.shared.database import Viewer, new_id, region_transaction
from andel.shared.database.queue import Job, enqueue, worker_conninfo

STAFF = Viewer.staff()


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
        return int(connection.scalar(text("SELECT count(*) FROM procrastinate.procrastinate_jobs")) or 0)


def test_a_job_exists_if_and_only_if_the_change_does(region_db: Engine) -> None:
    def fail() -> None:
        with region_transaction(region_db, STAFF) as session:
            enqueue(session, Job(task="recount", arguments={"day": "2026-10-01"}))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert count(region_db) == 0
    with region_transaction(region_db, STAFF) as session:
        assert enqueue(session, Job(task="recount", arguments={"day": "2026-10-01"})) is not None
    assert count(region_db) == 1


def test_the_same_waiting_job_is_added_once(region_db: Engine) -> None:
    once = Job(task="remind", arguments={}, once="remind-2026")
    with region_transaction(region_db, STAFF) as session:
        first = enqueue(session, once)
        assert first is not None
        assert enqueue(session, once) is None
        assert enqueue(session, Job(task="remind", arguments={}, once="remind-2027")) is not None
    assert count(region_db) == 2


def test_a_member_adds_no_job_and_staff_do_not_read_the_queue(region_db: Engine) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        region_transaction(region_db, Viewer.member(new_id())) as session,
    ):
        enqueue(session, Job(task="recount", arguments={}))
    for role in ("andel_staff", "andel_member"):
        with region_db.connect() as connection:
            connection.exec_driver_sql("SELECT set_config('role', %s, true)", (role,))
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text("SELECT count(*) FROM procrastinate.procrastinate_jobs"))


def test_the_worker_reads_no_data_of_the_region(region_db: Engine) -> None:
    with region_db.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
        with pytest.raises(ProgrammingError, match="permission denied for table organization"):
            connection.execute(text("SELECT * FROM organization"))


def test_a_worker_carries_out_what_staff_added(region_db: Engine) -> None:
    done: list[str] = []
    app = App(connector=PsycopgConnector(conninfo=worker_conninfo(region_db.url), min_size=1, max_size=2))

    @app.task(name="recount")
    def recount(day: str) -> None:
        done.append(day)

    with region_transaction(region_db, STAFF) as session:
        enqueue(session, Job(task="recount", arguments={"day": "2026-10-01"}))
    app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
    assert done == ["2026-10-01"]
    with region_db.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('role', 'andel_worker', true)")
        status = connection.scalar(text("SELECT status::text FROM procrastinate.procrastinate_jobs"))
    assert status == "succeeded"
