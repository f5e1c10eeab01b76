"""Letting a region's organizations sign in by the demo's provider."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from andel.identity.demo.guarding import check_demo
from andel.identity.demo.issuer import CLIENT, LEVELS, SECRET
from andel.identity.demo.personas import ROLE_MAP, DemoOrganization
from andel.identity.model.home import municipalities
from andel.identity.service.oidc.providers import Vault
from andel.identity.tables import IdentityProviderRow, ProviderSecretRow, VerifiedDomainRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import new_id


def add_demo_sign_in(
    session: Session, organizations: Iterable[DemoOrganization], *, base: str, vault: Vault, now: datetime
) -> int:
    """Let each organization sign in by an issuer of its own, and return how many can.

    What is there already is brought up to date. Addresses of municipalities lead to them as if they had shown that
    the domain is theirs.

    Args:
        session: of ``gate_transaction``.
        organizations: of one region.
        base: the provider's address, on this machine.
        vault: seals the provider's secret.
        now: the moment.

    Raises:
        DemoError: this is no demo, or the address is not this machine.
    """
    check_demo(base)
    columns = OrganizationRow.key, OrganizationRow.id, OrganizationRow.code
    rows = {row.key: row for row in session.execute(select(*columns))}
    domains = {one.code: one.domain for one in municipalities()}
    count = 0
    for organization in organizations:
        if row := rows.get(organization.key):
            _add(session, organization, row.id, base, vault)
            _lead(session, domains.get(row.code or "", ""), row.id, now)
            count += 1
    return count


def _add(session: Session, organization: DemoOrganization, owner: UUID, base: str, vault: Vault) -> None:
    genitive = organization.name if organization.name.endswith(("s", "x", "z")) else f"{organization.name}s"
    values = {
        "organization_id": owner,
        "title": f"{genitive} inloggning",
        "issuer": f"{base}/{organization.path}",
        "client_id": CLIENT,
        "role_map": ROLE_MAP,
        "accepted_acr": list(LEVELS),
        "step_up_acr": [LEVELS[-1]],
        "enabled": True,
    }
    adding = insert(IdentityProviderRow).values({"id": new_id(), "key": organization.key, **values})
    kept = adding.on_conflict_do_update(index_elements=["key"], set_=values).returning(IdentityProviderRow.id)
    provider = session.execute(kept).scalar_one()
    sealed = {"sealed": vault.seal(provider, SECRET), "reference": None}
    secret = insert(ProviderSecretRow).values({"provider_id": provider, **sealed})
    session.execute(secret.on_conflict_do_update(index_elements=["provider_id"], set_=sealed))


def _lead(session: Session, domain: str, owner: UUID, now: datetime) -> None:
    if domain:
        shown = {"domain": domain, "organization_id": owner, "subdomains": True, "verified_at": now}
        session.execute(insert(VerifiedDomainRow).values(shown).on_conflict_do_nothing())
