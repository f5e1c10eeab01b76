"""What an apply does to rows: changed in place, corrected by a new row, dated, or taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, Row, select

from andel.costs.service.reading import read_book
from andel.costs.tables import ComponentSettingsRow, CostAmountRow
from andel.host.registry import Registry
from andel.parties.tables import FactSeriesRow, FactValueRow, GroupMemberRow, OrganizationRow
from andel.shared.audit import Actor, ActorKind
from andel.shared.audit.tables import AuditEntryRow
from andel.shared.database import RegionBase, Viewer, region_transaction
from andel.tenancy.model.book import book_of
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import TenantError
from andel.tenancy.service.applying import apply
from andel.tenancy.service.pulling import document_of, last_applied

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Data, Edit

EXAMPLE = {"title": "Exempel", "example": True}


def rows(engine: Engine, row: type[RegionBase], *order: str) -> list[Row[Any]]:
    table = row.__table__
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        return list(session.execute(select(table).order_by(*(table.c[name] for name in order))))


def component(data: Data) -> Data:
    found: Data = data["services"][0]["components"][0]
    return found


def organization(data: Data, key: str) -> Data:
    return next(one for one in data["organizations"] if one["key"] == key)


def is_stored_as(engine: Engine, document: TenantDocument) -> bool:
    """Tell whether the database amounts to the document, also for whoever allocates from it."""
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        found = document_of(session)
        return found is not None and found.digest == document.digest and read_book(session) == book_of(document)


def test_a_name_is_changed_in_place(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    before = {row.key: row.id for row in rows(region_db, OrganizationRow)}
    document = edited(lambda data: organization(data, "alby").update(name="Alby kommun"))
    done = applied(region_db, document)
    assert done.written == {"organization": 1, "document_revision": 1}
    after = {row.key: row for row in rows(region_db, OrganizationRow)}
    assert after["alby"].name == "Alby kommun"
    assert {key: row.id for key, row in after.items()} == before
    assert is_stored_as(region_db, document)


def test_corrected_settings_are_a_new_row_and_the_old_one_can_be_read_back(
    applied: Apply, edited: Edit, region_db: Engine
) -> None:
    applied(region_db, edited())
    [first] = rows(region_db, ComponentSettingsRow)
    document = edited(lambda data: component(data)["settings"][0]["values"].update(earlier_counts=True))
    applied(region_db, document)
    old, new = rows(region_db, ComponentSettingsRow, "recorded_at")
    assert (old.id, old.settings, old.digest) == (first.id, first.settings, first.digest)
    assert old.superseded_at == new.recorded_at
    assert (new.superseded_at, new.settings["earlier_counts"]) == (None, True)
    assert is_stored_as(region_db, document)


def test_later_settings_end_those_before(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())

    def add(data: Data) -> None:
        later = component(data)["settings"][0] | {"valid_from": "2027-01-01", "source": EXAMPLE}
        component(data)["settings"].append(later)

    document = edited(add)
    applied(region_db, document)
    current = [row for row in rows(region_db, ComponentSettingsRow, "valid_from") if row.superseded_at is None]
    assert [(row.valid_from, row.valid_to) for row in current] == [
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), None),
    ]
    assert is_stored_as(region_db, document)
    assert applied(region_db, edited(), allow_deletion=True).plan.removals
    assert is_stored_as(region_db, edited())


def test_a_corrected_amount_is_a_new_row(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    document = edited(lambda data: component(data)["costs"][0].update(amount="1200.50"))
    done = applied(region_db, document)
    assert done.written == {"cost_amount": 2, "document_revision": 1}
    old, new = rows(region_db, CostAmountRow, "recorded_at")
    assert (old.ore, old.superseded_at) == (100000, new.recorded_at)
    assert (new.ore, new.superseded_at) == (120050, None)
    assert is_stored_as(region_db, document)


def test_corrected_figures_are_the_next_revision(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())

    def correct(data: Data) -> None:
        first = data["facts"][0]
        values = first["values"] | {"alby": 1001}
        data["facts"].append(
            first | {"revision": 2, "corrects": "Rättad av källan", "control_total": 3001, "values": values}
        )

    document = edited(correct)
    done = applied(region_db, document)
    first, second = rows(region_db, FactSeriesRow, "revision")
    assert (second.corrects_id, second.corrects) == (first.id, "Rättad av källan")
    assert len(rows(region_db, FactValueRow)) == 4
    [change] = done.plan.changes
    assert change.action.value == "corrected"
    assert [(one.name, one.old, one.new) for one in change.fields if one.name.startswith("values.")] == [
        ("values.alby", 1000, 1001)
    ]
    assert is_stored_as(region_db, document)


def test_a_membership_lasts_as_long_as_its_organization(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    keys = {row.id: row.key for row in rows(region_db, OrganizationRow)}
    days = {keys[row.organization_id]: (row.valid_from, row.valid_to) for row in rows(region_db, GroupMemberRow)}
    assert days == {
        "alby": (date.min, None),
        "byn": (date(2025, 1, 1), None),
        "gamla-byn": (date.min, date(2025, 1, 1)),
    }


def test_who_leaves_a_group_is_kept_as_having_been_in_it(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    document = edited(lambda data: data["groups"][0]["members"].remove("gamla-byn"))
    applied(region_db, document)
    members = rows(region_db, GroupMemberRow)
    assert len(members) == 3
    assert len([row for row in members if row.superseded_at is not None]) == 1
    assert is_stored_as(region_db, document)
    applied(region_db, edited())
    assert len(rows(region_db, GroupMemberRow)) == 4
    assert is_stored_as(region_db, edited())


def test_another_basis_takes_the_amounts_of_the_one_before_away(
    applied: Apply, edited: Edit, region_db: Engine
) -> None:
    applied(region_db, edited())
    document = edited(lambda data: component(data).update(basis="invoices"))
    applied(region_db, document)
    current = [row for row in rows(region_db, CostAmountRow) if row.superseded_at is None]
    assert [(row.basis, row.ore) for row in current] == [("invoices", 100000)]
    assert is_stored_as(region_db, document)


def test_amounts_of_another_basis_are_not_the_documents(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    with region_transaction(region_db, Viewer.staff()) as session:
        [budget] = session.scalars(select(CostAmountRow))
        session.add(
            CostAmountRow(
                component_id=budget.component_id,
                basis="invoices",
                period_start=date(2026, 1, 1),
                period_end=date(2026, 2, 1),
                ore=9900,
                reference="F 1",
                source_title="A supplier",
            )
        )
    assert is_stored_as(region_db, edited())
    assert applied(region_db, edited()).written == {}


@pytest.mark.parametrize("parties", [[], ["alby"], ["kommuner", "alby"], ["region-prov", "byn"], ["kommuner"]])
def test_who_shares_a_cost_reads_back_by_the_names_that_were_applied(
    parties: list[str], applied: Apply, edited: Edit, region_db: Engine
) -> None:
    applied(region_db, edited())
    document = edited(lambda data: component(data).update(parties=parties))
    applied(region_db, document)
    assert is_stored_as(region_db, document)


def test_an_authority_may_come_after_its_districts(applied: Apply, edited: Edit, region_db: Engine) -> None:
    document = edited()
    reverse = document.model_copy(update={"organizations": document.organizations[::-1]})
    applied(region_db, reverse)
    assert is_stored_as(region_db, document)


def test_a_boolean_and_a_number_are_different_settings(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited(lambda data: component(data)["settings"][0]["values"].update(earlier_counts=True)))
    document = edited(lambda data: component(data)["settings"][0]["values"].update(earlier_counts=False))
    applied(region_db, document)
    assert is_stored_as(region_db, document)


def test_each_apply_that_changes_something_stands_in_the_audit_chain(
    applied: Apply, edited: Edit, region_db: Engine
) -> None:
    applied(region_db, edited())
    applied(region_db, edited())
    document = edited(lambda data: data["plugins"].remove("direct-usage"))
    applied(region_db, document, allow_deletion=True)
    first, second = (json.loads(row.content) for row in rows(region_db, AuditEntryRow, "id"))
    assert (first["event"], first["subject"]) == ("document.applied", "document_revision:1")
    assert first["actor"] == {"id": "a test", "kind": "system"}
    assert second["details"] == {
        "changes": {"removed": 1},
        "digest": document.digest,
        "removed": ["plugins[direct-usage]"],
    }


def test_who_applied_is_kept_with_the_document(edited: Edit, region_db: Engine, registry: Registry) -> None:
    client = Actor(ActorKind.CLIENT, "b7")
    with region_transaction(region_db, Viewer.staff()) as session:
        apply(session, edited(), registry=registry, applied_by=client)
    with region_transaction(region_db, Viewer.staff(read_only=True)) as session:
        found = last_applied(session)
    assert found is not None
    assert found.applied_by == "client:b7"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data["plugins"].remove("per-capita"), "is not enabled for prov"),
        (lambda data: data["groups"][0]["members"].append("nobody"), 'There is no organization "nobody"'),
        (
            lambda data: component(data)["settings"].append(component(data)["settings"][0]),
            "Two revisions of the settings are in force from 2026-01-01",
        ),
        (lambda data: data["facts"][0].update(control_total=1), "the source's control total is 1"),
    ],
)
def test_a_document_that_is_not_valid_with_what_is_installed_is_not_applied(
    change: Callable[[Data], object], what: str, *, applied: Apply, edited: Edit, region_db: Engine
) -> None:
    with pytest.raises(TenantError, match=what):
        applied(region_db, edited(change))
    assert rows(region_db, OrganizationRow) == []
