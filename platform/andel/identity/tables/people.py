"""People, what they are in which organization, and what an organization may see besides its own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andel.identity.model.roles import MEMBERSHIP
from andel.parties.tables import OrganizationRow
from andel.shared.database.base import (
    EVER,
    Gate,
    Id,
    Keeping,
    Ownership,
    Recorded,
    RegionBase,
    Superseded,
    declared,
    one_of,
)

_SINCE_EVER = text(f"'{EVER.isoformat()}'::date")
_LASTING = func.daterange(text("valid_from"), text("valid_to"))
_CURRENT = text("superseded_at IS NULL")
ROLES = ", ".join(f"'{role.value}'" for role in MEMBERSHIP)


class Origin(StrEnum):
    """Who says so: the identity provider at sign-in, its provisioning, or a person by hand."""

    OIDC = "oidc"
    SCIM = "scim"
    MANUAL = "manual"


class PersonRow(RegionBase):
    """A person, known by a provider's key and never by an e-mail address.

    ``organization_id`` is who vouches for them: the provider's organization. The id is random, since it stands in
    the audit chain for ever. ``deactivated_at``: provisioning, or an administrator, has shut them out; signing in
    does not undo it. Erased, nothing but the id is left.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("id", "organization_id"),
        ForeignKeyConstraint(
            ["provider_id", "organization_id"], ["identity_provider.id", "identity_provider.organization_id"]
        ),
        CheckConstraint("subject <> ''", name="subject"),
        CheckConstraint("erased_at IS NULL OR num_nonnulls(subject, display_name) = 0", name="erased"),
        CheckConstraint("(deactivated_at IS NULL) = (deactivated_by IS NULL)", name="deactivated"),
        CheckConstraint(one_of("deactivated_by", Origin), name="deactivated_by"),
        Index("person_organization_id_idx", "organization_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.OPEN, comment="People, by their provider's key."),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(OrganizationRow.id))
    provider_id: Mapped[UUID | None]
    subject: Mapped[str | None]
    display_name: Mapped[str | None]
    created_at: Mapped[Recorded]
    signed_in_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class MembershipRow(RegionBase):
    """What a person is in an organization, from ``valid_from`` up to, not including, ``valid_to``.

    It ends at once when ``superseded_at`` is set. The database refuses a role of the region's staff in any other
    organization, and a membership out of reach of whoever vouches for the person: its own, its districts', and
    for a provider of the region, anybody's.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("id", "person_id"),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint(one_of("source", Origin), name="source"),
        CheckConstraint("valid_to > valid_from", name="lasts_a_day"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("person_id", "="),
            ("role", "="),
            (_LASTING, "&&"),
            where=_CURRENT,
            name="membership_one_at_a_time",
            using="gist",
        ),
        Index("membership_organization_id_idx", "organization_id"),
        Index("membership_person_id_idx", "person_id"),
        declared(
            Ownership.ORGANIZATION,
            export=True,
            keeping=Keeping.CLOSED_ONCE,
            gate=Gate.OPEN,
            comment="What people are in which organization, and when.",
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(OrganizationRow.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]


class ActingForRow(RegionBase):
    """An organization sees the rows of another one, besides its own and its districts': it pays for it.

    The intermediary of a region of many municipalities has one row per municipality.
    """

    __tablename__ = "acting_for"
    __table_args__ = (
        CheckConstraint("for_id <> organization_id", name="two_organizations"),
        CheckConstraint("valid_to > valid_from", name="lasts_a_day"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("for_id", "="),
            (_LASTING, "&&"),
            where=_CURRENT,
            name="acting_for_one_at_a_time",
            using="gist",
        ),
        Index("acting_for_organization_id_idx", "organization_id"),
        declared(
            Ownership.SHARED,
            export=True,
            keeping=Keeping.CLOSED_ONCE,
            comment="Which organization sees the rows of which other.",
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(OrganizationRow.id))
    for_id: Mapped[UUID] = mapped_column(ForeignKey(OrganizationRow.id))
    valid_from: Mapped[date] = mapped_column(server_default=_SINCE_EVER)
    valid_to: Mapped[date | None]
    source: Mapped[str]
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]


class RegionSharingRow(RegionBase):
    """Whether the members see the others' share of something. Without a row the default of the subject holds."""

    __tablename__ = "region_sharing"
    __table_args__ = (
        CheckConstraint("subject IN ('allocations', 'seats', 'users')", name="subject"),
        Index("region_sharing_current_key", "subject", unique=True, postgresql_where=_CURRENT),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.CLOSED_ONCE, comment="What the members see of each other."
        ),
    )

    id: Mapped[Id]
    subject: Mapped[str]
    is_open: Mapped[bool]
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]
