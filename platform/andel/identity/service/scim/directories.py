"""Directories that provision an organization's people: their tokens, and letting them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from andel.identity.model.buckets import Rate
from andel.identity.model.credentials import Credential, digest, mint
from andel.identity.model.scim.errors import ScimError
from andel.identity.service.rates import take_from
from andel.identity.tables import IdentityProviderRow, ScimTokenRow
from andel.parties.tables import OrganizationRow, ProfileRow
from andel.sdk.errors import AndelError, did_you_mean
from andel.sdk.text import Text
from andel.shared.audit import Actor, ActorKind, Entry, append
from andel.shared.clock import swedish_day

RATE: Final = Rate(burst=200, per_minute=1500)
"""Entra ID sends 25 requests a second at most to a directory's endpoint."""

OVERLAP: Final = timedelta(days=7)
"""How long an older token lives when a new one has been made, so that nobody is cut off meanwhile."""

NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use of a token is known."""


class DirectoryError(AndelError):
    """Something that cannot be done with an organization's directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who asks: a directory of one organization, let in by one of its tokens.

    Attributes:
        provider_id: where the people that it provisions sign in.
        scim_key: the attribute that holds what the provider knows them by: ``externalId`` or ``userName``.
        role_map: what its roles and groups mean.
        regional: whether the organization is the region itself.
        base: the address of its endpoints, without a slash at the end.
    """

    token_id: UUID
    organization_id: UUID
    provider_id: UUID
    scim_key: str
    role_map: Mapping[str, object]
    regional: bool
    base: str = ""

    @property
    def actor(self) -> Actor:
        """Who did it, for the audit chain."""
        return Actor(ActorKind.CLIENT, f"scim_token:{self.token_id}")

    def key_of(self, *, user_name: str, external_id: str | None) -> str | None:
        """Return what the provider knows a person by; None when the directory has not said it yet."""
        return user_name if self.scim_key == "userName" else external_id


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new token: its id, and what is shown once."""

    id: UUID
    shown: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """A token as it is listed: nothing of it can be used."""

    id: UUID
    provider: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProvider:
    """An identity provider, and the key of whose it is."""

    id: UUID
    organization: str


def find_provider(session: Session, key: str) -> KnownProvider:
    """Return an identity provider by its key.

    Raises:
        DirectoryError: there is none.
    """
    asked = (
        select(IdentityProviderRow.id, OrganizationRow.key)
        .join(OrganizationRow, OrganizationRow.id == IdentityProviderRow.organization_id)
        .where(IdentityProviderRow.key == key)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        what = Text(f'Det finns ingen inloggningstjänst "{key}".', f'There is no identity provider "{key}".')
        raise DirectoryError(
            what, where=key, remedy=did_you_mean(key, session.scalars(select(IdentityProviderRow.key)))
        )
    return KnownProvider(id=row.id, organization=row.key)


def admit(session: Session, organization: str, shown: str, now: datetime, *, base: str = "") -> Directory:
    """Let a directory in by its token, and count its request.

    What is wrong is never told: an organization that does not exist, a token of another one, one that was revoked or
    has expired all get the same answer.

    Raises:
        ScimError: not let in (401), or too many requests (429).
    """
    found = _holder(session, organization, shown, now)
    if found is None:
        what = "The token does not let anybody in here."
        raise ScimError(what, status=HTTPStatus.UNAUTHORIZED, remedy="Make a new one on the organization's page.")
    token, provider = found
    wait = take_from(session, token.provider_id, RATE, now)
    if wait:
        raise TooManyRequestsError(wait)
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        token.last_used_at = now
    region = session.scalar(select(ProfileRow.organization_id))
    return Directory(
        token_id=token.id,
        organization_id=token.organization_id,
        provider_id=token.provider_id,
        scim_key=provider.scim_key,
        role_map=provider.role_map,
        regional=region == token.organization_id,
        base=base,
    )


class TooManyRequestsError(ScimError):
    """A directory asks more often than it may; ``wait`` is in whole seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            "Too many requests.", status=HTTPStatus.TOO_MANY_REQUESTS, remedy=f"Ask again in {wait} seconds."
        )
        self.wait = wait


def _holder(
    session: Session, organization: str, shown: str, now: datetime
) -> tuple[ScimTokenRow, IdentityProviderRow] | None:
    hashed = digest(shown, Credential.SCIM)
    if hashed is None:
        return None
    asked = (
        select(ScimTokenRow, IdentityProviderRow)
        .join(IdentityProviderRow, IdentityProviderRow.id == ScimTokenRow.provider_id)
        .join(OrganizationRow, OrganizationRow.id == ScimTokenRow.organization_id)
        .where(
            ScimTokenRow.token_hash == hashed,
            OrganizationRow.key == organization,
            OrganizationRow.valid_to.is_(None) | (OrganizationRow.valid_to > swedish_day(now)),
            *_live(now),
        )
    )
    found = session.execute(asked).one_or_none()
    return None if found is None else (found[0], found[1])


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ScimTokenRow.revoked_at.is_(None), ScimTokenRow.expires_at.is_(None) | (ScimTokenRow.expires_at > now)


def issue_token(
    session: Session, provider_id: UUID, *, actor: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> IssuedToken:
    """Make a token for the directory of a provider's organization; the one before it ends after the overlap.

    At most two are alive: a third makes the oldest end at once.

    Raises:
        DirectoryError: there is no such provider.
    """
    provider = session.get(IdentityProviderRow, provider_id, with_for_update=True)
    if provider is None:
        what = Text("Det finns ingen sådan inloggningstjänst.", "There is no such identity provider.")
        raise DirectoryError(what)
    for place, token in enumerate(_alive(session, provider_id, now)):
        end = now if place else now + overlap
        if token.expires_at is None or token.expires_at > end:
            token.expires_at = end
    minted = mint(Credential.SCIM)
    row = ScimTokenRow(
        organization_id=provider.organization_id,
        provider_id=provider_id,
        token_hash=minted.digest,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, "scim_token.issued", row, actor)
    return IssuedToken(id=row.id, shown=minted.shown)


def revoke_tokens(session: Session, provider_id: UUID, *, actor: Actor, now: datetime) -> int:
    """End every token of a provider's directory at once, and return how many there were."""
    alive = _alive(session, provider_id, now)
    for token in alive:
        token.revoked_at = now
        _tell(session, "scim_token.revoked", token, actor)
    return len(alive)


def known_tokens(session: Session, organization_id: UUID | None, now: datetime) -> tuple[KnownToken, ...]:
    """Return the living tokens of an organization's directories, or of all, by provider, the newest first."""
    asked = select(ScimTokenRow, IdentityProviderRow.key).join(
        IdentityProviderRow, IdentityProviderRow.id == ScimTokenRow.provider_id
    )
    if organization_id is not None:
        asked = asked.where(ScimTokenRow.organization_id == organization_id)
    newest = (IdentityProviderRow.key, ScimTokenRow.created_at.desc(), ScimTokenRow.id.desc())
    return tuple(
        KnownToken(
            id=row.id,
            provider=provider,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )
        for row, provider in session.execute(asked.where(*_live(now)).order_by(*newest))
    )


def _alive(session: Session, provider_id: UUID, now: datetime) -> tuple[ScimTokenRow, ...]:
    """Return the living tokens of a provider, the newest first, locked."""
    asked = select(ScimTokenRow).where(ScimTokenRow.provider_id == provider_id, *_live(now))
    newest = asked.order_by(ScimTokenRow.created_at.desc(), ScimTokenRow.id.desc())
    return tuple(session.scalars(newest.with_for_update()))


def _tell(session: Session, event: str, token: ScimTokenRow, actor: Actor) -> None:
    entry = Entry(
        event=event,
        actor=actor,
        subject=f"scim_token:{token.id}",
        organization=token.organization_id,
        details={"provider": str(token.provider_id)},
    )
    append(session, entry)
