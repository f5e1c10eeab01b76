"""Programs that use the API, and directories that tell who works where. Of every token only the SHA-256 is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from andel.identity.tables.people import ROLES
from andel.shared.database.base import Gate, Id, Ownership, Recorded, RegionBase, declared

_NONE = text("'{}'::text[]")
_HASH = "octet_length({}) = 32"


class ApiClientRow(RegionBase):
    """A program of an organization: what its tokens may ask for, and the role whose permissions it has at most."""

    __tablename__ = "api_client"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("requests_per_minute BETWEEN 1 AND 60000", name="requests_per_minute"),
        Index("api_client_organization_id_idx", "organization_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.OPEN, comment="Programs that use the API."),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    title: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    enabled: Mapped[bool] = mapped_column(server_default=true())
    requests_per_minute: Mapped[int] = mapped_column(server_default=text("300"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Recorded]
    ended_at: Mapped[datetime | None]


class ApiClientSecretRow(RegionBase):
    """A client's secret. A client may have two while the older is being replaced."""

    __tablename__ = "api_client_secret"
    __table_args__ = (
        CheckConstraint(_HASH.format("secret_hash"), name="secret_hash"),
        Index("api_client_secret_client_id_idx", "client_id"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Secrets of programs, hashed."),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id"))
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[Recorded]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ApiTokenRow(RegionBase):
    """An access token of a client. It falls with its client, and with the secret that it was given for."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(_HASH.format("token_hash"), name="token_hash"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        Index("api_token_client_id_idx", "client_id"),
        Index("api_token_expires_at_idx", "expires_at"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Access tokens, hashed."),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id"))
    secret_id: Mapped[UUID] = mapped_column(ForeignKey("api_client_secret.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ScimTokenRow(RegionBase):
    """What a directory shows to provision an organization's people; ``provider_id`` is where they sign in."""

    __tablename__ = "scim_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["provider_id", "organization_id"], ["identity_provider.id", "identity_provider.organization_id"]
        ),
        CheckConstraint(_HASH.format("token_hash"), name="token_hash"),
        Index("scim_token_organization_id_idx", "organization_id"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Tokens of directories, hashed."),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    provider_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[Recorded]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ScimUserRow(RegionBase):
    """A person as a directory provisioned them; ``resource`` is the rest of what it said (RFC 7643)."""

    __tablename__ = "scim_user"
    __table_args__ = (
        ForeignKeyConstraint(["person_id", "organization_id"], ["person.id", "person.organization_id"]),
        UniqueConstraint("person_id", "organization_id"),
        CheckConstraint("user_name <> ''", name="user_name"),
        CheckConstraint("version > 0", name="version"),
        Index("scim_user_user_name_key", "organization_id", func.lower(text("user_name")), unique=True),
        Index("scim_user_external_id_idx", "organization_id", "external_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.ONLY, comment="People as directories tell them."),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    user_name: Mapped[str]
    external_id: Mapped[str | None]
    resource: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[Recorded]
    changed_at: Mapped[Recorded]
