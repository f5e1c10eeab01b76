"""What changes what a result was made from makes the next revision, which tells the difference and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select, text

from andel.costs.model.difference import Cause, Difference, read_difference
from andel.costs.model.difference_words import sentences
from andel.costs.service.running import execute_run
from andel.costs.tables import AllocationRow, RunState
from andel.parties.service import read_directory
from andel.sdk.text import Text
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region

STAFF = Viewer.staff()

Edit = Callable[[dict[str, Any]], None]


def users_corrected(data: dict[str, Any]) -> None:
    """Correct the count of users of 1 October 2026: Mora has ten more."""
    counted = next(one for one in data["facts"] if one["name"] == "users" and one["reference_date"] == "2025-10-01")
    values = {**counted["values"], "mora": counted["values"]["mora"] + 10}
    correction = {**counted, "values": values, "revision": 2, "corrects": "Mora räknade om", "control_total": None}
    data["facts"].append(correction)


def component(data: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for s in data["services"] for c in s["components"] if c["key"] == key)
    return found


def price_raised(data: dict[str, Any]) -> None:
    component(data, "licenser")["settings"][0]["values"]["price"] = "5100"


def budget_raised(data: dict[str, Any]) -> None:
    cost = next(one for one in component(data, "support")["costs"] if one["reference"] == "Budget 2026")
    cost["amount"] = "1300000"


def revisions(region: Region, model: str) -> list[AllocationRow]:
    with region_transaction(region.engine, STAFF) as session:
        rows = select(AllocationRow).where(AllocationRow.model == model).order_by(AllocationRow.revision)
        return list(session.scalars(rows))


def told(region: Region, difference: Difference, language: str) -> list[str]:
    with region_transaction(region.engine, STAFF) as session:
        names = read_directory(session).book.names()
    figures = {"users": Text("Användare", "Users")}
    titles = {"price": Text("Pris per licens och år", "Price per licence and year")}
    words = sentences(difference, names, figures=figures, settings=titles)
    return [sentence.in_language(language).replace("\N{NO-BREAK SPACE}", " ") for sentence in words]


def difference_of(row: AllocationRow) -> Difference:
    assert row.difference is not None
    found = read_difference(row.difference)
    assert read_difference(found.plain()) == found
    return found


def test_a_corrected_fact(dalarna: Region, edited: Callable[[Edit], TenantDocument]) -> None:
    first = dalarna.run(2026)
    dalarna.apply(edited(users_corrected))
    second = dalarna.run(2026)
    assert second.state is RunState.DONE
    assert [(item.component, item.revision) for item in second.new] == [("support", 2)]
    old, new = revisions(dalarna, "per-user")
    assert (old.is_current, new.is_current, new.supersedes_id) == (False, True, old.id)
    assert new.id in {item.allocation for item in second.items}
    assert len(first.items) == len(second.items)

    difference = difference_of(new)
    (change,) = difference.changes
    assert (change.cause, change.name, change.reason) == (Cause.FACTS, "users", "Mora räknade om")
    assert [(party, now - then) for party, then, now in change.parties if then and now] == [("mora", 10)]
    moved = {party: (then or 0, now or 0) for party, then, now in difference.amounts}
    assert moved["mora"][1] > moved["mora"][0]
    assert all(now < then for party, (then, now) in moved.items() if party != "mora"), "a user costs less"
    own = (difference.own[1] or 0) - (difference.own[0] or 0)
    assert sum(now - then for then, now in moved.values()) + own == 0, "money is conserved"
    sv, en = told(dalarna, difference, "sv"), told(dalarna, difference, "en")
    assert sv[0].startswith("Användare 1 oktober 2025 (Mora räknade om) har ändrats: Mora ")
    assert en[0].startswith("Users 1 October 2025 (Mora räknade om) changed: Mora ")
    assert " till." in sv[1]
    assert len(sv) == len(en) == 3


def test_a_corrected_price(dalarna: Region, edited: Callable[[Edit], TenantDocument]) -> None:
    dalarna.run(2026)
    dalarna.apply(edited(price_raised))
    assert [item.component for item in dalarna.run(2026).new] == ["licenser"]
    difference = difference_of(revisions(dalarna, "per-license")[1])
    assert [(change.cause, change.name, change.old, change.new) for change in difference.changes] == [
        (Cause.SETTING, "price", "5000.00", "5100.00")
    ]
    assert told(dalarna, difference, "sv")[0] == (
        "Inställningen Pris per licens och år har ändrats från 5000.00 till 5100.00."
    )
    assert (
        told(dalarna, difference, "en")[0] == "The setting Price per licence and year changed from 5000.00 to 5100.00."
    )


def test_a_corrected_cost(dalarna: Region, edited: Callable[[Edit], TenantDocument]) -> None:
    dalarna.run(2026)
    dalarna.apply(edited(budget_raised))
    assert [item.component for item in dalarna.run(2026).new] == ["support"]
    difference = difference_of(revisions(dalarna, "per-user")[1])
    assert [change.cause for change in difference.changes] == [Cause.AMOUNT]
    assert told(dalarna, difference, "sv")[0] == "Kostnaden har ändrats från 1 250 000,00 kr till 1 300 000,00 kr."


def test_what_went_back_is_the_third_revision_and_the_same_result(
    dalarna: Region, edited: Callable[[Edit], TenantDocument], document_of: Callable[[str], TenantDocument]
) -> None:
    dalarna.run(2026)
    dalarna.apply(edited(price_raised))
    dalarna.run(2026)
    dalarna.apply(document_of("dalarna"))
    assert [item.revision for item in dalarna.run(2026).new] == [3]
    first, _, third = revisions(dalarna, "per-license")
    assert (first.digest, first.workings_digest) == (third.digest, third.workings_digest)
    assert dalarna.run(2026).new == ()


def test_a_correction_during_a_run_is_told(dalarna: Region, edited: Callable[[Edit], TenantDocument]) -> None:
    run = dalarna.order(2026).run
    parts = iter(range(100))

    def correct() -> None:
        if next(parts) == len(run.items) - 1:
            dalarna.apply(edited(users_corrected))

    done = execute_run(dalarna.place, run.id, told=correct)
    assert done.state is RunState.DONE
    assert [item.component for item in done.outdated] == ["support"]
    assert dalarna.run(2026).outdated == ()
    assert len(revisions(dalarna, "per-user")) == 2


def test_a_part_sees_one_moment_of_the_figures(dalarna: Region, edited: Callable[[Edit], TenantDocument]) -> None:
    """The correction is committed after the part has begun: it is made from the figures before, all of them."""
    run = dalarna.order(2026, "sip").run
    applied: list[str] = []

    def correct(*arguments: Any) -> None:  # noqa: ANN401  (SQLAlchemy's)
        if "FROM run_item" in arguments[2] and "FOR UPDATE" in arguments[2] and not applied:
            applied.append("once")
            dalarna.apply(edited(users_corrected))

    event.listen(dalarna.engine, "after_cursor_execute", correct)
    done = dalarna.carry_out(run)
    event.remove(dalarna.engine, "after_cursor_execute", correct)
    assert applied
    assert [item.component for item in done.outdated] == ["support"]
    alone = dalarna.run(2026, "sip")
    assert [item.revision for item in alone.new] == [2]


def test_only_what_changes_an_input_changes_the_mark(
    dalarna: Region, document_of: Callable[[str], TenantDocument]
) -> None:
    before = dalarna.count("input_change")
    dalarna.apply(document_of("dalarna"))
    dalarna.run(2026)
    assert dalarna.count("input_change") == before
    with region_transaction(dalarna.engine, STAFF) as session:
        session.execute(text("UPDATE organization SET name = 'Mora kommun' WHERE key = 'mora'"))
        session.execute(text("UPDATE organization SET name = 'Rättviks kommun' WHERE key = 'rattvik'"))
    assert dalarna.count("input_change") == before + 1
