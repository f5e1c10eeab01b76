from __future__ import annotations

from fractions import Fraction

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.building import Named, charge, cost_scalar, divide, kept, region_scalar
from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Scalar, Workings

PARTIES = tuple(Party(key=key, name=key.upper(), kind=PartyKind.MUNICIPALITY) for key in "abc")
NAMES = Named(total="part", basis="users", whole="all")
LABEL = Text("Etikett", "Label")
SOURCE = Source(title="Made up")


def request(ore: int | None) -> CostRequest:
    return CostRequest(
        service="s",
        component="c",
        period=Period.year(2026),
        region="r",
        parties=PARTIES,
        amount=None if ore is None else Money(ore),
    )


def users(*counted: int) -> Column:
    return Column(name="users", label=LABEL, numerators=counted, unit="user", role=Role.BASIS, source=SOURCE)


def price(value: Fraction) -> Scalar:
    return Scalar(name="price", label=LABEL, value=value, unit="ore/user", source=SOURCE)


@pytest.mark.parametrize(
    ("method", "amounts", "missed"),
    [
        (Rounding.LARGEST_REMAINDER, (4, 1, 0), 0),
        (Rounding.WEBSTER, (3, 1, 1), 0),
        (Rounding.HALF_UP_RECONCILED, (4, 1, 1), -1),
    ],
)
def test_a_sum_is_divided_by_the_method_and_its_formula_gives_the_same(
    method: Rounding, amounts: tuple[int, ...], missed: int
) -> None:
    divided = divide(5, (6, 1, 1), PARTIES, method=method, names=NAMES)  # 3.75, 0.625, 0.625

    assert divided.amounts == amounts
    assert sum(amounts) + missed == 5
    assert [finding.code for finding in divided.findings] == ["reconciliation"] * (missed != 0)
    scalars = tuple(
        Scalar(name=name, label=LABEL, value=Fraction(value), unit="ore", source=SOURCE)
        for name, value in (("part", 5), ("all", 8))
    )
    check_replay(Workings(parties=("a", "b", "c"), scalars=scalars, columns=(users(6, 1, 1), *divided.columns)))


def test_who_took_the_odd_ore_is_remembered() -> None:
    divided = divide(5, (6, 1, 1), PARTIES, method=Rounding.LARGEST_REMAINDER, names=NAMES)

    (remainder,) = divided.remainders
    assert (remainder.column, remainder.units, remainder.takers) == ("amount", 2, ("a", "b"))


def test_nothing_divided_by_nothing_is_nothing_and_something_by_nothing_refused() -> None:
    assert divide(0, (0, 0, 0), PARTIES, method=Rounding.WEBSTER, names=NAMES).amounts == (0, 0, 0)
    with pytest.raises(AllocationError):
        divide(1, (0, 0, 0), PARTIES, method=Rounding.WEBSTER, names=NAMES)


def test_the_region_bears_what_is_left_also_when_rounding_took_too_much() -> None:
    assert region_scalar(request(10), (3, 3)).value == 4
    assert region_scalar(request(5), (3, 3)).value == -1


def test_a_cost_is_an_amount_that_is_not_negative() -> None:
    assert cost_scalar(request(5)).value == 5
    for ore in (None, -5):
        with pytest.raises(AllocationError):
            cost_scalar(request(ore))


def test_a_quantity_is_priced_and_each_amount_rounded_half_up() -> None:
    tariff = charge(request(10), PARTIES, users(1, 2, 3), factors=[price(Fraction(1, 2))])

    assert tariff.amounts == (1, 1, 2)
    assert (tariff.supplier_cost, tariff.residual) == (10, 6)
    check_replay(tariff.workings)


def test_a_part_of_a_year_multiplies_the_price() -> None:
    part = Scalar(name="part", label=LABEL, value=Fraction(1, 4), unit="year", source=SOURCE)

    tariff = charge(request(None), PARTIES, users(1, 2, 3), factors=[price(Fraction(8)), part])

    assert tariff.amounts == (2, 4, 6)
    assert tariff.workings.column("ideal").formula == "price * users * part"
    assert (tariff.supplier_cost, tariff.residual) == (None, None)
    check_replay(tariff.workings)


def test_what_half_up_rounding_leaves_to_the_region_keeps_no_monotony() -> None:
    assert Promise.HOUSE_MONOTONE not in kept(Rounding.HALF_UP_RECONCILED)
    assert Promise.HOUSE_MONOTONE in kept(Rounding.WEBSTER)
    assert Promise.HOUSE_MONOTONE not in kept(Rounding.WEBSTER, monotone=False)
    assert Promise.WITHIN_QUOTA in kept(Rounding.LARGEST_REMAINDER)
