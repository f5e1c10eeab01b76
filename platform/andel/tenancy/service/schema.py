"""Every table of Andel, from all rooms, and what each declares about itself."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from sqlalchemy import MetaData

import andel
from andel.shared.database.base import ControlBase, Ownership, RegionBase, TableClass, classes_of

_MACHINERY: Final = TableClass(ownership=Ownership.CONTROL, export=False)

ALEMBIC_TABLES: Final[Mapping[str, TableClass]] = MappingProxyType({"public.alembic_version": _MACHINERY})
"""What Alembic keeps in every database."""

QUEUE_TABLES: Final[Mapping[str, TableClass]] = MappingProxyType(
    {f"procrastinate.procrastinate_{name}": _MACHINERY for name in ("jobs", "events", "workers", "periodic_defers")}
)
"""What the job queue keeps in every region's database. Jobs are no data: after a restore they are made anew."""


def load_tables() -> None:
    """Import the tables of every room, so that both bases know them all."""
    for room in iter_modules(andel.__path__):
        name = f"andel.{room.name}.tables"
        if room.ispkg and find_spec(name) is not None:
            import_module(name)


def region_metadata() -> MetaData:
    """Return the tables of a region's database."""
    load_tables()
    return RegionBase.metadata


def control_metadata() -> MetaData:
    """Return the tables of the control database."""
    load_tables()
    return ControlBase.metadata


def region_classes() -> dict[str, TableClass]:
    """Return what is declared about every table of a region's database, by ``schema.table``."""
    return {**classes_of(region_metadata()), **ALEMBIC_TABLES, **QUEUE_TABLES}


def control_classes() -> dict[str, TableClass]:
    """Return what is declared about every table of the control database, by ``schema.table``."""
    return {**classes_of(control_metadata()), **ALEMBIC_TABLES}
