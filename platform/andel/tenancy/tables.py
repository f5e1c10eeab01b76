"""The tenants of the instance, and what each region's own database records of its document and plugins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Identity
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import ControlBase, Keeping, Ownership, Recorded, RegionBase, declared, one_of


class Lifecycle(StrEnum):
    """The states of a tenant."""

    ONBOARDING = "onboarding"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"


class TenantRow(ControlBase):
    """A region of the instance and where its database is. It never holds a password.

    ``placement`` is the URL of the database's server when it has one of its own; empty for the instance's.
    ``provisioned_at`` is empty until the database can be connected to. ``schema_revision`` is what the last
    migration saw.
    """

    __tablename__ = "tenant"
    __table_args__ = (
        CheckConstraint("key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'", name="key"),
        CheckConstraint(one_of("state", Lifecycle), name="state"),
        CheckConstraint("placement !~ '://[^/@]*:[^/@]*@'", name="placement_without_password"),
        declared(Ownership.CONTROL, export=False, comment="The regions of the instance."),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    code: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=Lifecycle.ONBOARDING.value)
    database: Mapped[str] = mapped_column(unique=True)
    login: Mapped[str] = mapped_column(unique=True)
    placement: Mapped[str] = mapped_column(server_default="")
    schema_revision: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[Recorded]
    provisioned_at: Mapped[datetime | None]
    state_since: Mapped[Recorded]


class EnabledPluginRow(RegionBase):
    """A plugin that the region has chosen. Code asks the region's view of the registry, which is made of these."""

    __tablename__ = "enabled_plugin"
    __table_args__ = (declared(Ownership.SHARED, export=True, comment="The plugins that the region has chosen."),)

    plugin: Mapped[str] = mapped_column(primary_key=True)
    recorded_at: Mapped[Recorded]


class DocumentRevisionRow(RegionBase):
    """The region's document as an apply wrote it: canonical JSON under its own SHA-256, which the database checks."""

    __tablename__ = "document_revision"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(canonical), 'hex')", name="digest"),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.IMMUTABLE, comment="The region's document, as applied."
        ),
    )

    revision: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    digest: Mapped[str]
    canonical: Mapped[bytes]
    applied_by: Mapped[str]
    recorded_at: Mapped[Recorded]
