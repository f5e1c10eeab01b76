"""Read a region's services and costs from its database: the book that allocations are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.costs.model import Basis, Cost, CostComponent, RegionBook, Service
from andel.costs.tables import ComponentPartyRow, ComponentSettingsRow, CostAmountRow, CostComponentRow, ServiceRow
from andel.host.settings import DatedSettings, SettingsRevision
from andel.parties.service import Directory, read_directory, read_facts, read_profile
from andel.sdk.period import Period
from andel.sdk.text import Text


def read_book(session: Session) -> RegionBook:
    """Return all that the region's allocations are made from, as it stands in this transaction.

    Raises:
        PartyError: nothing has been applied to the database.
    """
    profile = read_profile(session)
    directory = read_directory(session)
    return RegionBook(
        key=profile.key,
        title=profile.name,
        parties=directory.book,
        facts=read_facts(session),
        services=_services(session, profile.key, directory),
    )


def component_ids(session: Session) -> Mapping[tuple[str, str], UUID]:
    """Return the ids of the cost components by the keys of service and component."""
    rows = session.execute(
        select(ServiceRow.key, CostComponentRow.key, CostComponentRow.id).join(
            CostComponentRow, CostComponentRow.service_id == ServiceRow.id
        )
    )
    return {(service, component): component_id for service, component, component_id in rows}


def _services(session: Session, tenant: str, directory: Directory) -> tuple[Service, ...]:
    parts: defaultdict[UUID, list[CostComponentRow]] = defaultdict(list)
    settings, costs = _settings(session), _costs(session)
    emptied: set[UUID] = set()
    for part in session.scalars(select(CostComponentRow).order_by(CostComponentRow.key)):
        # one that was removed is kept for its history, without settings that count
        if part.id in settings:
            parts[part.service_id].append(part)
        else:
            emptied.add(part.service_id)
    sharing = _sharing(session, {id_: key for key, id_ in directory.ids.items()})
    return tuple(
        Service(
            key=row.key,
            title=Text(row.title_sv, row.title_en),
            bearer=Text(row.bearer_sv, row.bearer_en),
            summary=Text(row.summary_sv, row.summary_en) if row.summary_sv else None,
            source=row.source,
            components=tuple(
                _component(part, f"{tenant}, {row.key}, {part.key}", settings[part.id], costs[part.id], sharing)
                for part in parts[row.id]
            ),
        )
        for row in session.scalars(select(ServiceRow).order_by(ServiceRow.key))
        if row.id not in emptied or parts[row.id]
    )


def _component(
    row: CostComponentRow,
    where: str,
    settings: list[ComponentSettingsRow],
    costs: list[CostAmountRow],
    sharing: Mapping[UUID, frozenset[str]],
) -> CostComponent:
    return CostComponent(
        key=row.key,
        title=Text(row.title_sv, row.title_en),
        model=row.model,
        basis=Basis(row.basis),
        parties=None if row.every_party else sharing.get(row.id, frozenset()),
        settings=DatedSettings(
            model=row.model,
            where=where,
            revisions=tuple(
                SettingsRevision(valid_from=one.valid_from, version=one.model_version, values=one.settings)
                for one in settings
            ),
        ),
        settings_sources={one.valid_from: one.source for one in settings},
        costs=tuple(
            Cost(
                period=Period(one.period_start, one.period_end),
                ore=one.ore,
                source=one.source,
                reference=one.reference,
            )
            for one in costs
            if one.basis == row.basis
        ),
    )


def _settings(session: Session) -> Mapping[UUID, list[ComponentSettingsRow]]:
    found: defaultdict[UUID, list[ComponentSettingsRow]] = defaultdict(list)
    current = select(ComponentSettingsRow).where(ComponentSettingsRow.superseded_at.is_(None))
    for row in session.scalars(current.order_by(ComponentSettingsRow.valid_from)):
        found[row.component_id].append(row)
    return found


def _costs(session: Session) -> Mapping[UUID, list[CostAmountRow]]:
    found: defaultdict[UUID, list[CostAmountRow]] = defaultdict(list)
    current = select(CostAmountRow).where(CostAmountRow.superseded_at.is_(None))
    ordered = current.order_by(
        CostAmountRow.period_start, CostAmountRow.period_end, CostAmountRow.reference, CostAmountRow.ore
    )
    for row in session.scalars(ordered):
        found[row.component_id].append(row)
    return found


def _sharing(session: Session, keys: Mapping[UUID, str]) -> Mapping[UUID, frozenset[str]]:
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for component_id, organization_id in session.execute(
        select(ComponentPartyRow.component_id, ComponentPartyRow.organization_id)
    ):
        found[component_id].add(keys[organization_id])
    return {component_id: frozenset(parties) for component_id, parties in found.items()}
