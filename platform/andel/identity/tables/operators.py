"""Operators of the instance, in the control database: who they are, and what they were let into."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import ControlBase, Id, Keeping, Ownership, Recorded, declared

_HASH = "octet_length({}) = 32"


class OperatorRow(ControlBase):
    """Somebody who runs the instance. It gives no access to any region's data."""

    __tablename__ = "operator"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("subject <> ''", name="subject"),
        declared(Ownership.CONTROL, export=False, comment="Who runs the instance."),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    issuer: Mapped[str]
    subject: Mapped[str]
    display_name: Mapped[str | None]
    created_at: Mapped[Recorded]
    deactivated_at: Mapped[datetime | None]


class OperatorGrantRow(ControlBase):
    """An operator may read one region's data, for a reason, until a time. It can be ended early, never prolonged."""

    __tablename__ = "operator_grant"
    __table_args__ = (
        CheckConstraint("length(btrim(reason)) >= 10", name="reason"),
        CheckConstraint("until > granted_at AND until <= granted_at + interval '24 hours'", name="until"),
        Index("operator_grant_operator_id_tenant_idx", "operator_id", "tenant"),
        declared(Ownership.CONTROL, export=False, keeping=Keeping.CLOSED_ONCE, comment="What operators were let into."),
    )

    id: Mapped[Id]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    tenant: Mapped[str] = mapped_column(ForeignKey("tenant.key"))
    reason: Mapped[str]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    granted_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OperatorSessionRow(ControlBase):
    """A browser in which an operator is signed in. Of the token only the SHA-256 is kept."""

    __tablename__ = "operator_session"
    __table_args__ = (
        CheckConstraint(_HASH.format("token_hash"), name="token_hash"),
        CheckConstraint(_HASH.format("csrf_secret"), name="csrf_secret"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        Index("operator_session_operator_id_idx", "operator_id"),
        declared(Ownership.CONTROL, export=False, comment="Which operators are signed in."),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    provider_sid: Mapped[str | None]
    csrf_secret: Mapped[bytes]
    acr: Mapped[str] = mapped_column(server_default="")
    authenticated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(server_default="")


class OperatorSignInAttemptRow(ControlBase):
    """An operator's way to the instance's own provider; it lives for minutes and is used once."""

    __tablename__ = "operator_sign_in_attempt"
    __table_args__ = (
        CheckConstraint(_HASH.format("state_hash"), name="state_hash"),
        CheckConstraint(_HASH.format("browser_hash"), name="browser_hash"),
        CheckConstraint(_HASH.format("nonce_hash"), name="nonce_hash"),
        CheckConstraint(r"next_path ~ '^/([^/\\]|$)'", name="next_path"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        declared(Ownership.CONTROL, export=False, comment="Sign-ins of operators that have begun."),
    )

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    nonce_hash: Mapped[bytes]
    verifier: Mapped[bytes]
    next_path: Mapped[str] = mapped_column(server_default="/")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
