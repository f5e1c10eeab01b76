"""Workings computed again from what is stored: does every value follow from its formula?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from andel.sdk.errors import Complaint, WorkingsError
from andel.sdk.formulas import Formula, Rows, Value, parse
from andel.sdk.workings import Column, Scalar, Workings


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stored value that its formula does not give. ``party`` is None for a scalar."""

    name: str
    party: str | None
    stored: Fraction
    computed: Fraction

    def __str__(self) -> str:
        whose = f" of {self.party}" if self.party else ""
        return f"{self.name}{whose} is stored as {self.stored}, its formula gives {self.computed}."


def replay(workings: Workings) -> tuple[Mismatch, ...]:
    """Evaluate every formula on the stored values of the names it uses, exactly, and return what differs.

    Raises:
        WorkingsError: a formula is not of the language, names what is not there, divides by zero, gives a column
            for a scalar, or rests on itself, so that it explains nothing.
    """
    formulas = _formulas(workings)
    values: dict[str, Value] = {scalar.name: scalar.value for scalar in workings.scalars}
    values |= {column.name: Rows(column.numerators, column.denominator) for column in workings.columns}
    found: list[Mismatch] = []
    for value in workings.values:
        if value.name in formulas:
            found += _compare(value, _evaluate(value.name, formulas[value.name], values), workings.parties)
    return tuple(found)


def check_replay(workings: Workings) -> None:
    """Make sure that every value with a formula follows from it.

    Raises:
        WorkingsError: with a complaint for each value that does not: its name, the party, what is stored and
            what the formula gives.
    """
    found = replay(workings)
    if found:
        remedy = "A value or a formula was changed, or the model's formula is not what it computes."
        raise WorkingsError.of([Complaint(str(mismatch), mismatch.name, remedy) for mismatch in found])


def _formulas(workings: Workings) -> dict[str, Formula]:
    formulas: dict[str, Formula] = {}
    for value in workings.values:
        if value.formula:
            try:
                formulas[value.name] = parse(value.formula)
            except WorkingsError as error:
                raise _placed(error, value.name) from None
    try:
        TopologicalSorter({name: formula.names for name, formula in formulas.items()}).prepare()
    except CycleError as error:
        path = " -> ".join(reversed(error.args[1]))
        message = f"A formula rests on itself: {path}."
        raise WorkingsError(
            message, where=error.args[1][0], remedy="Let one of them be an input with a source."
        ) from None
    return formulas


def _evaluate(name: str, formula: Formula, values: dict[str, Value]) -> Value:
    try:
        return formula.evaluate(values)
    except WorkingsError as error:
        raise _placed(error, name) from None


def _placed(error: WorkingsError, name: str) -> WorkingsError:
    return WorkingsError(error.what, where=name, remedy=error.remedy)


def _compare(value: Scalar | Column, computed: Value, parties: tuple[str, ...]) -> list[Mismatch]:
    if isinstance(value, Scalar):
        if isinstance(computed, Rows):
            message = f'The formula "{value.formula}" gives a column, the value is a scalar.'
            raise WorkingsError(message, where=value.name, remedy="Take sum, max, min or count of it.")
        return [] if computed == value.value else [Mismatch(value.name, None, value.value, computed)]
    if isinstance(computed, Fraction):
        computed = Rows((computed.numerator,) * len(parties), computed.denominator)
    here, there = value.denominator, computed.below
    return [
        Mismatch(value.name, party, Fraction(stored, here), Fraction(above, there))
        for party, stored, above in zip(parties, value.numerators, computed.above, strict=True)
        if stored * there != above * here
    ]
