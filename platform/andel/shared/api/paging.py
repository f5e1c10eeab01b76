"""Pages of a list by cursors: where one page ended, the next begins, whatever has been added meanwhile.

A cursor holds the sort values of the last row and a mark of what was asked, so that it serves no other question.
It is no secret and gives no rights: a made-up one only begins elsewhere in what its asker may see anyway.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from andel.sdk.text import Text
from andel.shared.api.errors import InvalidError
from andel.shared.api.plain import plain

_UNASKED: Final = frozenset({"cursor", "limit"})
_READ: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: str,
    int: int,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    UUID: UUID,
}

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of rows, and where the next is; None when it is the last."""

    rows: Sequence[Any]
    next: str | None


@dataclass(frozen=True, slots=True)
class Sort:
    """What a list is sorted by: columns that hold no NULL, the last ones unique; all in one direction."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    down: bool = False


def page_of_rows(session: Session, statement: Select[Any], sort: Sort, query: Mapping[str, Any]) -> Page:
    """Return a page of what a statement selects.

    Args:
        session: of whoever asks.
        statement: selects the columns of the sort, by their own names, among others.
        sort: how the list is sorted.
        query: ``limit`` and ``cursor``, as ``PageQuery`` reads them.

    Raises:
        InvalidError: the cursor is of another question, or none at all.
    """
    types = [column.type.python_type for column in sort.columns]
    if "cursor" in query:
        after = tuple_(*_read_cursor(query["cursor"], types))
        place = tuple_(*sort.columns)
        statement = statement.where(place < after if sort.down else place > after)
    ordered = statement.order_by(*(column.desc() if sort.down else column for column in sort.columns))
    rows = session.execute(ordered.limit(query["limit"] + 1)).all()
    names = [column.key for column in sort.columns]
    return _page(rows, query["limit"], lambda row: [getattr(row, name) for name in names])


def page_of_list(items: Sequence[_Row], key: Callable[[_Row], Sequence[str]], query: Mapping[str, Any]) -> Page:
    """Return a page of what is at hand whole, sorted by texts that are unique together.

    Raises:
        InvalidError: the cursor is of another question, or none at all.
    """
    ordered = sorted(items, key=lambda item: list(key(item)))
    if "cursor" in query:
        width = len(key(ordered[0])) if ordered else 1
        after = _read_cursor(query["cursor"], [str] * width)
        ordered = [item for item in ordered if list(key(item)) > after]
    return _page(ordered[: query["limit"] + 1], query["limit"], key)


def _page(rows: Sequence[_Row], limit: int, key: Callable[[_Row], Sequence[Any]]) -> Page:
    if len(rows) <= limit:
        return Page(rows=rows, next=None)
    cursor = _cursor([_plain(value) for value in key(rows[limit - 1])])
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return Page(
        rows=rows[:limit], next=f"{request.script_root}{request.path}?{urlencode([*asked, ('cursor', cursor)])}"
    )


def _plain(value: object) -> object:
    return value if isinstance(value, str | int) else plain(value)


def _cursor(values: Sequence[object]) -> str:
    text = json.dumps([_mark(), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, types: Sequence[type]) -> list[Any]:
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        mark, *values = data
        read = [_READ[kind](value) for kind, value in zip(types, values, strict=True)]
    except (ValueError, TypeError, OverflowError):
        raise _no_cursor() from None
    if mark != _mark() or any("\0" in value for value in values if isinstance(value, str)):
        raise _no_cursor()
    return read


def _mark() -> str:
    """Return what tells one question from another: the list, its filters and its order."""
    asked = sorted((name, value) for name, value in request.args.items(multi=True) if name not in _UNASKED)
    return hashlib.sha256(f"{request.path}?{urlencode(asked)}".encode()).hexdigest()[:12]


def _no_cursor() -> InvalidError:
    what = Text("Markören hör inte till den här listan.", "The cursor is not of this list.")
    remedy = Text("Följ next från föregående sida.", "Follow next of the page before.")
    return InvalidError(what, where="query.cursor", remedy=remedy)
