"""Formulas of the workings written for people: with the labels of their values, or with the values themselves."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from andel.costs.model.rowwise import OVER_ALL_ROWS
from andel.sdk.formulas import parse
from andel.sdk.text import Text

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1),
    ast.Sub: ("−", 1),
    ast.Mult: ("×", 2),
    ast.Div: ("/", 2),
}
_TIGHT = 3
_PERCENT_PLACES = 2

_CALLS: dict[str, Text] = {
    "half_up": Text("{0} avrundat", "{0} rounded"),
    "half_up_places": Text("{0} avrundat till {1} decimaler", "{0} rounded to {1} decimals"),
    "half_up_percent": Text("{0} avrundat till {1} decimaler av procent", "{0} rounded to {1} decimals of a percent"),
    "half_up_kronor": Text("{0} avrundat till hela kronor", "{0} rounded to whole kronor"),
    "floor": Text("{0} avrundat nedåt", "{0} rounded down"),
    "lesser": Text("det lägsta av {0} och {1}", "the lesser of {0} and {1}"),
    "greater": Text("det högsta av {0} och {1}", "the greater of {0} and {1}"),
    "sum": Text("summan av {0}", "the sum of {0}"),
    "min": Text("det lägsta av {0}", "the lowest of {0}"),
    "max": Text("det högsta av {0}", "the highest of {0}"),
    "count": Text("antalet rader", "the number of rows"),
    "sum_by": Text("summan av {0} i samma {1}", "the sum of {0} in the same {1}"),
    "largest_remainder": Text("{0} delat efter {1}, största resten", "{0} divided by {1}, largest remainder"),
    "webster": Text("{0} delat efter {1}, Websters metod", "{0} divided by {1}, Webster's method"),
    "capped": Text("{0} delat efter {1}, högst {2}", "{0} divided by {1}, at most {2}"),
    "largest_remainder_of": Text("{0} × {1} / {2}, största resten", "{0} × {1} / {2}, largest remainder"),
    "webster_of": Text("{0} × {1} / {2}, Websters metod", "{0} × {1} / {2}, Webster's method"),
}
_DIVISIONS = frozenset({"largest_remainder", "webster"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands for the names of a formula.

    Attributes:
        values: by name: its label, or its value in one row.
        labels: by name, for what looks at every row; taken from ``values`` when it is not there.
        sums: by name, the sum of a column; with it a division reads as the multiplication that it is for the row.
        unit: of what the formula gives; the decimals of a share are those of its percent.
    """

    values: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


def worded(formula: str, words: Mapping[str, str], language: str, *, unit: str = "") -> str:
    """Write a formula with each name replaced by its words: its label, or its value with the unit.

    ``half_up(inhabitants * price / 100)`` becomes ``(Invånare × Pris / 100) avrundat``. An empty formula gives
    an empty text.

    Raises:
        WorkingsError: the formula is outside the language of formulas.
    """
    return worded_tree(parse(formula).tree, Words(values=words, unit=unit), language) if formula else ""


def worded_tree(tree: ast.expr, words: Words, language: str) -> str:
    """Write a formula that is parsed already."""
    return _written(tree, words, language)[0]


def _written(node: ast.expr, words: Words, language: str) -> tuple[str, int]:
    """Return the words and how tightly they bind; what binds less tightly is put in parentheses."""
    match node:
        case ast.Name(id=name):
            return words.values.get(name, name), _TIGHT
        case ast.Constant(value=value):
            return str(value), _TIGHT
        case ast.UnaryOp(operand=operand):
            return f"−{_inside(operand, _TIGHT, words, language)}", _TIGHT
        case ast.BinOp():
            return _in_kronor(node, words, language) or _operated(node, words, language)
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _called(function, arguments, words, language), 0
        case _:
            return ast.unparse(node), 0


def _operated(node: ast.BinOp, words: Words, language: str) -> tuple[str, int]:
    sign, binds = _SIGNS[type(node.op)]
    after = binds + 1 if isinstance(node.op, ast.Sub | ast.Div) else binds
    first = _inside(node.left, binds, words, language)
    return f"{first} {sign} {_inside(node.right, after, words, language)}", binds


def _in_kronor(node: ast.BinOp, words: Words, language: str) -> tuple[str, int] | None:
    """Write ``half_up(ore / 100) * 100`` as what it is, since the values it speaks of are written in kronor."""
    match node:
        case ast.BinOp(
            op=ast.Mult(),
            left=ast.Call(
                func=ast.Name(id="half_up"), args=[ast.BinOp(op=ast.Div(), left=ore, right=ast.Constant(value=100))]
            ),
            right=ast.Constant(value=100),
        ):
            text = _CALLS["half_up_kronor"].in_language(language)
            return text.format(_inside(ore, _TIGHT, words, language)), 0
    return None


def _inside(node: ast.expr, binds: int, words: Words, language: str) -> str:
    text, own = _written(node, words, language)
    return text if own >= binds else f"({text})"


def _called(function: str, arguments: list[ast.expr], words: Words, language: str) -> str:
    if function in _DIVISIONS and words.sums:
        divided = _divided(function, arguments, words, language)
        if divided:
            return divided
    elif function in OVER_ALL_ROWS and function != "capped":
        words = Words(values={**words.values, **words.labels}, unit=words.unit)
    parts = [_written(argument, words, language)[0] for argument in arguments]
    if (len(parts) > 1 and isinstance(arguments[0], ast.BinOp)) or function == "half_up":
        parts[0] = _inside(arguments[0], _TIGHT, words, language)
    key = function
    match arguments:
        case [_, ast.Constant(value=int() as places)] if function == "half_up":
            of_percent = words.unit == "share" and places >= _PERCENT_PLACES
            key = "half_up_percent" if of_percent else "half_up_places"
            parts[1] = str(places - _PERCENT_PLACES if of_percent else places)
    return _CALLS[key].in_language(language).format(*parts)


def _divided(function: str, arguments: list[ast.expr], words: Words, language: str) -> str:
    """Write a division over all rows for one of them; empty when it is inside groups, or its weights have no sum."""
    match arguments:
        case [total, ast.Name(id=weights)] if weights in words.sums:
            whole = _inside(total, 2, words, language)
            parts = whole, words.values.get(weights, weights), words.sums[weights]
            return _CALLS[f"{function}_of"].in_language(language).format(*parts)
        case _:
            return ""
