from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.errors import WorkingsError
from andel.sdk.facts import Source
from andel.sdk.stored import read_workings
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Remainder, Rounding, Scalar, Workings

LABEL = Text("Namn", "Name")
SOURCE = Source(title="Made up")
WORKINGS = Workings(
    parties=("a", "b"),
    scalars=(Scalar(name="price", label=LABEL, value=Fraction(2, 3), unit="ore/user", source=SOURCE),),
    columns=(Column(name="users", label=LABEL, numerators=(1, 2), unit="user", source=SOURCE),),
    remainders=(Remainder(column="users", method=Rounding.WEBSTER, units=1, takers=("b",)),),
    findings=(Finding(code="note", text=LABEL),),
)


@pytest.mark.parametrize("stored", [b"", b"{}", b"[]", b"null", b"7", b'"text"', b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_stored_workings_is_refused(stored: bytes) -> None:
    with pytest.raises(WorkingsError, match="cannot be read") as caught:
        read_workings(stored)
    assert caught.value.remedy == "Take the file that Andel wrote, unchanged."


def _changed(change: Callable[[dict[str, Any]], object]) -> str:
    data = json.loads(WORKINGS.canonical)
    change(data)
    return json.dumps(data)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unknown schema": lambda data: data.update(schema=2),
    "a float for a value": lambda data: data["scalars"][0].update(value=[2.0, 3]),
    "a float that is whole": lambda data: data["columns"][0].update(numerators=[1.0, 2]),
    "a float for a count": lambda data: data["remainders"][0].update(units=0.5),
    "not a number": lambda data: data["remainders"][0].update(units=float("nan")),
    "a truth for a number": lambda data: data["columns"][0].update(numerators=[True, 2]),
    "a division by zero": lambda data: data["scalars"][0].update(value=[2, 0]),
    "a fraction that is not reduced": lambda data: data["scalars"][0].update(value=[4, 6]),
    "three parts of a fraction": lambda data: data["scalars"][0].update(value=[4, 6, 1]),
    "an unknown role": lambda data: data["columns"][0].update(role="king"),
    "an unknown rounding": lambda data: data["columns"][0].update(rounding="up"),
    "an unknown key": lambda data: data.update(note="added later"),
    "an unknown key inside": lambda data: data["columns"][0].update(note="added later"),
    "a text for the parties": lambda data: data.update(parties="ab"),
    "a missing key": lambda data: data.pop("findings"),
    "a missing label": lambda data: data["scalars"][0]["label"].pop("sv"),
    "a row too many": lambda data: data["columns"][0].update(numerators=[1, 2, 3]),
    "a name twice": lambda data: data["scalars"].append(data["scalars"][0]),
    "no day": lambda data: data["scalars"][0]["source"].update(date="2025-02-30"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_stored_workings_with_a_fault_are_refused(change: str) -> None:
    with pytest.raises(WorkingsError):
        read_workings(_changed(CHANGES[change]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("an unknown schema", "schema 2 is not 1"),
        ("a float that is whole", "1.0 is a float"),
        ("not a number", "NaN is a float"),
        ("an unknown key", "something that Andel does not write"),
    ],
)
def test_the_commonest_faults_are_named(change: str, said: str) -> None:
    with pytest.raises(WorkingsError, match=said):
        read_workings(_changed(CHANGES[change]))


@given(st.data())
def test_garbage_in_any_place_is_refused_or_read_back_as_it_is(data: st.DataObject) -> None:
    stored = bytearray(WORKINGS.canonical)
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] = data.draw(st.integers(0, 255))
    try:
        found = read_workings(bytes(stored))
    except WorkingsError:
        return
    assert json.loads(found.canonical) == json.loads(bytes(stored))
