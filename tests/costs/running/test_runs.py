"""Runs are ordered once, done once, and store nothing that stands already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from andel.costs.model import CostError
from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, preview
from andel.costs.service.reading import read_book
from andel.costs.service.running import open_runs, read_run, read_runs
from andel.costs.tables import AllocationRow, ItemState, RunState
from andel.sdk.period import Period
from andel.shared.database import Viewer, new_id, region_transaction

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region

STAFF = Viewer.staff()


def test_the_same_order_is_the_same_run_as_long_as_it_is_open(dalarna: Region) -> None:
    first, again = dalarna.order(2026), dalarna.order(2026)
    assert first.is_new
    assert not again.is_new
    assert again.run == first.run
    assert dalarna.order(2026, "synergi").is_new, "another order"
    assert dalarna.order(2025).is_new
    with region_transaction(dalarna.engine, STAFF) as session:
        assert open_runs(session)[0] == first.run.id
        assert len(open_runs(session)) == 3


def test_a_run_stores_what_it_computes_and_the_next_one_nothing(dalarna: Region) -> None:
    done = dalarna.run(2026)
    assert done.state is RunState.DONE
    assert {item.state for item in done.items} == {ItemState.DONE}
    assert all(item.is_new and item.revision == 1 for item in done.items)
    digest, charges = dalarna.digest(), dalarna.count("charge")
    assert charges > 0
    again = dalarna.run(2026)
    assert again.id != done.id
    assert again.state is RunState.DONE
    assert again.new == ()
    assert [item.allocation for item in again.items] == [item.allocation for item in done.items]
    assert (dalarna.digest(), dalarna.count("charge")) == (digest, charges)


def test_a_preview_is_what_the_run_stores(stockholm: Region) -> None:
    with region_transaction(stockholm.engine, STAFF) as session:
        allocator = Allocator(read_book(session), stockholm.view(session))
        previews = {
            (service.key, component.key): preview(session, allocator, Case(service, component, Period.year(2026)))
            for service, component in allocator.book.applying(Period.year(2026))
        }
    done = stockholm.run(2026)
    with region_transaction(stockholm.engine, STAFF) as session:
        rows = session.execute(select(AllocationRow.id, AllocationRow.digest))
        digests = {row.id: row.digest for row in rows}
    made = {(i.service, i.component): i.allocation for i in done.items if i.period == Period.year(2026)}
    assert len(made) == 3
    assert {part: digests[id_] for part, id_ in made.items() if id_} == {
        part: one.result.digest for part, one in previews.items()
    }


def test_earlier_years_that_count_and_are_not_stored_come_first(stockholm: Region) -> None:
    done = stockholm.run(2024)
    suppliers = [item for item in done.items if item.component == "leverantor"]
    assert [item.period.start.year for item in suppliers] == [2021, 2022, 2023, 2024]
    assert all(item.is_new for item in suppliers)
    later = stockholm.run(2026)
    assert [i.period.start.year for i in later.items if i.component == "leverantor"] == [2025, 2026]


def test_a_year_that_counts_an_earlier_one_waits_for_it(stockholm: Region) -> None:
    ordered = stockholm.order(2026).run
    with region_transaction(stockholm.engine, STAFF) as session:
        session.execute(
            text("UPDATE run_item SET state = 'failed', complaints = '[]' WHERE run_id = :run AND period_start < :day"),
            {"run": ordered.id, "day": Period.year(2026).start},
        )
    done = stockholm.carry_out(ordered)
    failed = {(i.component, i.period.start.year): i for i in done.failed if i.complaints}
    assert list(failed) == [("leverantor", 2026)]
    complaint = failed["leverantor", 2026].complaints[0]
    assert complaint.in_language("en").remedy == "Run 2021 first."
    assert complaint.in_language("sv").remedy == "Kör 2021 först."
    assert done.state is RunState.FAILED


def test_nothing_to_allocate_is_no_run(dalarna: Region) -> None:
    with pytest.raises(CostError, match="nothing to allocate for 1999"):
        dalarna.order(1999)
    with pytest.raises(CostError, match='no service "synergy"'):
        dalarna.order(2026, "synergy")
    assert dalarna.count("allocation_run") == 0


def test_a_run_that_is_not_there_is_told(dalarna: Region) -> None:
    with region_transaction(dalarna.engine, STAFF) as session, pytest.raises(CostError, match="ingen körning"):
        read_run(session, new_id())
    with pytest.raises(CostError, match="ingen körning"):
        dalarna.carry_out(new_id())


def test_runs_are_read_newest_first_with_their_parts(dalarna: Region) -> None:
    older, newer = dalarna.run(2025), dalarna.order(2026).run
    with region_transaction(dalarna.engine, STAFF) as session:
        runs = read_runs(session)
    assert [run.id for run in runs] == [newer.id, older.id]
    assert runs[1] == older
    assert [run.is_open for run in runs] == [True, False]
    assert len(runs[0].waiting) == len(runs[0].items) > 0


def test_a_run_that_has_ended_is_left_as_it_is(dalarna: Region) -> None:
    done = dalarna.run(2026)
    assert dalarna.carry_out(done) == done
