"""Read a region's organizations and facts from its database, as frozen values; load figures into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from andel.parties.model import Group, PartyBook
from andel.parties.tables import (
    FactSeriesRow,
    FactValueRow,
    GroupMemberRow,
    GroupRow,
    OrganizationRow,
    ProfileRow,
    SuccessionRow,
)
from andel.sdk.errors import Complaint, FactError, did_you_mean
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.party import Party, PartyError, PartyKind, Succession
from andel.sdk.text import Text
from andel.shared.audit import Actor, Entry, append
from andel.shared.database import new_id
from andel.shared.formats import swedish_key

INHABITANTS = "inhabitants"
"""The name of the series that counts the people who live in each municipality."""


class AlreadyLoadedError(FactError):
    """Figures of that name and day are loaded, and the new ones do not say why they replace them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who the region is: its key, name and code, its first language, and its four colours by name."""

    key: str
    name: str
    code: str
    language: str
    colours: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The organizations as values, and the ids that rows know them by."""

    book: PartyBook
    ids: Mapping[str, UUID]

    def id_of(self, key: str) -> UUID:
        """Return the id of an organization.

        Raises:
            PartyError: there is none of that key.
        """
        self.book.party(key)
        return self.ids[key]


def read_profile(session: Session) -> Profile:
    """Return who the region is.

    Raises:
        PartyError: the database is empty: nothing has been applied to it.
    """
    row = _profile_row(session)
    return Profile(key=row.key, name=row.name, code=row.code, language=row.language, colours=row.colours)


def read_directory(session: Session) -> Directory:
    """Return the region's organizations, groups and successions, in the order of their keys.

    Raises:
        PartyError: the database is empty.
    """
    profile = _profile_row(session)
    rows = {row.id: row for row in session.scalars(select(OrganizationRow).order_by(OrganizationRow.key))}
    keys = {row.id: row.key for row in rows.values()}
    own = next(row for row in rows.values() if row.id == profile.organization_id)
    book = PartyBook(
        region=own.key,
        parties=(_party(own, keys), *(_party(row, keys) for row in rows.values() if row is not own)),
        groups=_groups(session, keys),
        successions=_successions(session, keys),
        codes={row.key: row.code for row in rows.values() if row.code},
    )
    return Directory(book=book, ids={row.key: row.id for row in rows.values()})


def read_facts(session: Session) -> FactBook:
    """Return every series, a correction after what it corrects."""
    keys = {row.id: row.key for row in session.execute(select(OrganizationRow.id, OrganizationRow.key))}
    values: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    counted = select(FactValueRow.series_id, FactValueRow.organization_id, FactValueRow.value)
    for series_id, organization_id, value in session.execute(counted):
        values[series_id][keys[organization_id]] = value
    ordered = select(FactSeriesRow).order_by(FactSeriesRow.name, FactSeriesRow.reference_date, FactSeriesRow.revision)
    return FactBook(tuple(_series(row, values[row.id]) for row in session.scalars(ordered)))


def read_weights(session: Session) -> dict[str, int]:
    """Return the last count of inhabitants by party key, in Swedish order of name: what a region's strip is cut by.

    Empty when nobody has counted them.
    """
    newest = FactSeriesRow.reference_date.desc(), FactSeriesRow.revision.desc()
    last = select(FactSeriesRow.id).where(FactSeriesRow.name == INHABITANTS).order_by(*newest).limit(1)
    counted = (
        select(OrganizationRow.key, OrganizationRow.name, FactValueRow.value)
        .join(FactValueRow, FactValueRow.organization_id == OrganizationRow.id)
        .where(FactValueRow.series_id == last.scalar_subquery(), OrganizationRow.kind != PartyKind.REGION)
    )
    rows = sorted(session.execute(counted), key=lambda row: swedish_key(row.name))
    return {row.key: row.value for row in rows}


def count_parties(session: Session, day: date) -> int:
    """Return how many organizations beside the region exist on the day."""
    there = (
        OrganizationRow.kind != PartyKind.REGION,
        OrganizationRow.valid_from <= day,
        or_(OrganizationRow.valid_to.is_(None), OrganizationRow.valid_to > day),
    )
    return session.scalar(select(func.count()).select_from(OrganizationRow).where(*there)) or 0


def load_series(session: Session, series: FactSeries, *, by: Actor) -> UUID:
    """Load figures as a new series, or as the next revision of one of the same name and day; return its id.

    Nothing is overwritten: what is corrected is kept.

    Args:
        session: a transaction of the region, as its staff.
        series: the figures; a correction says in ``corrects`` why it replaces those before.
        by: who loads them.

    Raises:
        AlreadyLoadedError: figures of that name and day are there, and these do not say why they replace them.
        FactError: an organization is not known, or these correct what is not there.
    """
    ids = _ids_of(session, series)
    same = FactSeriesRow.name == series.name, FactSeriesRow.reference_date == series.reference_date
    newest = select(FactSeriesRow).where(*same).order_by(FactSeriesRow.revision.desc()).limit(1)
    before = session.scalars(newest).one_or_none()
    _check_correction(series, before)
    row = FactSeriesRow(
        id=new_id(),
        name=series.name,
        unit=series.unit,
        reference_date=series.reference_date,
        control_total=series.control_total,
        revision=before.revision + 1 if before else 1,
        corrects=series.corrects,
        corrects_id=before.id if before else None,
        source_title=series.source.title,
        source_date=series.source.date,
        source_example=series.source.example,
    )
    session.add(row)
    session.flush()
    values = [
        {"series_id": row.id, "organization_id": ids[key], "value": value} for key, value in series.values.items()
    ]
    session.execute(insert(FactValueRow), values)
    details = {
        "name": series.name,
        "reference_date": series.reference_date.isoformat(),
        "revision": row.revision,
        "rows": len(values),
        "total": sum(series.values.values()),
    }
    append(session, Entry(event="facts.loaded", actor=by, subject=f"fact_series:{row.id}", details=details))
    return row.id


def _ids_of(session: Session, series: FactSeries) -> Mapping[str, UUID]:
    known = {row.key: row.id for row in session.execute(select(OrganizationRow.key, OrganizationRow.id))}
    unknown = [
        Complaint(
            Text(f'Det finns ingen organisation "{key}".', f'There is no organization "{key}".'),
            f"values.{key}",
            did_you_mean(key, known),
        )
        for key in series.values
        if key not in known
    ]
    if unknown:
        raise FactError.of(unknown)
    return known


def _check_correction(series: FactSeries, before: FactSeriesRow | None) -> None:
    place = f"{series.name} {series.reference_date}"
    if before is not None and not series.corrects:
        what = Text(f"{place} är redan inläst.", f"{place} has been loaded already.")
        remedy = Text(
            "Säg i corrects varför de nya siffrorna ersätter de gamla; de blir nästa revision.",
            "Say in corrects why the new figures replace the old; they become the next revision.",
        )
        raise AlreadyLoadedError(what, where="corrects", remedy=remedy)
    if before is None and series.corrects:
        what = Text(f"Det finns inget {place} att rätta.", f"There is no {place} to correct.")
        remedy = Text("Utelämna corrects, eller rätta namn och dag.", "Leave out corrects, or mend name and day.")
        raise FactError(what, where="corrects", remedy=remedy)


def organization_keys(session: Session) -> Mapping[UUID, str]:
    """Return the organizations' keys by their ids."""
    return {row.id: row.key for row in session.execute(select(OrganizationRow.id, OrganizationRow.key))}


def _profile_row(session: Session) -> ProfileRow:
    row = session.scalars(select(ProfileRow)).one_or_none()
    if row is None:
        message = "The region's database is empty."
        raise PartyError(message, remedy="Apply the region's document: andel tenant apply.")
    return row


def _party(row: OrganizationRow, keys: Mapping[UUID, str]) -> Party:
    return Party(
        key=row.key,
        name=row.name,
        kind=PartyKind(row.kind),
        organization_number=row.organization_number,
        authority=keys[row.authority_id] if row.authority_id else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _groups(session: Session, keys: Mapping[UUID, str]) -> tuple[Group, ...]:
    members: defaultdict[UUID, list[str]] = defaultdict(list)
    current = select(GroupMemberRow.group_id, GroupMemberRow.organization_id).where(
        GroupMemberRow.superseded_at.is_(None)
    )
    for group_id, organization_id in session.execute(current):
        members[group_id].append(keys[organization_id])
    return tuple(
        Group(key=row.key, title=row.title, members=tuple(sorted(members[row.id])), source=row.source)
        for row in session.scalars(select(GroupRow).order_by(GroupRow.key))
        if row.id in members  # a group that was removed is kept for its history
    )


def _successions(session: Session, keys: Mapping[UUID, str]) -> tuple[Succession, ...]:
    merged: defaultdict[tuple[date, str, str], list[str]] = defaultdict(list)
    for row in session.scalars(select(SuccessionRow)):
        merged[row.on_day, keys[row.successor_id], row.source].append(keys[row.predecessor_id])
    return tuple(
        Succession(predecessors=tuple(sorted(predecessors)), successor=successor, on=day, source=source)
        for (day, successor, source), predecessors in sorted(merged.items())
    )


def _series(row: FactSeriesRow, values: Mapping[str, int]) -> FactSeries:
    return FactSeries(
        name=row.name,
        unit=row.unit,
        reference_date=row.reference_date,
        source=row.source,
        values=dict(sorted(values.items())),
        control_total=row.control_total,
        corrects=row.corrects,
    )
