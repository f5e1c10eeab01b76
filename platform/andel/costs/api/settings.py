"""The dated settings of a component's model: read, added, corrected, ended. What counted before is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.costs.api.examples import SETTINGS, SOURCE, VALUES
from andel.costs.api.finding import component_row, settings_answer
from andel.costs.api.schemas.services import (
    AllSettingsAnswer,
    AllSettingsQuery,
    SettingsAnswer,
    SettingsCorrection,
    SettingsOf,
)
from andel.costs.service.changing import NewSettings, add_settings, correct_settings, end_settings
from andel.costs.tables import ComponentSettingsRow, CostComponentRow
from andel.parties.pages import Regions
from andel.shared.api import ROOT, Answered, Inside, NotFoundError, Resources, expect, page_of_list
from andel.shared.api.changing import Changing, actor_of
from andel.shared.api.sources import source_of

READ: Final = "costs:read"
MANAGE: Final = "costs:manage"
ALL: Final = "/<tenant>/services/<service>/components/<component>/settings"
ONE: Final = f"{ALL}/<day>"

_SENT: Final = {"values": VALUES, "source": {"title": SOURCE["title"], "date": SOURCE["date"]}}


def add_settings_operations(resources: Resources, regions: Regions, changing: Changing) -> None:
    """Add the operations on settings."""
    _add_reading(resources)
    _add_adding(resources, regions, changing)
    _add_changing(resources, regions, changing)


def _add_reading(resources: Resources) -> None:
    @resources.get(
        ALL,
        scope=READ,
        sv="Lista en kostnadsdels inställningar",
        answers=AllSettingsAnswer,
        example={"settings": [SETTINGS], "next": None},
        query=AllSettingsQuery,
    )
    def list_settings(inside: Inside, query: Mapping[str, Any], service: str, component: str) -> Answered:
        """List the revisions of a component's settings.

        Those that count, the first day first; each is in force until the next.
        """
        part = component_row(inside.session, service, component)
        page = page_of_list(_current(inside.session, part), lambda row: (row.valid_from.isoformat(),), query)
        return Answered(body={"settings": [settings_answer(part, row) for row in page.rows], "next": page.next})

    @resources.get(
        ONE,
        scope=READ,
        sv="Läs inställningar från en dag",
        answers=SettingsAnswer,
        example=SETTINGS,
        versioned=True,
    )
    def read_settings(inside: Inside, service: str, component: str, day: str) -> Answered:
        """Read the settings that begin on a day.

        `day` is their first day, `YYYY-MM-DD`.
        """
        part = component_row(inside.session, service, component)
        return Answered(body=settings_answer(part, _beginning(inside.session, part, day)))


def _add_adding(resources: Resources, regions: Regions, changing: Changing) -> None:
    @resources.post(
        ALL,
        scope=MANAGE,
        sv="Lägg till inställningar",
        answers=SettingsAnswer,
        example=SETTINGS,
        body=SettingsOf,
        sent={"valid_from": SETTINGS["valid_from"], **_SENT},
    )
    def add_new_settings(inside: Inside, body: Mapping[str, Any], service: str, component: str) -> Answered:
        """Add settings from a day on.

        They are in force until the next revision's day; the one before them ends on theirs. The values are refused
        unless they are what the model asks for. Results that are stored stay as they are: run the period again to
        correct them.
        """
        part, day = component_row(inside.session, service, component), body["valid_from"]
        with changing(inside.session):
            view = regions.view(inside.tenant, inside.session)
            add_settings(inside.session, part, day, _new(body), view=view, by=actor_of(inside))
        row = _beginning(inside.session, part, day.isoformat())
        place = f"{ROOT}/{inside.tenant}/services/{service}/components/{component}/settings/{day}"
        return Answered(body=settings_answer(part, row), location=place)


def _add_changing(resources: Resources, regions: Regions, changing: Changing) -> None:
    @resources.put(
        ONE,
        scope=MANAGE,
        sv="Rätta inställningar",
        answers=SettingsAnswer,
        example=SETTINGS,
        body=SettingsCorrection,
        sent=_SENT,
    )
    def correct_the_settings(
        inside: Inside, body: Mapping[str, Any], service: str, component: str, day: str
    ) -> Answered:
        """Correct the settings that begin on a day.

        What they were is kept; what is written now counts for the same days.
        """
        part = component_row(inside.session, service, component)
        row = _beginning(inside.session, part, day, locked=True)
        expect(settings_answer(part, row))
        with changing(inside.session):
            view = regions.view(inside.tenant, inside.session)
            correct_settings(inside.session, part, row, _new(body), view=view, by=actor_of(inside))
        return Answered(body=settings_answer(part, _beginning(inside.session, part, day)))

    @resources.delete(ONE, scope=MANAGE, sv="Ta bort inställningar", refusals=(409, 422))
    def end_the_settings(inside: Inside, service: str, component: str, day: str) -> Answered:
        """End the settings that begin on a day.

        Those before them are in force for their days too. Refused for the first ones, and when a stored result was
        made with them.
        """
        part = component_row(inside.session, service, component)
        row = _beginning(inside.session, part, day, locked=True)
        expect(settings_answer(part, row))
        with changing(inside.session):
            end_settings(inside.session, part, row, by=actor_of(inside))
        return Answered()


def _new(body: Mapping[str, Any]) -> NewSettings:
    return NewSettings(values=body["values"], source=source_of(body["source"]), version=body.get("model_version", ""))


def _current(session: Session, part: CostComponentRow) -> Sequence[ComponentSettingsRow]:
    current = select(ComponentSettingsRow).where(
        ComponentSettingsRow.component_id == part.id, ComponentSettingsRow.superseded_at.is_(None)
    )
    return session.scalars(current).all()


def _beginning(session: Session, part: CostComponentRow, day: str, *, locked: bool = False) -> ComponentSettingsRow:
    """Return the settings that begin on a day.

    Raises:
        NotFoundError: none do, or it is no day.
    """
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise NotFoundError.here() from None
    found = select(ComponentSettingsRow).where(
        ComponentSettingsRow.component_id == part.id,
        ComponentSettingsRow.valid_from == first,
        ComponentSettingsRow.superseded_at.is_(None),
    )
    row = session.scalars(found.with_for_update() if locked else found).one_or_none()
    if row is None or first.isoformat() != day:
        raise NotFoundError.here()
    return row
