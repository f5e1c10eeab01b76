"""The stored explanation of an allocation: named scalars and columns, exact, with formulas and sources.

One allocation's workings are one worked table, like the appendix of an agreement; one party's charge is one
row of it. A value with a formula follows from the other values by that formula (see ``andel.sdk.replay``);
a value without one is an input and names its source.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from keyword import iskeyword
from math import lcm
from typing import Any, TypeVar

from andel.sdk.errors import WorkingsError, did_you_mean
from andel.sdk.facts import Source
from andel.sdk.text import Text

SCHEMA = 1
"""The version of the stored form; ``andel.sdk.stored`` reads it back."""

BASE_UNITS = frozenset(
    {
        "ore",
        "krona",
        "inhabitant",
        "user",
        "license",
        "item",
        "transaction",
        "year",
        "month",
        "day",
        "share",
        "number",
    }
)

_EXACT = frozenset({str, int, bool, type(None)})
"""Types that hold no float; looked at before anything else, since most of what is written is of them."""


class Role(StrEnum):
    """What a column means to the host's checks."""

    BASIS = "basis"
    IDEAL = "ideal"
    AMOUNT = "amount"
    CAP = "cap"


class Rounding(StrEnum):
    """A named rounding point."""

    EXACT = "exact"
    HALF_UP = "half-up"
    LARGEST_REMAINDER = "largest-remainder"
    WEBSTER = "webster"
    HALF_UP_RECONCILED = "half-up-reconciled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One named value that holds for all parties.

    Attributes:
        name: an identifier, used in formulas.
        unit: one of ``BASE_UNITS``, or two of them as ``"ore/inhabitant"``.
        formula: how it follows from other names; empty for an input.
        source: where an input comes from.
    """

    name: str
    label: Text
    value: Fraction
    unit: str
    formula: str = ""
    rounding: Rounding = Rounding.EXACT
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One named value per party, in the order of the workings' parties.

    The exact value of row i is ``numerators[i] / denominator``: integers stay fast where a column of
    fractions would not, and nothing is lost.
    """

    name: str
    label: Text
    numerators: tuple[int, ...]
    unit: str
    denominator: int = 1
    formula: str = ""
    rounding: Rounding = Rounding.EXACT
    role: Role | None = None
    source: Source | None = None

    @classmethod
    def of(cls, name: str, label: Text, values: Sequence[Fraction], **described: Any) -> Column:  # noqa: ANN401  (fields of the class)
        """Make a column of fractions, put over their common denominator."""
        below = lcm(*(value.denominator for value in values)) if values else 1
        above = tuple(value.numerator * (below // value.denominator) for value in values)
        return cls(name=name, label=label, numerators=above, denominator=below, **described)

    def value(self, index: int) -> Fraction:
        """Return the exact value of one row."""
        return Fraction(self.numerators[index], self.denominator)

    def values(self) -> tuple[Fraction, ...]:
        """Return all rows, exact."""
        return tuple(Fraction(above, self.denominator) for above in self.numerators)

    def total(self) -> Fraction:
        """Return the sum of the rows."""
        return Fraction(sum(self.numerators), self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """Who took the öre that rounding left over in a column: one unit each, in the order they took it."""

    column: str
    method: Rounding
    units: int
    takers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a reader should know: what does not add up, or what a printed table hides."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One step of the answer to "why this amount?"."""

    name: str
    label: Text
    value: Fraction
    unit: str
    formula: str
    rounding: Rounding
    source: Source | None


@dataclass(frozen=True, kw_only=True)
class Workings:
    """The worked table of one allocation.

    Raises:
        WorkingsError: two values share a name, a party stands twice, a column has another number of rows than
            there are parties, a value is not exact, a unit is unknown, or two columns play the same role.
    """

    parties: tuple[str, ...]
    scalars: tuple[Scalar, ...] = ()
    columns: tuple[Column, ...] = ()
    remainders: tuple[Remainder, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        _check_once(self.parties, "The party", "Give each party one row.")
        _check_names((*self.scalars, *self.columns))
        roles = [column.role.value for column in self.columns if column.role]
        _check_once(roles, "The role", "Let one column play it.")
        for scalar in self.scalars:
            if type(scalar.value) is not Fraction:
                message = f"{scalar.value!r} is {type(scalar.value).__name__}, not a Fraction."
                raise WorkingsError(message, where=scalar.name, remedy="Use Fraction, never float.")
        for column in self.columns:
            _check_rows(column, len(self.parties))

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row number of each party."""
        return {party: index for index, party in enumerate(self.parties)}

    @property
    def values(self) -> tuple[Scalar | Column, ...]:
        """Every named value: the scalars, then the columns."""
        return (*self.scalars, *self.columns)

    def scalar(self, name: str) -> Scalar:
        """Return the scalar of that name."""
        return _named(self.scalars, name)

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return _named(self.columns, name)

    def of_role(self, role: Role) -> Column | None:
        """Return the column that plays the role, None when none does."""
        return next((column for column in self.columns if column.role is role), None)

    def row(self, party: str) -> tuple[Cell, ...]:
        """Return the party's row: its value in every column, with formula and source.

        Raises:
            WorkingsError: the party has no row.
        """
        if party not in self.rows:
            message = f'The workings have no row for "{party}".'
            raise WorkingsError(message, remedy=did_you_mean(party, self.parties))
        index = self.rows[party]
        return tuple(
            Cell(
                name=column.name,
                label=column.label,
                value=column.value(index),
                unit=column.unit,
                formula=column.formula,
                rounding=column.rounding,
                source=column.source,
            )
            for column in self.columns
        )

    @cached_property
    def canonical(self) -> bytes:
        """The workings as canonical JSON: sorted keys, no spaces, UTF-8. Equal workings give equal bytes."""
        return canonical_json(_as_data(self))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.canonical).hexdigest()


def canonical_json(data: object) -> bytes:
    """Write data as canonical JSON. Floats are refused: they are never exact.

    Raises:
        WorkingsError: somewhere in the data stands a float.
    """
    _refuse_floats(data)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _refuse_floats(data: object) -> None:
    if isinstance(data, float):
        message = f"{data!r} is a float."
        raise WorkingsError(message, remedy="Write it as text, or as a numerator and a denominator.")
    if isinstance(data, dict):
        data = (*data, *data.values())
    if isinstance(data, (list, tuple)) and not _EXACT.issuperset(map(type, data)):
        for item in data:
            if type(item) not in _EXACT:
                _refuse_floats(item)


def _check_once(words: Sequence[str], what: str, remedy: str) -> None:
    if len(set(words)) < len(words):
        twice = next(word for word in words if words.count(word) > 1)
        message = f'{what} "{twice}" stands twice.'
        raise WorkingsError(message, remedy=remedy)


def _check_names(values: Sequence[Scalar | Column]) -> None:
    _check_once([value.name for value in values], "The name", "Give every scalar and column a name of its own.")
    for value in values:
        if not value.name.isidentifier() or iskeyword(value.name):
            message = f'The name "{value.name}" cannot be used in formulas.'
            raise WorkingsError(message, remedy="Write letters, digits and underscores, a letter first.")
        if not set(value.unit.split("/")) <= BASE_UNITS:
            message = f'The unit "{value.unit}" is not known.'
            raise WorkingsError(message, where=value.name, remedy=f"Use {', '.join(sorted(BASE_UNITS))}.")


def _check_rows(column: Column, rows: int) -> None:
    if len(column.numerators) != rows:
        message = f"The column has {len(column.numerators)} rows, there are {rows} parties."
        raise WorkingsError(message, where=column.name, remedy="Give one value per party, in the same order.")
    exact = type(column.denominator) is int and set(map(type, column.numerators)) <= {int}
    if not exact or column.denominator <= 0:
        message = "The column is not exact integers over a positive integer."
        raise WorkingsError(message, where=column.name, remedy="Use int and Fraction, never float.")


_Value = TypeVar("_Value", Scalar, Column)


def _named(values: Iterable[_Value], name: str) -> _Value:
    for value in values:
        if value.name == name:
            return value
    message = f'The workings have no "{name}".'
    raise WorkingsError(message)


def _text(text: Text) -> dict[str, str]:
    return {"sv": text.sv, "en": text.en}


def _source(source: Source | None) -> dict[str, object] | None:
    if source is None:
        return None
    day = source.date.isoformat() if source.date else None
    plain: dict[str, object] = {"title": source.title, "date": day, "example": source.example}
    return plain | {"english": source.english} if source.english else plain


def _described(value: Scalar | Column) -> dict[str, object]:
    return {
        "name": value.name,
        "label": _text(value.label),
        "unit": value.unit,
        "formula": value.formula,
        "rounding": value.rounding.value,
        "source": _source(value.source),
    }


def _as_data(workings: Workings) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "parties": workings.parties,
        "scalars": [
            _described(scalar) | {"value": [scalar.value.numerator, scalar.value.denominator]}
            for scalar in workings.scalars
        ],
        "columns": [
            _described(column)
            | {
                "numerators": column.numerators,
                "denominator": column.denominator,
                "role": column.role.value if column.role else None,
            }
            for column in workings.columns
        ],
        "remainders": [
            {"column": r.column, "method": r.method.value, "units": r.units, "takers": r.takers}
            for r in workings.remainders
        ],
        "findings": [{"code": f.code, "text": _text(f.text)} for f in workings.findings],
    }
