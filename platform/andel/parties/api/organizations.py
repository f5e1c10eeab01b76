"""The region, its organizations and its groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from andel.parties.api.schemas import (
    GroupAnswer,
    GroupsAnswer,
    GroupsQuery,
    OrganizationAnswer,
    OrganizationsAnswer,
    OrganizationsQuery,
    RegionAnswer,
)
from andel.parties.service import read_directory
from andel.parties.tables import GroupMemberRow, GroupRow, OrganizationRow, ProfileRow
from andel.sdk.text import Text
from andel.shared.api import (
    Answered,
    Gate,
    Inside,
    NotFoundError,
    Resources,
    Sort,
    page_of_list,
    page_of_rows,
)
from andel.shared.database.base import EVER

SCOPE: Final = "facts:read"
_LEKSAND: Final = {
    "key": "leksand",
    "name": "Leksands kommun",
    "kind": "municipality",
    "organization_number": None,
    "municipality_code": "2029",
    "authority": None,
    "groups": ["lanschefsnatverket"],
    "valid_from": None,
    "valid_to": None,
    "source": "SCB, kommuner och regioner",
}
_REGION: Final = {
    "key": "dalarna",
    "name": "Region Dalarna",
    "county_code": "20",
    "language": "sv",
    "organization": "region-dalarna",
    "source": "SCB, kommuner och regioner",
}
_GROUP: Final = {
    "key": "lanschefsnatverket",
    "title": "Länschefsnätverket",
    "members": ["leksand", "mora"],
    "source": "Protokoll",
}
_authority = aliased(OrganizationRow)


def organization_resources(gate: Gate) -> Resources:
    """Return the operations on organizations."""
    about = Text("Regionen, dess organisationer och grupper", "The region, its organizations and its groups")
    resources = Resources("organizations", about, gate)
    _add_region(resources)
    _add_organizations(resources)
    _add_groups(resources)
    return resources


def _add_region(resources: Resources) -> None:
    @resources.get(
        "/<tenant>", scope=SCOPE, sv="Läs om regionen", answers=RegionAnswer, example=_REGION, versioned=True
    )
    def read_region(inside: Inside) -> Answered:
        """Read about the region.

        Who the region is: its name, county code and first language.
        """
        row, own = inside.session.execute(
            select(ProfileRow, OrganizationRow.key).join(
                OrganizationRow, OrganizationRow.id == ProfileRow.organization_id
            )
        ).one()
        return Answered(
            body={
                "key": row.key,
                "name": row.name,
                "county_code": row.code,
                "language": row.language,
                "organization": own,
                "source": row.source,
            }
        )


def _add_organizations(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/organizations",
        scope=SCOPE,
        sv="Lista organisationer",
        answers=OrganizationsAnswer,
        example={"organizations": [_LEKSAND], "next": None},
        query=OrganizationsQuery,
    )
    def list_organizations(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the organizations.

        Everyone who can bear a part of a cost, the region among them: also those that have ended or are yet to begin.
        """
        sort = Sort((OrganizationRow.key,), down=query["sort"].startswith("-"))
        page = page_of_rows(inside.session, _chosen(query), sort, query)
        groups = _groups_of(inside.session, [row.id for row in page.rows])
        return Answered(
            body={"organizations": [_organization(row, groups[row.id]) for row in page.rows], "next": page.next}
        )

    @resources.get(
        "/<tenant>/organizations/<organization>",
        scope=SCOPE,
        sv="Läs en organisation",
        answers=OrganizationAnswer,
        example=_LEKSAND,
        versioned=True,
    )
    def read_organization(inside: Inside, organization: str) -> Answered:
        """Read an organization.

        By its key, which never changes.
        """
        row = inside.session.execute(_organizations().where(OrganizationRow.key == organization)).one_or_none()
        if row is None:
            raise NotFoundError.here()
        return Answered(body=_organization(row, _groups_of(inside.session, [row.id])[row.id]))


def _add_groups(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/groups",
        scope=SCOPE,
        sv="Lista grupper",
        answers=GroupsAnswer,
        example={"groups": [_GROUP], "next": None},
        query=GroupsQuery,
    )
    def list_groups(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the groups.

        Organizations that are named together, with their members of today.
        """
        groups = read_directory(inside.session).book.groups
        member = query.get("member")
        found = [group for group in groups if member is None or member in group.members]
        page = page_of_list(found, lambda group: (group.key,), query)
        return Answered(
            body={
                "groups": [
                    {"key": group.key, "title": group.title, "members": group.members, "source": group.source}
                    for group in page.rows
                ],
                "next": page.next,
            }
        )

    @resources.get(
        "/<tenant>/groups/<group>",
        scope=SCOPE,
        sv="Läs en grupp",
        answers=GroupAnswer,
        example=_GROUP,
        versioned=True,
    )
    def read_group(inside: Inside, group: str) -> Answered:
        """Read a group.

        By its key, with its members of today.
        """
        for one in read_directory(inside.session).book.groups:
            if one.key == group:
                body = {"key": one.key, "title": one.title, "members": one.members, "source": one.source}
                return Answered(body=body)
        raise NotFoundError.here()


def _organizations() -> Select[Any]:
    columns = OrganizationRow.__table__.c
    return select(*columns, _authority.key.label("authority")).outerjoin(
        _authority, _authority.id == OrganizationRow.authority_id
    )


def _chosen(query: Mapping[str, Any]) -> Select[Any]:
    chosen = _organizations()
    if "kind" in query:
        chosen = chosen.where(OrganizationRow.kind == query["kind"])
    if "existing_on" in query:
        lasting = OrganizationRow.valid_to.is_(None) | (OrganizationRow.valid_to > query["existing_on"])
        chosen = chosen.where(OrganizationRow.valid_from <= query["existing_on"], lasting)
    if "group" in query:
        members = (
            select(GroupMemberRow.organization_id)
            .join(GroupRow, GroupRow.id == GroupMemberRow.group_id)
            .where(GroupRow.key == query["group"], GroupMemberRow.superseded_at.is_(None))
        )
        chosen = chosen.where(OrganizationRow.id.in_(members))
    return chosen


def _groups_of(session: Session, organizations: list[UUID]) -> defaultdict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    memberships = (
        select(GroupMemberRow.organization_id, GroupRow.key)
        .join(GroupRow, GroupRow.id == GroupMemberRow.group_id)
        .where(GroupMemberRow.organization_id.in_(organizations), GroupMemberRow.superseded_at.is_(None))
    )
    for organization, group in session.execute(memberships.order_by(GroupRow.key)):
        found[organization].append(group)
    return found


def _organization(row: Any, groups: list[str]) -> dict[str, Any]:  # noqa: ANN401  (a row of columns)
    return {
        "key": row.key,
        "name": row.name,
        "kind": row.kind,
        "organization_number": row.organization_number,
        "municipality_code": row.code,
        "authority": row.authority,
        "groups": groups,
        "valid_from": None if row.valid_from == EVER else row.valid_from,
        "valid_to": row.valid_to,
        "source": row.source,
    }
