"""The organizations of one region, as rows: who they are, what they belong to, and the facts about them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andel.sdk.party import PartyKind
from andel.shared.database.base import (
    EVER,
    Count,
    Id,
    Keeping,
    Ownership,
    Recorded,
    RegionBase,
    Sourced,
    Superseded,
    declared,
    one_of,
)

_SINCE_EVER = text(f"'{EVER.isoformat()}'::date")


class ProfileRow(RegionBase):
    """Who the region is: one row."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("language IN ('sv', 'en')", name="language"),
        declared(Ownership.SHARED, export=True, comment="Who the region is: one row."),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    key: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="sv")
    colours: Mapped[dict[str, Any]]
    source: Mapped[str]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    recorded_at: Mapped[Recorded]


class OrganizationRow(RegionBase):
    """An organization that can bear a part of a cost; the region itself is one.

    It exists from ``valid_from`` up to, not including, ``valid_to``. ``authority_id`` is the legal authority that
    a city district belongs to.
    """

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint(one_of("kind", PartyKind), name="kind"),
        CheckConstraint("valid_to > valid_from", name="exists_some_day"),
        CheckConstraint("organization_number ~ '^[0-9]{6}-[0-9]{4}$'", name="organization_number"),
        CheckConstraint("authority_id <> id", name="authority"),
        declared(Ownership.SHARED, export=True, comment="Who can bear a part of a cost."),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    organization_number: Mapped[str | None]
    code: Mapped[str | None]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    source: Mapped[str]
    valid_from: Mapped[date] = mapped_column(server_default=_SINCE_EVER)
    valid_to: Mapped[date | None]
    recorded_at: Mapped[Recorded]


class GroupRow(RegionBase):
    """Organizations that are named together: a federation's members, a network, the principals."""

    __tablename__ = "organization_group"
    __table_args__ = (declared(Ownership.SHARED, export=True, comment="Organizations that are named together."),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    recorded_at: Mapped[Recorded]


class GroupMemberRow(RegionBase):
    """A membership from ``valid_from`` up to, not including, ``valid_to``. Corrected by a new row."""

    __tablename__ = "group_member"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="lasts_a_day"),
        ExcludeConstraint(
            ("group_id", "="),
            ("organization_id", "="),
            (func.daterange(text("valid_from"), text("valid_to")), "&&"),
            where=text("superseded_at IS NULL"),
            name="group_member_one_at_a_time",
            using="gist",
        ),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.CLOSED_ONCE, comment="Who belongs to a group, and when."
        ),
    )

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("organization_group.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    valid_from: Mapped[date] = mapped_column(server_default=_SINCE_EVER)
    valid_to: Mapped[date | None]
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]


class SuccessionRow(RegionBase):
    """From the day ``on_day`` the successor stands in the place of one predecessor: a merger is several rows."""

    __tablename__ = "succession"
    __table_args__ = (
        CheckConstraint("predecessor_id <> successor_id", name="two_parties"),
        declared(Ownership.SHARED, export=True, comment="Which organization stands in whose place, and since when."),
    )

    predecessor_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    successor_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str]
    recorded_at: Mapped[Recorded]


class FactSeriesRow(Sourced, RegionBase):
    """One figure per organization, all of the same day and source. A correction is the next revision, with a reason."""

    __tablename__ = "fact_series"
    __table_args__ = (
        UniqueConstraint("name", "reference_date", "revision"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("(revision = 1) = (corrects_id IS NULL)", name="corrects"),
        CheckConstraint("(revision = 1) = (corrects = '')", name="reason"),
        declared(
            Ownership.SHARED,
            export=True,
            keeping=Keeping.IMMUTABLE,
            comment="What was counted, of which day and source.",
        ),
    )

    id: Mapped[Id]
    name: Mapped[str]
    unit: Mapped[str]
    reference_date: Mapped[date]
    control_total: Mapped[Count | None]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    corrects: Mapped[str] = mapped_column(server_default="")
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("fact_series.id"), unique=True)
    recorded_at: Mapped[Recorded]


class FactValueRow(RegionBase):
    """One organization's figure in a series: a whole number from zero."""

    __tablename__ = "fact_value"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        Index("fact_value_organization_id_idx", "organization_id"),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.IMMUTABLE, comment="One organization's figure in a series."
        ),
    )

    series_id: Mapped[UUID] = mapped_column(ForeignKey("fact_series.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    value: Mapped[Count]
