"""The four regions behind sign-in, and people who are signed in to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from andel.app.signing import SignIn
from andel.app.web import DatabaseRegions, create_app
from andel.identity.model.roles import Role
from andel.identity.model.signed_in import Token, csrf_token
from andel.identity.pages import Cookies
from andel.identity.pages.cookies import OPERATOR
from andel.identity.pages.sign_in import Gateway
from andel.identity.service import operators
from andel.identity.service.oidc.directory import Directory
from andel.identity.service.oidc.fetching import Fetcher
from andel.identity.service.oidc.providers import Vault
from andel.identity.service.oidc.relying import Relying
from andel.identity.service.operators import Access, add_operator, give_access
from andel.identity.service.people import Employment, ensure_person, give, memberships
from andel.identity.service.sessions import Arrival, look_up, start
from andel.identity.tables import IdentityProviderRow
from andel.identity.tables.people import Origin
from andel.parties.service import organization_keys
from andel.shared.audit import Actor, ActorKind
from andel.shared.clock import swedish_day
from andel.shared.database import control_transaction, gate_transaction, new_id
from andel.shared.secretbox import SecretBox
from andel.shared.web.setup import SWEDEN

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)
HOST = "https://andel.example"
BY = Actor(ActorKind.SYSTEM, "a test")
FORM = {"Sec-Fetch-Site": "same-origin", "Origin": HOST}


def sign_in_of(regions: DatabaseRegions, folder: Path, *, development: bool = False, frozen: bool = True) -> SignIn:
    """Return the way in, by providers on this machine alone."""
    vault = Vault(box=SecretBox.of([Fernet.generate_key().decode()]), folder=folder)
    relying = Relying(directory=Directory(Fetcher(development=development)))
    clock = (lambda: NOW.astimezone(UTC)) if frozen else (lambda: datetime.now(UTC))
    return SignIn(
        doors=regions,
        gateway=Gateway(relying=relying, vault=vault),
        cookies=Cookies(development=development),
        clock=clock,
        flash_key="of one test",
    )


@dataclass(frozen=True, slots=True)
class Instance:
    """The application, and browsers of people."""

    app: Flask
    regions: DatabaseRegions

    @classmethod
    def of(cls, regions: DatabaseRegions, folder: Path) -> Instance:
        """Make one."""
        app = create_app(
            regions, check=regions.check, now=lambda: NOW, mark_missing=True, sign_in=sign_in_of(regions, folder)
        )
        app.testing = True
        return cls(app, regions)

    def browser(self, tenant: str, organization: str, role: Role) -> Browser:
        """Return a browser of somebody who is signed in."""
        with gate_transaction(self.regions.region(tenant)) as session:
            owner = next(one for one, key in organization_keys(session).items() if key == organization)
            provider = _provider(organization, owner)
            if session.scalar(select(IdentityProviderRow.id).where(IdentityProviderRow.key == provider.key)) is None:
                session.add(provider)
                session.flush()
            made = session.scalars(select(IdentityProviderRow).where(IdentityProviderRow.key == provider.key)).one()
            person = ensure_person(session, owner, made.id, str(uuid4()), name="", by=BY)
            today = swedish_day(NOW)
            give(session, person, Employment(owner, role), origin=Origin.OIDC, today=today, by=BY)
            [held] = memberships(session, person, today)
            arrival = Arrival(person=person, membership=held.id, organization=owner, authenticated_at=NOW)
            token = start(session, arrival, now=NOW)
        return self._browser(tenant, token)

    def operator(self, tenant: str, *, granted: bool) -> Browser:
        """Return a browser of an operator of the instance."""
        with control_transaction(self.regions.control()) as session:
            operator = add_operator(session, "https://idp.example", str(uuid4()))
            token = operators.start(session, operator, authenticated_at=NOW, now=NOW)
        if granted:
            access = Access(
                operator=operator,
                tenant=tenant,
                reason="Felsökning av sidorna",
                until=NOW + timedelta(hours=1),
                granted_by=operator,
            )
            give_access(self.regions.control(), self.regions.region(tenant), access, now=NOW)
        return self._browser(OPERATOR, token)

    def stranger(self) -> Browser:
        """Return a browser of nobody."""
        return Browser(self, self.app.test_client())

    def _browser(self, tenant: str, token: Token) -> Browser:
        client = self.app.test_client()
        client.set_cookie(f"__Host-andel-{tenant}", token.value, domain="andel.example", secure=True)
        return Browser(self, client, token)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser, over https."""

    instance: Instance
    client: FlaskClient
    token: Token | None = None

    def get(self, path: str) -> TestResponse:
        """Open a page, in Swedish."""
        return self.client.get(f"{path}{'&' if '?' in path else '?'}lang=sv", base_url=HOST)

    def text(self, path: str) -> str:
        """Return a page that opens."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)

    def post(self, path: str, data: dict[str, str], *, token: str = "") -> TestResponse:
        """Send a form."""
        return self.client.post(path, base_url=HOST, headers=FORM, data=data | {"csrf_token": token})

    def form_token(self, tenant: str) -> str:
        """Return a token of the session's forms."""
        with gate_transaction(self.instance.regions.region(tenant)) as session:
            who = look_up(session.connection(), self.token, NOW)
        assert who is not None
        return csrf_token(who.csrf_secret)


def _provider(key: str, owner: UUID) -> IdentityProviderRow:
    return IdentityProviderRow(
        id=new_id(),
        organization_id=owner,
        key=f"test-{key}",
        title=key,
        issuer=f"https://{key}.example",
        client_id="andel",
        enabled=True,
    )
