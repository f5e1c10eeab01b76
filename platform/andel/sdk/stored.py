"""Read workings back from the canonical JSON they are stored as."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

from andel.sdk.errors import WorkingsError
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.sdk.workings import (
    SCHEMA,
    Column,
    Finding,
    Remainder,
    Role,
    Rounding,
    Scalar,
    Workings,
    canonical_json,
)

_Data = dict[str, Any]
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError, AttributeError, RecursionError)


def read_workings(stored: bytes | str) -> Workings:
    """Read workings from their canonical JSON.

    Raises:
        WorkingsError: it is no such JSON, holds a float or anything else that would be lost, or is of a schema this
            version does not know.
    """
    try:
        data = json.loads(stored, parse_float=_no_float, parse_constant=_no_float)
        workings = _workings(data)
        unchanged = workings.canonical == canonical_json(data)
    except _MALFORMED as error:
        message = f"The stored workings cannot be read: {error}."
        raise WorkingsError(message, remedy="Take the file that Andel wrote, unchanged.") from error
    if not unchanged:
        message = "The stored workings hold something that Andel does not write."
        raise WorkingsError(message, remedy="Take the file that Andel wrote, unchanged.")
    return workings


def _no_float(text: str) -> float:
    message = f"{text} is a float"
    raise ValueError(message)


def _workings(data: _Data) -> Workings:
    if data["schema"] != SCHEMA:
        message = f"schema {data['schema']} is not {SCHEMA}"
        raise ValueError(message)
    return Workings(
        parties=tuple(data["parties"]),
        scalars=tuple(_scalar(scalar) for scalar in data["scalars"]),
        columns=tuple(_column(column) for column in data["columns"]),
        remainders=tuple(
            Remainder(column=r["column"], method=Rounding(r["method"]), units=r["units"], takers=tuple(r["takers"]))
            for r in data["remainders"]
        ),
        findings=tuple(Finding(code=f["code"], text=Text(**f["text"])) for f in data["findings"]),
    )


def _described(data: _Data) -> _Data:
    return {
        "name": data["name"],
        "label": Text(**data["label"]),
        "unit": data["unit"],
        "formula": data["formula"],
        "rounding": Rounding(data["rounding"]),
        "source": _source(data["source"]),
    }


def _scalar(data: _Data) -> Scalar:
    above, below = data["value"]
    return Scalar(value=Fraction(above, below), **_described(data))


def _column(data: _Data) -> Column:
    return Column(
        numerators=tuple(data["numerators"]),
        denominator=data["denominator"],
        role=Role(data["role"]) if data["role"] else None,
        **_described(data),
    )


def _source(data: _Data | None) -> Source | None:
    if data is None:
        return None
    day = date.fromisoformat(data["date"]) if data["date"] else None
    return Source(title=data["title"], date=day, example=data["example"], english=data.get("english", ""))
