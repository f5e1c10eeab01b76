"""The language of the formulas in workings: parsed by whitelist, evaluated exactly, never executed as code.

A formula is written over the names of scalars and columns, whole numbers, ``+ - * /`` and parentheses. A scalar
meets a column row by row. The functions:

=========================================  ==========================================================================
``half_up(x, places=0)``                   rounded to decimals, halves away from zero
``floor(x)``                               the greatest whole number that is not above
``lesser(a, b)``, ``greater(a, b)``        the smaller, the larger of the two, row by row
``sum(c)``, ``min(c)``, ``max(c)``         one value of a whole column
``count(c)``                               the number of rows
``sum_by(c, group)``                       in each row the sum of the rows with the same ``group``
``largest_remainder(total, w[, group])``   ``total`` divided by the weights; ties go to the earlier row
``webster(total, w[, group])``             the same by Webster's method
``capped(total, w, caps)``                 the same by largest remainder, none above its cap
=========================================  ==========================================================================

With a ``group``, each group of rows divides its own ``total``: a column that has one value within a group, or a
scalar that every group divides anew.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm

from andel.sdk.apportionment import Apportionment, capped, largest_remainder, webster
from andel.sdk.errors import AllocationError, WorkingsError, did_you_mean
from andel.sdk.money import half_up

MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_DIGITS = 40
MAX_PLACES = 30
MAX_BITS = 50_000


@dataclass(frozen=True, slots=True)
class Rows:
    """A column under evaluation: row i is ``above[i] / below``, ``below`` positive."""

    above: tuple[int, ...]
    below: int = 1

    def __len__(self) -> int:
        return len(self.above)


Value = Fraction | Rows


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that keeps to the language, and the names it rests on."""

    text: str
    tree: ast.expr
    names: frozenset[str]

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return what the formula gives on the values of its names.

        Raises:
            WorkingsError: a name is unknown, something is divided by zero, or a function is given what it cannot take.
        """
        for name in sorted(self.names - set(values)):
            message = f'The formula "{self.text}" uses "{name}", which the workings do not have.'
            raise WorkingsError(message, remedy=did_you_mean(name, values))
        try:
            return _evaluate(self.tree, values)
        except _FormulaError as error:
            message = f'The formula "{self.text}" cannot be evaluated: {error}.'
            raise WorkingsError(message) from None
        except AllocationError as error:
            message = f'The formula "{self.text}" cannot be evaluated: {error.what}'
            raise WorkingsError(message, remedy=error.remedy) from None


class _FormulaError(Exception):
    """Why a formula cannot be evaluated, in words without a full stop."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Formula:
    """Read a formula.

    Raises:
        WorkingsError: it is too long or too deep, or holds anything but names, whole numbers, ``+ - * /``,
            parentheses and the functions of the language.
    """
    if len(text) > MAX_LENGTH:
        message = f"A formula of {len(text)} characters is longer than {MAX_LENGTH}."
        raise WorkingsError(message, remedy="Split it: give its parts names of their own.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree, MAX_DEPTH)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        message = f'"{text}" is no formula.'
        raise WorkingsError(message, remedy="Write names, whole numbers, + - * /, parentheses and functions.") from None
    except _FormulaError as error:
        message = f'The formula "{text}" is not allowed: {error}.'
        raise WorkingsError(message, remedy=str(error.__cause__ or "")) from None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
    return Formula(text, tree, frozenset(names))


def _check(node: ast.expr, depth: int) -> None:
    if depth == 0:
        message = f"it is nested more than {MAX_DEPTH} deep"
        raise _FormulaError(message)
    match node:
        case ast.Name():
            return
        case ast.Constant(value=int() as number) if not isinstance(number, bool) and number < 10**MAX_DIGITS:
            return
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, depth - 1)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), left=left, right=right):
            _check(left, depth - 1)
            _check(right, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, len(arguments))
            for argument in arguments:
                _check(argument, depth - 1)
        case _:
            message = f'"{ast.unparse(node)[:60]}" is outside the language'
            raise _FormulaError(message)


def _check_call(name: str, given: int) -> None:
    if name not in _FUNCTIONS:
        message = f'there is no function "{name}"'
        raise _FormulaError(message) from _FormulaError(did_you_mean(name, _FUNCTIONS))
    least, most, _ = _FUNCTIONS[name]
    if not least <= given <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        message = f"{name} takes {wanted} arguments, not {given}"
        raise _FormulaError(message)


def _evaluate(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() as number):
            return Fraction(number)
        case ast.UnaryOp(operand=operand):
            return _times(Fraction(-1), _evaluate(operand, values))
        case ast.BinOp(op=operator, left=left, right=right):
            return _OPERATORS[type(operator)](_evaluate(left, values), _evaluate(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name][2](*(_evaluate(argument, values) for argument in arguments))
    raise AssertionError(node)  # parse let through what evaluate does not know


def _plus(left: Value, right: Value) -> Value:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left + right
    first, second = _same_below(left, right)
    return Rows(tuple(a + b for a, b in zip(first.above, second.above, strict=True)), first.below)


def _minus(left: Value, right: Value) -> Value:
    return _plus(left, _times(Fraction(-1), right))


def _times(left: Value, right: Value) -> Value:
    match left, right:
        case Fraction(), Fraction():
            return left * right
        case Rows(), Fraction():
            above, below = right.as_integer_ratio()
            return Rows(tuple(value * above for value in left.above), left.below * below)
        case Fraction(), Rows():
            return _times(right, left)
    first, second = _rows(left, 0), _rows(right, 0)
    products = tuple(a * b for a, b in zip(first.above, second.above, strict=True))
    return Rows(products, first.below * second.below)


def _over(left: Value, right: Value) -> Value:
    if isinstance(right, Fraction):
        if right == 0:
            message = "it divides by zero"
            raise _FormulaError(message)
        return _times(left, 1 / right)
    if 0 in right.above:
        message = f"it divides by zero in row {right.above.index(0) + 1}"
        raise _FormulaError(message)
    below = 1
    for value in set(right.above):
        below = lcm(below, value)
        if below.bit_length() > MAX_BITS:
            message = "its numbers grow too large"
            raise _FormulaError(message)
    inverse = Rows(tuple(right.below * (below // value) for value in right.above), below)
    return _times(left, inverse)


_OPERATORS: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: _plus,
    ast.Sub: _minus,
    ast.Mult: _times,
    ast.Div: _over,
}


def _rows(value: Value, length: int) -> Rows:
    if isinstance(value, Rows):
        return value
    above, below = value.as_integer_ratio()
    return Rows((above,) * length, below)


def _same_below(left: Value, right: Value) -> tuple[Rows, Rows]:
    length = max(len(value) for value in (left, right) if isinstance(value, Rows))
    first, second = _rows(left, length), _rows(right, length)
    if first.below == second.below:
        return first, second
    below = lcm(first.below, second.below)
    return _over_below(first, below), _over_below(second, below)


def _over_below(rows: Rows, below: int) -> Rows:
    factor = below // rows.below
    return Rows(tuple(value * factor for value in rows.above), below)


def _column(value: Value, function: str) -> Rows:
    if isinstance(value, Rows):
        return value
    message = f"{function} wants a column, not a single value"
    raise _FormulaError(message)


def _whole(value: Value, what: str) -> int:
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    message = f"{what} must be one whole number"
    raise _FormulaError(message)


def _half_up(value: Value, places: Value = Fraction(0)) -> Value:
    decimals = _whole(places, "the number of decimals")
    if not 0 <= decimals <= MAX_PLACES:
        message = f"the number of decimals must be 0 to {MAX_PLACES}"
        raise _FormulaError(message)
    if isinstance(value, Fraction):
        return half_up(value, decimals)
    scale, below = 10**decimals, value.below
    rounded = ((2 * abs(above) * scale + below) // (2 * below) * (1 if above >= 0 else -1) for above in value.above)
    return Rows(tuple(rounded), scale)


def _floor(value: Value) -> Value:
    if isinstance(value, Fraction):
        return Fraction(value.numerator // value.denominator)
    return Rows(tuple(above // value.below for above in value.above))


def _pick(choose: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def picked(left: Value, right: Value) -> Value:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            first, second = _same_below(_rows(left, 1), _rows(right, 1))
            return Fraction(choose(first.above[0], second.above[0]), first.below)
        first, second = _same_below(left, right)
        return Rows(tuple(choose(a, b) for a, b in zip(first.above, second.above, strict=True)), first.below)

    return picked


def _of_column(name: str, choose: Callable[[Sequence[int]], int]) -> Callable[[Value], Value]:
    def chosen(value: Value) -> Value:
        rows = _column(value, name)
        if not rows and name != "sum":
            message = f"{name} has no rows to choose from"
            raise _FormulaError(message)
        return Fraction(choose(rows.above), rows.below)

    return chosen


def _count(value: Value) -> Value:
    return Fraction(len(_column(value, "count")))


def _sum_by(value: Value, group: Value) -> Value:
    rows, groups = _column(value, "sum_by"), _column(group, "sum_by")
    sums: dict[int, int] = {}
    for above, key in zip(rows.above, groups.above, strict=True):
        sums[key] = sums.get(key, 0) + above
    return Rows(tuple(sums[key] for key in groups.above), rows.below)


def _divide(name: str, apportion: Callable[[int, Sequence[int]], Apportionment]) -> Callable[..., Value]:
    def divided(total: Value, weights: Value, group: Value | None = None) -> Value:
        rows = _column(weights, name)
        if group is None:
            return Rows(apportion(_whole(total, "what is divided"), rows.above).shares)
        places: dict[int, list[int]] = {}
        for place, key in enumerate(_column(group, name).above):
            places.setdefault(key, []).append(place)
        shares = [0] * len(rows)
        for members in places.values():
            own = _whole(_one_of(total, members), "what a group divides")
            for place, share in zip(members, apportion(own, [rows.above[m] for m in members]).shares, strict=True):
                shares[place] = share
        return Rows(tuple(shares))

    return divided


def _one_of(total: Value, members: Sequence[int]) -> Value:
    if isinstance(total, Fraction):
        return total
    found = {total.above[place] for place in members}
    if len(found) > 1:
        message = "what a group divides differs within the group"
        raise _FormulaError(message)
    return Fraction(found.pop(), total.below)


def _capped(total: Value, weights: Value, caps: Value) -> Value:
    rows = _column(weights, "capped")
    limits = _rows(caps, len(rows))
    if any(above % limits.below for above in limits.above):
        message = "a cap must be a whole number"
        raise _FormulaError(message)
    whole_caps = [above // limits.below for above in limits.above]
    return Rows(capped(_whole(total, "what is divided"), rows.above, whole_caps).shares)


_FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Value]]] = {
    "half_up": (1, 2, _half_up),
    "floor": (1, 1, _floor),
    "lesser": (2, 2, _pick(min)),
    "greater": (2, 2, _pick(max)),
    "sum": (1, 1, _of_column("sum", sum)),
    "min": (1, 1, _of_column("min", min)),
    "max": (1, 1, _of_column("max", max)),
    "count": (1, 1, _count),
    "sum_by": (2, 2, _sum_by),
    "largest_remainder": (2, 3, _divide("largest_remainder", largest_remainder)),
    "webster": (2, 3, _divide("webster", webster)),
    "capped": (3, 3, _capped),
}
FUNCTIONS = frozenset(_FUNCTIONS)
"""The names of the functions."""
