from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from andel.sdk.cost import Allocation, Ceiling, CostRequest, Promise, Split, Tariff
from andel.sdk.demands import CHECKS, Subject, examine, own_copy
from andel.sdk.errors import WorkingsError
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Column, Remainder, Role, Rounding, Workings

PARTIES = tuple(
    Party(key=key, name=key, kind=PartyKind.MUNICIPALITY, valid_from=since)
    for key, since in (("a", date.min), ("b", date.min), ("later", date(2026, 1, 1)), ("region", date.min))
)
REQUEST = CostRequest(
    service="s", component="c", period=Period.year(2025), region="region", parties=PARTIES, amount=Money(100)
)


def column(role: Role, numerators: tuple[int, ...], denominator: int = 1) -> Column:
    label = Text(role.value, role.value)
    return Column(name=role.value, label=label, numerators=numerators, denominator=denominator, unit="ore", role=role)


COLUMNS = (
    column(Role.BASIS, (2, 1)),
    column(Role.IDEAL, (100, 50), 3),
    column(Role.CAP, (33, 1000)),
    column(Role.AMOUNT, (33, 17)),
)
WORKINGS = Workings(parties=("a", "b"), columns=COLUMNS)
SPLIT = Split(parties=("a", "b"), amounts=(33, 17), workings=WORKINGS, total=100, region=50)
TARIFF = Tariff(parties=("a", "b"), amounts=(33, 17), workings=WORKINGS, supplier_cost=100, residual=50)
CEILING = Ceiling(parties=("a", "b"), amounts=(33, 17), workings=WORKINGS)
PROMISES = frozenset({Promise.WITHIN_QUOTA, Promise.NEVER_ABOVE_CAP, Promise.ZERO_FOR_ZERO})


def found(result: Allocation, promised: frozenset[Promise] = PROMISES) -> str:
    broken = examine(Subject(request=REQUEST, result=result, promised=promised), CHECKS)
    return broken[0] if broken else ""


def worked(*columns: Column, parties: tuple[str, ...] = ("a", "b"), **more: Any) -> Workings:  # noqa: ANN401  (its fields)
    return Workings(parties=parties, columns=columns, **more)


def renamed(first: str) -> dict[str, Any]:
    return {"parties": (first, "b"), "workings": worked(*COLUMNS, parties=(first, "b"))}


def paid(amounts: tuple[int, ...], **more: Any) -> dict[str, Any]:  # noqa: ANN401  (fields of the result)
    return {"amounts": amounts, "workings": worked(*COLUMNS[:3], column(Role.AMOUNT, amounts)), **more}


STRANGER_TOOK = Remainder(column="amount", method=Rounding.EXACT, units=1, takers=("stranger",))
HALF_TAKEN = Remainder(column="amount", method=Rounding.EXACT, units=True, takers=())


@pytest.mark.parametrize("result", [SPLIT, TARIFF, CEILING], ids=lambda result: result.kind)
def test_a_right_result_of_each_kind_breaks_nothing(result: Allocation) -> None:
    assert found(result) == ""


@pytest.mark.parametrize(
    ("demand", "result", "changes"),
    [
        ("exact_kind", SPLIT, {"amounts": [33, 17]}),
        ("whole_amounts", SPLIT, {"region": 50.0}),
        ("whole_amounts", SPLIT, {"total": True}),
        ("whole_amounts", TARIFF, {"residual": 50.0}),
        ("plain_parties", SPLIT, {"amounts": (33, 17, 0)}),
        ("plain_parties", SPLIT, {"payers": {"a": None}}),
        ("exact_workings", SPLIT, {"workings": worked(*COLUMNS, remainders=(HALF_TAKEN,))}),
        ("region_apart", SPLIT, renamed("region")),
        ("region_apart", SPLIT, {"payers": {"a": "region"}}),
        ("parties_asked", SPLIT, renamed("stranger")),
        ("parties_exist", SPLIT, renamed("later")),
        ("payers_known", SPLIT, {"payers": {"a": "stranger"}}),
        ("payers_known", SPLIT, {"payers": {"stranger": "a"}}),
        ("nothing_negative", SPLIT, paid((-1, 17), region=84)),
        ("nothing_negative", SPLIT, paid((33, 168), region=-101)),
        ("currency_asked", SPLIT, {"currency": "EUR"}),
        ("cost_stated", SPLIT, {"total": 101, "region": 51}),
        ("cost_stated", TARIFF, {"supplier_cost": None, "residual": None}),
        ("split_adds_up", SPLIT, {"region": 49}),
        ("tariff_residual", TARIFF, {"residual": 49}),
        ("tariff_residual", TARIFF, {"residual": None}),
        ("workings_same_parties", SPLIT, {"workings": worked(*COLUMNS, parties=("b", "a"))}),
        ("workings_same_amounts", SPLIT, {"amounts": (34, 16)}),
        ("workings_same_amounts", SPLIT, {"workings": worked(*COLUMNS[:3])}),
        ("workings_same_amounts", SPLIT, {"workings": worked(*COLUMNS[:3], replace(COLUMNS[3], unit="krona"))}),
        ("remainders_taken", SPLIT, {"workings": worked(*COLUMNS, remainders=(STRANGER_TOOK,))}),
        ("workings_follow", SPLIT, {"workings": worked(*COLUMNS[:3], replace(COLUMNS[3], formula="basis * 2"))}),
        ("within_quota", SPLIT, paid((32, 18))),
        ("within_quota", SPLIT, {"workings": worked(COLUMNS[0], *COLUMNS[2:])}),
        ("never_above_cap", SPLIT, paid((34, 16))),
        ("never_above_cap", SPLIT, {"workings": worked(*COLUMNS[:2], COLUMNS[3])}),
        ("zero_for_zero", SPLIT, {"workings": worked(column(Role.BASIS, (2, 0)), *COLUMNS[1:])}),
        ("zero_for_zero", SPLIT, {"workings": worked(*COLUMNS[1:])}),
    ],
)
def test_each_demand_finds_its_breach(demand: str, result: Allocation, changes: dict[str, Any]) -> None:
    assert found(replace(result, **changes)) == demand


def test_every_demand_is_broken_above() -> None:
    marks: list[Any] = test_each_demand_finds_its_breach.pytestmark
    assert {case[0] for case in marks[0].args[1]} == {demand.__name__ for demand in CHECKS}


def test_what_is_not_promised_is_not_demanded() -> None:
    loose = replace(SPLIT, workings=worked(COLUMNS[3]))
    assert found(loose, frozenset()) == ""
    assert found(loose) == "within_quota"


def test_rounding_may_cost_the_region_half_a_krona_for_each_party_and_no_more() -> None:
    assert found(replace(SPLIT, **paid((33, 167), region=-100)), frozenset()) == ""


def test_a_breach_is_told_in_both_languages() -> None:
    broken = examine(Subject(request=REQUEST, result=replace(SPLIT, region=49), promised=PROMISES), CHECKS)
    assert broken == ("split_adds_up", Text("andelarna missar summan med 1 öre", "the shares miss the total by 1 öre"))


def test_a_copy_is_equal_and_shares_nothing_that_can_change() -> None:
    payers = {"a": "b"}
    copy = own_copy(replace(SPLIT, payers=payers))
    payers["a"] = "later"
    assert copy == replace(SPLIT, payers={"a": "b"})
    assert copy.workings is not SPLIT.workings


def test_what_is_no_result_and_workings_changed_afterwards_cannot_be_copied() -> None:
    with pytest.raises(TypeError, match="dict"):
        own_copy({})
    forged = replace(SPLIT, workings=worked(*COLUMNS))
    object.__setattr__(forged.workings, "parties", ("a", "a"))
    with pytest.raises(WorkingsError, match="stands twice"):
        own_copy(forged)
