"""Three documents: the files, what was applied last, and what the database amounts to now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Engine, update

from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.plan import Origin
from andel.tenancy.model.plan_text import plan_lines

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Data, Edit, Planned


def rename(engine: Engine, key: str, name: str) -> None:
    """Change a name in the database, past the files."""
    with region_transaction(engine, Viewer.staff()) as session:
        session.execute(update(OrganizationRow).where(OrganizationRow.key == key).values(name=name))


def named(key: str, name: str) -> Callable[[Data], object]:
    def change(data: Data) -> None:
        next(one for one in data["organizations"] if one["key"] == key)["name"] = name

    return change


def test_without_drift_every_change_is_the_files(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    applied(region_db, edited())
    plan = planned(region_db, edited(named("alby", "A")))
    assert [(change.where, change.origin) for change in plan.changes] == [("organizations[alby]", Origin.FILES)]
    assert plan.drift == ()


def test_what_was_changed_in_the_database_is_told_and_undone(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    applied(region_db, edited())
    rename(region_db, "alby", "Nya Alby")
    plan = planned(region_db, edited())
    [change] = plan.changes
    [drift] = plan.drift
    assert (change.origin, [(one.old, one.new) for one in change.fields]) == (Origin.DATABASE, [("Nya Alby", "Alby")])
    assert [(one.old, one.new) for one in drift.fields] == [("Alby", "Nya Alby")]
    assert plan.applied_digest == plan.digest != plan.database_digest
    assert [text for _, text in plan_lines(plan)] == [
        "~ organizations[alby] Alby (undoes what was changed in the database)",
        "      name: Nya Alby -> Alby",
        "Changed in the database since the last apply:",
        "  ~ organizations[alby] Nya Alby",
        "        name: Alby -> Nya Alby",
    ]
    done = applied(region_db, edited())
    assert (done.revision, done.written["organization"]) == (2, 1)
    assert planned(region_db, edited()).drift == ()


def test_what_was_changed_in_both_is_told_apart(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    applied(region_db, edited())
    rename(region_db, "alby", "Nya Alby")
    plan = planned(region_db, edited(named("alby", "Alby stad"), named("byn", "B")))
    assert {change.where: change.origin for change in plan.changes} == {
        "organizations[alby]": Origin.BOTH,
        "organizations[byn]": Origin.FILES,
    }


def test_what_the_files_have_taken_over_is_drift_without_a_change(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    applied(region_db, edited())
    rename(region_db, "alby", "Nya Alby")
    taken_over = edited(named("alby", "Nya Alby"))
    plan = planned(region_db, taken_over)
    assert (plan.changes, len(plan.drift)) == ((), 1)
    assert applied(region_db, taken_over).written == {"document_revision": 1}
    assert planned(region_db, taken_over).drift == ()
    assert applied(region_db, taken_over).written == {}


def test_files_of_an_earlier_revision_are_recognised(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    applied(region_db, edited())
    applied(region_db, edited(named("alby", "A")))
    assert planned(region_db, edited()).earlier == 1
    assert planned(region_db, edited(named("alby", "A"))).earlier is None
    assert planned(region_db, edited(named("alby", "B"))).earlier is None
    assert applied(region_db, edited()).revision == 3
