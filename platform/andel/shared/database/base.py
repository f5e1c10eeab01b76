"""What every table is declared on, and how it says whose rows it holds."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from andel.sdk.facts import Source
from andel.shared.database.errors import DatabaseError

NAMING: Final = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
"""How constraints are named: as PostgreSQL does it, so that a message names what was violated."""

EVER: Final = date.min
"""``valid_from`` of what has no known beginning."""


class Ownership(StrEnum):
    """Whose rows a table holds.

    ``ORGANIZATION``: each row is private to one organization, and row security hides it from the others.
    ``SHARED``: every organization of the region may read it. ``CONTROL``: the instance's own machinery, which
    no member may read.
    """

    ORGANIZATION = "organization"
    SHARED = "shared"
    CONTROL = "control"


class Keeping(StrEnum):
    """What may happen to a row once it is written; rights and triggers see to it, and bind the owner as well.

    ``IMMUTABLE``: nothing, no application role may change or remove it. ``CLOSED_ONCE``: a later row may take its
    place, which sets ``superseded_at`` once. ``CHANGEABLE``: staff may change and remove it.
    """

    IMMUTABLE = "immutable"
    CLOSED_ONCE = "closed-once"
    CHANGEABLE = "changeable"


class Gate(StrEnum):
    """What the role that signs people in may do with a table. Every shared table it may read.

    ``CLOSED``: nothing. ``OPEN``: what its rights say, past row security by a policy of its own. ``ONLY``: as
    ``OPEN``, and no other role has any right: sessions, tokens and secrets.
    """

    CLOSED = "closed"
    OPEN = "open"
    ONLY = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableClass:
    """What a table declares about itself, in ``info`` of its ``__table_args__`` (see ``declared``).

    Attributes:
        ownership: whose rows it holds.
        export: whether a region that leaves takes it along.
        keeping: what may happen to a row once it is written.
        gate: what the role that signs people in may do with it.
    """

    ownership: Ownership
    export: bool
    keeping: Keeping = Keeping.CHANGEABLE
    gate: Gate = Gate.CLOSED


def declared(
    ownership: Ownership,
    *,
    export: bool,
    keeping: Keeping = Keeping.CHANGEABLE,
    gate: Gate = Gate.CLOSED,
    comment: str,
) -> dict[str, Any]:
    """Return the keywords of ``__table_args__``: what the table declares, and a comment that the database keeps."""
    info = {"class": ownership.value, "export": export, "keeping": keeping.value, "gate": gate.value}
    return {"info": info, "comment": comment}


def classes_of(*metadata: MetaData) -> dict[str, TableClass]:
    """Return what the tables declare, by ``schema.table``.

    Raises:
        DatabaseError: a table declares nothing.
    """
    found = {}
    for table in (table for one in metadata for table in one.sorted_tables):
        name = f"{table.schema or 'public'}.{table.name}"
        if not {"class", "export"} <= table.info.keys():
            what = "The table does not say whose rows it holds, nor whether it is exported."
            raise DatabaseError(what, where=name, remedy="Add declared(...) to its __table_args__.")
        found[name] = TableClass(
            ownership=Ownership(table.info["class"]),
            export=table.info["export"],
            keeping=Keeping(table.info.get("keeping", Keeping.CHANGEABLE)),
            gate=Gate(table.info.get("gate", Gate.CLOSED)),
        )
    return found


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. A datetime without a time zone is refused; what is read is in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's)
        """Refuse a moment whose time zone nobody knows."""
        if value is not None and value.utcoffset() is None:
            what = f"{value} has no time zone."
            raise DatabaseError(what, remedy="Use the clock, or datetime.now(UTC).")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's)
        """Return the moment in UTC, whatever time zone the connection has."""
        return None if value is None else value.astimezone(UTC)


_TYPES: dict[Any, TypeEngine[Any]] = {
    str: Text(),
    int: Integer(),
    bool: Boolean(),
    bytes: LargeBinary(),
    date: Date(),
    datetime: UtcDateTime(),
    UUID: Uuid(),
    dict[str, Any]: JSONB(),
}


class RegionBase(DeclarativeBase):
    """Base of the tables of a region's database."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = _TYPES


class ControlBase(DeclarativeBase):
    """Base of the tables of the control database."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = _TYPES


def new_id() -> UUID:
    """Return a UUID that sorts by the time it was made (version 7, RFC 9562): inserts stay at the index's end."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10)) & ((1 << 74) - 1)
    high = (milliseconds << 16) | 0x7000 | (random >> 62)
    return UUID(int=(high << 64) | (0b10 << 62) | (random & ((1 << 62) - 1)))


class Sourced:
    """Columns for where a figure comes from; ``source_example`` marks one that no public source gives."""

    source_title: Mapped[str]
    source_date: Mapped[date | None]
    source_example: Mapped[bool] = mapped_column(server_default=false())

    @property
    def source(self) -> Source:
        """The three columns as the SDK's value."""
        return Source(title=self.source_title, date=self.source_date, example=self.source_example)


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
"""The key of a row, made by whoever inserts it."""

Ore = Annotated[int, mapped_column(BigInteger)]
"""An amount in whole öre."""

Count = Annotated[int, mapped_column(BigInteger)]
"""A number of inhabitants, users, licenses."""

Recorded = Annotated[datetime, mapped_column(server_default=func.now())]
"""When the row was written: the start of the transaction."""

Superseded = Annotated[datetime | None, mapped_column()]
"""When a later row took its place; empty while it counts. Set once, and nothing else of the row ever changes."""


def one_of(column: str, words: type[StrEnum]) -> str:
    """Return the condition that a column holds one of the enumeration's words."""
    return f"{column} IN ({', '.join(repr(str(word.value)) for word in words)})"
