"""Groups that directories tell of, and how often programs may ask."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Gate, Id, Ownership, Recorded, RegionBase, declared


class ScimGroupRow(RegionBase):
    """A group of a directory. The provider's role map can give a role to its name."""

    __tablename__ = "scim_group"
    __table_args__ = (
        ForeignKeyConstraint(
            ["provider_id", "organization_id"], ["identity_provider.id", "identity_provider.organization_id"]
        ),
        CheckConstraint("display_name <> ''", name="display_name"),
        CheckConstraint("version > 0", name="version"),
        UniqueConstraint("id", "organization_id"),
        Index("scim_group_organization_id_idx", "organization_id"),
        Index("scim_group_display_name_key", "provider_id", func.lower(text("display_name")), unique=True),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.ONLY, comment="Groups as directories tell them."),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    display_name: Mapped[str]
    external_id: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[Recorded]
    changed_at: Mapped[Recorded]


class ScimGroupMemberRow(RegionBase):
    """Somebody in a group of a directory."""

    __tablename__ = "scim_group_member"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "organization_id"], ["scim_group.id", "scim_group.organization_id"]),
        ForeignKeyConstraint(["person_id", "organization_id"], ["scim_user.person_id", "scim_user.organization_id"]),
        Index("scim_group_member_person_id_idx", "person_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.ONLY, comment="Who is in which group of a directory."),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class ApiRateRow(RegionBase):
    """A token bucket: of a client, or of an organization's directory. It is gone after a crash, and full again."""

    __tablename__ = "api_rate"
    __table_args__ = (
        CheckConstraint("level >= 0", name="level"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="How often programs have asked of late.")
        | {"prefixes": ["UNLOGGED"]},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
