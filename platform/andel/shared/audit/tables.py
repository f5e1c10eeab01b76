"""The audit chain as rows: what happened, how it is chained, and the personal data beside it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Gate, Keeping, Ownership, Recorded, RegionBase, declared


class AuditEntryRow(RegionBase):
    """What happened, as canonical JSON. The other columns follow from it, so that none can say something else.

    Written by the function ``audit_append`` alone. ``seals`` holds, by person, the HMAC of what is told of them
    beside the chain. ``role`` is the database role of the transaction that wrote it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("octet_length(content) <= 65536", name="size"),
        Index("audit_entry_event_idx", "event"),
        Index("audit_entry_actor_idx", "actor"),
        declared(Ownership.CONTROL, export=True, keeping=Keeping.IMMUTABLE, comment="What happened in the region."),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[str]
    seals: Mapped[str] = mapped_column(server_default="{}")
    role: Mapped[str]
    event: Mapped[str] = mapped_column(Computed("((content)::jsonb ->> 'event'::text)", persisted=True))
    actor: Mapped[str | None] = mapped_column(Computed("(((content)::jsonb -> 'actor') ->> 'id')", persisted=True))


class AuditLinkRow(RegionBase):
    """An entry's place in the chain: the SHA-256 of the entry and of the link before it.

    Written when the entry's transaction commits, by a trigger alone: links stand in the order of commits and none
    is missing.
    """

    __tablename__ = "audit_link"
    __table_args__ = (
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("previous ~ '^[0-9a-f]{64}$'", name="previous"),
        declared(
            Ownership.CONTROL, export=True, keeping=Keeping.IMMUTABLE, comment="The hash chain over what happened."
        ),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)


class AuditPersonalRow(RegionBase):
    """Personal data of one person that an entry tells of. The chain holds only its seal; ``data`` can be erased."""

    __tablename__ = "audit_personal"
    __table_args__ = (
        CheckConstraint("(data IS NULL) = (erased_at IS NOT NULL)", name="erased"),
        Index("audit_personal_person_id_idx", "person_id"),
        declared(Ownership.CONTROL, export=True, comment="Personal data that the chain holds only seals of."),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person_key.person_id"), primary_key=True)
    data: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class PersonKeyRow(RegionBase):
    """The key that one person's data is sealed with. No application role reads it; erased, its seals say nothing."""

    __tablename__ = "person_key"
    __table_args__ = (
        CheckConstraint("(key IS NULL) = (erased_at IS NOT NULL)", name="erased"),
        CheckConstraint("octet_length(key) = 32", name="key"),
        declared(
            Ownership.CONTROL, export=True, gate=Gate.ONLY, comment="Erasable keys that personal data is sealed with."
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes | None]
    created_at: Mapped[Recorded]
    erased_at: Mapped[datetime | None]
