"""Logouts that providers began."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Gate, Ownership, RegionBase, declared


class ProviderLogoutRow(RegionBase):
    """A logout token that was used, until it would be refused for its age: its ``jti``, hashed."""

    __tablename__ = "provider_logout"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
        Index("provider_logout_expires_at_idx", "expires_at"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Logout tokens that were used."),
    )

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
