from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.errors import WorkingsError
from andel.sdk.facts import Source
from andel.sdk.stored import read_workings
from andel.sdk.text import Text
from andel.sdk.workings import (
    BASE_UNITS,
    Column,
    Finding,
    Remainder,
    Role,
    Rounding,
    Scalar,
    Workings,
    canonical_json,
)

SOURCE = Source(title="Överenskommelsen", date=date(2020, 9, 1), example=True)
PRICE = Scalar(
    name="price", label=Text("Pris", "Price"), value=Fraction(61531200, 130365433), unit="ore/inhabitant", source=SOURCE
)
INHABITANTS = Column(
    name="inhabitants",
    label=Text("Invånare", "Inhabitants"),
    numerators=(1000, 2500),
    unit="inhabitant",
    role=Role.BASIS,
    source=SOURCE,
)
AMOUNT = Column(
    name="amount",
    label=Text("Belopp", "Amount"),
    numerators=(472, 1180),
    unit="ore",
    formula="half_up(inhabitants * price)",
    rounding=Rounding.HALF_UP,
    role=Role.AMOUNT,
)
WORKINGS = Workings(
    parties=("österåker", "nacka"),
    scalars=(PRICE,),
    columns=(INHABITANTS, AMOUNT),
    remainders=(Remainder(column="amount", method=Rounding.LARGEST_REMAINDER, units=1, takers=("nacka",)),),
    findings=(Finding(code="example", text=Text("Exempel", "Example")),),
)
STORED = (
    '{"columns":['
    '{"denominator":1,"formula":"","label":{"en":"Inhabitants","sv":"Invånare"},"name":"inhabitants",'
    '"numerators":[1000,2500],"role":"basis","rounding":"exact",'
    '"source":{"date":"2020-09-01","example":true,"title":"Överenskommelsen"},"unit":"inhabitant"},'
    '{"denominator":1,"formula":"half_up(inhabitants * price)","label":{"en":"Amount","sv":"Belopp"},'
    '"name":"amount","numerators":[472,1180],"role":"amount","rounding":"half-up","source":null,"unit":"ore"}],'
    '"findings":[{"code":"example","text":{"en":"Example","sv":"Exempel"}}],'
    '"parties":["österåker","nacka"],'
    '"remainders":[{"column":"amount","method":"largest-remainder","takers":["nacka"],"units":1}],'
    '"scalars":[{"formula":"","label":{"en":"Price","sv":"Pris"},"name":"price","rounding":"exact",'
    '"source":{"date":"2020-09-01","example":true,"title":"Överenskommelsen"},"unit":"ore/inhabitant",'
    '"value":[61531200,130365433]}],"schema":1}'
)
DIGEST = "139a8d505e43f1b658d41d6a28dc0336779efbae96472e42ee0b4d5b08c01bbc"


def test_the_stored_form_and_its_digest_never_change() -> None:
    assert WORKINGS.canonical.decode() == STORED
    assert WORKINGS.digest == DIGEST


def test_equal_workings_give_equal_bytes_and_any_change_gives_others() -> None:
    assert replace(WORKINGS).canonical == WORKINGS.canonical
    changes: list[dict[str, Any]] = [
        {"findings": ()},
        {"remainders": ()},
        {"parties": ("nacka", "österåker")},
        {"scalars": (replace(PRICE, value=PRICE.value + Fraction(1, 10**30)),)},
        {"columns": (replace(INHABITANTS, label=Text("Folk", "Inhabitants")), AMOUNT)},
        {"columns": (INHABITANTS, replace(AMOUNT, formula=""))},
        {"columns": (INHABITANTS, replace(AMOUNT, rounding=Rounding.EXACT))},
        {"columns": (replace(INHABITANTS, source=replace(SOURCE, example=False)), AMOUNT)},
        {"columns": (replace(INHABITANTS, role=None), AMOUNT)},
    ]
    digests = {replace(WORKINGS, **change).digest for change in changes}
    assert len(digests | {WORKINGS.digest}) == len(changes) + 1


def test_a_row_explains_one_party_and_a_name_leads_to_its_value() -> None:
    cells = WORKINGS.row("nacka")
    assert [(cell.name, cell.value, cell.formula) for cell in cells] == [
        ("inhabitants", Fraction(2500), ""),
        ("amount", Fraction(1180), "half_up(inhabitants * price)"),
    ]
    assert WORKINGS.scalar("price") is PRICE
    assert WORKINGS.column("amount") is AMOUNT
    assert WORKINGS.of_role(Role.BASIS) is INHABITANTS
    assert WORKINGS.of_role(Role.CAP) is None
    assert WORKINGS.values == (PRICE, INHABITANTS, AMOUNT)
    for missing in (WORKINGS.scalar, WORKINGS.column):
        with pytest.raises(WorkingsError, match='no "nothing"'):
            missing("nothing")
    with pytest.raises(WorkingsError, match='no row for "naka"') as caught:
        WORKINGS.row("naka")
    assert caught.value.remedy == 'Did you mean "nacka"?'


@given(st.lists(st.fractions(max_denominator=10**6), max_size=8))
def test_a_column_of_fractions_keeps_every_value_exactly(values: list[Fraction]) -> None:
    column = Column.of("part", Text("Del", "Part"), values, unit="share", source=SOURCE)
    assert column.values() == tuple(values)
    assert column.total() == sum(values)
    assert [column.value(row) for row in range(len(values))] == values


def _with(**changes: Any) -> Workings:  # noqa: ANN401  (fields of the workings)
    return replace(WORKINGS, **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parties": ("nacka", "nacka")}, 'The party "nacka" stands twice'),
        ({"scalars": (PRICE, PRICE)}, 'The name "price" stands twice'),
        ({"scalars": (replace(PRICE, name="amount"),)}, 'The name "amount" stands twice'),
        ({"scalars": (replace(PRICE, name="two words"),)}, '"two words" cannot be used in formulas'),
        ({"scalars": (replace(PRICE, name="lambda"),)}, '"lambda" cannot be used in formulas'),
        ({"scalars": (replace(PRICE, name=""),)}, '"" cannot be used in formulas'),
        ({"scalars": (replace(PRICE, unit="kronor"),)}, 'The unit "kronor" is not known'),
        ({"scalars": (replace(PRICE, unit="ore/head"),)}, 'The unit "ore/head" is not known'),
        ({"scalars": (replace(PRICE, unit=""),)}, 'The unit "" is not known'),
        ({"columns": (INHABITANTS, replace(AMOUNT, role=Role.BASIS))}, 'The role "basis" stands twice'),
        ({"columns": (replace(INHABITANTS, numerators=(1,)),)}, "has 1 rows, there are 2 parties"),
        ({"columns": (replace(INHABITANTS, numerators=(1, 2, 3)),)}, "has 3 rows, there are 2 parties"),
        ({"columns": (replace(INHABITANTS, denominator=0),)}, "not exact integers over a positive integer"),
        ({"columns": (replace(INHABITANTS, denominator=-1),)}, "not exact integers over a positive integer"),
    ],
)
def test_malformed_workings_cannot_be_made(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        _with(**changes)
    assert said in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("value", [1.5, 1.0, True, "1", 1])
def test_a_scalar_is_a_fraction_and_nothing_else(value: object) -> None:
    untyped: Any = value
    with pytest.raises(WorkingsError, match=f"is {type(value).__name__}, not a Fraction") as caught:
        _with(scalars=(replace(PRICE, value=untyped),))
    assert caught.value.where == "price"


@pytest.mark.parametrize("value", [1.0, True, Fraction(1), "1", None])
def test_a_column_holds_whole_numbers_and_nothing_else(value: object) -> None:
    untyped: Any = value
    for change in ({"numerators": (1, untyped)}, {"denominator": untyped}):
        with pytest.raises(WorkingsError, match="not exact integers"):
            _with(columns=(replace(INHABITANTS, **change),))


@pytest.mark.parametrize("data", [1.0, float("nan"), [1, [2, 0.5]], {"a": {"b": (0.5,)}}, {"a": [{"b": float("inf")}]}])
def test_canonical_json_refuses_a_float_anywhere(data: object) -> None:
    with pytest.raises(WorkingsError, match="is a float"):
        canonical_json(data)


def test_canonical_json_is_sorted_dense_and_in_utf_8() -> None:
    assert canonical_json({"b": [1, "å"], "a": None, "c": {"z": True, "y": 10**20}}) == (
        '{"a":null,"b":[1,"å"],"c":{"y":100000000000000000000,"z":true}}'.encode()
    )


def test_every_unit_is_known_alone_and_as_a_price() -> None:
    for unit in sorted(BASE_UNITS):
        assert _with(scalars=(replace(PRICE, unit=unit),)).scalar("price").unit == unit
        assert _with(scalars=(replace(PRICE, unit=f"ore/{unit}"),)).scalar("price").unit == f"ore/{unit}"


def test_workings_come_back_from_their_stored_form() -> None:
    back = read_workings(WORKINGS.canonical)
    assert back == WORKINGS
    assert back.digest == WORKINGS.digest
    assert read_workings(WORKINGS.canonical.decode()) == WORKINGS
    assert read_workings(json.dumps(json.loads(WORKINGS.canonical), indent=2)) == WORKINGS
