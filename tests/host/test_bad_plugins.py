"""Every way that a cost model can break its contract: refused, named, and nothing changed.

Each check is needed: the model that it stops would pass if it were taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from andel.host.errors import PluginError
from andel.host.facade import Facade
from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, Ceiling, CostRequest, Split, Tariff
from andel.sdk.demands import CHECKS, Check
from andel.sdk.workings import Column, Remainder, Role, Rounding, Workings

if TYPE_CHECKING:
    from tests.host.conftest import Desk

PARTIES = ("alvik", "borg", "cedra")
AMOUNTS = (2000, 4000, 0)
YES, NO = True, False

Spoil = Callable[["Desk"], object]


class CleverSplit(Split):
    """A subclass brings code of its own along."""

    @property
    def shares(self) -> tuple[Any, ...]:
        return ()


class CleverColumn(Column):
    """As above."""


def fields_of(value: Column) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


class Key(str):
    """A string that is not quite one."""

    __slots__ = ()


def with_columns(desk: Desk, change: Callable[[Column], Column]) -> Split:
    workings = desk.workings()
    return desk.split(workings=replace(workings, columns=tuple(map(change, workings.columns))))


def amount_column(desk: Desk, **changes: Any) -> Split:  # noqa: ANN401  (fields of the class)
    return with_columns(desk, lambda each: replace(each, **changes) if each.role is Role.AMOUNT else each)


def without(desk: Desk, role: Role) -> Split:
    return with_columns(desk, lambda each: replace(each, role=None) if each.role is role else each)


def amounts(desk: Desk, *values: Any) -> Split:  # noqa: ANN401  (whole öre, or what a plugin takes for it)
    whole = tuple(int(value) for value in values)
    return desk.split(amounts=values, workings=desk.workings(amounts=whole), region=10000 - sum(whole))


def parties(desk: Desk, *keys: str) -> Split:
    return desk.split(parties=keys, workings=desk.workings(parties=keys))


def tariff(desk: Desk, **changes: Any) -> Tariff:  # noqa: ANN401  (fields of the class)
    right = Tariff(parties=PARTIES, amounts=AMOUNTS, workings=desk.workings(), supplier_cost=10000, residual=4000)
    return replace(right, **changes)


def remainder(desk: Desk, units: object) -> Split:
    taken = Remainder(column="amount", method=Rounding.LARGEST_REMAINDER, units=units, takers=("alvik",))  # type: ignore[arg-type]  # the plugin's mistake
    return desk.split(workings=replace(desk.workings(), remainders=(taken,)))


def left_over(desk: Desk, **changes: Any) -> Split:  # noqa: ANN401  (fields of the class)
    taken = Remainder(column="amount", method=Rounding.LARGEST_REMAINDER, units=1, takers=("alvik",))
    return desk.split(workings=replace(desk.workings(), remainders=(replace(taken, **changes),)))


BAD: dict[str, list[tuple[str, Spoil]]] = {
    "exact_kind": [
        ("a subclass", lambda desk: CleverSplit(**vars(desk.split()))),
        ("a column of its own", lambda desk: with_columns(desk, lambda each: CleverColumn(**fields_of(each)))),
        ("lists", lambda desk: desk.split(amounts=list(AMOUNTS), workings=Sly(desk.workings(), list(AMOUNTS)))),
    ],
    "whole_amounts": [
        ("floats", lambda desk: amounts(desk, 2000.0, 4000.0, 0.0)),
        ("a fraction", lambda desk: amounts(desk, Fraction(2000), 4000, 0)),
        ("a decimal", lambda desk: amounts(desk, 2000, Decimal(4000), 0)),
        ("a bool", lambda desk: amounts(desk, 2000, 4000, NO)),
        ("a float total", lambda desk: desk.split(total=10000.0)),
        ("a float for the region", lambda desk: desk.split(region=4000.0)),
        ("a float residual", lambda desk: tariff(desk, residual=4000.0)),
    ],
    "plain_parties": [
        ("strings that are not quite", lambda desk: desk.split(parties=tuple(map(Key, PARTIES)))),
        ("an odd payer", lambda desk: desk.split(payers={"alvik": Key("borg")})),
    ],
    "exact_workings": [("a bool for a count", lambda desk: remainder(desk, YES))],
    "region_apart": [
        ("the region is charged", lambda desk: parties(desk, "region", "borg", "cedra")),
        ("the region is invoiced", lambda desk: desk.split(payers={"alvik": "region"})),
    ],
    "parties_asked": [("a foreign party", lambda desk: parties(desk, "stranger", "borg", "cedra"))],
    "parties_exist": [
        ("one that is gone", lambda desk: parties(desk, "gone", "borg", "cedra")),
        ("one that is to come", lambda desk: parties(desk, "to-come", "borg", "cedra")),
    ],
    "payers_known": [
        ("an unknown payer", lambda desk: desk.split(payers={"alvik": "stranger"})),
        ("a payer for nobody", lambda desk: desk.split(payers={"stranger": "alvik"})),
    ],
    "nothing_negative": [
        ("a negative amount", lambda desk: amounts(desk, -100, 6100, 0)),
        ("a negative rest", lambda desk: amounts(desk, 6000, 4000, 151)),
    ],
    "currency_asked": [("euros", lambda desk: desk.split(currency="EUR"))],
    "cost_stated": [
        ("another total", lambda desk: desk.split(total=10001, region=4001)),
        ("another supplier's cost", lambda desk: tariff(desk, supplier_cost=9000, residual=3000)),
        ("an unknown supplier's cost", lambda desk: tariff(desk, supplier_cost=None, residual=None)),
    ],
    "split_adds_up": [
        ("loses an öre", lambda desk: desk.split(region=3999)),
        ("finds an öre", lambda desk: desk.split(region=4001)),
    ],
    "tariff_residual": [
        ("another residual", lambda desk: tariff(desk, residual=3999)),
        ("no residual", lambda desk: tariff(desk, residual=None)),
    ],
    "workings_same_parties": [
        ("in another order", lambda desk: desk.split(workings=desk.workings(parties=("borg", "alvik", "cedra")))),
    ],
    "workings_same_amounts": [
        ("other amounts", lambda desk: amount_column(desk, numerators=(2001, 3999, 0))),
        ("kronor", lambda desk: amount_column(desk, unit="krona")),
        ("parts of öre", lambda desk: amount_column(desk, numerators=(4000, 8000, 0), denominator=2)),
        ("no column of amounts", lambda desk: without(desk, Role.AMOUNT)),
    ],
    "remainders_taken": [
        ("by a stranger", lambda desk: left_over(desk, takers=("stranger",))),
        ("by fewer than there were", lambda desk: left_over(desk, units=2)),
        ("in a column that is not there", lambda desk: left_over(desk, column="other")),
    ],
    "workings_follow": [
        ("another formula", lambda desk: amount_column(desk, formula="largest_remainder(7, inhabitants)")),
        ("a name that is nowhere", lambda desk: amount_column(desk, formula="nope * 2")),
        ("code", lambda desk: amount_column(desk, formula='__import__("os")')),
    ],
    "within_quota": [
        ("an öre too much", lambda desk: amounts(desk, 2001, 3999, 0)),
        ("an öre too little", lambda desk: amounts(desk, 1999, 4000, 0)),
        ("nothing to check it by", lambda desk: without(desk, Role.IDEAL)),
    ],
    "never_above_cap": [
        ("above the cap", lambda desk: amounts(desk, 2000, 4001, 0)),
        ("nothing to check it by", lambda desk: without(desk, Role.CAP)),
    ],
    "zero_for_zero": [
        ("pays without inhabitants", lambda desk: amounts(desk, 2000, 4000, 1)),
        ("nothing to check it by", lambda desk: without(desk, Role.BASIS)),
    ],
}
"""For each check, results that it alone stops."""

PROMISED = {
    "within_quota": frozenset({Promise.WITHIN_QUOTA}),
    "never_above_cap": frozenset({Promise.NEVER_ABOVE_CAP}),
    "zero_for_zero": frozenset({Promise.ZERO_FOR_ZERO}),
}
CASES = [pytest.param(check, spoil, id=f"{check}: {name}") for check, cases in BAD.items() for name, spoil in cases]


def Sly(workings: Workings, numerators: list[int]) -> Workings:  # noqa: N802  (reads as a kind of workings)
    """Workings whose amounts are a list, as those of the result."""
    changes: dict[str, Any] = {"numerators": numerators}
    columns = tuple(replace(each, **changes) if each.role is Role.AMOUNT else each for each in workings.columns)
    return replace(workings, columns=columns)


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that gives a spoilt answer, and the request it is asked with."""

    desk: Desk
    check: str
    spoil: Spoil

    def with_checks(self, checks: tuple[Check, ...]) -> Allocation:
        model = self.desk.model(self.spoil(self.desk), promises=PROMISED.get(self.check, frozenset()))
        return Facade(checks=checks).allocate(model, self.request(), self.desk.settings).allocation

    def request(self) -> CostRequest:
        request = self.desk.request()
        gone = self.desk.party("gone", valid_to=date(2025, 1, 1))
        to_come = self.desk.party("to-come", valid_from=date(2026, 1, 1))
        return replace(request, parties=(*request.parties, gone, to_come))


@pytest.mark.parametrize(("check", "spoil"), CASES)
def test_a_bad_result_is_stopped_by_its_check_and_names_plugin_and_version(
    desk: Desk, check: str, spoil: Spoil
) -> None:
    with pytest.raises(PluginError) as caught:
        Asked(desk, check, spoil).with_checks(CHECKS)
    assert caught.value.where == f"answering 1.0 (andel-answering 3.1), {check}"
    assert "answering 1.0 (andel-answering 3.1)" in caught.value.what
    assert "Ingenting har ändrats." in caught.value.remedy


@pytest.mark.parametrize(("check", "spoil"), CASES)
def test_without_that_check_the_bad_result_would_pass(desk: Desk, check: str, spoil: Spoil) -> None:
    others = tuple(each for each in CHECKS if each.__name__ != check)
    assert len(others) == len(CHECKS) - 1
    assert isinstance(Asked(desk, check, spoil).with_checks(others), Allocation)


def test_every_check_has_a_model_that_only_it_stops() -> None:
    assert {check.__name__ for check in CHECKS} == set(BAD)


@pytest.mark.parametrize("promises", [frozenset(), frozenset(Promise)])
def test_a_right_result_passes_every_check(desk: Desk, promises: frozenset[Promise]) -> None:
    for answer in (desk.split(), tariff(desk), Ceiling(parties=PARTIES, amounts=AMOUNTS, workings=desk.workings())):
        result = Facade().allocate(desk.model(answer, promises=promises), desk.request(), desk.settings)
        assert result.allocation == answer


def test_a_party_that_stands_twice_cannot_even_be_worked_out(desk: Desk) -> None:
    twice = desk.model(lambda *_: parties(desk, "alvik", "alvik", "cedra"))
    with pytest.raises(PluginError, match='WorkingsError: The party "alvik" stands twice'):
        Facade().allocate(twice, desk.request(), desk.settings)


def test_a_float_in_a_column_cannot_be_smuggled_in_afterwards(desk: Desk) -> None:
    split = desk.split()
    object.__setattr__(split.workings.columns[3], "numerators", (2000.0, 4000, 0))
    with pytest.raises(PluginError, match="not exact integers"):
        Facade().allocate(desk.model(split), desk.request(), desk.settings)


def test_a_float_among_the_words_of_the_workings_is_refused(desk: Desk) -> None:
    split = amount_column(desk, formula=1.5)
    with pytest.raises(PluginError, match=r"1\.5"):
        Facade().allocate(desk.model(split), desk.request(), desk.settings)


def test_a_forged_digest_is_not_believed(desk: Desk) -> None:
    split = desk.split()
    vars(split.workings).update(canonical=b"{}", digest="0" * 64)
    result = Facade().allocate(desk.model(split), desk.request(), desk.settings)
    assert result.workings_digest == desk.workings().digest
    assert result.allocation.workings.canonical == desk.workings().canonical


def test_a_plugin_keeps_no_hold_on_its_result(desk: Desk) -> None:
    payers = {"alvik": "borg"}
    result = Facade().allocate(desk.model(desk.split(payers=payers)), desk.request(), desk.settings)
    payers["cedra"] = "stranger"
    assert result.allocation.payers == {"alvik": "borg"}


def test_workings_that_are_changed_after_the_examination_are_not_those_of_the_result(desk: Desk) -> None:
    split = desk.split()
    result = Facade().allocate(desk.model(split), desk.request(), desk.settings)
    object.__setattr__(split.workings.columns[3], "numerators", (1, 2, 3))
    assert result.allocation.workings == desk.workings()


@pytest.mark.parametrize(
    ("changes", "answer", "stopped"),
    [
        ({"amount": None}, lambda desk: tariff(desk, supplier_cost=None, residual=None), False),
        ({"amount": None}, tariff, True),
        ({"amount": None}, lambda desk: desk.split(region=4000), True),
        ({"amount": None}, lambda desk: tariff(desk, supplier_cost=None, residual=None, currency="EUR"), True),
    ],
)
def test_a_component_without_an_amount_is_in_kronor_and_has_no_split(
    desk: Desk, changes: dict[str, Any], answer: Spoil, *, stopped: bool
) -> None:
    model, request = desk.model(answer(desk)), desk.request(**changes)
    if stopped:
        with pytest.raises(PluginError):
            Facade().allocate(model, request, desk.settings)
    else:
        assert Facade().allocate(model, request, desk.settings).allocation.currency == "SEK"


def test_a_ceiling_may_list_a_party_of_another_day(desk: Desk) -> None:
    keys = ("gone", "borg", "cedra")
    answer = Ceiling(parties=keys, amounts=AMOUNTS, workings=desk.workings(parties=keys))
    asked = Asked(desk, "parties_exist", lambda _: answer)
    assert asked.with_checks(CHECKS) == answer
