"""Where people sign in: the organizations of the region, their providers, and the domains that lead to them.

Everything here takes a session of ``gate_transaction``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from andel.identity.model.home import Domain, Home, home_of
from andel.identity.tables import IdentityProviderRow, VerifiedDomainRow
from andel.parties.tables import OrganizationRow
from andel.shared.formats import swedish_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to sign in. ``levels``: what the provider must at least give, ``step_up`` to sign and finalize."""

    id: UUID
    key: str
    title: str
    organization: UUID
    levels: tuple[str, ...]
    step_up: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Homes:
    """The organizations in Swedish order, the ways to sign in to each, and the verified domains."""

    homes: tuple[Home, ...]
    ways: tuple[Way, ...]
    domains: tuple[Domain, ...]

    def ways_of(self, organization: UUID) -> tuple[Way, ...]:
        """Return the ways to sign in from an organization."""
        return tuple(way for way in self.ways if way.organization == organization)

    def home(self, key: str) -> Home | None:
        """Return an organization by its key."""
        return next((home for home in self.homes if home.key == key), None)

    def way(self, key: str) -> Way | None:
        """Return a way by its word in addresses."""
        return next((way for way in self.ways if way.key == key), None)

    def by_domain(self, domain: str) -> tuple[Home, tuple[Way, ...]] | None:
        """Return whom a domain leads to, and the ways that it leads to; None when nobody has shown it to be theirs."""
        found = home_of(domain, self.domains)
        if found is None:
            return None
        home = next((home for home in self.homes if home.id == found.organization), None)
        ways = tuple(way for way in self.ways_of(found.organization) if found.provider in {None, way.id})
        return (home, ways or self.ways_of(found.organization)) if home else None


def read_homes(session: Session, today: date) -> Homes:
    """Read the organizations that exist today, with what leads to them."""
    verified = select(VerifiedDomainRow).where(VerifiedDomainRow.verified_at.is_not(None))
    domains = tuple(
        Domain(domain=row.domain, organization=row.organization_id, subdomains=row.subdomains, provider=row.provider_id)
        for row in session.scalars(verified.order_by(VerifiedDomainRow.domain))
    )
    shown: defaultdict[UUID, list[str]] = defaultdict(list)
    for domain in domains:
        shown[domain.organization].append(domain.domain)
    there = (
        OrganizationRow.valid_from <= today,
        or_(OrganizationRow.valid_to.is_(None), OrganizationRow.valid_to > today),
    )
    columns = OrganizationRow.id, OrganizationRow.key, OrganizationRow.name, OrganizationRow.code
    named = session.execute(select(*columns).where(*there))
    homes = (
        Home(id=row.id, key=row.key, name=row.name, domains=tuple(shown[row.id]), code=row.code or "") for row in named
    )
    return Homes(
        homes=tuple(sorted(homes, key=lambda home: swedish_key(home.name))), ways=_ways(session), domains=domains
    )


def _ways(session: Session) -> tuple[Way, ...]:
    used = select(IdentityProviderRow).where(IdentityProviderRow.enabled).order_by(IdentityProviderRow.created_at)
    return tuple(
        Way(
            id=row.id,
            key=row.key,
            title=row.title,
            organization=row.organization_id,
            levels=tuple(row.accepted_acr),
            step_up=tuple(row.step_up_acr),
        )
        for row in session.scalars(used.order_by(IdentityProviderRow.key))
    )
