"""The rows of one apply: written in bulk, each statement once, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from andel.sdk.facts import Source
from andel.shared.database.base import RegionBase

Data = dict[str, Any]
TableRow = type[RegionBase]


@dataclass(frozen=True, slots=True)
class Rows:
    """The tables of a region, in the transaction of one apply.

    ``written`` counts the rows that were added, changed, superseded or removed, by table.
    """

    session: Session
    written: Counter[str] = field(default_factory=Counter)

    def read(self, row: TableRow, *, current: bool = False) -> Iterator[Row[Any]]:
        """Yield the rows of a table; with ``current``, those that no later row has superseded."""
        table = table_of(row)
        statement = select(table)
        yield from self.session.execute(statement.where(table.c.superseded_at.is_(None)) if current else statement)

    def add(self, row: TableRow, values: list[Data]) -> None:
        """Add rows, in the order given."""
        if values:
            self._do(row, insert(table_of(row)), values)

    def change(self, row: TableRow, values: Iterable[Data], *, by: tuple[str, ...] = ("id",)) -> None:
        """Set columns of rows; each element names the key columns and the columns to set."""
        table = table_of(row)
        given = list(values)
        for columns in {tuple(sorted(set(one) - set(by))) for one in given}:
            statement = (
                update(table)
                .where(*(table.c[name] == bindparam(f"key_{name}") for name in by))
                .values({name: bindparam(f"set_{name}") for name in columns})
            )
            alike = [one for one in given if tuple(sorted(set(one) - set(by))) == columns]
            keyed = [{f"{'key' if name in by else 'set'}_{name}": one[name] for name in one} for one in alike]
            self._do(row, statement, keyed)

    def supersede(self, row: TableRow, ids: Collection[UUID]) -> None:
        """Mark rows as superseded now; they can still be read back."""
        if ids:
            table = table_of(row)
            self._do(row, update(table).where(table.c.id.in_(ids)).values(superseded_at=func.now()), None, len(ids))

    def remove(self, row: TableRow, keys: Iterable[Data]) -> None:
        """Remove rows by their key columns."""
        table = table_of(row)
        given = list(keys)
        if given:
            condition = (table.c[name] == bindparam(f"key_{name}") for name in given[0])
            named = [{f"key_{name}": value for name, value in one.items()} for one in given]
            self._do(row, delete(table).where(*condition), named)

    def _do(self, row: TableRow, statement: Any, values: list[Data] | None, count: int = 0) -> None:  # noqa: ANN401  (any DML)
        self.session.execute(statement, values)
        self.written[table_of(row).name] += len(values) if values is not None else count


def table_of(row: TableRow) -> Table:
    """Return the table that a class of rows is mapped to."""
    table = row.__table__
    if not isinstance(table, Table):
        message = f"{row.__name__} is mapped to no table"
        raise TypeError(message)
    return table


def differing(row: Row[Any], wanted: Mapping[str, Any]) -> Data:
    """Return the wanted columns that the row has otherwise."""
    have = row._mapping  # noqa: SLF001  (SQLAlchemy's public name for it)
    return {name: value for name, value in wanted.items() if have[name] != value}


def source_columns(source: Source) -> Data:
    """Return the columns of a source."""
    return {"source_title": source.title, "source_date": source.date, "source_example": source.example}
