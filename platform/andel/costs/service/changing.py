"""Change what is shared and what it costs, one thing at a time. What counted before is kept: a correction is a new row.

Every function takes a transaction of the region, as its staff, and writes what happened in the audit chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from andel.costs.model import Cost, CostError
from andel.costs.tables import ComponentSettingsRow, CostAmountRow, CostComponentRow, ServiceRow
from andel.host.settings import read_settings
from andel.host.view import TenantView
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.sdk.workings import canonical_json
from andel.shared.audit import Actor, Entry, append
from andel.shared.database import new_id


class AlreadyThereError(CostError):
    """Settings of that day, or an amount of that reference and those days, are there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSettings:
    """Settings as they are written: plain values, and where they come from.

    Attributes:
        version: of the model; the latest that is installed when empty.
    """

    values: Mapping[str, Any]
    source: Source
    version: str = ""


def change_service(session: Session, row: ServiceRow, changed: Mapping[str, Any], *, by: Actor) -> None:
    """Set columns of a service; a key never changes."""
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    _note(session, "service.changed", by, f"service:{row.id}", fields=sorted(changed))


def add_settings(
    session: Session, part: CostComponentRow, valid_from: date, new: NewSettings, *, view: TenantView, by: Actor
) -> UUID:
    """Add settings that are in force from a day on, until the day of the next that are there; return their id.

    Raises:
        AlreadyThereError: settings begin on that day already.
        SettingsError: the values are not what the model asks for.
        NotAvailableError: the region has not enabled the model, or the version is not installed.
    """
    standing = _standing(session, part)
    if any(row.valid_from == valid_from for row in standing):
        what = Text(
            f"Det finns redan inställningar från {valid_from}.", f"There are settings from {valid_from} already."
        )
        remedy = Text("Rätta dem, eller välj en annan dag.", "Correct them, or choose another day.")
        raise AlreadyThereError(what, where="valid_from", remedy=remedy)
    before = next((row for row in reversed(standing) if row.valid_from < valid_from), None)
    after = next((row for row in standing if row.valid_from > valid_from), None)
    columns = _checked(part, new, view)
    if before is not None:
        _supersede(session, before)
        session.add(_copy(before, valid_to=valid_from))
    made = _insert(session, part, columns, valid_from=valid_from, valid_to=after.valid_from if after else None)
    _note(session, "settings.added", by, f"component_settings:{made}", valid_from=valid_from.isoformat())
    return made


def correct_settings(
    session: Session,
    part: CostComponentRow,
    row: ComponentSettingsRow,
    new: NewSettings,
    *,
    view: TenantView,
    by: Actor,
) -> UUID:
    """Let other settings take the place of a revision, for the same days; return their id.

    Raises:
        SettingsError, NotAvailableError: as for ``add_settings``.
    """
    columns = _checked(part, new, view)
    _supersede(session, row)
    made = _insert(session, part, columns, valid_from=row.valid_from, valid_to=row.valid_to)
    _note(session, "settings.corrected", by, f"component_settings:{made}", valid_from=row.valid_from.isoformat())
    return made


def end_settings(session: Session, part: CostComponentRow, row: ComponentSettingsRow, *, by: Actor) -> None:
    """Take a revision away: the one before it is in force for its days too.

    Raises:
        CostError: it is the first one; a component always has settings.
    """
    before = next((one for one in reversed(_standing(session, part)) if one.valid_from < row.valid_from), None)
    if before is None:
        what = Text("Det är de första inställningarna.", "They are the first settings.")
        raise CostError(what, where=row.valid_from.isoformat(), remedy=Text("Rätta dem i stället.", "Correct them."))
    _supersede(session, row)
    _supersede(session, before)
    session.add(_copy(before, valid_to=row.valid_to))
    session.flush()
    _note(session, "settings.ended", by, f"component_settings:{row.id}", valid_from=row.valid_from.isoformat())


def add_cost(session: Session, part: CostComponentRow, cost: Cost, *, by: Actor) -> UUID:
    """Add an amount of the component's basis, and return its id.

    Raises:
        AlreadyThereError: an amount of the same reference shares days with it.
    """
    _check_apart(session, part, cost)
    made = _add_cost(session, part, cost)
    _note(session, "cost.added", by, f"cost_amount:{made}", ore=cost.ore, period=str(cost.period))
    return made


def correct_cost(session: Session, part: CostComponentRow, row: CostAmountRow, cost: Cost, *, by: Actor) -> UUID:
    """Let another amount take the place of one, and return its id.

    Raises:
        AlreadyThereError: as for ``add_cost``.
    """
    _supersede(session, row)
    _check_apart(session, part, cost)
    made = _add_cost(session, part, cost)
    details = {"ore": cost.ore, "period": str(cost.period), "corrects": str(row.id)}
    _note(session, "cost.corrected", by, f"cost_amount:{made}", **details)
    return made


def end_cost(session: Session, row: CostAmountRow, *, by: Actor) -> None:
    """Let an amount no longer count."""
    _supersede(session, row)
    _note(session, "cost.ended", by, f"cost_amount:{row.id}", ore=row.ore)


def _standing(session: Session, part: CostComponentRow) -> list[ComponentSettingsRow]:
    current = select(ComponentSettingsRow).where(
        ComponentSettingsRow.component_id == part.id, ComponentSettingsRow.superseded_at.is_(None)
    )
    return list(session.scalars(current.order_by(ComponentSettingsRow.valid_from)))


def _checked(part: CostComponentRow, new: NewSettings, view: TenantView) -> dict[str, Any]:
    registered = view.model(part.model, new.version or None)
    read_settings(registered, new.values, where="values")
    return {
        "model_version": registered.version,
        "settings": dict(new.values),
        "digest": hashlib.sha256(canonical_json(dict(new.values))).hexdigest(),
        **_source(new.source),
    }


def _insert(session: Session, part: CostComponentRow, columns: Mapping[str, Any], **days: date | None) -> UUID:
    row = ComponentSettingsRow(id=new_id(), component_id=part.id, **days, **columns)
    session.add(row)
    session.flush()
    return row.id


def _copy(row: ComponentSettingsRow, *, valid_to: date | None) -> ComponentSettingsRow:
    return ComponentSettingsRow(
        id=new_id(),
        component_id=row.component_id,
        valid_from=row.valid_from,
        valid_to=valid_to,
        model_version=row.model_version,
        settings=row.settings,
        digest=row.digest,
        **_source(row.source),
    )


def _supersede(session: Session, row: ComponentSettingsRow | CostAmountRow) -> None:
    table = type(row)
    session.execute(update(table).where(table.id == row.id).values(superseded_at=func.now()))


def _check_apart(session: Session, part: CostComponentRow, cost: Cost) -> None:
    there = select(CostAmountRow.id).where(
        CostAmountRow.component_id == part.id,
        CostAmountRow.superseded_at.is_(None),
        CostAmountRow.basis == part.basis,
        CostAmountRow.reference == cost.reference,
        CostAmountRow.period_start < cost.period.end,
        CostAmountRow.period_end > cost.period.start,
    )
    if session.scalar(there.limit(1)) is not None:
        what = Text(
            f"Det finns redan ett belopp för {cost.period} med samma referens.",
            f"There is an amount for {cost.period} with the same reference already.",
        )
        remedy = Text("Rätta det, eller ge vart och ett sin referens.", "Correct it, or give each its own reference.")
        raise AlreadyThereError(what, where="period", remedy=remedy)


def _add_cost(session: Session, part: CostComponentRow, cost: Cost) -> UUID:
    row = CostAmountRow(
        id=new_id(),
        component_id=part.id,
        basis=part.basis,
        period_start=cost.period.start,
        period_end=cost.period.end,
        ore=cost.ore,
        reference=cost.reference,
        **_source(cost.source),
    )
    session.add(row)
    session.flush()
    return row.id


def _source(source: Source) -> dict[str, Any]:
    return {"source_title": source.title, "source_date": source.date, "source_example": source.example}


def _note(session: Session, event: str, by: Actor, subject: str, **details: Any) -> None:  # noqa: ANN401  (plain data)
    append(session, Entry(event=event, actor=by, subject=subject, details=details))
