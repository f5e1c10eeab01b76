"""Programs at the guard: an access token lets in as its client, and nothing else of the request does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import update
from tests.identity.conftest import BY, NOW
from tests.identity.pages.conftest import HOST, Site
from werkzeug.test import TestResponse

from andel.identity.model.permissions import Permission
from andel.identity.model.programs import TOKEN_LIFE
from andel.identity.model.roles import Role
from andel.identity.pages import actor, current, current_program, requires, transaction
from andel.identity.service.clients import Registration, authenticate, issue, register
from andel.identity.tables import ApiClientRow
from andel.shared.audit import ActorKind
from andel.shared.database import gate_transaction


def bearer(
    site: Site, organization: str = "mora", role: str = "viewer", *scopes: str, per_minute: int = 300
) -> dict[str, str]:
    asked = Registration(
        organization=organization,
        title="Ekonomisystem",
        role=role,
        scopes=scopes or ["costs:read"],
        requests_per_minute=per_minute,
    )
    with gate_transaction(site.world.engine) as session:
        issued = register(session, asked, actor=BY, now=NOW)
        client = authenticate(session, str(issued.client_id), issued.shown, NOW)
        assert client is not None
        return {"Authorization": f"Bearer {issue(session, client, client.scopes, NOW)}"}


def api(app: Flask) -> None:
    """Add what programs ask for."""

    @app.route("/api/v1/<tenant>/who", methods=["GET", "POST"])
    @requires(Permission.COSTS_READ)
    def who(tenant: str) -> Response:
        program, person = current_program(), current()
        by = actor()
        words = (program.organization_key if program else "", person.role.value if person else "", by.kind.value)
        transaction()
        return Response(f"{tenant} {' '.join(words)}")

    @app.get("/api/v1/<tenant>/invoices")
    @requires(Permission.INVOICES_READ)
    def invoices(tenant: str) -> str:
        return tenant


@pytest.fixture(autouse=True)
def _api(site: Site) -> None:
    api(site.app)


def ask(site: Site, path: str, headers: dict[str, str], *, method: str = "GET") -> TestResponse:
    return site.browser().open(f"/api/v1/testlandet/{path}", method=method, base_url=HOST, headers=headers)


def test_a_token_lets_a_program_in_as_its_client(site: Site) -> None:
    headers = bearer(site)
    assert ask(site, "who", headers).text == "testlandet mora  client"
    assert ask(site, "who", {"Authorization": headers["Authorization"].replace("Bearer", "bearer")}).status_code == 200


def test_a_program_changes_without_the_token_of_a_form_whatever_site_its_page_is_of(site: Site) -> None:
    headers = bearer(site) | {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert ask(site, "who", headers, method="POST").status_code == 200


@pytest.mark.parametrize("shown", ["", "x", "Bearer", "andel_access_" + "x" * 51, "å\x00"])
def test_a_token_that_is_none_is_refused_alike_and_says_so(site: Site, shown: str) -> None:
    response = ask(site, "who", {"Authorization": f"Bearer {shown}"})
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="andel", error="invalid_token"'
    assert response.json is not None
    assert response.json["type"] == "/problems/token-needed"


def test_a_token_of_ten_minutes_ago_is_none(site: Site) -> None:
    headers = bearer(site)
    site.now = NOW + TOKEN_LIFE - timedelta(seconds=1)
    assert ask(site, "who", headers).status_code == 200
    site.now = NOW + TOKEN_LIFE
    assert ask(site, "who", headers).status_code == 401


def test_a_session_beside_a_token_that_is_none_lets_nobody_in(signed_in: Callable[[Role], FlaskClient]) -> None:
    browser = signed_in(Role.MANAGER)
    path = "/api/v1/testlandet/who"
    assert browser.get(path, base_url=HOST).status_code == 200
    assert browser.get(path, base_url=HOST, headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_token_beside_a_session_lets_in_as_the_program_alone(
    site: Site, signed_in: Callable[[Role], FlaskClient]
) -> None:
    response = signed_in(Role.MANAGER).get("/api/v1/testlandet/who", base_url=HOST, headers=bearer(site))
    assert response.text == "testlandet mora  client"


def test_a_scope_that_the_token_lacks_is_named(site: Site) -> None:
    response = ask(site, "invoices", bearer(site))
    assert (response.status_code, response.mimetype) == (403, "application/problem+json")
    challenge = 'Bearer realm="andel", error="insufficient_scope", scope="invoices:read"'
    assert response.headers["WWW-Authenticate"] == challenge
    assert response.json is not None
    assert (response.json["type"], response.json["where"]) == ("/problems/scope", "invoices:read")


def test_a_scope_that_the_client_lost_is_lost_to_its_tokens(site: Site) -> None:
    headers = bearer(site, "mora", "viewer", "invoices:read", "costs:read")
    assert ask(site, "invoices", headers).status_code == 200
    with gate_transaction(site.world.engine) as session:
        session.execute(update(ApiClientRow).values(scopes=["costs:read"]))
    assert ask(site, "invoices", headers).status_code == 403


def test_no_token_signs_whatever_is_written_on_its_client(site: Site) -> None:
    headers = bearer(site, "mora", "signatory")
    with gate_transaction(site.world.engine) as session:
        session.execute(update(ApiClientRow).values(scopes=["agreements:sign"]))
    response = site.browser().get("/testlandet/sign", base_url=HOST, headers=headers)
    assert (response.status_code, response.mimetype) == (403, "application/problem+json")


def test_a_program_that_asks_too_often_is_told_how_long_to_wait(site: Site) -> None:
    headers = bearer(site, per_minute=6)
    answers = [ask(site, "who", headers) for _ in range(10)]  # the token was the first of ten
    assert [answer.status_code for answer in answers] == [200] * 9 + [429]
    assert answers[-1].headers["Retry-After"] == "10"
    assert answers[-1].mimetype == "application/problem+json"
    site.now = NOW + timedelta(seconds=10)
    assert ask(site, "who", headers).status_code == 200


def test_the_chain_knows_a_program_by_its_client_and_a_person_by_their_id(
    site: Site, signed_in: Callable[[Role], FlaskClient]
) -> None:
    assert ask(site, "who", bearer(site, "rattvik")).text.endswith(ActorKind.CLIENT.value)
    assert signed_in(Role.VIEWER).get("/api/v1/testlandet/who", base_url=HOST).text.endswith(ActorKind.PERSON.value)
