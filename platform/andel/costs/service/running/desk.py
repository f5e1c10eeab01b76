"""The region's book as one transaction sees it, kept until what it was read from changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from andel.costs.model import CostComponent, CostError, RegionBook, Service
from andel.costs.service.allocating import Allocator
from andel.costs.service.reading import component_ids, read_book
from andel.costs.service.running.storing import Organizations
from andel.costs.tables import InputChangeRow
from andel.host.facade import Facade
from andel.host.view import TenantView
from andel.parties.service import read_directory
from andel.sdk.period import Period
from andel.sdk.text import Text

View = Callable[[Session], TenantView]
"""Tells what the region may use, by what its database says."""

_LAST: Final = select(InputChangeRow.mark).order_by(InputChangeRow.id.desc()).limit(1).scalar_subquery()
_COUNT: Final = select(func.count()).select_from(InputChangeRow).scalar_subquery()

INPUTS: Final[ColumnElement[str]] = func.concat(_LAST, "/", _COUNT).label("inputs")
"""Marks what allocations are made from: the same mark in two transactions, the same book.

The last change alone would not do: one with a lower number may be committed after it.
"""


@dataclass(frozen=True)
class Desk:
    """What components are allocated from, as it stood at one mark."""

    inputs: str
    book: RegionBook
    view: TenantView
    parts: Mapping[UUID, tuple[Service, CostComponent]]
    organizations: Organizations
    facade: Facade

    @cached_property
    def allocator(self) -> Allocator:
        """Allocates from the book."""
        return Allocator(self.book, self.view, self.facade)

    def part(self, component_id: UUID) -> tuple[Service, CostComponent]:
        """Return a component with its service.

        Raises:
            CostError: it has been removed since the run was ordered.
        """
        found = self.parts.get(component_id)
        if found is None:
            message = Text(
                "Kostnadsdelen har tagits bort sedan körningen beställdes.",
                "The cost component was removed after the run had been ordered.",
            )
            raise CostError(message, where=self.book.key, remedy=Text("Beställ en ny körning.", "Order a new run."))
        return found

    @cached_property
    def keys(self) -> Mapping[UUID, str]:
        """The organizations' keys by their ids."""
        return {id_: key for key, id_ in self.organizations.items()}

    def years_before(self, component_id: UUID, period: Period) -> tuple[Period, ...]:
        """Return the earlier years with costs whose charges the component's model counts in the period.

        Raises:
            AndelError: the model cannot be asked.
        """
        history = self.history(component_id, period)
        if history is None:
            return ()
        _, component = self.part(component_id)
        return tuple(year for year in component.periods() if year.overlaps(history) and not year.overlaps(period))

    def history(self, component_id: UUID, period: Period) -> Period | None:
        """Return the earlier days whose charges the component's model counts, None when it counts none.

        Raises:
            AndelError: the model cannot be asked.
        """
        current = self.allocator.current(self.part(component_id)[1], period)
        return self.facade.history(current.registered, period, current.settings)


@dataclass(slots=True)
class Desks:
    """The desk that was opened last: as long as nothing it was read from changes, it is read once."""

    _last: Desk | None = field(default=None)

    def at(self, session: Session, inputs: str, view: View, facade: Facade) -> Desk:
        """Return the desk of a mark, as ``open_desk``."""
        desk = self._last
        if desk is None or desk.inputs != inputs:
            self._last = desk = open_desk(session, view, inputs=inputs, facade=facade)
        return desk


def open_desk(session: Session, view: View, *, inputs: str | None = None, facade: Facade | None = None) -> Desk:
    """Read the book in one transaction.

    Args:
        session: best of an isolation level that sees one moment only.
        view: what the region may use.
        inputs: the mark, when it has been read in the transaction already.
        facade: calls the models.

    Raises:
        PartyError: nothing has been applied to the database.
    """
    book = read_book(session)
    services = {service.key: service for service in book.services}
    ids = component_ids(session)
    return Desk(
        inputs=str(session.scalar(select(INPUTS))) if inputs is None else inputs,
        book=book,
        view=view(session),
        parts={
            ids[service.key, component.key]: (service, component)
            for service in services.values()
            for component in service.components
        },
        organizations=Organizations(read_directory(session).ids),
        facade=facade or Facade(),
    )
