"""A plan written for people, line by line, and as plain data for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from andel.sdk.errors import Complaint
from andel.sdk.text import words_in
from andel.tenancy.model.plan import Action, Change, FieldChange, Origin, Place, Plan

MARKS: Final = {Action.ADDED: "+", Action.CHANGED: "~", Action.CORRECTED: "~", Action.REMOVED: "-"}

_NOTES: Final = {
    Origin.FILES: "",
    Origin.DATABASE: "undoes what was changed in the database",
    Origin.BOTH: "changed in the database as well",
}
_LONGEST: Final = 90
_COUNTED: Final = {
    "components": ("cost component", "cost components"),
    "settings": ("revision of settings", "revisions of settings"),
    "costs": ("amount", "amounts"),
}

Line = tuple[Action | None, str]
"""A line, and what its first sign stands for; None for a line that goes on with the one before."""


def plan_lines(plan: Plan) -> Iterator[Line]:
    """Yield a plan's changes, drift and refusals, without a heading."""
    yield from change_lines(plan.changes)
    if plan.drift:
        yield None, "Changed in the database since the last apply:"
        yield from change_lines(plan.drift, indent="  ")
    for complaint in plan.refusals:
        yield None, f"Cannot be applied: {complaint}"


def change_lines(changes: Sequence[Change], *, indent: str = "") -> Iterator[Line]:
    """Yield a line for each change, and one for each field that differs.

    What is added or removed as a whole is told once, with how much there is in it.
    """
    whole = {change.place for change in changes if change.action in {Action.ADDED, Action.REMOVED}}
    for change in changes:
        if _outside(change.place, whole):
            inside = [one for one in changes if change.place in whole and _inside(one.place, change.place)]
            yield change.action, f"{indent}{MARKS[change.action]} {_headline(change, inside)}"
            yield from ((None, f"{indent}      {line}") for line in _field_lines(change))


def summary(plan: Plan) -> str:
    """Return how many parts would be added, changed, corrected and removed, in one sentence without its end."""
    if not plan.changes:
        return "nothing to do"
    counts = Counter(change.action for change in plan.changes)
    return ", ".join(f"{counts[action]} {action}" for action in Action if counts[action])


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data."""
    return {
        "tenant": plan.tenant,
        "same": not plan.changes,
        "digest": plan.digest,
        "database_digest": plan.database_digest,
        "applied_digest": plan.applied_digest,
        "earlier_revision": plan.earlier,
        "changes": changes_data(plan.changes),
        "drift": changes_data(plan.drift),
        "refusals": [_complaint_data(complaint) for complaint in plan.refusals],
    }


def changes_data(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as plain data."""
    return [_change_data(change) for change in changes]


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "where": change.where,
        "place": list(change.place),
        "title": change.title,
        "origin": change.origin.value,
        "fields": [{"name": one.name, "old": one.old, "new": one.new} for one in change.fields],
    }


def _complaint_data(complaint: Complaint) -> dict[str, str]:
    return {
        "what": words_in(complaint.what, "en"),
        "where": complaint.where,
        "remedy": words_in(complaint.remedy, "en"),
    }


# ---- lines --------------------------------------------------------------------------------------------------
def _outside(place: Place, whole: set[Place]) -> bool:
    """Tell whether the part is not inside one that is added or removed as a whole."""
    return not any(place[:length] in whole for length in range(2, len(place), 2))


def _inside(place: Place, owner: Place) -> bool:
    return len(place) > len(owner) and place[: len(owner)] == owner


def _headline(change: Change, inside: Iterable[Change]) -> str:
    counts = Counter(one.kind for one in inside)
    contents = ", ".join(
        f"{counts[kind]} {one if counts[kind] == 1 else many}" for kind, (one, many) in _COUNTED.items() if counts[kind]
    )
    notes = [f"with {contents}" if contents else "", _kept(change), _NOTES[change.origin]]
    noted = "; ".join(note for note in notes if note)
    return " ".join(part for part in (change.where, change.title, f"({noted})" if noted else "") if part)


def _kept(change: Change) -> str:
    return "corrected, what it was is kept" if change.action is Action.CORRECTED else ""


def _field_lines(change: Change) -> Iterator[str]:
    if change.action in {Action.CHANGED, Action.CORRECTED}:
        yield from map(_field_line, change.fields)


def _field_line(field: FieldChange) -> str:
    name = field.name.removeprefix("values.")
    if _simple_list(field.old) and _simple_list(field.new):
        gone = [f"-{item}" for item in field.old if item not in field.new]
        come = [f"+{item}" for item in field.new if item not in field.old]
        return f"{name}: {' '.join((*gone, *come))}"
    if field.old is None or field.old == "":
        return f"{name}: {_short(field.new)} (new)"
    if field.new is None or field.new == "":
        return f"{name}: {_short(field.old)} (taken away)"
    return f"{name}: {_short(field.old)} -> {_short(field.new)}"


def _simple_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
