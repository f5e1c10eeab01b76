"""Write who shares costs: the region's profile, plugins, organizations, groups and successions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from andel.parties.tables import GroupMemberRow, GroupRow, OrganizationRow, ProfileRow, SuccessionRow
from andel.sdk.party import PartyKind
from andel.shared.database import new_id
from andel.shared.database.base import EVER
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying.rows import Data, Rows, differing
from andel.tenancy.tables import EnabledPluginRow

Ids = Mapping[str, UUID]


def write_organizations(rows: Rows, document: TenantDocument) -> Ids:
    """Write the organizations, the region's own among them, and return their ids. None is removed here."""
    existing = {row.key: row for row in rows.read(OrganizationRow)}
    wanted = _organizations(document)
    ids: dict[str, UUID] = {key: existing[key].id if key in existing else new_id() for key in wanted}
    authorities = {one.key: one.authority for one in document.organizations}
    for key, columns in wanted.items():
        authority = authorities.get(key)
        columns["authority_id"] = ids[authority] if authority else None
    added = [key for key in wanted if key not in existing]
    # an authority may stand further down: each is added before any is pointed at
    rows.add(OrganizationRow, [{**wanted[key], "id": ids[key], "authority_id": None} for key in added])
    rows.change(
        OrganizationRow,
        [{"id": ids[key], "authority_id": wanted[key]["authority_id"]} for key in added if wanted[key]["authority_id"]],
    )
    for key in wanted.keys() & existing.keys():
        changed = differing(existing[key], wanted[key])
        if changed:
            rows.change(OrganizationRow, [{"id": ids[key], **changed}])
    return ids


def remove_organizations(rows: Rows, document: TenantDocument) -> None:
    """Remove the organizations that the document does not have. All that pointed at them is gone by now."""
    keys = document.organization_keys()
    gone = [row.id for row in rows.read(OrganizationRow) if row.key not in keys]
    rows.change(OrganizationRow, [{"id": id_, "authority_id": None} for id_ in gone])
    rows.remove(OrganizationRow, [{"id": id_} for id_ in gone])


def write_profile(rows: Rows, document: TenantDocument, ids: Ids) -> None:
    """Write who the region is."""
    region = document.region
    wanted: Data = {
        "key": region.key,
        "name": region.name,
        "code": region.code,
        "language": region.language,
        "colours": region.colours.model_dump(),
        "source": region.source,
        "organization_id": ids[region.organization],
    }
    existing = next(rows.read(ProfileRow), None)
    if existing is None:
        rows.add(ProfileRow, [{"id": 1, **wanted}])
    elif changed := differing(existing, wanted):
        rows.change(ProfileRow, [{"id": 1, **changed}])


def write_plugins(rows: Rows, document: TenantDocument) -> None:
    """Write which plugins the region has chosen."""
    existing = {row.plugin for row in rows.read(EnabledPluginRow)}
    wanted = set(document.plugins)
    rows.add(EnabledPluginRow, [{"plugin": plugin} for plugin in sorted(wanted - existing)])
    rows.remove(EnabledPluginRow, [{"plugin": plugin} for plugin in sorted(existing - wanted)])


def write_groups(rows: Rows, document: TenantDocument, ids: Ids) -> None:
    """Write the groups and their memberships.

    A membership lasts as long as its organization exists. One that ended is superseded and kept; a group of
    which no membership counts is one that the document does not have.
    """
    existing = {row.key: row for row in rows.read(GroupRow)}
    groups = {group.key: existing[group.key].id if group.key in existing else new_id() for group in document.groups}
    added = []
    for group in document.groups:
        wanted: Data = {"key": group.key, "title": group.title, "source": group.source}
        if group.key not in existing:
            added.append({"id": groups[group.key], **wanted})
        elif changed := differing(existing[group.key], wanted):
            rows.change(GroupRow, [{"id": groups[group.key], **changed}])
    rows.add(GroupRow, added)
    days = {one.key: (one.valid_from or EVER, one.valid_to) for one in document.organizations}
    memberships: dict[tuple[UUID, UUID], tuple[date, date | None]] = {
        (groups[group.key], ids[member]): days.get(member, (EVER, None))
        for group in document.groups
        for member in group.members
    }
    _write_members(rows, memberships)


def _write_members(rows: Rows, wanted: dict[tuple[UUID, UUID], tuple[date, date | None]]) -> None:
    ended = []
    for row in rows.read(GroupMemberRow, current=True):
        pair = (row.group_id, row.organization_id)
        if wanted.get(pair) == (row.valid_from, row.valid_to):
            del wanted[pair]
        else:
            ended.append(row.id)
    rows.supersede(GroupMemberRow, ended)
    rows.add(
        GroupMemberRow,
        [
            {"id": new_id(), "group_id": group, "organization_id": member, "valid_from": first, "valid_to": end}
            for (group, member), (first, end) in wanted.items()
        ],
    )


def write_successions(rows: Rows, document: TenantDocument, ids: Ids) -> None:
    """Write which organization stands in whose place."""
    wanted = {
        (ids[predecessor], ids[succession.successor], succession.on): succession.source
        for succession in document.successions
        for predecessor in succession.predecessors
    }
    by = ("predecessor_id", "successor_id", "on_day")
    existing = {(row.predecessor_id, row.successor_id, row.on_day): row.source for row in rows.read(SuccessionRow)}
    rows.remove(SuccessionRow, [dict(zip(by, key, strict=True)) for key in existing.keys() - wanted.keys()])
    new = [key for key in wanted if key not in existing]
    other = [key for key in wanted if key in existing and existing[key] != wanted[key]]
    rows.add(SuccessionRow, [{**dict(zip(by, key, strict=True)), "source": wanted[key]} for key in new])
    rows.change(SuccessionRow, [{**dict(zip(by, key, strict=True)), "source": wanted[key]} for key in other], by=by)


def _organizations(document: TenantDocument) -> dict[str, Data]:
    region = document.region
    own: Data = {
        "key": region.organization,
        "name": region.name,
        "kind": PartyKind.REGION.value,
        "code": None,
        "organization_number": region.organization_number,
        "source": region.source,
        "valid_from": EVER,
        "valid_to": None,
    }
    others: dict[str, Data] = {
        one.key: {
            "key": one.key,
            "name": one.name,
            "kind": one.kind.value,
            "code": one.code,
            "organization_number": one.organization_number,
            "source": one.source,
            "valid_from": one.valid_from or EVER,
            "valid_to": one.valid_to,
        }
        for one in document.organizations
    }
    return {region.organization: own, **others}
