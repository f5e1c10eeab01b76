"""What plain data may hold at all, before anything is known of its form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from andel.tenancy.model.faults import Fault, Path
from andel.tenancy.model.words import unprintable

_DEEPEST = 16


def fit_for_json(data: object) -> tuple[Any, tuple[Fault, ...]]:
    """Return the data as JSON can carry it, and everything that stood in the way.

    Decimal numbers, times of day and characters that cannot be shown are each replaced by what is nearest, so that
    the rest can be looked at.
    """
    unfit: list[Fault] = []
    return _fit(data, (), unfit), tuple(unfit)


def _fit(data: object, path: Path, unfit: list[Fault]) -> object:
    if len(path) > _DEEPEST:
        unfit.append(Fault(what="The document is nested too deeply.", path=path, remedy="See tenants/README.md."))
        return None
    if isinstance(data, Mapping):
        named = {_leaf(str(name), path, unfit): (str(name), value) for name, value in data.items()}
        return {clean: _fit(value, (*path, name), unfit) for clean, (name, value) in named.items()}
    if isinstance(data, list | tuple):
        return [_fit(value, (*path, index), unfit) for index, value in enumerate(data)]
    return _leaf(data, path, unfit)


def _leaf(value: object, path: Path, unfit: list[Fault]) -> object:
    fit, what, remedy = _without_fault(value)
    if what:
        unfit.append(Fault(what=what, path=path, remedy=remedy))
    return fit


def _without_fault(value: object) -> tuple[object, str, str]:
    """Return the nearest value that fits, what was wrong (nothing when it fits as it is) and the remedy."""
    match value:
        case str():
            return _text_without_fault(value)
        case None | int():
            return value, "", ""
        case float():
            what = f"{value!r} is a decimal number, which is never exact."
            return str(value), what, 'Write it as text: "0.5", "30 %" or "3/10".'
        case datetime() | time():
            return str(value)[:10], f"{value} has a time of day.", "Write a day: YYYY-MM-DD."
        case date():
            return value.isoformat(), "", ""
        case _:
            return str(value), f"{value!r} is no plain value.", "Write text, whole numbers or days."


def _text_without_fault(text: str) -> tuple[str, str, str]:
    char = unprintable(text)
    if not char:
        return text, "", ""
    clean = "".join(one for one in text if not unprintable(one))
    return clean, f"The text holds the character U+{ord(char):04X}, which cannot be shown.", "Remove it."
