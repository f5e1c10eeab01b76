"""A region under test: what its directories show, and what a test wants to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from andel.identity.model.roles import Role
from andel.identity.model.signed_in import Token
from andel.identity.service.people import Employment, give
from andel.identity.service.scim import Directory, admit, issue_token
from andel.identity.service.sessions import Arrival, look_up, start
from andel.identity.tables import IdentityProviderRow, MembershipRow, PersonRow
from andel.identity.tables.people import Origin
from andel.shared.audit import Actor, ActorKind
from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow
from andel.shared.database import Viewer, gate_transaction, new_id, region_transaction

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The frozen clock of these tests."""

HAND = Actor(ActorKind.SYSTEM, "test")
ROLE_MAP = {
    "Andel.Administratör": "administrator",
    "Andel.Läsare": "viewer",
    "Andel.Ekonom": "economist",
    "Andel Licenser": ["license-contact", "viewer"],
    "Andel Skräp": 7,
}


@dataclass(frozen=True)
class Town:
    """An organization with a provider, and what its directory shows."""

    id: UUID
    key: str
    provider: UUID
    token: str


@dataclass
class World:
    """The region under test."""

    engine: Engine
    region: Town
    first: Town
    second: Town

    def directory(self, town: Town | None = None) -> Directory:
        """Return a town's directory, let in."""
        asked = town or self.first
        with gate_transaction(self.engine) as session:
            return admit(session, asked.key, asked.token, NOW, base="https://andel.test/prov/scim/v2/x")

    def sign_in(self, person: str | UUID | None, *, role: Role = Role.VIEWER, town: Town | None = None) -> Token:
        """Begin a session of a person, under a membership that they have or are given by hand."""
        organization, who = (town or self.first).id, UUID(str(person))
        with gate_transaction(self.engine) as session:
            employment = Employment(organization, role)
            membership = give(session, who, employment, origin=Origin.MANUAL, today=NOW.date(), by=HAND)
            arrival = Arrival(person=who, membership=membership, organization=organization, authenticated_at=NOW)
            return start(session, arrival, now=NOW)

    def alive(self, token: Token) -> bool:
        """Return whether somebody is signed in by a token."""
        with gate_transaction(self.engine) as session:
            return look_up(session.connection(), token, NOW) is not None

    def person(self, person: str | UUID | None) -> PersonRow:
        """Return a person."""
        with gate_transaction(self.engine) as session:
            return session.get_one(PersonRow, UUID(str(person)))

    def roles(self, person: str | UUID | None) -> dict[str, str]:
        """Return the roles that a person has now, and who gave them."""
        asked = select(MembershipRow.role, MembershipRow.source).where(
            MembershipRow.person_id == UUID(str(person)),
            MembershipRow.superseded_at.is_(None),
            MembershipRow.valid_to.is_(None),
        )
        with gate_transaction(self.engine) as session:
            return {row.role: row.source for row in session.execute(asked)}

    def events(self) -> list[str]:
        """Return what the audit chain tells, oldest first."""
        return [entry.event for entry in self.entries()]

    def entries(self) -> list[AuditEntryRow]:
        """Return the entries of the audit chain, oldest first."""
        asked = select(AuditEntryRow).join(AuditLinkRow, AuditLinkRow.entry_id == AuditEntryRow.id)
        with region_transaction(self.engine, Viewer.staff()) as session:
            return list(session.scalars(asked.order_by(AuditLinkRow.sequence)))


def town(session: Session, organization: UUID, key: str, *, name: str = "") -> Town:
    """Give an organization a provider, and its directory a token."""
    provider = IdentityProviderRow(
        id=new_id(),
        organization_id=organization,
        key=name or f"{key}-entra",
        title=key,
        issuer=f"https://login.test/{key}",
        client_id="andel",
        key_claim="oid",
        role_map=ROLE_MAP,
    )
    session.add(provider)
    session.flush()
    issued = issue_token(session, provider.id, actor=HAND, now=NOW)
    return Town(organization, key, provider.id, issued.shown)
