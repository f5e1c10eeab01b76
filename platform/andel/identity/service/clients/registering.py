"""Programs that use the API: registered, given secrets, ended. Every function needs the gate's session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from andel.identity.model.credentials import Credential, mint
from andel.identity.model.programs import OVERLAP, ClientError, checked_scopes
from andel.identity.model.roles import MEMBERSHIP, MUNICIPAL, Role
from andel.identity.tables import ApiClientRow, ApiClientSecretRow, ApiTokenRow
from andel.parties.tables import OrganizationRow, ProfileRow
from andel.sdk.errors import did_you_mean
from andel.sdk.text import Text
from andel.shared.audit import Actor, ActorKind, Entry, append

LONGEST_TITLE: Final = 200
MOST_PER_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is asked for a new program.

    Attributes:
        organization: whose it is, by key.
        title: what it is for, in words that people of the organization know.
        role: what it may do at most.
        scopes: what its tokens may ask for, as ``noun:verb``.
        requests_per_minute: how often it may ask in the long run.
    """

    organization: str
    title: str
    role: str
    scopes: Collection[str]
    requests_per_minute: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSecret:
    """A client and its new secret, which is shown once."""

    client_id: UUID
    shown: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSecret:
    """A secret as it is listed: nothing of it can be used."""

    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClient:
    """A program as it is listed."""

    id: UUID
    organization: str
    organization_name: str
    title: str
    role: Role
    scopes: tuple[str, ...]
    requests_per_minute: int
    created_at: datetime
    ended_at: datetime | None
    secrets: tuple[KnownSecret, ...]

    @property
    def last_used_at(self) -> datetime | None:
        """When it last got a token."""
        return max((secret.last_used_at for secret in self.secrets if secret.last_used_at), default=None)


def register(session: Session, asked: Registration, *, actor: Actor, now: datetime) -> IssuedSecret:
    """Register a program and return its first secret.

    Raises:
        ClientError: the organization or the role does not exist, or it cannot be given what was asked for.
    """
    organization = _organization(session, asked.organization)
    role = _role(session, asked.role, organization)
    title = asked.title.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        what = Text("Klienten behöver ett namn.", "The client needs a name.")
        raise ClientError(what, where="title", remedy=Text("Skriv vad den är till för.", "Write what it is for."))
    if not 1 <= asked.requests_per_minute <= MOST_PER_MINUTE:
        what = Text(f"En klient får 1 till {MOST_PER_MINUTE} anrop.", f"A client gets 1 to {MOST_PER_MINUTE} requests.")
        raise ClientError(what, where="requests_per_minute")
    scopes = checked_scopes(role, asked.scopes)
    row = ApiClientRow(
        organization_id=organization.id,
        title=title,
        role=role.value,
        scopes=[scope.value for scope in scopes],
        requests_per_minute=asked.requests_per_minute,
        created_by=UUID(actor.id) if actor.kind is ActorKind.PERSON else None,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, "client.registered", row, actor, role=role.value, scopes=" ".join(row.scopes))
    return _issue(session, row, actor, now)


def rotate(
    session: Session, client_id: UUID, *, actor: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> IssuedSecret:
    """Give a program a new secret; the one before it ends after the overlap. At most two are alive.

    Raises:
        ClientError: there is no such program, or it has ended.
    """
    row = _client(session, client_id)
    for place, secret in enumerate(_living(session, client_id, now)):
        end = now if place else now + overlap
        if secret.expires_at is None or secret.expires_at > end:
            secret.expires_at = end
    return _issue(session, row, actor, now)


def revoke(session: Session, client_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a program at once, its secrets and its tokens with it. It stays listed as ended.

    Raises:
        ClientError: there is no such program, or it has ended.
    """
    row = _client(session, client_id)
    row.ended_at, row.enabled = now, False
    ended = update(ApiClientSecretRow).where(
        ApiClientSecretRow.client_id == client_id, ApiClientSecretRow.revoked_at.is_(None)
    )
    session.execute(ended.values(revoked_at=now))
    session.execute(delete(ApiTokenRow).where(ApiTokenRow.client_id == client_id))
    _tell(session, "client.revoked", row, actor)


def known_clients(
    session: Session, now: datetime, *, organizations: Collection[UUID] | None = None
) -> tuple[KnownClient, ...]:
    """Return the programs of organizations, or of all; those that have ended come last, else by name."""
    asked = select(ApiClientRow, OrganizationRow).join(
        OrganizationRow, OrganizationRow.id == ApiClientRow.organization_id
    )
    if organizations is not None:
        asked = asked.where(ApiClientRow.organization_id.in_(organizations))
    rows = session.execute(asked).all()
    secrets: dict[UUID, list[ApiClientSecretRow]] = {}
    living = select(ApiClientSecretRow).where(*_alive(now)).order_by(ApiClientSecretRow.created_at)
    for secret in session.scalars(living):
        secrets.setdefault(secret.client_id, []).append(secret)
    found = [_known(client, organization, secrets.get(client.id, ())) for client, organization in rows]
    return tuple(sorted(found, key=lambda one: (one.ended_at is not None, one.organization, one.title, one.id)))


def _issue(session: Session, row: ApiClientRow, actor: Actor, now: datetime) -> IssuedSecret:
    minted = mint(Credential.CLIENT)
    secret = ApiClientSecretRow(client_id=row.id, secret_hash=minted.digest, created_at=now)
    session.add(secret)
    session.flush()
    _tell(session, "client.secret_issued", row, actor, secret=str(secret.id))
    return IssuedSecret(client_id=row.id, shown=minted.shown)


def _organization(session: Session, key: str) -> OrganizationRow:
    row = session.scalar(select(OrganizationRow).where(OrganizationRow.key == key))
    if row is None:
        what = Text(f'Det finns ingen organisation "{key}".', f'There is no organization "{key}".')
        raise ClientError(what, where=key, remedy=did_you_mean(key, session.scalars(select(OrganizationRow.key))))
    return row


def _role(session: Session, name: str, organization: OrganizationRow) -> Role:
    regional = session.scalar(select(ProfileRow.organization_id)) == organization.id
    possible = {role.value: role for role in (MEMBERSHIP if regional else MUNICIPAL)}
    if name not in possible:
        what = Text(
            f'En klient hos {organization.name} kan inte ha rollen "{name}".',
            f'A client of {organization.name} cannot have the role "{name}".',
        )
        raise ClientError(what, where="role", remedy=did_you_mean(name, possible))
    return possible[name]


def _client(session: Session, client_id: UUID) -> ApiClientRow:
    row = session.get(ApiClientRow, client_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        what = Text("Det finns ingen sådan klient, eller inte längre.", "There is no such client, or no longer.")
        raise ClientError(what, where=str(client_id), remedy="andel client list")
    return row


def _living(session: Session, client_id: UUID, now: datetime) -> Sequence[ApiClientSecretRow]:
    asked = select(ApiClientSecretRow).where(ApiClientSecretRow.client_id == client_id, *_alive(now))
    return session.scalars(asked.order_by(ApiClientSecretRow.created_at.desc(), ApiClientSecretRow.id.desc())).all()


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    lasting = ApiClientSecretRow.expires_at.is_(None) | (ApiClientSecretRow.expires_at > now)
    return ApiClientSecretRow.revoked_at.is_(None), lasting


def _known(row: ApiClientRow, organization: OrganizationRow, secrets: Sequence[ApiClientSecretRow]) -> KnownClient:
    return KnownClient(
        id=row.id,
        organization=organization.key,
        organization_name=organization.name,
        title=row.title,
        role=Role(row.role),
        scopes=tuple(row.scopes),
        requests_per_minute=row.requests_per_minute,
        created_at=row.created_at,
        ended_at=row.ended_at,
        secrets=tuple(
            KnownSecret(created_at=one.created_at, expires_at=one.expires_at, last_used_at=one.last_used_at)
            for one in secrets
        ),
    )


def _tell(session: Session, event: str, row: ApiClientRow, actor: Actor, **details: str) -> None:
    entry = Entry(
        event=event,
        actor=actor,
        subject=f"api_client:{row.id}",
        organization=row.organization_id,
        details={"title": row.title, **details},
    )
    append(session, entry)
