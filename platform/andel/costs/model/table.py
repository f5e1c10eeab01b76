"""An allocation as the worked table that people read: heads, rows, sums, and the steps behind one amount."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from andel.costs.model.rowwise import for_row, names_in
from andel.costs.model.wording import Words, worded_tree
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.facts import Source
from andel.sdk.formulas import parse
from andel.sdk.text import Text
from andel.sdk.workings import Column, Remainder, Role, Rounding, Scalar, Workings
from andel.shared.formats import Language, swedish_key
from andel.shared.units import written, written_column

_OF_ONE_WHOLE = Fraction(11, 10)
"""Shares that add up to more are parts of different wholes, such as of each party's own cap: no sum means anything."""

REGION_BEARS = "region_bears"
"""The scalar that every split and tariff tells the region's part by."""

ROUNDINGS: dict[Rounding, Text] = {
    Rounding.EXACT: Text("Avrundas inte", "Not rounded"),
    Rounding.HALF_UP: Text("Avrundas, halva uppåt", "Rounded, halves up"),
    Rounding.LARGEST_REMAINDER: Text("Öre fördelas efter största resten", "Öre go to the largest remainders"),
    Rounding.WEBSTER: Text("Öre fördelas med Websters metod", "Öre are divided by Webster's method"),
    Rounding.HALF_UP_RECONCILED: Text(
        "Avrundas, halva uppåt; regionen tar skillnaden", "Rounded, halves up; the region takes the difference"
    ),
}
"""How each rounding point is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One party's values, in the order of the columns."""

    party: str
    name: str
    values: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedTable:
    """The rows in Swedish order of name, with the sum of every column that can be summed.

    Attributes:
        sums: by column; None where a sum means nothing (a price, a ceiling).
        own: what the region bears in öre; None when it bears no part that is known.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sums: tuple[Fraction | None, ...]
    own: int | None
    amount_at: int

    def cells(self, lang: Language) -> list[tuple[str, ...]]:
        """Return the rows as text, every column with the same number of decimals."""
        columns = [
            written_column([row.values[place] for row in self.rows], column.unit, lang=lang)
            for place, column in enumerate(self.columns)
        ]
        return list(zip(*columns, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered step of "why this amount?"."""

    label: str
    value: str
    formula: str
    note: str
    source: Source | None


def worked_table(allocation: Allocation, names: Mapping[str, str]) -> WorkedTable:
    """Lay out the allocation's workings as a table."""
    workings = allocation.workings
    rows = [
        Row(
            party=party,
            name=names.get(party, party),
            values=tuple(column.value(index) for column in workings.columns),
        )
        for index, party in enumerate(workings.parties)
    ]
    ceiling = isinstance(allocation, Ceiling)
    return WorkedTable(
        columns=workings.columns,
        rows=tuple(sorted(rows, key=lambda row: swedish_key(row.name))),
        sums=tuple(_sum(column, ceiling=ceiling) for column in workings.columns),
        own=region_bears(allocation),
        amount_at=next(i for i, column in enumerate(workings.columns) if column.role is Role.AMOUNT),
    )


def region_bears(allocation: Allocation) -> int | None:
    """Return the region's own row in öre: its part of a split, the residual of a tariff."""
    match allocation:
        case Split(region=region):
            return region
        case Tariff(residual=residual):
            return residual
        case _:
            return None


def steps(workings: Workings, party: str, *, lang: Language) -> tuple[Step, ...]:
    """Answer "why this amount?": the values that the party's amount rests on, inputs first, the amount last.

    Only what the amount follows from is told, found by walking the formulas back from it.
    """
    amount = workings.of_role(Role.AMOUNT)
    return _steps(workings, amount.name, party, lang=lang) if amount else ()


def region_steps(workings: Workings, *, lang: Language) -> tuple[Step, ...]:
    """Answer "why does the region bear this?", from the scalar of that name; nothing when the workings have none."""
    scalars = frozenset(scalar.name for scalar in workings.scalars)
    if REGION_BEARS not in scalars or not workings.parties:
        return ()
    return _steps(workings, REGION_BEARS, workings.parties[0], lang=lang, among=scalars)


def _steps(
    workings: Workings, last: str, party: str, *, lang: Language, among: frozenset[str] | None = None
) -> tuple[Step, ...]:
    index = workings.rows[party]
    named = {value.name: value for value in workings.values}
    trees = _trees(workings, index)
    words = Words(
        values={name: written(_value(value, index), value.unit, lang=lang) for name, value in named.items()},
        labels={column.name: column.label.in_language(lang) for column in workings.columns},
        sums={column.name: written(column.total(), column.unit, lang=lang) for column in workings.columns},
    )
    return tuple(
        _step(named[name], index, _formula(named[name], trees, words, lang), workings, party, lang)
        for name in _behind(last, trees, list(named))
        if among is None or name in among
    )


def _formula(value: Scalar | Column, trees: Mapping[str, ast.expr], words: Words, lang: Language) -> str:
    tree = trees.get(value.name)
    return worded_tree(tree, replace(words, unit=value.unit), lang) if tree is not None else ""


def _trees(workings: Workings, index: int) -> dict[str, ast.expr]:
    """Return the formulas as they read for one row: a column that only tells members from others cancels terms."""
    members = [column for column in workings.columns if is_membership(column)]
    zeros = {column.name for column in members if not column.numerators[index]}
    ones = {column.name for column in members} - zeros
    return {value.name: for_row(parse(value.formula).tree, zeros, ones) for value in workings.values if value.formula}


def is_membership(column: Column) -> bool:
    """Tell whether a column only says which rows belong to something: it holds 1 and 0, and no measure."""
    return column.unit == "number" and column.denominator == 1 and set(column.numerators) <= {0, 1}


def _step(value: Scalar | Column, index: int, formula: str, workings: Workings, party: str, lang: Language) -> Step:
    unsaid = not formula or value.rounding is Rounding.HALF_UP_RECONCILED
    note = ROUNDINGS[value.rounding].in_language(lang) if unsaid and value.rounding is not Rounding.EXACT else ""
    taken = [_taken(r, party, lang) for r in workings.remainders if r.column == value.name]
    return Step(
        label=value.label.in_language(lang),
        value=written(_value(value, index), value.unit, lang=lang),
        formula=formula,
        note=". ".join(part for part in (note, *taken) if part),
        source=value.source,
    )


def _taken(remainder: Remainder, party: str, lang: Language) -> str:
    took = remainder.takers.count(party)
    sv = f"{remainder.units} öre blev över, parten fick {took or 'inget'} av dem"
    en = f"{remainder.units} öre were left over, the party took {took or 'none'} of them"
    return Text(sv, en).in_language(lang)


def _value(value: Scalar | Column, index: int) -> Fraction:
    return value.value if isinstance(value, Scalar) else value.value(index)


def _behind(amount: str, trees: Mapping[str, ast.expr], names: Sequence[str]) -> Sequence[str]:
    """Return the names that the amount follows from, each after those that it rests on itself."""
    order: list[str] = []

    def visit(name: str, above: frozenset[str]) -> None:
        if name in order or name in above or name not in names:
            return
        if name in trees:
            for below in sorted(names_in(trees[name]) & set(names), key=names.index):
                visit(below, above | {name})
        order.append(name)

    visit(amount, frozenset())
    return order


def _sum(column: Column, *, ceiling: bool) -> Fraction | None:
    summable = "/" not in column.unit and column.unit not in {"number", "year", "month", "day"}
    if not summable or (ceiling and column.unit == "ore"):
        return None
    total = column.total()
    return None if column.unit == "share" and total > _OF_ONE_WHOLE else total
