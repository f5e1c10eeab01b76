"""A formula as it reads for one row: what a row's zero or one leaves out is left out."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet
from typing import Final

OVER_ALL_ROWS: Final = frozenset({"sum", "min", "max", "count", "sum_by", "largest_remainder", "webster", "capped"})
"""Functions that look at every row: what is zero in one row is not left out of them."""


def for_row(tree: ast.expr, zeros: AbstractSet[str], ones: AbstractSet[str] = frozenset()) -> ast.expr:
    """Return the formula without the terms that a row's zeros cancel and the factors that its ones leave alone.

    ``people + rest * inside * share`` is ``people`` for a row that is not inside. A formula that is zero as a
    whole is returned as it is: that it gives zero is what there is to tell.
    """
    left = _less(tree, zeros, ones)
    return tree if left is None else left


def names_in(tree: ast.expr) -> frozenset[str]:
    """Return the names of values in a formula."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def _less(node: ast.expr, zeros: AbstractSet[str], ones: AbstractSet[str]) -> ast.expr | None:
    """Return the node without what is cancelled; None when nothing is left of it."""
    match node:
        case ast.Name(id=name):
            return None if name in zeros else ast.Constant(1) if name in ones else node
        case ast.Constant(value=0):
            return None
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(_less(left, zeros, ones), op, _less(right, zeros, ones), node)
        case ast.Call(func=ast.Name(id=function), args=[argument, *rest]) if function in {"half_up", "floor"}:
            kept = _less(argument, zeros, ones)
            return None if kept is None else ast.Call(func=node.func, args=[kept, *rest], keywords=[])
        case _:
            return node


def _binary(left: ast.expr | None, op: ast.operator, right: ast.expr | None, node: ast.BinOp) -> ast.expr | None:
    match op:
        case ast.Mult():
            return _product(left, right)
        case ast.Add() if left is None or right is None:
            return left or right
        case ast.Sub() if right is None:
            return left
        case ast.Div() if left is None:
            return None
        case _:
            return ast.BinOp(left=left or node.left, op=op, right=right or node.right)


def _product(left: ast.expr | None, right: ast.expr | None) -> ast.expr | None:
    if left is None or right is None:
        return None
    if _is_one(left):
        return right
    return left if _is_one(right) else ast.BinOp(left=left, op=ast.Mult(), right=right)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1
