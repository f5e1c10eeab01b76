"""What an apply would change: two documents compared part by part, and what was changed behind the files' back.

Three documents are looked at: the one that is to be applied, the one that was applied last, and the one that the
database amounts to now. Where the last two differ, somebody changed the database since: that is drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from andel.sdk.errors import Complaint
from andel.tenancy.model.document import CostLine, Facts, TenantDocument

Place = tuple[str, ...]
"""Which part of a document: ``("services", "synergi", "components", "licenser", "settings", "2024-01-01")``."""

Fields = Mapping[str, Any]


class Action(StrEnum):
    """What happens to a part.

    ``CORRECTED``: what counts is a new row; the earlier one is kept beside it and can be read back.
    """

    ADDED = "added"
    CHANGED = "changed"
    CORRECTED = "corrected"
    REMOVED = "removed"


class Origin(StrEnum):
    """Who made the difference: the files, the database since the last apply (it is undone), or both."""

    FILES = "files"
    DATABASE = "database"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a part; None where the part does not have it."""

    name: str
    old: Any = None
    new: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one part of a document.

    Attributes:
        title: what people call it, empty when it has no other name than its place.
        fields: those that differ; all of them for a part that is added or removed.
    """

    place: Place
    action: Action
    title: str = ""
    fields: tuple[FieldChange, ...] = ()
    origin: Origin = Origin.FILES

    @property
    def kind(self) -> str:
        """The list of the document that the part stands in: ``"organizations"``, ``"settings"``."""
        return kind_of(self.place)

    @property
    def where(self) -> str:
        """The place in words: ``services[synergi].components[licenser]``."""
        named = zip(self.place[::2], self.place[1::2], strict=False)
        return ".".join(f"{kind}[{name}]" for kind, name in named) or self.place[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What applying a document would do to a region's database.

    Attributes:
        tenant: the region's key.
        digest: of the document.
        database_digest: of what the database amounts to now; empty when it is empty.
        applied_digest: of what was applied last; empty when nothing was.
        earlier: the revision that the document was applied as before the last one; applying goes back to it.
        changes: what would be done, in the document's order of parts.
        drift: what was changed in the database since the last apply.
        refusals: why it cannot be applied, whatever is allowed.
    """

    tenant: str
    digest: str
    database_digest: str = ""
    applied_digest: str = ""
    earlier: int | None = None
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    refusals: tuple[Complaint, ...] = ()

    @property
    def removals(self) -> tuple[Change, ...]:
        """What would be removed."""
        return tuple(change for change in self.changes if change.action is Action.REMOVED)


def kind_of(place: Place) -> str:
    """Return the name of the list that a part stands in."""
    return place[-2] if len(place) > 1 else place[0]


def changes_between(before: TenantDocument | None, after: TenantDocument | None) -> tuple[Change, ...]:
    """Return what leads from the one document to the other. Equal documents have none, in any order of lists."""
    old, new = _parts(before), _parts(after)
    places = {**new, **old}
    return tuple(
        _change(place, old.get(place), new.get(place), corrects=new.get(_corrected_by(place)))
        for place in sorted(places, key=_order)
        if old.get(place) != new.get(place)
    )


def plan_of(
    document: TenantDocument,
    *,
    database: TenantDocument | None,
    applied: TenantDocument | None,
    applied_digest: str = "",
) -> Plan:
    """Return the plan for a document, by what the database amounts to and what was applied last."""
    drift = () if applied is None else changes_between(applied, database)
    return Plan(
        tenant=document.region.key,
        digest=document.digest,
        database_digest=database.digest if database else "",
        applied_digest=applied_digest,
        changes=tuple(_with_origins(changes_between(database, document), drift, _edits(applied, document))),
        drift=drift,
    )


def _edits(applied: TenantDocument | None, document: TenantDocument) -> frozenset[Place]:
    return frozenset() if applied is None else frozenset(one.place for one in changes_between(applied, document))


def _with_origins(changes: Iterable[Change], drift: Iterable[Change], edits: frozenset[Place]) -> Iterator[Change]:
    drifted = {change.place for change in drift}
    for change in changes:
        origin = Origin.FILES
        if change.place in drifted:
            origin = Origin.BOTH if change.place in edits else Origin.DATABASE
        yield replace(change, origin=origin)


# ---- one part -----------------------------------------------------------------------------------------------
_KEPT_BESIDE: Final = frozenset({"settings", "costs"})
_ORDER: Final = ("region", "plugins", "organizations", "groups", "successions", "facts", "services")
_TITLES: Final = ("name", "title", "title.sv")
_REVISION: Final = " revision "


def _order(place: Place) -> tuple[int, Place]:
    return _ORDER.index(place[0]), place


def _change(place: Place, old: Fields | None, new: Fields | None, *, corrects: Fields | None) -> Change:
    """Return what happens to a part; figures that correct others are compared with those."""
    action = _action(place, old, new)
    before, after = (corrects if action is Action.CORRECTED and corrects else old) or {}, new or {}
    fields = tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )
    title = next((str(have[name]) for have in (after, before) for name in _TITLES if name in have), "")
    return Change(place=place, action=action, title=title, fields=fields)


def _corrected_by(place: Place) -> Place:
    """Return the place of the figures that those at the place correct, if they correct any."""
    if place[0] != "facts" or _REVISION not in place[1]:
        return ()
    name, _, revision = place[1].rpartition(_REVISION)
    return "facts", name if revision == "2" else f"{name}{_REVISION}{int(revision) - 1}"


def _action(place: Place, old: Fields | None, new: Fields | None) -> Action:
    if new is None:
        return Action.REMOVED
    if old is None:
        return Action.CORRECTED if place[0] == "facts" and new.get("corrects") else Action.ADDED
    return Action.CORRECTED if kind_of(place) in _KEPT_BESIDE else Action.CHANGED


# ---- a document as its parts --------------------------------------------------------------------------------
def _parts(document: TenantDocument | None) -> dict[Place, Fields]:
    """Return each part of a document with the fields that are its own, by its place."""
    return {} if document is None else dict(_each_part(document))


def _each_part(document: TenantDocument) -> Iterator[tuple[Place, Fields]]:
    yield ("region",), _fields(document.region)
    for plugin in document.plugins:
        yield ("plugins", plugin), MappingProxyType({})
    for organization in document.organizations:
        yield ("organizations", organization.key), _fields(organization)
    for group in document.groups:
        yield ("groups", group.key), _fields(group, members=sorted(group.members))
    for succession in document.successions:
        name = f"{succession.successor} {succession.on}"
        yield ("successions", name), _fields(succession, predecessors=sorted(succession.predecessors))
    for series in document.facts:
        yield ("facts", series_name(series)), _fields(series, without={"name", "reference_date", "revision"})
    for service in document.services:
        place: Place = ("services", service.key)
        yield place, _fields(service, without={"components"})
        for component in service.components:
            inside = (*place, "components", component.key)
            yield inside, _fields(component, without={"settings", "costs"}, parties=sorted(component.parties))
            for revision in component.settings:
                yield (*inside, "settings", str(revision.valid_from)), _fields(revision, without={"valid_from"})
            for cost in component.costs:
                yield (*inside, "costs", cost_name(cost)), _fields(cost, without={"year", "start", "end", "reference"})


def series_name(series: Facts) -> str:
    """Return what a series is called: ``inhabitants 2025-12-31``, with its revision from the second."""
    revision = f"{_REVISION}{series.revision}" if series.revision > 1 else ""
    return f"{series.name} {series.reference_date}{revision}"


def cost_name(cost: CostLine) -> str:
    """Return what an amount is called among its component's: its period, and its reference when it has one."""
    return f"{cost.period} {cost.reference}".strip()


def _fields(part: Any, *, without: Iterable[str] = (), **instead: Any) -> Fields:  # noqa: ANN401  (any part, plain data)
    data = part.model_dump(mode="json", exclude_none=True, exclude=set(without)) | instead
    return dict(_flat(data, ""))


def _flat(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
