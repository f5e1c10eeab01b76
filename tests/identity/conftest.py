"""A region with three municipalities, a city with a district, and people who sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from andel.identity.model.roles import Role
from andel.identity.model.signed_in import Token
from andel.identity.service.people import Employment, ensure_person, give, memberships
from andel.identity.service.sessions import Arrival, start
from andel.identity.tables import IdentityProviderRow
from andel.identity.tables.people import Origin
from andel.parties.tables import OrganizationRow, ProfileRow
from andel.shared.audit import Actor, ActorKind
from andel.shared.database import Viewer, gate_transaction, new_id, region_transaction

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The frozen clock of these tests: a Monday morning."""

TODAY = date(2026, 11, 23)
BY = Actor(ActorKind.SYSTEM, "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ids by key: organizations, and a provider for each."""

    engine: Engine
    organizations: dict[str, UUID]
    providers: dict[str, UUID]

    def person(self, subject: str, *employments: tuple[str, Role], voucher: str = "", name: str = "") -> UUID:
        """Add somebody; whoever vouches for them is the first organization unless named."""
        home = voucher or employments[0][0]
        with gate_transaction(self.engine) as session:
            person = ensure_person(session, self.organizations[home], self.providers[home], subject, name=name, by=BY)
            for organization, role in employments:
                employment = Employment(self.organizations[organization], role)
                give(session, person, employment, origin=Origin.OIDC, today=TODAY, by=BY)
        return person


def _add(session: Session) -> tuple[dict[str, UUID], dict[str, UUID]]:
    kinds = {"regionen": "region", "staden": "municipality", "mora": "municipality", "rattvik": "municipality"}
    kinds |= {"norrmalm": "district", "formedlaren": "association"}
    ids = {key: new_id() for key in kinds}
    rows = [
        {
            "id": ids[key],
            "key": key,
            "name": key.capitalize(),
            "kind": kind,
            "source": "test",
            "authority_id": ids["staden"] if key == "norrmalm" else None,
        }
        for key, kind in kinds.items()
    ]
    session.execute(insert(OrganizationRow), rows)
    profile = ProfileRow(
        key="testlandet", name="Testlandet", code="90", colours={}, source="test", organization_id=ids["regionen"]
    )
    session.add(profile)
    return ids, {key: new_id() for key in ids}


@pytest.fixture
def world(region_db: Engine) -> World:
    """The region, and a provider for each organization."""
    with region_transaction(region_db, Viewer.staff()) as session:
        organizations, providers = _add(session)
    with gate_transaction(region_db) as session:
        for key, organization in organizations.items():
            session.add(
                IdentityProviderRow(
                    id=providers[key],
                    organization_id=organization,
                    key=key,
                    title=key,
                    issuer=f"https://{key}.example",
                    client_id="andel",
                    enabled=True,
                )
            )
    return World(engine=region_db, organizations=organizations, providers=providers)


@pytest.fixture
def sign_in(world: World) -> Callable[..., Token]:
    """Return what begins a session of somebody as their first membership, or the one of that place."""

    def begin(person: UUID, *, now: datetime = NOW, place: int = 0, **arrival: Any) -> Token:  # noqa: ANN401  (fields of Arrival)
        with gate_transaction(world.engine) as session:
            chosen = memberships(session, person, TODAY)[place]
            arrived = Arrival(
                person=person,
                membership=chosen.id,
                organization=chosen.employment.organization,
                authenticated_at=now,
            )
            return start(session, replace(arrived, **arrival), now=now)

    return begin
