"""Signing in by a second independent provider: Canaille, by way of ``pytest-iam``."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_iam import Server
from tests.identity.oidc.lying import CLIENT
from tests.identity.oidc.region import ROLES, Region

from andel.identity.model.roles import Role
from andel.identity.service.oidc.flow import Refused, SignedIn, Started
from andel.identity.tables import IdentityProviderRow, ProviderSecretRow
from andel.shared.database import gate_transaction, new_id

SECRET = "of-one-test"  # noqa: S105  (of a provider that lives for one test)


@pytest.fixture
def there(region: Region, iam_server: Server) -> Region:
    """The region, where Mora signs in by Canaille; its groups give roles."""
    made = new_id()
    row = IdentityProviderRow(
        id=made,
        organization_id=region.world.organizations["mora"],
        key="canaille",
        title="Canaille",
        issuer=iam_server.url.rstrip("/"),
        client_id=CLIENT,
        role_claim="groups",
        role_map=ROLES,
        scopes="openid profile groups",
        enabled=True,
    )
    with gate_transaction(region.world.engine) as session:
        session.add(row)
        session.flush()
        session.add(ProviderSecretRow(provider_id=made, sealed=region.flow.vault.seal(made, SECRET)))
    return region


def walk(region: Region, server: Server, *, group: str) -> SignedIn | Refused:
    """Sign in as somebody in a group, who consented before."""
    with server.app.app_context():
        client = server.models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Andel",
            client_uri=region.site,
            redirect_uris=[region.uri("canaille")],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106  (the method's name)
            scope=["openid", "profile", "groups"],
        )
        server.backend.save(client)
        server.backend.update(client, audience=[client])
        server.backend.save(client)
    user = server.random_user()
    server.random_group(display_name=group, members=[user])
    server.consent(user, client)
    server.login(user)
    try:
        started = region.begin("canaille")
        assert isinstance(started, Started)
        answer = server.test_client.get(started.address)
        return region.finish("canaille", parse_qs(urlsplit(answer.headers["Location"]).query))
    finally:
        server.logout()
        with server.app.app_context():
            server.backend.delete(client)


def test_a_group_of_the_provider_gives_a_role(there: Region, iam_server: Server) -> None:
    found = walk(there, iam_server, group="Andel.Ekonom")
    assert isinstance(found, SignedIn), found.error.detail
    assert (there.who().role, there.who().organization_key) == (Role.VIEWER, "mora")


def test_another_group_gives_none(there: Region, iam_server: Server) -> None:
    found = walk(there, iam_server, group="Something else")
    assert isinstance(found, Refused)
    assert found.reason.value == "no-role"
