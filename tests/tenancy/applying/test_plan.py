"""Two documents compared, and how the difference is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.naming import meant, named_parties
from andel.tenancy.model.plan import Action, Plan, changes_between, plan_of
from andel.tenancy.model.plan_text import change_lines, plan_data, summary

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Data, Edit

GROUPS = {"alla": ("a", "b", "c", "d"), "norr": ("a", "b"), "soder": ("c", "d"), "mitt": ("b", "c")}


def told(before: TenantDocument | None, after: TenantDocument | None) -> list[str]:
    return [text for _, text in change_lines(changes_between(before, after))]


def component(data: Data) -> Data:
    found: Data = data["services"][0]["components"][0]
    return found


def test_a_document_differs_from_itself_in_nothing(documents: dict[str, TenantDocument]) -> None:
    for document in documents.values():
        assert changes_between(document, document) == ()
        assert changes_between(document, document.model_copy(update={"facts": document.facts[::-1]})) == ()


def test_what_is_added_one_way_is_removed_the_other(documents: dict[str, TenantDocument]) -> None:
    skane, dalarna = documents["skane"], documents["dalarna"]
    there, back = changes_between(skane, dalarna), changes_between(dalarna, skane)
    assert {one.place for one in there} == {one.place for one in back}
    added = {one.place for one in there if one.action is Action.ADDED}
    assert added
    assert {one.place for one in back if one.action is Action.REMOVED} == added


def test_a_whole_service_is_told_once_with_what_is_in_it(edited: Edit) -> None:
    with_two = edited(lambda data: data["services"].append(data["services"][0] | {"key": "annan"}))
    line = "services[annan] Tjänst (with 1 cost component, 1 revision of settings, 1 amount)"
    assert told(edited(), with_two) == [f"+ {line}"]
    assert told(with_two, edited()) == [f"- {line}"]
    assert len(changes_between(edited(), with_two)) == 4


def test_a_list_tells_who_came_and_who_went(edited: Edit) -> None:
    def change(data: Data) -> None:
        data["groups"][0]["members"] = ["alby", "byn", "region-prov"]

    assert told(edited(), edited(change)) == [
        "~ groups[kommuner] Kommunerna",
        "      members: -gamla-byn +region-prov",
    ]


def test_fields_that_come_and_go_are_told_as_such(edited: Edit) -> None:
    def change(data: Data) -> None:
        data["services"][0]["summary"] = {"sv": "Mer", "en": "More"}
        data["region"].pop("organization_number")

    assert told(edited(), edited(change)) == [
        "~ region Region Prov",
        "      organization_number: 232100-0180 (taken away)",
        "~ services[tjanst] Tjänst",
        "      summary.sv: Mer (new)",
        "      summary.en: More (new)",
    ]


def test_a_long_value_is_cut(edited: Edit) -> None:
    [_, line] = told(edited(), edited(lambda data: data["region"].update(name="x" * 500)))
    assert len(line) < 130
    assert line.endswith("...")


def test_corrected_figures_are_compared_with_what_they_correct(edited: Edit) -> None:
    def first(data: Data) -> None:
        series = data["facts"][0] | {"revision": 2, "corrects": "Rättad", "control_total": 3001}
        data["facts"].append(series | {"values": series["values"] | {"alby": 1001}})

    def second(data: Data) -> None:
        series = data["facts"][1] | {"revision": 3, "corrects": "Rättad igen", "control_total": 3005}
        data["facts"].append(series | {"values": series["values"] | {"byn": 2004}})

    assert told(edited(), edited(first)) == [
        "~ facts[inhabitants 2025-12-31 revision 2] (corrected, what it was is kept)",
        "      control_total: 3000 -> 3001",
        "      corrects: Rättad (new)",
        "      alby: 1000 -> 1001",
    ]
    assert told(edited(first), edited(first, second))[3:] == ["      byn: 2000 -> 2004"]


def test_settings_are_told_name_by_name(edited: Edit) -> None:
    changed = edited(lambda data: component(data)["settings"][0]["values"].update(counted_on="06-30"))
    assert told(edited(), changed) == [
        "~ services[tjanst].components[drift].settings[2026-01-01] (corrected, what it was is kept)",
        "      counted_on: 12-31 -> 06-30",
    ]


def test_a_plan_is_summed_up_and_written_as_json(edited: Edit) -> None:
    document = edited(
        lambda data: data["organizations"][0].update(name="Annan"),
        lambda data: component(data).pop("costs"),
        lambda data: data["plugins"].append("per-user"),
    )
    plan = plan_of(document, database=edited(), applied=edited(), applied_digest=edited().digest)
    assert summary(plan) == "1 added, 1 changed, 1 removed"
    data = json.loads(json.dumps(plan_data(plan)))
    assert (data["same"], data["digest"]) == (False, document.digest)
    assert [one["action"] for one in data["changes"]] == ["added", "changed", "removed"]
    assert summary(Plan(tenant="prov", digest="")) == "nothing to do"


@pytest.mark.parametrize(
    ("parties", "before", "names"),
    [
        ("abcd", (), ("alla",)),
        ("abcd", ("norr", "soder"), ("norr", "soder")),
        ("abcd", ("a", "b", "c", "d"), ("a", "b", "c", "d")),
        ("abc", (), ("mitt", "norr")),
        ("abc", ("norr", "soder"), ("mitt", "norr")),
        ("ab", (), ("norr",)),
        ("ac", ("alla",), ("a", "c")),
        ("ae", (), ("a", "e")),
    ],
)
def test_who_shares_is_named_as_before_or_by_the_largest_groups(
    parties: str, before: tuple[str, ...], names: tuple[str, ...]
) -> None:
    found = named_parties(frozenset(parties), GROUPS, before=before)
    assert set(found) == set(names)
    assert meant(found, GROUPS) == frozenset(parties)
