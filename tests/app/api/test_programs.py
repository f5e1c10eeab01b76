"""From a secret to the API, and from a directory to a person, on the whole application."""

from __future__ import annotations

from datetime import UTC

from tests.app.api.world import BY, COPY, NOW, Instance

from andel.identity.service.clients import Registration, register
from andel.identity.service.scim import issue_token
from andel.identity.tables import IdentityProviderRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import gate_transaction


def test_a_program_gets_a_token_for_its_secret_and_reads_with_it(changeable: Instance) -> None:
    asked = Registration(organization="mora", title="Ett test", role="viewer", scopes=["facts:read"])
    with gate_transaction(changeable.engine_of(COPY)) as session:
        issued = register(session, asked, actor=BY, now=NOW.astimezone(UTC))
    form = {"grant_type": "client_credentials", "client_id": str(issued.client_id), "client_secret": issued.shown}
    answer = changeable.app.test_client().post(f"/{COPY}/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    token = answer.get_json()["access_token"]
    assert changeable.get(f"/{COPY}/organizations", token).status == 200
    assert changeable.get("/skane/organizations", token).status == 401
    elsewhere = changeable.app.test_client().post("/skane/oauth/token", data=form)
    assert (elsewhere.status_code, elsewhere.get_json()["error"]) == (401, "invalid_client")


def test_a_directory_takes_somebody_in(changeable: Instance) -> None:
    with gate_transaction(changeable.engine_of(COPY)) as session:
        mora = session.query(OrganizationRow.id).filter_by(key="mora").scalar()
        provider = IdentityProviderRow(
            organization_id=mora, key="mora", title="Mora", issuer="https://mora.example", client_id="andel"
        )
        session.add(provider)
        session.flush()
        token = issue_token(session, provider.id, actor=BY, now=NOW.astimezone(UTC)).shown
    body = {"userName": "ekonom@mora.se", "externalId": "oid-1"}
    headers = {"Authorization": f"Bearer {token}"}
    client = changeable.app.test_client()
    answer = client.post(f"/{COPY}/scim/v2/mora/Users", json=body, headers=headers)
    assert (answer.status_code, answer.mimetype) == (201, "application/scim+json"), answer.text
    assert client.post(f"/{COPY}/scim/v2/falun/Users", json=body, headers=headers).status_code == 401
    assert client.get("/skane/scim/v2/mora/Users", headers=headers).status_code == 401
