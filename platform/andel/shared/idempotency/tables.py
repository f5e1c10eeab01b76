"""Answers that were given to requests that create something, so that the same request again gets the same answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Ownership, Recorded, RegionBase, declared


class ApiAnswerRow(RegionBase):
    """What a program was answered under a key of its own, written together with what the request created.

    ``request_hash`` is the SHA-256 of what was asked: another request under the same key is refused. It may be
    removed after ``expires_at``.
    """

    __tablename__ = "api_answer"
    __table_args__ = (
        CheckConstraint("octet_length(request_hash) = 32", name="request_hash"),
        CheckConstraint("char_length(key) BETWEEN 1 AND 255", name="key"),
        CheckConstraint("status BETWEEN 200 AND 299", name="status"),
        Index("api_answer_organization_id_idx", "organization_id"),
        Index("api_answer_expires_at_idx", "expires_at"),
        declared(Ownership.ORGANIZATION, export=False, comment="Answers to programs, by their idempotency keys."),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    request_hash: Mapped[bytes]
    status: Mapped[int] = mapped_column(SmallInteger)
    location: Mapped[str]
    body: Mapped[bytes]
    recorded_at: Mapped[Recorded]
    expires_at: Mapped[datetime]
