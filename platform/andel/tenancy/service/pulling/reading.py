"""From rows to the document. Only what counts now is read: no row that a later one has superseded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Row, select
from sqlalchemy.orm import Session

from andel.costs.tables import (
    ComponentPartyRow,
    ComponentSettingsRow,
    CostAmountRow,
    CostComponentRow,
    ServiceRow,
)
from andel.parties.tables import (
    FactSeriesRow,
    FactValueRow,
    GroupMemberRow,
    GroupRow,
    OrganizationRow,
    ProfileRow,
    SuccessionRow,
)
from andel.sdk.errors import AndelError
from andel.sdk.money import kronor_text
from andel.shared.database.base import EVER, RegionBase
from andel.tenancy.model.document import FORMAT, TenantDocument
from andel.tenancy.model.faults import Fault, error_of, written
from andel.tenancy.model.naming import named_parties
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.pulling.applied import last_names
from andel.tenancy.tables import EnabledPluginRow

Data = dict[str, Any]


def document_of(session: Session) -> TenantDocument | None:
    """Return the document that the region's database amounts to; None when nothing has been applied to it.

    Who shares a cost is kept organization by organization. It is named by groups as the last apply did where
    that still means the same, else by the largest groups that are part of it.

    Raises:
        TenantError: the database holds what no document can say.
    """
    profile = next(_rows(session, ProfileRow), None)
    if profile is None:
        return None
    reading = read_document(_Reader(session, profile).data())
    if reading.faults or reading.document is None:
        raise _unreadable(profile.key, reading.faults)
    return reading.document


def current(row: type[RegionBase]) -> FromClause:
    """Return the table's rows that no later one has superseded, as something to select from."""
    table = row.__table__
    return select(table).where(table.c.superseded_at.is_(None)).subquery()


def _rows(session: Session, row: type[RegionBase] | FromClause) -> Iterator[Row[Any]]:
    """Yield rows by column, past the session's identity map, which does not see what bulk statements change."""
    table = row if isinstance(row, FromClause) else row.__table__
    yield from session.execute(select(table))


def _unreadable(region: str, faults: Iterable[Fault]) -> AndelError:
    return error_of(
        [
            Fault(
                what=f"The database holds what no document can say: {fault.what}",
                remedy="Correct it where it was entered, then try again.",
                key=f"{region} {fault.key or written(fault.path)}",
            )
            for fault in faults
        ]
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    session: Session
    profile: Row[Any]

    def data(self) -> Data:
        organizations = {row.id: row for row in _rows(self.session, OrganizationRow)}
        keys = {id_: str(row.key) for id_, row in organizations.items()}
        groups = self._groups(keys)
        own = organizations.pop(self.profile.organization_id)
        return {
            "format": FORMAT,
            "plugins": sorted(row.plugin for row in _rows(self.session, EnabledPluginRow)),
            "region": self._region(own),
            "organizations": [_organization(row, keys) for row in organizations.values()],
            "groups": groups,
            "successions": self._successions(keys),
            "facts": self._facts(keys),
            "services": self._services(keys, {group["key"]: tuple(group["members"]) for group in groups}),
        }

    # ---- parties --------------------------------------------------------------------------------------------
    def _region(self, own: Row[Any]) -> Data:
        profile = self.profile
        return {
            "key": profile.key,
            "organization": own.key,
            "code": profile.code,
            "name": profile.name,
            "organization_number": own.organization_number,
            "language": profile.language,
            "source": profile.source,
            "colours": profile.colours,
        }

    def _groups(self, keys: Mapping[UUID, str]) -> list[Data]:
        members: defaultdict[UUID, list[str]] = defaultdict(list)
        for row in _rows(self.session, current(GroupMemberRow)):
            members[row.group_id].append(keys[row.organization_id])
        return [
            {"key": row.key, "title": row.title, "members": sorted(members[row.id]), "source": row.source}
            for row in _rows(self.session, GroupRow)
            if row.id in members
        ]

    def _successions(self, keys: Mapping[UUID, str]) -> list[Data]:
        merged: defaultdict[tuple[str, date, str], list[str]] = defaultdict(list)
        for row in _rows(self.session, SuccessionRow):
            merged[keys[row.successor_id], row.on_day, row.source].append(keys[row.predecessor_id])
        return [
            {"predecessors": sorted(predecessors), "successor": successor, "on": day, "source": source}
            for (successor, day, source), predecessors in merged.items()
        ]

    # ---- facts ----------------------------------------------------------------------------------------------
    def _facts(self, keys: Mapping[UUID, str]) -> list[Data]:
        values: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
        for row in _rows(self.session, FactValueRow):
            values[row.series_id][keys[row.organization_id]] = row.value
        return [
            {
                "name": row.name,
                "unit": row.unit,
                "reference_date": row.reference_date,
                "source": _source(row),
                "control_total": row.control_total,
                "revision": row.revision,
                "corrects": row.corrects,
                "values": values[row.id],
            }
            for row in _rows(self.session, FactSeriesRow)
        ]

    # ---- services -------------------------------------------------------------------------------------------
    def _services(self, keys: Mapping[UUID, str], groups: Mapping[str, tuple[str, ...]]) -> list[Data]:
        components: defaultdict[UUID, list[Data]] = defaultdict(list)
        emptied: set[UUID] = set()
        settings, costs, sharing = self._settings(), self._costs(), self._sharing(keys)
        names = last_names(self.session)
        services = {row.id: row for row in _rows(self.session, ServiceRow)}
        for row in _rows(self.session, CostComponentRow):
            if row.id not in settings:
                emptied.add(row.service_id)
                continue
            before = names.get((services[row.service_id].key, row.key), ())
            named = () if row.every_party else named_parties(frozenset(sharing[row.id]), groups, before=before)
            if not row.every_party and not named:
                raise _unreadable(self.profile.key, [Fault(what="A cost that nobody shares.", key=row.key)])
            components[row.service_id].append(
                {
                    "key": row.key,
                    "title": {"sv": row.title_sv, "en": row.title_en},
                    "model": row.model,
                    "basis": row.basis,
                    "parties": named,
                    "settings": settings[row.id],
                    "costs": costs[row.id, row.basis],
                }
            )
        return [
            _service(row, components[row.id])
            for row in services.values()
            if row.id not in emptied or components[row.id]
        ]

    def _settings(self) -> Mapping[UUID, list[Data]]:
        found: defaultdict[UUID, list[Data]] = defaultdict(list)
        for row in _rows(self.session, current(ComponentSettingsRow)):
            values = {"valid_from": row.valid_from, "version": row.model_version, "values": row.settings}
            found[row.component_id].append({**values, "source": _source(row)})
        return dict(found)

    def _costs(self) -> Mapping[tuple[UUID, str], list[Data]]:
        found: defaultdict[tuple[UUID, str], list[Data]] = defaultdict(list)
        for row in _rows(self.session, current(CostAmountRow)):
            days = {"start": row.period_start, "end": row.period_end}
            cost = {**days, "amount": kronor_text(row.ore), "reference": row.reference, "source": _source(row)}
            found[row.component_id, row.basis].append(cost)
        return found

    def _sharing(self, keys: Mapping[UUID, str]) -> Mapping[UUID, list[str]]:
        found: defaultdict[UUID, list[str]] = defaultdict(list)
        for row in _rows(self.session, ComponentPartyRow):
            found[row.component_id].append(keys[row.organization_id])
        return found


def _organization(row: Row[Any], keys: Mapping[UUID, str]) -> Data:
    return {
        "key": row.key,
        "name": row.name,
        "kind": row.kind,
        "code": row.code,
        "organization_number": row.organization_number,
        "authority": keys[row.authority_id] if row.authority_id else None,
        "valid_from": None if row.valid_from == EVER else row.valid_from,
        "valid_to": row.valid_to,
        "source": row.source,
    }


def _service(row: Row[Any], components: list[Data]) -> Data:
    return {
        "key": row.key,
        "title": {"sv": row.title_sv, "en": row.title_en},
        "bearer": {"sv": row.bearer_sv, "en": row.bearer_en},
        "summary": {"sv": row.summary_sv, "en": row.summary_en} if row.summary_sv else None,
        "source": _source(row),
        "components": components,
    }


def _source(row: Row[Any]) -> Data:
    return {"title": row.source_title, "date": row.source_date, "example": row.source_example}
