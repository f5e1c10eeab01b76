from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from andel.app.web import DatabaseRegions
from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, preview
from andel.costs.service.reading import read_book
from andel.costs.service.rechecking import Recheck, recheck_preview, recheck_stored
from andel.costs.service.stored import StoredAllocation, results_of
from andel.costs.service.verifying import Verdict
from andel.host.registry import Registry
from andel.sdk.period import Period

SAME, DIFFERENT, UNKNOWN = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNKNOWN


@pytest.fixture
def session(peopled: DatabaseRegions) -> Iterator[Session]:
    with peopled.open("dalarna") as opened:
        yield opened


@pytest.fixture
def allocator(peopled: DatabaseRegions, session: Session) -> Allocator:
    return Allocator(read_book(session), peopled.view("dalarna", session))


def case_of(allocator: Allocator, service: str, year: int) -> Case:
    one = allocator.book.service(service)
    return Case(one, one.components[0], Period.year(year))


def stored(session: Session, case: Case, revision: int = 1) -> StoredAllocation:
    found = results_of(session, case.part)
    return next(one for one in found if one.period == case.period and one.revision == revision)


def verdicts(checks: tuple[Recheck, ...]) -> list[Verdict]:
    return [check.verdict for check in checks]


def test_a_stored_result_holds_in_every_way(peopled: DatabaseRegions, session: Session, allocator: Allocator) -> None:
    case = case_of(allocator, "rss", 2026)
    assert verdicts(recheck_stored(session, allocator, peopled.registry, case, stored(session, case))) == [SAME] * 4


def test_a_replaced_result_still_follows_from_what_it_was_made_from(
    peopled: DatabaseRegions, session: Session, allocator: Allocator
) -> None:
    case = case_of(allocator, "synergi", 2025)
    checks = recheck_stored(session, allocator, peopled.registry, case, stored(session, case))
    assert verdicts(checks) == [SAME, SAME, SAME, DIFFERENT]
    assert checks[-1].answer.en.endswith("The amount would be another for Mora.")


def test_a_version_that_is_not_installed_cannot_tell(session: Session, allocator: Allocator) -> None:
    case = case_of(allocator, "rss", 2026)
    checks = recheck_stored(session, allocator, Registry(), case, stored(session, case))
    assert verdicts(checks) == [SAME, SAME, UNKNOWN, SAME]


def test_a_digest_that_is_not_that_of_the_workings_is_seen(
    peopled: DatabaseRegions, session: Session, allocator: Allocator
) -> None:
    case, other = case_of(allocator, "rss", 2026), case_of(allocator, "sip", 2026)
    mixed = replace(stored(session, case), input_digest=stored(session, other).input_digest)
    checks = recheck_stored(session, allocator, peopled.registry, case, mixed)
    assert checks[2].verdict is not SAME


def test_a_preview_is_computed_twice_and_is_the_same(session: Session, allocator: Allocator) -> None:
    case = case_of(allocator, "rss", 2027)
    shown = preview(session, allocator, case).result.allocation
    assert verdicts(recheck_preview(session, allocator, case, shown)) == [SAME, SAME]


def test_workings_with_a_changed_value_do_not_follow_from_their_formulas(
    session: Session, allocator: Allocator
) -> None:
    case = case_of(allocator, "rss", 2027)
    shown = preview(session, allocator, case).result.allocation
    columns = tuple(
        replace(column, numerators=(column.numerators[0] + 1, *column.numerators[1:]))
        if column.name == "amount"
        else column
        for column in shown.workings.columns
    )
    wrong = replace(shown, workings=replace(shown.workings, columns=columns))
    checks = recheck_preview(session, allocator, case, wrong)
    assert verdicts(checks) == [DIFFERENT, DIFFERENT]
    assert "amount" in checks[0].answer.sv


def test_what_cannot_be_made_today_is_told_with_the_reason(session: Session, allocator: Allocator) -> None:
    shown = preview(session, allocator, case_of(allocator, "siths", 2026)).result.allocation
    checks = recheck_preview(session, allocator, case_of(allocator, "siths", 2028), shown)
    assert checks[-1].verdict is UNKNOWN
    assert checks[-1].answer.sv.startswith("Nej: ")
