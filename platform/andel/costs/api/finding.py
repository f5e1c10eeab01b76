"""Find what an address names: a service, a cost component, one that is locked because it is about to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from andel.costs.tables import ComponentPartyRow, ComponentSettingsRow, CostComponentRow, ServiceRow
from andel.parties.tables import OrganizationRow
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.shared.api import NotFoundError


def has_settings() -> ColumnElement[bool]:
    """Return the condition that a component counts: one that was removed is kept without current settings."""
    return exists().where(
        ComponentSettingsRow.component_id == CostComponentRow.id, ComponentSettingsRow.superseded_at.is_(None)
    )


def counted_services() -> Select[ServiceRow]:
    """Return the services that count: those with a component that does, and those without any."""
    own = CostComponentRow.service_id == ServiceRow.id
    return select(ServiceRow).where(~exists().where(own) | exists().where(own, has_settings()))


def service_row(session: Session, key: str, *, locked: bool = False) -> ServiceRow:
    """Return a service.

    Raises:
        NotFoundError: there is none of that key.
    """
    found = counted_services().where(ServiceRow.key == key)
    row = session.scalars(found.with_for_update(of=ServiceRow) if locked else found).one_or_none()
    if row is None:
        raise NotFoundError.here()
    return row


def component_row(session: Session, service: str, key: str) -> CostComponentRow:
    """Return a cost component.

    Raises:
        NotFoundError: the service or the component is not there.
    """
    found = (
        select(CostComponentRow)
        .join(ServiceRow, ServiceRow.id == CostComponentRow.service_id)
        .where(ServiceRow.key == service, CostComponentRow.key == key, has_settings())
    )
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFoundError.here()
    return row


def components_of(session: Session, row: ServiceRow) -> Sequence[CostComponentRow]:
    """Return a service's components that count, by key."""
    own = select(CostComponentRow).where(CostComponentRow.service_id == row.id, has_settings())
    return session.scalars(own.order_by(CostComponentRow.key)).all()


def service_answer(session: Session, row: ServiceRow) -> dict[str, Any]:
    """Return a service as it is answered."""
    return {
        "key": row.key,
        "title": Text(row.title_sv, row.title_en),
        "bearer": Text(row.bearer_sv, row.bearer_en),
        "summary": Text(row.summary_sv, row.summary_en) if row.summary_sv else None,
        "source": row.source,
        "components": [part.key for part in components_of(session, row)],
    }


def component_answer(session: Session, service: str, row: CostComponentRow) -> dict[str, Any]:
    """Return a cost component as it is answered."""
    return {
        "service": service,
        "key": row.key,
        "title": Text(row.title_sv, row.title_en),
        "model": row.model,
        "basis": row.basis,
        "parties": None if row.every_party else _parties(session, row),
    }


def settings_answer(part: CostComponentRow, row: ComponentSettingsRow) -> dict[str, Any]:
    """Return a revision of settings as it is answered."""
    return {
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "model": part.model,
        "model_version": row.model_version,
        "values": row.settings,
        "digest": row.digest,
        "source": row.source,
        "recorded_at": row.recorded_at,
    }


def source_columns(source: Source) -> dict[str, Any]:
    """Return the columns of a source."""
    return {"source_title": source.title, "source_date": source.date, "source_example": source.example}


def _parties(session: Session, row: CostComponentRow) -> list[str]:
    sharing = (
        select(OrganizationRow.key)
        .join(ComponentPartyRow, ComponentPartyRow.organization_id == OrganizationRow.id)
        .where(ComponentPartyRow.component_id == row.id)
    )
    return list(session.scalars(sharing.order_by(OrganizationRow.key)))
