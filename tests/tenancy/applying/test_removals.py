"""Nothing is removed unless it is allowed, and never what stored results or history refer to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, select

from andel.costs.service.reading import read_book
from andel.costs.tables import CostComponentRow, ServiceRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.book import book_of
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying import ApplyError, RefusedError, RemovalError, refusing
from andel.tenancy.service.pulling import document_of

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Apply, Data, Edit, Planned, StoreResults

Change = Callable[[Any], object]


def new_organization(data: Data) -> None:
    data["organizations"].append({"key": "ceby", "name": "Ceby", "kind": "municipality", "source": "A printed page"})


def second_component(data: Data) -> None:
    parts = data["services"][0]["components"]
    parts.append(parts[0] | {"key": "support"})


def second_service(data: Data) -> None:
    data["services"].append(data["services"][0] | {"key": "annan"})


def without(data: Data, kind: str, key: str) -> None:
    data[kind] = [one for one in data[kind] if one["key"] != key]


def is_stored_as(engine: Engine, document: TenantDocument) -> bool:
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        found = document_of(session)
        return found is not None and found.digest == document.digest and read_book(session) == book_of(document)


REMOVALS: dict[str, tuple[tuple[Change, ...], tuple[Change, ...], str]] = {
    "an organization": ((new_organization,), (), "organizations[ceby]"),
    "a group": (
        (lambda data: data["groups"].append(data["groups"][0] | {"key": "alla", "members": ["alby"]}),),
        (),
        "groups[alla]",
    ),
    "a plugin": (
        (),
        (lambda data: data["plugins"].remove("direct-usage"),),
        "plugins[direct-usage]",
    ),
    "a succession": (
        (),
        (lambda data: data.update(successions=[]),),
        "successions[byn 2025-01-01]",
    ),
    "a component": ((second_component,), (), "services[tjanst].components[support]"),
    "a service": ((second_service,), (), "services[annan]"),
    "an amount": (
        (),
        (lambda data: data["services"][0]["components"][0].pop("costs"),),
        "services[tjanst].components[drift].costs[2026]",
    ),
}


@pytest.mark.parametrize(("before", "after", "where"), REMOVALS.values(), ids=list(REMOVALS))
def test_what_nothing_refers_to_is_removed_only_when_it_is_allowed(
    before: tuple[Change, ...],
    after: tuple[Change, ...],
    where: str,
    *,
    applied: Apply,
    edited: Edit,
    region_db: Engine,
) -> None:
    full, rest = edited(*before), edited(*after)
    applied(region_db, full)
    with pytest.raises(RemovalError) as caught:
        applied(region_db, rest)
    assert where in [complaint.where for complaint in caught.value.complaints]
    assert is_stored_as(region_db, full)
    assert applied(region_db, rest, allow_deletion=True).plan.removals
    assert is_stored_as(region_db, rest)
    assert applied(region_db, rest).written == {}
    applied(region_db, full)
    assert is_stored_as(region_db, full)


def test_an_organization_that_stands_in_history_is_ended_and_not_removed(
    applied: Apply, edited: Edit, planned: Planned, region_db: Engine
) -> None:
    member = edited(new_organization, lambda data: data["groups"][0]["members"].append("ceby"))
    applied(region_db, member)
    applied(region_db, edited(new_organization))
    [refusal] = planned(region_db, edited()).refusals
    assert (refusal.what, refusal.where) == ("It stands in what is kept: group_member.", "organizations[ceby]")
    assert "valid_to" in str(refusal.remedy)
    with pytest.raises(RefusedError):
        applied(region_db, edited(), allow_deletion=True)
    assert is_stored_as(region_db, edited(new_organization))


def test_what_staff_may_not_look_into_is_refused_by_the_database(
    applied: Apply, edited: Edit, region_db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = edited(new_organization, lambda data: data["groups"][0]["members"].append("ceby"))
    applied(region_db, member)
    applied(region_db, edited(new_organization))
    monkeypatch.setattr(refusing, "may_read", lambda *_: False)
    with pytest.raises(RefusedError, match="stands in what is kept: group_member"):
        applied(region_db, edited(), allow_deletion=True)
    assert is_stored_as(region_db, edited(new_organization))


def test_figures_are_neither_removed_nor_overwritten(applied: Apply, edited: Edit, region_db: Engine) -> None:
    def counted(data: Data) -> None:
        data["facts"].append(data["facts"][0] | {"name": "orders", "unit": "item"})

    applied(region_db, edited(counted))
    with pytest.raises(RefusedError, match="are no longer in the document"):
        applied(region_db, edited(), allow_deletion=True)
    changed = edited(counted, lambda data: data["facts"][1]["values"].update(alby=999, byn=2001))
    with pytest.raises(RefusedError, match="would be overwritten: alby, byn"):
        applied(region_db, changed, allow_deletion=True)
    assert is_stored_as(region_db, edited(counted))


KEPT: dict[str, tuple[Change, str]] = {
    "the component": (lambda data: without(data["services"][0], "components", "drift"), "allocation"),
    "the service": (lambda data: without(data, "services", "tjanst"), "allocation"),
    "the amount": (
        lambda data: data["services"][0]["components"][0].pop("costs"),
        "of the period from 2026-01-01",
    ),
    "the plugin": (
        lambda data: (data["plugins"].remove("per-capita"), data.update(services=[])),
        "The plugin per-capita has made results",
    ),
}


@pytest.mark.parametrize(("change", "why"), KEPT.values(), ids=list(KEPT))
def test_what_a_stored_result_refers_to_is_never_removed(
    change: Change,
    why: str,
    *,
    applied: Apply,
    edited: Edit,
    region_db: Engine,
    store_results: StoreResults,
) -> None:
    full = edited(second_component, second_service)
    applied(region_db, full)
    store_results(region_db, "tjanst", year=2026)
    with pytest.raises(RefusedError) as caught:
        applied(region_db, edited(second_component, second_service, change), allow_deletion=True)
    assert any(why in str(complaint.what) for complaint in caught.value.complaints), str(caught.value)
    assert is_stored_as(region_db, full)


def test_settings_that_a_stored_result_was_made_with_are_never_removed(
    applied: Apply, edited: Edit, region_db: Engine, store_results: StoreResults
) -> None:
    def later(data: Data) -> None:
        component = data["services"][0]["components"][0]
        settings, costs = component["settings"], component["costs"]
        values = settings[0]["values"] | {"earlier_counts": True}
        settings.append(settings[0] | {"valid_from": "2027-01-01", "values": values})
        costs.append(costs[0] | {"year": 2027})

    applied(region_db, edited(later))
    store_results(region_db, "tjanst", year=2026)
    applied(region_db, edited(), allow_deletion=True)
    applied(region_db, edited(later))
    store_results(region_db, "tjanst", year=2027)
    with pytest.raises(RefusedError) as caught:
        applied(region_db, edited(), allow_deletion=True)
    assert {complaint.where: str(complaint.what)[-23:] for complaint in caught.value.complaints} == {
        "services[tjanst].components[drift].costs[2027]": "period from 2027-01-01.",
        "services[tjanst].components[drift].settings[2027-01-01]": "period from 2027-01-01.",
    }


def test_a_service_goes_as_a_whole_or_keeps_a_component(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited())
    with pytest.raises(RefusedError, match="without any cost component"):
        applied(region_db, edited(lambda data: data["services"][0].pop("components")), allow_deletion=True)


def test_what_was_removed_keeps_its_row_and_comes_back_as_the_same(
    applied: Apply, edited: Edit, region_db: Engine
) -> None:
    def ids() -> set[object]:
        with region_transaction(region_db, Viewer.staff(read_only=True)) as session:
            return {*session.scalars(select(CostComponentRow.id)), *session.scalars(select(ServiceRow.id))}

    full = edited(second_component, second_service)
    applied(region_db, full)
    before = ids()
    applied(region_db, edited(), allow_deletion=True)
    assert ids() == before
    applied(region_db, full)
    assert ids() == before


def test_a_service_that_never_had_a_component_leaves_no_row(applied: Apply, edited: Edit, region_db: Engine) -> None:
    def empty_service(data: Data) -> None:
        data["services"].append(data["services"][0] | {"key": "annan", "components": []})

    applied(region_db, edited(empty_service))
    applied(region_db, edited(), allow_deletion=True)
    with region_transaction(region_db, Viewer.staff(read_only=True)) as session:
        assert list(session.scalars(select(ServiceRow.key))) == ["tjanst"]


def test_a_removed_organization_leaves_no_row(applied: Apply, edited: Edit, region_db: Engine) -> None:
    applied(region_db, edited(new_organization))
    applied(region_db, edited(), allow_deletion=True)
    with region_transaction(region_db, Viewer.staff(read_only=True)) as session:
        keys = session.scalars(select(OrganizationRow.key).order_by(OrganizationRow.key))
        assert list(keys) == ["alby", "byn", "gamla-byn", "region-prov"]


@pytest.mark.parametrize(("field", "key"), [("key", "annat"), ("organization", "annan-region")])
def test_the_database_of_one_region_never_becomes_anothers(
    field: str, key: str, *, applied: Apply, edited: Edit, region_db: Engine
) -> None:
    applied(region_db, edited())
    with pytest.raises(ApplyError, match="A key never changes"):
        applied(region_db, edited(lambda data: data["region"].update({field: key})), allow_deletion=True)
    assert is_stored_as(region_db, edited())
