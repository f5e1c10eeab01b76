"""From plain data to a document, telling everything that is wrong with its form at once.

What is wrong is set aside and the rest is read again, so that one bad row does not hide what is wrong elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from andel.sdk.errors import did_you_mean
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import Fault, Path
from andel.tenancy.model.plain import fit_for_json
from andel.tenancy.model.words import is_key

_ROUNDS = 8
_FIGURE = 4  # ("facts", 0, "values", "mora")
_WORDS = {"sv": "?", "en": "?"}
_EXAMPLE = {"example": True}
_STAND_INS: Mapping[str, Mapping[str, object]] = {
    "services": {"title": _WORDS, "bearer": _WORDS, "summary": _WORDS, "source": _EXAMPLE},
    "components": {"title": _WORDS},
    "settings": {"source": _EXAMPLE},
    "costs": {"source": _EXAMPLE},
    "facts": {"source": _EXAMPLE},
}
"""What stands for wrong words in an element of each list, so that the rest of the element is still looked at."""

STAND_IN_REGION: Mapping[str, object] = {
    "key": "region",
    "organization": "region",
    "code": "00",
    "name": "?",
    "source": "?",
    "colours": {"accent": "#000000", "fill": "#000000", "mid": "#000000", "tint": "#ffffff"},
}
"""What stands for a region that cannot be read, so that everything else is still looked at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of the data.

    Attributes:
        document: all that could be read; None when not even the region could.
        faults: everything that is wrong with the form.
        dropped: paths of the elements that were set aside; empty when there are no faults.
    """

    document: TenantDocument | None
    faults: tuple[Fault, ...] = ()
    dropped: frozenset[Path] = frozenset()

    def given(self, path: Path) -> Path:
        """Return the path in the data as given, of a path in the document that was read."""
        found: Path = ()
        for step in path:
            found = (*found, self._nth(found, step) if isinstance(step, int) else step)
        return found

    def _nth(self, owner: Path, number: int) -> int:
        index = -1
        for _ in range(number + 1):
            index += 1
            while (*owner, index) in self.dropped:
                index += 1
        return index


def read_document(data: object) -> Reading:
    """Read a document from plain data, as TOML or JSON gives it."""
    left, unfit = fit_for_json(data)
    reading = Reading(None, unfit)
    for _ in range(_ROUNDS):
        try:
            document = TenantDocument.model_validate_json(json.dumps(left))
        except ValidationError as error:
            details = _without_echoes(error.errors(include_url=False))
            found = [_fault(detail, reading) for detail in details]
            told = (*reading.faults, *(fault for fault in found if not _told_before(fault.path, reading, unfit)))
            if not isinstance(left, dict):
                return Reading(None, told)
            reading = Reading(None, told, _set_aside(left, details, reading))
        else:
            return Reading(document, reading.faults, reading.dropped)
    return reading


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short when that is only because an element of it is wrong."""
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(other["loc"][: len(detail["loc"])] == detail["loc"] for other in details if other is not detail)
    ]


def _told_before(path: Path, reading: Reading, unfit: Sequence[Fault]) -> bool:
    """Tell whether the fault only follows from another: its value was unfit, or what it misses was set aside."""
    return any(path == one.path for one in unfit) or any(hole[: len(path)] == path for hole in reading.dropped)


# ---- setting aside ------------------------------------------------------------------------------------------
def _set_aside(data: dict[str, Any], details: list[ErrorDetails], reading: Reading) -> frozenset[Path]:
    """Mend or remove in ``data`` what the details complain of; return all that has been removed so far."""
    removed: set[Path] = set()
    for detail in details:
        path: Path = detail["loc"]
        if path[:1] == ("region",):
            data["region"] = _mended_region(data.get("region"))
        elif path == ("format",):
            data["format"] = 1
        elif not _stood_in(data, path, detail["type"]):
            removed.add(_innermost(path))
    for path in sorted(removed, key=lambda path: [(type(step).__name__, step) for step in path], reverse=True):
        _remove(data, path)
    return reading.dropped | {reading.given(path) for path in removed}


def _stood_in(data: dict[str, Any], path: Path, kind: str) -> bool:
    """Put a stand-in for wrong words in an element of a list, or take away a key that it should not have."""
    number = _last_number(path)
    if number is None or len(path) < number + 2:
        return False
    owner, of, name = _at(data, path[: number + 1]), path[number - 1], path[number + 1]
    if not isinstance(owner, dict) or not isinstance(name, str) or not isinstance(of, str):
        return False
    stand_ins = _STAND_INS.get(of, {})
    if kind == "extra_forbidden" and len(path) == number + 2:
        owner.pop(name, None)
    elif name in stand_ins:
        owner[name] = deepcopy(stand_ins[name])
    else:
        return False
    return True


def _mended_region(region: object) -> dict[str, Any]:
    """Return a region that can be read, under the name that others refer to it by."""
    given = region.get("organization") if isinstance(region, Mapping) else None
    return {**STAND_IN_REGION, "organization": given if isinstance(given, str) and is_key(given) else "region"}


def _innermost(path: Path) -> Path:
    """Return the path of the least that can be removed: a figure, an element of a list, or a whole first name."""
    if path[:1] == ("facts",) and path[2:3] == ("values",) and len(path) > _FIGURE - 1:
        return path[:_FIGURE]
    number = _last_number(path)
    return path[:1] if number is None else path[: number + 1]


def _last_number(path: Path) -> int | None:
    return max((place for place, step in enumerate(path) if isinstance(step, int)), default=None)


def _at(data: object, path: Path) -> object:
    for step in path:
        if isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif isinstance(data, Mapping):
            data = data.get(step)
        else:
            return None
    return data


def _remove(data: object, path: Path) -> None:
    owner = _at(data, path[:-1])
    if isinstance(owner, list) and isinstance(path[-1], int) and path[-1] < len(owner):
        del owner[path[-1]]
    elif isinstance(owner, dict):
        owner.pop(path[-1], None)


# ---- words --------------------------------------------------------------------------------------------------
def _fault(detail: ErrorDetails, reading: Reading) -> Fault:
    path = reading.given(detail["loc"])
    what, remedy = _told(detail, str(path[-1]) if path else "", path)
    return Fault(what=what, path=path[:-1] if detail["type"] == "missing" else path, remedy=remedy)


def _told(detail: ErrorDetails, name: str, path: Path) -> tuple[str, str]:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            told = f'"{name}" is not known here.', did_you_mean(name, _fields(path[:-1]))
        case "missing":
            told = f'"{name}" is missing.', f"Add {name}."
        case "enum" | "literal_error":
            told = f'"{detail["input"]}" is not one of {context.get("expected", "")}.', "Choose one of them."
        case "value_error":
            what, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
            told = _sentence(what), _sentence(remedy)
        case "string_pattern_mismatch":
            told = f'"{detail["input"]}" has the wrong form.', f"It matches {context.get('pattern', '')}."
        case _:
            told = _sentence(detail["msg"]), "See tenants/README.md for the form."
    return told


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


def _fields(path: Path) -> list[str]:
    """Return the names that the part of the document at the path may have."""
    part: type[BaseModel] | None = TenantDocument
    for step in path:
        if isinstance(step, int) or part is None:
            continue
        field = part.model_fields.get(step)
        part = next(_models(field.annotation), None) if field is not None else None
    return list(part.model_fields) if part is not None else []


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _models(inside)
