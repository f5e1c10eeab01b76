"""Rows of a CSV text, each with its line, and everything that is wrong with the table's form."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Protocol

from andel.sdk.errors import did_you_mean
from andel.tenancy.model.faults import Fault
from andel.tenancy.service.folder import Folder


class _Reader(Protocol):
    """What ``csv.reader`` gives; the standard library does not name its type."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file and its cells by column; empty cells are left out."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that could be read. ``whole`` is false when some could not."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    whole: bool = False


def read_table(folder: Folder, name: str, *, needed: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read a comma-separated file with a header row; the columns may stand in any order."""
    file = folder.read(name)
    if file.text is None:
        return Table(faults=file.faults)
    reader = csv.reader(StringIO(file.text, newline="\n"), strict=True)
    rows: list[Row] = []
    faults: list[Fault] = list(file.faults)
    try:
        header = next(reader, [])
        wrong = tuple(_header_faults(folder, name, header, needed, optional))
        if wrong:
            return Table(faults=(*faults, *wrong))
        for line, cells in _filled(reader):
            if len(cells) == len(header):
                rows.append(Row(line, {column: cell for column, cell in zip(header, cells, strict=True) if cell}))
            else:
                what = f"The row has {len(cells)} cells, the header {len(header)}."
                faults.append(folder.fault(name, what, "Put a cell that holds a comma within quotation marks.", line))
    except csv.Error as error:
        remedy = "Write commas between cells, and quotation marks around a cell that holds one."
        faults.append(folder.fault(name, f"The table cannot be read: {error}.", remedy, reader.line_num))
    return Table(tuple(rows), tuple(faults), whole=len(faults) == len(file.faults))


def _filled(reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, with the line that it begins on."""
    begins = reader.line_num + 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _header_faults(
    folder: Folder, name: str, header: Sequence[str], needed: Sequence[str], optional: Sequence[str]
) -> Iterator[Fault]:
    known = (*needed, *optional)
    for column in dict.fromkeys(header):
        if column not in known:
            remedy = did_you_mean(column, known)
            yield folder.fault(name, f'There is no column "{column}".', remedy, 1)
        elif header.count(column) > 1:
            yield folder.fault(name, f'The column "{column}" stands twice.', "Keep one of them.", 1)
    for column in needed:
        if column not in header:
            remedy = f"The header has {','.join(needed)} and may have {','.join(optional)}." if optional else ""
            yield folder.fault(
                name, f'The column "{column}" is missing.', remedy or f"The header is {','.join(needed)}.", 1
            )
