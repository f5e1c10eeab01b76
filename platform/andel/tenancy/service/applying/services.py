"""Write what is shared and what it costs: services, components, their dated settings and amounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from andel.costs.model import Basis
from andel.costs.tables import (
    ComponentPartyRow,
    ComponentSettingsRow,
    CostAmountRow,
    CostComponentRow,
    ServiceRow,
)
from andel.sdk.workings import canonical_json
from andel.shared.database import new_id
from andel.tenancy.model.document import Component, CostLine, ServiceOf, TenantDocument
from andel.tenancy.service.applying.parties import Ids
from andel.tenancy.service.applying.rows import Data, Rows, differing, source_columns


def write_services(rows: Rows, document: TenantDocument, ids: Ids) -> None:
    """Write services and components. What is not in the document any longer is emptied, and kept for its history."""
    writer = _Writer(rows, document, ids)
    bases = {row.id: row.basis for row in rows.read(CostComponentRow)}
    services = writer.services()
    parts = writer.components(services)
    writer.parties(parts)
    writer.settings(parts)
    writer.costs(parts, bases)
    gone = {row.id for row in rows.read(ServiceRow)} - set(services.values())
    used = {row.service_id for row in rows.read(CostComponentRow)}
    rows.remove(ServiceRow, [{"id": id_} for id_ in gone - used])


@dataclass(frozen=True, slots=True)
class _Writer:
    rows: Rows
    document: TenantDocument
    ids: Ids

    def services(self) -> Ids:
        existing = {row.key: row for row in self.rows.read(ServiceRow)}
        added = []
        found: dict[str, UUID] = {}
        for service in self.document.services:
            wanted = _service(service)
            if service.key not in existing:
                found[service.key] = new_id()
                added.append({"id": found[service.key], **wanted})
                continue
            found[service.key] = existing[service.key].id
            if changed := differing(existing[service.key], wanted):
                self.rows.change(ServiceRow, [{"id": found[service.key], **changed}])
        self.rows.add(ServiceRow, added)
        return found

    def components(self, services: Ids) -> dict[UUID, Component]:
        existing = {(row.service_id, row.key): row for row in self.rows.read(CostComponentRow)}
        added = []
        found: dict[UUID, Component] = {}
        for service_id, component in self._components(services):
            wanted = {"service_id": service_id, **_component(component)}
            row = existing.get((service_id, component.key))
            id_ = row.id if row else new_id()
            found[id_] = component
            if row is None:
                added.append({"id": id_, **wanted})
            elif changed := differing(row, wanted):
                self.rows.change(CostComponentRow, [{"id": id_, **changed}])
        self.rows.add(CostComponentRow, added)
        return found

    def _components(self, services: Ids) -> Iterator[tuple[UUID, Component]]:
        for service in self.document.services:
            for component in service.components:
                yield services[service.key], component

    def parties(self, parts: dict[UUID, Component]) -> None:
        wanted = {(id_, self.ids[key]) for id_, part in parts.items() for key in self.document.members(part.parties)}
        existing = {(row.component_id, row.organization_id) for row in self.rows.read(ComponentPartyRow)}
        self.rows.remove(ComponentPartyRow, [_party(pair) for pair in existing - wanted])
        self.rows.add(ComponentPartyRow, [_party(pair) for pair in sorted(wanted - existing)])

    def settings(self, parts: dict[UUID, Component]) -> None:
        wanted = {(id_, one["valid_from"]): one for id_, part in parts.items() for one in _settings(part)}
        ended = []
        for row in self.rows.read(ComponentSettingsRow, current=True):
            key = (row.component_id, row.valid_from)
            if key in wanted and not differing(row, wanted[key]):
                del wanted[key]
            else:
                ended.append(row.id)
        self.rows.supersede(ComponentSettingsRow, ended)
        self.rows.add(
            ComponentSettingsRow, [{"id": new_id(), "component_id": id_, **one} for (id_, _), one in wanted.items()]
        )

    def costs(self, parts: dict[UUID, Component], before: dict[UUID, str]) -> None:
        """Write the amounts of each component's basis, now and ``before``; others are not the document's."""
        wanted = {(id_, *_days(cost)): _cost(part, cost) for id_, part in parts.items() for cost in part.costs}
        ended = []
        for row in self.rows.read(CostAmountRow, current=True):
            key = (row.component_id, row.period_start, row.period_end, row.reference)
            if key in wanted and not differing(row, wanted[key]):
                del wanted[key]
            elif row.basis in _bases(parts.get(row.component_id), before[row.component_id]):
                ended.append(row.id)
        self.rows.supersede(CostAmountRow, ended)
        self.rows.add(CostAmountRow, [{"id": new_id(), "component_id": key[0], **one} for key, one in wanted.items()])


def _service(service: ServiceOf) -> Data:
    return {
        "key": service.key,
        "title_sv": service.title.sv,
        "title_en": service.title.en,
        "bearer_sv": service.bearer.sv,
        "bearer_en": service.bearer.en,
        "summary_sv": service.summary.sv if service.summary else "",
        "summary_en": service.summary.en if service.summary else "",
        **source_columns(service.source.source),
    }


def _component(component: Component) -> Data:
    return {
        "key": component.key,
        "title_sv": component.title.sv,
        "title_en": component.title.en,
        "model": component.model,
        "basis": component.basis.value,
        "every_party": not component.parties,
    }


def _party(pair: tuple[UUID, UUID]) -> Data:
    return dict(zip(("component_id", "organization_id"), pair, strict=True))


def _settings(component: Component) -> Iterator[Data]:
    """Yield each revision's columns: it is in force until the next one's first day."""
    revisions = sorted(component.settings, key=lambda revision: revision.valid_from)
    ends: list[date | None] = [*(revision.valid_from for revision in revisions[1:]), None]
    for revision, end in zip(revisions, ends, strict=True):
        yield {
            "valid_from": revision.valid_from,
            "valid_to": end,
            "model_version": revision.version,
            "settings": revision.values,
            "digest": hashlib.sha256(canonical_json(revision.values)).hexdigest(),
            **source_columns(revision.source.source),
        }


def _bases(component: Component | None, before: str) -> frozenset[str]:
    """Return the bases whose amounts the document speaks of: all, when it does not have the component."""
    return frozenset(Basis) if component is None else frozenset({component.basis, before})


def _days(cost: CostLine) -> tuple[date, date, str]:
    return cost.period.start, cost.period.end, cost.reference


def _cost(component: Component, cost: CostLine) -> Data:
    start, end, reference = _days(cost)
    return {
        "basis": component.basis.value,
        "period_start": start,
        "period_end": end,
        "reference": reference,
        "ore": cost.ore,
        "currency": "SEK",
        **source_columns(cost.source.source),
    }
