"""A region whose providers are the lying provider's issuers, and a browser that signs in to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from tests.identity.conftest import World
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.lying import CLIENT, SECRET, LyingProvider

from andel.identity.model.signed_in import Token
from andel.identity.service import sessions
from andel.identity.service.oidc.arriving import Browser
from andel.identity.service.oidc.attempts import Begun
from andel.identity.service.oidc.flow import Flow, Refused, SignedIn, Started
from andel.identity.service.oidc.providers import Vault
from andel.identity.tables import (
    IdentityProviderRow,
    MembershipRow,
    PersonRow,
    ProviderSecretRow,
    SignInAttemptRow,
    WebSessionRow,
)
from andel.shared.audit.tables import AuditEntryRow
from andel.shared.database import Viewer, gate_transaction, new_id, region_transaction
from andel.shared.secretbox import SecretBox

COLUMNS = {"max_age": "max_age_seconds", "acr": "accepted_acr"}
ROLES: Mapping[str, Any] = {
    "Andel.Ekonom": "viewer",
    "Andel.Administrator": ["administrator", "viewer"],
    "Andel.Regionekonom": "economist",
    "Andel.Norrmalm": {"role": "viewer", "organization": "norrmalm"},
    "Andel.Rattvik": {"role": "viewer", "organization": "rattvik"},
    "Andel.Borta": {"role": "viewer", "organization": "finns-inte"},
    "Andel.Kung": "king",
}


@dataclass(slots=True)
class Region:
    """The region, and the browser."""

    world: World
    lying: LyingProvider
    flow: Flow
    cookie: str = ""
    token: Token | None = None
    providers: dict[str, UUID] = field(default_factory=dict)
    site: str = "https://andel.example"

    def add(self, name: str, organization: str = "mora", **columns: Any) -> UUID:  # noqa: ANN401  (any column)
        """Let an organization sign in by an issuer of the lying provider."""
        made = new_id()
        lie = self.lying.lies[name]
        settings = {COLUMNS.get(key, key): value for key, value in lie.settings.items()}
        values = {
            "organization_id": self.world.organizations[organization],
            "key": name,
            "title": f"Inloggning {name}",
            "issuer": self.lying.issuer(name),
            "client_id": CLIENT,
            "role_map": ROLES,
            "enabled": True,
        }
        kept = {key: list(one) if isinstance(one, tuple) else one for key, one in (values | settings | columns).items()}
        with gate_transaction(self.world.engine) as session:
            session.add(IdentityProviderRow(id=made, **kept))
            session.flush()
            session.add(ProviderSecretRow(provider_id=made, sealed=self.flow.vault.seal(made, SECRET)))
        self.providers[name] = made
        return made

    def begin(self, name: str, *, step_up: bool = False, to: str = "/testlandet/") -> Started | Refused:
        """Begin a sign-in, and keep the cookie as a browser does."""
        begun = Begun(cookie=self.cookie, next=to, token=self.token if step_up else None)
        started = self.flow.begin(name, redirect_uri=self.uri(name), begun=begun)
        if isinstance(started, Started):
            self.cookie = started.cookie
        return started

    def finish(
        self, name: str, parameters: Mapping[str, list[str]], *, cookie: str | None = None
    ) -> SignedIn | Refused:
        """Come back with parameters, and keep the token as a browser does."""
        found = self.flow.finish(
            name,
            parameters,
            redirect_uri=self.uri(name),
            cookie=self.cookie if cookie is None else cookie,
            browser=Browser(token=self.token, user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/141.0"),
        )
        if isinstance(found, SignedIn):
            self.token = found.token
        return found

    def sign_in(self, name: str, **begun: Any) -> SignedIn | Refused:  # noqa: ANN401  (as begin takes them)
        """Go all the way."""
        started = self.begin(name, **begun)
        return started if isinstance(started, Refused) else self.finish(name, visit(started.address))

    def uri(self, name: str) -> str:
        """Return a provider's redirect URI."""
        return f"{self.site}/testlandet/logga-in/{name}/svar"

    def who(self) -> Any:  # noqa: ANN401  (who is signed in, or None)
        """Return who is signed in now."""
        with gate_transaction(self.world.engine) as session:
            return sessions.look_up(session.connection(), self.token, self.flow._now())  # noqa: SLF001  (its clock)

    def counts(self) -> dict[str, int]:
        """Return how many people, memberships and sessions there are."""
        tables = (PersonRow.id, MembershipRow.id, WebSessionRow.token_hash)
        with gate_transaction(self.world.engine) as session:
            return {column.class_.__tablename__: session.scalar(select(func.count(column))) or 0 for column in tables}

    def attempts(self) -> list[SignInAttemptRow]:
        """Return the remembered attempts."""
        with gate_transaction(self.world.engine) as session:
            return list(session.scalars(select(SignInAttemptRow).order_by(SignInAttemptRow.created_at)))

    def log(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what the audit chain tells: events with their details."""
        with region_transaction(self.world.engine, Viewer.staff()) as session:
            rows = session.scalars(select(AuditEntryRow).order_by(AuditEntryRow.id))
            return [(row.event, json.loads(row.content).get("details", {})) for row in rows]


def vault(folder: Path) -> Vault:
    """Return a vault with a key of its own."""
    return Vault(
        box=SecretBox.of([Fernet.generate_key().decode()]),
        folder=folder,
        environment={"A_SECRET": secrets.token_hex()},
    )
