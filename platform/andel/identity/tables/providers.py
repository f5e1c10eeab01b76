"""Identity providers, their secrets, and the domains that lead to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import Gate, Id, Ownership, Recorded, RegionBase, declared, one_of

_NONE = text("'{}'::text[]")


class ClientAuthentication(StrEnum):
    """How Andel proves to a provider who it is: by a shared secret, or by a signature of its private key."""

    SHARED = "secret"
    PRIVATE_KEY_JWT = "private_key_jwt"


class IdentityProviderRow(RegionBase):
    """An OpenID provider of an organization. ``key`` stands in its own redirect URI.

    Attributes:
        scopes: what is asked for, ``openid`` among them.
        key_claim: the claim that people are known by, never an e-mail address.
        organization_claim: the claim that must hold ``organization_number``; empty when the provider has none.
        role_claim: the claim whose values ``role_map`` translates to roles. Without a mapped role nobody gets in.
        accepted_acr: levels of assurance that let in; empty when any does.
        step_up_acr: levels that let sign and finalize; empty when a fresh sign-in does.
        max_age_seconds: how old the sign-in at the provider may be; empty when any age is.
        scim_key: the attribute of SCIM that holds what ``key_claim`` does, when the directory provisions people.
        end_session: whether signing out here signs out there. The others: logout that the provider begins.
    """

    __tablename__ = "identity_provider"
    __table_args__ = (
        UniqueConstraint("id", "organization_id"),
        CheckConstraint("key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="key"),
        CheckConstraint(one_of("client_authentication", ClientAuthentication), name="client_authentication"),
        CheckConstraint(
            "issuer ~ '^https://[^/@]+' OR issuer ~ '^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?(/|$)'",
            name="issuer",
        ),
        CheckConstraint("(organization_claim = '') = (organization_number = '')", name="organization_claim"),
        CheckConstraint("key_claim NOT IN ('', 'email')", name="key_claim"),
        CheckConstraint("scim_key IN ('externalId', 'userName')", name="scim_key"),
        CheckConstraint("max_age_seconds > 0", name="max_age_seconds"),
        CheckConstraint("jsonb_typeof(role_map) = 'object'", name="role_map"),
        Index("identity_provider_organization_id_idx", "organization_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.OPEN, comment="Where people sign in."),
    )

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    client_authentication: Mapped[str] = mapped_column(server_default=ClientAuthentication.SHARED.value)
    scopes: Mapped[str] = mapped_column(server_default="openid profile")
    key_claim: Mapped[str] = mapped_column(server_default="sub")
    scim_key: Mapped[str] = mapped_column(server_default="externalId")
    name_claim: Mapped[str] = mapped_column(server_default="name")
    organization_claim: Mapped[str] = mapped_column(server_default="")
    organization_number: Mapped[str] = mapped_column(server_default="")
    role_claim: Mapped[str] = mapped_column(server_default="roles")
    role_map: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    accepted_acr: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    step_up_acr: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    max_age_seconds: Mapped[int | None]
    end_session: Mapped[bool] = mapped_column(server_default=true())
    front_channel_logout: Mapped[bool] = mapped_column(server_default=false())
    back_channel_logout: Mapped[bool] = mapped_column(server_default=false())
    enabled: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[Recorded]
    changed_at: Mapped[Recorded]


class ProviderSecretRow(RegionBase):
    """A provider's client secret or private key: where it is kept (``file:NAME``, ``env:NAME``), or itself, sealed."""

    __tablename__ = "provider_secret"
    __table_args__ = (
        CheckConstraint("num_nonnulls(reference, sealed) = 1", name="one_place"),
        CheckConstraint("reference ~ '^(file|env):[A-Za-z0-9_.-]+$'", name="reference"),
        declared(Ownership.CONTROL, export=False, gate=Gate.ONLY, comment="Secrets of identity providers."),
    )

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), primary_key=True)
    reference: Mapped[str | None]
    sealed: Mapped[bytes | None]
    changed_at: Mapped[Recorded]


class VerifiedDomainRow(RegionBase):
    """A domain of e-mail addresses that leads to an organization's sign-in, from ``verified_at`` on.

    ``challenge`` is what its DNS must show. ``provider_id`` chooses among the organization's providers.
    """

    __tablename__ = "verified_domain"
    __table_args__ = (
        CheckConstraint(r"domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'", name="domain"),
        Index("verified_domain_organization_id_idx", "organization_id"),
        declared(Ownership.ORGANIZATION, export=True, gate=Gate.OPEN, comment="Domains that lead to an organization."),
    )

    domain: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_provider.id"))
    subdomains: Mapped[bool] = mapped_column(server_default=false())
    challenge: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[Recorded]
    verified_at: Mapped[datetime | None]
