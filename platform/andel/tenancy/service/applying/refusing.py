"""What no apply may do: overwrite what was counted, or take away what stored results refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from andel.costs.tables import (
    AllocationRow,
    ComponentPartyRow,
    ComponentSettingsRow,
    CostAmountRow,
    CostComponentRow,
    ServiceRow,
)
from andel.parties.tables import GroupMemberRow, GroupRow, OrganizationRow, ProfileRow, SuccessionRow
from andel.sdk.errors import Complaint
from andel.tenancy.model.document import Component, ServiceOf, TenantDocument
from andel.tenancy.model.plan import Action, Change, Place, cost_name
from andel.tenancy.service.applying.rows import TableRow, table_of
from andel.tenancy.service.schema import region_metadata

_OWN: Final[dict[TableRow, frozenset[str]]] = {
    OrganizationRow: frozenset(
        table_of(row).name for row in (OrganizationRow, ProfileRow, ComponentPartyRow, SuccessionRow)
    ),
    GroupRow: frozenset({table_of(GroupMemberRow).name}),
    ServiceRow: frozenset({table_of(CostComponentRow).name}),
    CostComponentRow: frozenset(table_of(row).name for row in (ComponentPartyRow, ComponentSettingsRow, CostAmountRow)),
}
"""Tables that are written together with what they point at: they do not hinder its removal."""

_ENDS: Final = "Keep it, and write valid_to: the first day that it no longer exists."
_STAYS: Final = "Keep it in the document: a result that is stored can always be explained and computed again."


def refusals(
    session: Session, changes: Sequence[Change], before: TenantDocument | None, after: TenantDocument
) -> tuple[Complaint, ...]:
    """Return why the changes cannot be made, all that is wrong at once.

    Args:
        session: a transaction of the region.
        changes: what would be done.
        before: what the database amounts to now; None when it is empty.
        after: the document.
    """
    removed = frozenset(change.place for change in changes if change.action is Action.REMOVED)
    found: list[Complaint] = []
    for change in changes:
        if change.kind == "region":
            found += _key(change)
        elif change.kind == "facts":
            found += _figures(change)
        elif change.action is Action.REMOVED and before is not None and not _within(change.place, removed):
            found += _Removal(session, change, before, after).complaints()
    return tuple(found)


def _within(place: Place, removed: frozenset[Place]) -> bool:
    """Tell whether the part goes together with one that it is a part of."""
    return any(place[:length] in removed for length in range(2, len(place), 2))


def _key(change: Change) -> Iterator[Complaint]:
    for field in change.fields:
        if field.name in {"key", "organization"} and field.old:
            what = f"The {field.name} of the region is {field.old} in this database, {field.new} in the document."
            yield Complaint(what, change.where, "A key never changes: results refer to it.")


def _figures(change: Change) -> Iterator[Complaint]:
    if change.action is Action.REMOVED:
        what = f"The figures {change.place[1]} were applied, and are no longer in the document."
        yield Complaint(what, change.where, "Keep them: what was counted is never removed.")
    elif change.action is Action.CHANGED:
        names = ", ".join(field.name.removeprefix("values.") for field in change.fields)
        what = f"The figures {change.place[1]} were applied, and would be overwritten: {names}."
        remedy = 'Leave them as they were, and add the next "revision" of that name and day; "corrects" says why.'
        yield Complaint(what, change.where, remedy)


@dataclass(frozen=True, slots=True)
class _Removal:
    """One part that is to be removed."""

    session: Session
    change: Change
    before: TenantDocument
    after: TenantDocument

    def complaints(self) -> Iterator[Complaint]:
        """Yield what hinders the removal."""
        match self.change.place:
            case ("organizations", key):
                yield from self._kept(OrganizationRow, OrganizationRow.key == key, _ENDS)
            case ("groups", key):
                yield from self._kept(GroupRow, GroupRow.key == key)
            case ("plugins", name) if self._any(select(AllocationRow.id).where(AllocationRow.plugin == name)):
                yield self._complaint(f"The plugin {name} has made results that are stored.", _STAYS)
            case ("services", key):
                yield from self._kept(ServiceRow, ServiceRow.key == key)
                for part in _service(self.before, key).components:
                    yield from self._kept(CostComponentRow, _is_component(key, part.key))
            case ("services", service, "components", key):
                yield from self._kept(CostComponentRow, _is_component(service, key))
                if not _service(self.after, service).components:
                    what = f"The service {service} would be left without any cost component."
                    yield self._complaint(what, "Remove the service as a whole, or keep one of its components.")
            case ("services", service, "components", key, *dated):
                yield from self._dated(service, key, dated)
            case _:
                return

    def _kept(self, row: TableRow, which: ColumnElement[bool], remedy: str = _STAYS) -> Iterator[Complaint]:
        ids = select(table_of(row).c.id).where(which)
        tables = [table for table, query in self._pointing(row, ids) if self._any(query)]
        if tables:
            yield self._complaint(f"It stands in what is kept: {', '.join(sorted(set(tables)))}.", remedy)

    def _dated(self, service: str, key: str, dated: Sequence[str]) -> Iterator[Complaint]:
        """Yield a complaint when results are stored that were made with the settings, or of the amount."""
        first, end = _days(_component(_service(self.before, service), key), *dated)
        overlapping = AllocationRow.period_start < end, AllocationRow.period_end > first
        beginning = AllocationRow.period_start < end, AllocationRow.period_start >= first
        results = (
            select(AllocationRow.period_start)
            .join(CostComponentRow, CostComponentRow.id == AllocationRow.component_id)
            .where(_is_component(service, key), *(overlapping if dated[0] == "costs" else beginning))
            .distinct()
            .order_by(AllocationRow.period_start)
        )
        days = ", ".join(map(str, self.session.scalars(results)))
        if days:
            yield self._complaint(f"Results are stored that it was used for, of the period from {days}.", _STAYS)

    def _pointing(self, row: TableRow, ids: Select[Any]) -> Iterator[tuple[str, Select[Any]]]:
        """Yield each table of any room that points at the row, with the query for those that do.

        Of one that staff may not look into, the database itself refuses the removal.
        """
        target = table_of(row).c.id
        for table in region_metadata().sorted_tables:
            if table.name not in _OWN[row]:
                for key in table.foreign_keys:
                    if key.column is target and may_read(self.session, table.name, key.parent.name):
                        yield table.name, select(key.parent).where(key.parent.in_(ids))

    def _any(self, query: Select[Any]) -> bool:
        return self.session.execute(query.limit(1)).first() is not None

    def _complaint(self, what: str, remedy: str) -> Complaint:
        return Complaint(what, self.change.where, remedy)


def may_read(session: Session, table: str, column: str) -> bool:
    """Tell whether the transaction's role may look into a column."""
    return bool(session.scalar(select(func.has_column_privilege(table, column, "SELECT"))))


def _is_component(service: str, key: str) -> ColumnElement[bool]:
    services = select(ServiceRow.id).where(ServiceRow.key == service)
    return (CostComponentRow.key == key) & CostComponentRow.service_id.in_(services)


def _service(document: TenantDocument, key: str) -> ServiceOf:
    return next(service for service in document.services if service.key == key)


def _component(service: ServiceOf, key: str) -> Component:
    return next(component for component in service.components if component.key == key)


def _days(component: Component, kind: str, name: str) -> tuple[date, date]:
    """Return the first day of an amount or of settings, and the first day after."""
    if kind == "costs":
        period = next(cost for cost in component.costs if cost_name(cost) == name).period
        return period.start, period.end
    first = date.fromisoformat(name)
    return first, min((one.valid_from for one in component.settings if one.valid_from > first), default=date.max)
