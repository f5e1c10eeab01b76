"""What is wrong in a tenant document, and where it stands: path in the document, file, line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from andel.sdk.errors import AndelError, Complaint

Path = tuple[str | int, ...]
"""A path into the document: ``("services", 0, "components", 1, "model")``."""

_NAMES = ("key", "name", "successor", "valid_from", "year", "start")
"""What an element of a list is called by in a written path, first that it has."""


class TenantError(AndelError):
    """A tenant's document cannot be used as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file, relative to the folder of all tenants, and a line in it from 1; empty for a document without files."""

    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        what: one sentence for whoever keeps the file.
        path: where it is in the document; empty when a file as a whole is meant.
        remedy: what to do about it.
        place: file and line, when the document came from files.
        key: the path in words, with the names of services and components in place of their numbers.
    """

    what: str
    path: Path = ()
    remedy: str = ""
    place: Place = field(default_factory=Place)
    key: str = ""

    @property
    def where(self) -> str:
        """File, line and key in one string."""
        return " ".join(part for part in (str(self.place), self.key or written(self.path)) if part)

    def complaint(self) -> Complaint:
        """Return the fault as every other error of Andel tells it."""
        return Complaint(self.what, self.where, self.remedy)


def error_of(faults: Sequence[Fault]) -> AndelError:
    """Return one error that carries every fault."""
    return TenantError.of([fault.complaint() for fault in faults])


def written(path: Path, data: object = None) -> str:
    """Write a path as ``services[synergi].components[licenser].model``.

    An element of a list is called by its key, name or date where ``data`` has one, else by its number from 1.
    """
    text = ""
    for step in path:
        data = _inside(data, step)
        if isinstance(step, int):
            text += f"[{_called(data) or step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


def _inside(data: object, step: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _called(data: object) -> str:
    if not isinstance(data, Mapping):
        return ""
    named: Mapping[str, Any] = data
    called = next((str(named[name]) for name in _NAMES if named.get(name)), "")
    day = named.get("reference_date")
    return f"{called} {day}" if called and day else called


@dataclass(frozen=True, slots=True)
class Places:
    """Where each part of a document was read from. A part without a line of its own has its owner's."""

    lines: Mapping[Path, Place] = field(default_factory=dict)

    def of(self, path: Path) -> Place:
        """Return the place of the longest beginning of the path that has one."""
        for length in range(len(path), -1, -1):
            place = self.lines.get(path[:length])
            if place is not None:
                return place
        return Place()


def located(faults: Iterable[Fault], places: Places, data: object) -> tuple[Fault, ...]:
    """Return the faults with place and written key, sorted by file and line; each is told once."""
    found: dict[tuple[str, int, str, str], Fault] = {}
    for fault in faults:
        place = fault.place if fault.place.file else places.of(fault.path)
        key = fault.key or written(fault.path, data)
        told = Fault(what=fault.what, path=fault.path, remedy=fault.remedy, place=place, key=key)
        found.setdefault((place.file, place.line or 0, key, fault.what), told)
    return tuple(found[order] for order in sorted(found))
