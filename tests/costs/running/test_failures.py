"""What cannot be allocated fails alone and says why; the rest of the run goes on, and nothing is half stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import URL, event, text
from sqlalchemy.exc import DBAPIError

from andel.costs.service.running import MOST_ATTEMPTS, execute_run, executing
from andel.costs.tables import ItemState, RunState
from andel.host.facade import Facade, in_process
from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.shared.database import RegionUnavailableError, Viewer, region_transaction

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region

STAFF = Viewer.staff()


def failing(model: CostModel[Any], request: CostRequest, settings: PluginSettings) -> tuple[object, object]:
    if model.id == "per-user":
        message = "a defect of the plugin"
        raise ZeroDivisionError(message)
    return in_process(model, request, settings)


def losing(model: CostModel[Any], request: CostRequest, settings: PluginSettings) -> tuple[object, object]:
    answer: Any
    answer, promised = in_process(model, request, settings)
    if model.id == "per-user":
        answer = replace(answer, region=answer.region - 1)
    return answer, promised


@pytest.mark.parametrize(("runner", "words"), [(failing, "a defect of the plugin"), (losing, "is not used")])
def test_a_plugin_that_fails_is_contained(dalarna: Region, runner: Any, words: str) -> None:  # noqa: ANN401  (a Runner)
    done = replace(dalarna, facade=Facade(run=runner)).run(2026)
    assert done.state is RunState.FAILED
    (failed,) = done.failed
    assert failed.component == "support"
    complaint = failed.complaints[0].in_language("en")
    assert words in str(complaint.what)
    assert "per-user" in complaint.where
    assert complaint.remedy
    assert len(done.new) == len(done.items) - 1
    mended = dalarna.run(2026)
    assert mended.state is RunState.DONE
    assert [item.component for item in mended.new] == ["support"], "only what was left"


def test_a_fact_that_is_missing_fails_its_part_in_both_languages(dalarna: Region) -> None:
    done = dalarna.run(2028)
    assert done.state is RunState.FAILED
    (failed,) = done.failed
    assert (failed.service, failed.allocation, failed.is_new) == ("siths", None, False)
    assert "siths_cards" in str(failed.complaints[0].what)
    assert {complaint.in_language("en").where for complaint in failed.complaints}
    assert [item.service for item in done.new] == ["synergi"]
    assert dalarna.count("allocation") == 1


def test_days_that_are_charged_already_are_refused(dalarna: Region) -> None:
    dalarna.run(2026, "siths")
    done = dalarna.carry_out(dalarna.order_days(Period(date(2026, 7, 1), date(2027, 1, 1)), "siths").run)
    assert done.state is RunState.FAILED
    complaint = done.failed[0].complaints[0]
    assert str(complaint.in_language("en").what).startswith(
        "2026 is allocated already and shares days with 2026-07-01/"
    )
    assert str(complaint.in_language("sv").what).startswith("2026 är redan fördelat")
    assert "2026" in str(complaint.remedy)
    assert dalarna.count("allocation") == 1


def test_the_database_refuses_days_that_are_charged_twice_whoever_asks(dalarna: Region) -> None:
    dalarna.run(2026, "siths")
    columns = "component_id, kind, charged_ore, charge_count, plugin, plugin_version, model, model_version"
    digests = "settings_digest, input_digest, workings_digest, digest"
    again = f"""
        INSERT INTO allocation (id, period_start, period_end, {columns}, {digests})
        SELECT gen_random_uuid(), '2026-07-01', '2027-07-01', {columns}, {digests} FROM allocation
    """  # noqa: S608  (columns of this test)
    with (
        pytest.raises(DBAPIError, match="allocation_charged_once"),
        region_transaction(dalarna.engine, STAFF) as session,
    ):
        session.execute(text(again))


def test_what_the_database_refuses_fails_alone(dalarna: Region) -> None:
    """A charge grows on its way: money would not be conserved, and the commit is refused."""
    grown: list[str] = []

    def grow(*arguments: Any) -> tuple[str, Any]:  # noqa: ANN401  (SQLAlchemy's)
        statement, parameters = arguments[2], arguments[3]
        if "INSERT INTO charge" in statement and not grown:
            grown.append(statement)
            parameters = parameters | {"amounts": parameters["amounts"].replace("{", "{1", 1)}
        return statement, parameters

    event.listen(dalarna.engine, "before_cursor_execute", grow, retval=True)
    done = dalarna.run(2026)
    event.remove(dalarna.engine, "before_cursor_execute", grow)
    (failed,) = done.failed
    assert "the allocation charges" in str(failed.complaints[0].what)
    assert dalarna.count("allocation") == len(done.items) - 1
    assert dalarna.run(2026).state is RunState.DONE


def test_a_defect_of_our_own_fails_one_part_and_is_logged(dalarna: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []

    class Log:
        def error(self, _event: str, *, exc_info: Exception, **_: object) -> None:
            logged.append(str(exc_info))

    def broken(*_: object, **__: object) -> UUID:
        message = "not thought of"
        raise LookupError(message)

    monkeypatch.setattr(executing, "settle", broken)
    monkeypatch.setattr(executing, "_log", Log())
    done = dalarna.run(2026, "sip")
    assert "LookupError" in str(done.failed[0].complaints[0].what)
    assert logged == ["not thought of"]
    monkeypatch.undo()
    assert dalarna.run(2026, "sip").state is RunState.DONE


def test_a_component_removed_after_the_order_fails_alone(dalarna: Region) -> None:
    run = dalarna.order(2026).run

    removed = next(item.component_id for item in run.items if item.component == "support")
    gone = text("UPDATE component_settings SET superseded_at = now() WHERE component_id = :removed")
    with region_transaction(dalarna.engine, STAFF) as session:
        session.execute(gone, {"removed": removed})
    done = dalarna.carry_out(run)
    assert [item.component for item in done.failed] == ["support"]
    assert "removed" in str(done.failed[0].complaints[0].in_language("en").what)


def test_a_run_that_always_kills_its_worker_is_given_up(dalarna: Region) -> None:
    run = dalarna.order(2026).run
    with region_transaction(dalarna.engine, STAFF) as session:
        session.execute(text("UPDATE allocation_run SET attempts = :most"), {"most": MOST_ATTEMPTS})
    done = dalarna.carry_out(run)
    assert done.state is RunState.FAILED
    assert {item.state for item in done.items} == {ItemState.FAILED}
    assert dalarna.count("allocation") == 0


def test_a_run_can_be_stopped_between_parts(dalarna: Region) -> None:
    run = dalarna.order(2026).run
    done: list[str] = []
    left = execute_run(dalarna.place, run.id, stop=lambda: len(done) == 2, told=lambda: done.append("part"))
    assert left.state is RunState.RUNNING
    assert len(left.new) == 2
    assert dalarna.carry_out(run).state is RunState.DONE


def test_a_database_that_is_gone_fails_no_part(dalarna: Region, admin: URL) -> None:
    run = dalarna.order(2026).run
    name = dalarna.engine.url.database

    def ends() -> None:
        with psycopg.connect(admin.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    def cut(*arguments: Any) -> None:  # noqa: ANN401  (SQLAlchemy's)
        if "INSERT INTO charge" in arguments[2]:
            ends()

    event.listen(dalarna.engine, "before_cursor_execute", cut)
    with pytest.raises(RegionUnavailableError):
        dalarna.carry_out(run)
    event.remove(dalarna.engine, "before_cursor_execute", cut)
    assert dalarna.count("allocation") == 0
    done = dalarna.carry_out(run)
    assert done.state is RunState.DONE
    assert done.attempts == 2
