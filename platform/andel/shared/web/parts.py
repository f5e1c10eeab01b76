"""What the components of ``_macros.html`` are given. All words are written out already, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form; the summary links to it and the field repeats it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a list or of a group of radio buttons."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered step of the answer to "why this amount?"; the last one is the amount itself."""

    label: str
    result: str
    source: str = ""
    example: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column. ``css`` is ``num`` for figures and ``p3`` for a column that leaves narrow screens."""

    text: str
    css: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its head, and a cell for each column after the first.

    Attributes:
        sub: a second line under the head.
        narrow: what the columns that leave narrow screens say, shown there only.
        own: whether the row is the reader's own.
    """

    head: str
    cells: tuple[str, ...]
    sub: str = ""
    narrow: str = ""
    own: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A worked table.

    Attributes:
        caption: says the unit; ``caption_hidden`` keeps it for assistive technology when a heading says it too.
        sums: the rows of the foot, the total first.
        label: names the region that scrolls sideways, for a table of many columns; else empty.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sums: tuple[Row, ...] = ()
    label: str = ""
    caption_hidden: bool = False
    dense: bool = False
