from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from andel.app.web import DatabaseRegions
from andel.costs.model import CostError
from andel.costs.model.restored import restored
from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, charged_before, preview
from andel.costs.service.reading import read_book
from andel.costs.service.stored import (
    StoredAllocation,
    allocation_of,
    charges_by,
    current_results,
    paid_by_year,
    request_of,
    results_of,
    settings_of,
    totals_of,
    workings_of,
    years_with_results,
)
from andel.costs.service.sums import part_sums, party_sums, sums_of
from andel.costs.service.yearly import State, known_years, read_year
from andel.costs.tables import (
    AllocationInputRow,
    AllocationRow,
    ChargeRow,
    CostComponentRow,
    Kind,
    ServiceRow,
    WorkingsRow,
)
from andel.host.inputs import canonical_request
from andel.parties.service import read_directory
from andel.parties.tables import OrganizationRow
from andel.sdk.cost import Ceiling, Split, Tariff
from andel.sdk.errors import WorkingsError
from andel.sdk.period import Period
from andel.shared.database import Viewer, new_id, region_engine, region_transaction

SEATS = ("synergi", "licenser")
RSS = ("rss", "verksamhet")
YEAR = Period.year(2026)


@pytest.fixture
def session(peopled: DatabaseRegions) -> Iterator[Session]:
    with peopled.open("dalarna") as opened:
        yield opened


@pytest.fixture
def allocator(peopled: DatabaseRegions, session: Session) -> Allocator:
    return Allocator(read_book(session), peopled.view("dalarna", session))


def only(found: tuple[StoredAllocation, ...], part: tuple[str, str]) -> StoredAllocation:
    (one,) = [result for result in found if result.part == part]
    return one


def test_the_current_results_of_a_year_are_one_per_component(session: Session) -> None:
    found = current_results(session, YEAR)
    assert [one.part for one in found] == sorted({one.part for one in found})
    rss = only(found, RSS)
    assert (rss.kind, rss.whole, rss.own, rss.charged, rss.lines) == (
        *(Kind.SPLIT, 1_860_000_00, 930_000_00, 930_000_00),
        15,
    )


def test_a_tariff_whose_cost_nobody_knows_has_no_residual(session: Session) -> None:
    seats = only(current_results(session, YEAR), SEATS)
    assert (seats.kind, seats.whole, seats.own) == (Kind.TARIFF, None, None)


def test_results_that_were_replaced_are_kept_and_name_what_differs(session: Session) -> None:
    found = [one for one in results_of(session, SEATS) if one.period == Period.year(2025)]
    assert [(one.revision, one.is_current) for one in found] == [(2, True), (1, False)]
    assert found[0].difference is not None
    assert found[1].difference is None


def test_a_result_is_read_back_as_it_was_made(session: Session, allocator: Allocator) -> None:
    stored = only(current_results(session, YEAR), RSS)
    read = allocation_of(session, stored)
    service = allocator.book.service("rss")
    made = allocator.allocate(service, service.components[0], YEAR)
    assert read == made.allocation
    assert canonical_request(request_of(session, stored)) == made.asked
    assert settings_of(session, stored) == made.settings


def test_the_sums_of_parties_are_those_of_the_lines(session: Session) -> None:
    found = current_results(session, YEAR)
    sums = sums_of(session, [one.id for one in found])
    lines = charges_by(session, [only(found, RSS).id])
    assert sums[RSS] == {line.party: line.ore for line in lines}
    assert sum(sums[RSS].values()) == 930_000_00
    assert sums_of(session, []) == {}


def test_what_a_party_pays_per_year_counts_no_replaced_result(session: Session) -> None:
    mora = read_directory(session).ids["mora"]
    paid = paid_by_year(session, mora)
    current = sums_of(session, [one.id for one in current_results(session, Period.year(2025))])
    assert list(paid) == [2024, 2025, 2026]
    assert paid[2024] == 4 * 5_000_00
    assert paid[2025] == sum(sums["mora"] for sums in current.values())
    assert current[SEATS]["mora"] == 5 * 5_000_00


def test_the_totals_of_a_year_are_of_all_components(session: Session) -> None:
    totals = totals_of(session, YEAR)
    assert (totals.results, totals.charged) == (4, sum(one.charged for one in current_results(session, YEAR)))
    assert totals_of(session, Period.year(1999)).results == 0


def test_the_years_with_results_are_those_that_were_run(session: Session) -> None:
    assert years_with_results(session) == (2024, 2025, 2026)


def test_the_known_years_leave_none_out(session: Session, allocator: Allocator) -> None:
    assert known_years(session, allocator.book, 2028) == (2024, 2025, 2026, 2027, 2028)


def test_the_sums_of_components_are_those_of_their_results(session: Session) -> None:
    sums = {one.part: one for one in part_sums(session, YEAR)}
    assert (sums[RSS].charged, sums[RSS].own, sums[RSS].whole) == (930_000_00, 930_000_00, 1_860_000_00)
    assert (sums[SEATS].own, sums[SEATS].whole, sums[SEATS].results) == (None, None, 1)


def test_sums_that_are_kept_are_those_that_were_read_and_never_another_viewers(peopled: DatabaseRegions) -> None:
    with peopled.open("dalarna") as session:
        read = party_sums(session, YEAR)
        assert party_sums(session, YEAR) is read
        ids = [one.id for one in current_results(session, YEAR)]
        assert read == sums_of(session, ids)
    with as_member(peopled, "mora") as session:
        assert set(party_sums(session, YEAR)[RSS]) == {"mora"}
    with as_member(peopled, "falun") as session:
        assert set(party_sums(session, YEAR)[RSS]) == {"falun"}
    with peopled.open("dalarna") as session:
        assert party_sums(session, YEAR) is read
    with peopled.open("stockholm") as session:
        assert RSS not in party_sums(session, YEAR)


def test_kept_sums_are_left_when_a_result_is_added(region_db: Engine) -> None:
    with region_transaction(region_db, Viewer.staff()) as session:
        assert party_sums(session, YEAR) == {}
        _add_result(session)
        assert party_sums(session, YEAR) == {("s", "k"): {"ort": 7}}


def test_missing_workings_or_inputs_are_told(session: Session) -> None:
    with pytest.raises(WorkingsError, match="no workings"):
        workings_of(session, "0" * 64)
    stored = only(current_results(session, YEAR), RSS)
    gone = StoredAllocation(**{name: getattr(stored, name) for name in stored.__slots__} | {"input_digest": "0" * 64})
    with pytest.raises(CostError, match="missing"):
        request_of(session, gone)


def test_a_member_sums_only_its_own_lines(peopled: DatabaseRegions) -> None:
    with as_member(peopled, "mora") as session:
        found = current_results(session, YEAR)
        assert set(sums_of(session, [one.id for one in found])[RSS]) == {"mora"}
        assert {line.party for line in charges_by(session, [only(found, RSS).id])} == {"mora"}
        falun = read_directory(session).ids["falun"]
        assert paid_by_year(session, falun) == {}


def test_a_year_is_stored_where_it_was_run_and_a_preview_where_it_was_not(
    session: Session, allocator: Allocator
) -> None:
    states = {cost.part: cost.state for cost in read_year(session, allocator.book, allocator, YEAR).costs}
    assert set(states.values()) == {State.STORED}
    later = read_year(session, allocator.book, allocator, Period.year(2028))
    assert {cost.part: cost.state for cost in later.costs} == {
        RSS: State.EMPTY,
        ("sip", "support"): State.EMPTY,
        ("siths", "kort"): State.REFUSED,
        SEATS: State.PREVIEW,
    }
    assert later.of_state(State.REFUSED)[0].refusal[0].remedy


def test_a_year_marks_what_rests_on_examples_down_to_the_figures(session: Session, allocator: Allocator) -> None:
    costs = {cost.part: cost for cost in read_year(session, allocator.book, allocator, YEAR).costs}
    assert costs[SEATS].example  # its price has a source, its seats of the year have none


def test_stored_sums_and_previews_of_the_same_year_are_the_same(session: Session, allocator: Allocator) -> None:
    stored = read_year(session, allocator.book, allocator, YEAR)
    for cost in stored.counted:
        made = preview(session, allocator, Case(cost.service, cost.component, YEAR)).result
        assert cost.amounts == dict(zip(made.allocation.parties, made.allocation.amounts, strict=True))
        result = only(current_results(session, YEAR), cost.part)
        assert (result.workings_digest, result.digest) == (made.allocation.workings.digest, made.digest)


def test_earlier_charges_count_as_they_were_charged(peopled: DatabaseRegions) -> None:
    with peopled.open("stockholm") as session:
        book = read_book(session)
        allocator = Allocator(book, peopled.view("stockholm", session))
        service = book.service("samverkan-vardovergangar")
        case = Case(service, service.component("leverantor"), Period.year(2027))
        history = Period(Period.year(2021).start, Period.year(2026).end)
        charged = charged_before(session, allocator, case, history)
        stored = [one for one in current_results(session, history) if one.part == case.part]
        assert len(stored) == 6
        assert sum(charged.values()) == sum(one.charged for one in stored)


def test_a_result_of_each_kind_is_put_together_again(session: Session) -> None:
    workings = workings_of(session, only(current_results(session, YEAR), RSS).workings_digest)
    common = {"payers": {}, "currency": "SEK"}
    assert isinstance(restored("split", workings, own=1, whole=2, **common), Split)  # type: ignore[arg-type]
    assert isinstance(restored("tariff", workings, own=None, whole=None, **common), Tariff)  # type: ignore[arg-type]
    assert isinstance(restored("ceiling", workings, own=None, whole=None, **common), Ceiling)  # type: ignore[arg-type]
    with pytest.raises(WorkingsError, match="no total"):
        restored("split", workings, own=None, whole=None, **common)  # type: ignore[arg-type]


def _add_result(session: Session) -> None:
    ort, service, component, result = new_id(), new_id(), new_id(), new_id()
    digest = hashlib.sha256(b"x").hexdigest()
    words = {"title_sv": "s", "title_en": "s"}
    made = {"plugin": "p", "plugin_version": "1", "model": "m", "model_version": "1", "digest": digest}
    made |= {"settings_digest": digest, "input_digest": digest, "workings_digest": digest}
    money = {"kind": "split", "total_ore": 7, "region_ore": 0, "charged_ore": 7, "charge_count": 1}
    for row in (
        OrganizationRow(id=ort, key="ort", name="Ort", kind="municipality", source="x"),
        ServiceRow(id=service, key="s", bearer_sv="s", bearer_en="s", source_title="x", **words),
        CostComponentRow(id=component, service_id=service, key="k", model="m", basis="budget", **words),
        WorkingsRow(digest=digest, canonical=b"x"),
        AllocationInputRow(digest=digest, canonical=b"x"),
        AllocationRow(id=result, component_id=component, period_start=YEAR.start, period_end=YEAR.end, **money, **made),
        ChargeRow(organization_id=ort, allocation_id=result, workings_row=0, payer_id=ort, ore=7),
    ):
        session.add(row)
        session.flush()


@contextmanager
def as_member(regions: DatabaseRegions, party: str) -> Iterator[Session]:
    engine = region_engine(regions.databases.region_address("dalarna"))
    with regions.open("dalarna") as session:
        own: UUID = read_directory(session).ids[party]
    with region_transaction(engine, Viewer.member(own, read_only=True)) as session:
        yield session
    engine.dispose()
