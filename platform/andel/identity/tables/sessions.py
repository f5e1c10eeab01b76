"""Sessions and attempts to sign in. Of every token only the SHA-256 is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Gate, Ownership, RegionBase, declared, one_of

_HASH = "octet_length({}) = 32"


class Purpose(StrEnum):
    """Why somebody is sent to a provider: to get in, to prove themselves anew, or to try its settings."""

    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    TRIAL = "trial"


class WebSessionRow(RegionBase):
    """A browser in which a person is signed in, as one of their memberships.

    ``provider_sid`` and ``provider_subject`` are what a logout that the provider begins names. ``id_token`` is
    sealed, for a logout there. It ends at ``expires_at``, or when nothing was heard of it since ``seen_at``.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        ForeignKeyConstraint(["membership_id", "person_id"], ["membership.id", "membership.person_id"]),
        CheckConstraint(_HASH.format("token_hash"), name="token_hash"),
        CheckConstraint(_HASH.format("csrf_secret"), name="csrf_secret"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        Index("web_session_person_id_idx", "person_id"),
        Index("web_session_provider_id_provider_sid_idx", "provider_id", "provider_sid"),
        Index("web_session_expires_at_idx", "expires_at"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Who is signed in."),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    membership_id: Mapped[UUID]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_provider.id"))
    provider_sid: Mapped[str | None]
    provider_subject: Mapped[str | None]
    id_token: Mapped[bytes | None]
    csrf_secret: Mapped[bytes]
    acr: Mapped[str] = mapped_column(server_default="")
    authenticated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(server_default="")


class SignInAttemptRow(RegionBase):
    """A way to a provider that somebody is on; it lives for minutes and is used once.

    ``browser_hash`` binds it to the browser that began it, ``verifier`` is the sealed secret of PKCE, and
    ``token_hash`` names the session of whoever proves themselves anew.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        CheckConstraint(_HASH.format("state_hash"), name="state_hash"),
        CheckConstraint(_HASH.format("browser_hash"), name="browser_hash"),
        CheckConstraint(_HASH.format("nonce_hash"), name="nonce_hash"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint(r"next_path ~ '^/([^/\\]|$)'", name="next_path"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        Index("sign_in_attempt_expires_at_idx", "expires_at"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Sign-ins that have begun."),
    )

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"))
    browser_hash: Mapped[bytes]
    nonce_hash: Mapped[bytes]
    verifier: Mapped[bytes]
    purpose: Mapped[str] = mapped_column(server_default=Purpose.SIGN_IN.value)
    token_hash: Mapped[bytes | None]
    requested_acr: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    max_age_seconds: Mapped[int | None]
    next_path: Mapped[str] = mapped_column(server_default="/")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
