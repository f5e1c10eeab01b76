from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from tests.identity.api.conftest import HOST, Site
from tests.identity.service.scim.world import HAND, NOW
from werkzeug.test import TestResponse

from andel.identity.model.access import Shown
from andel.identity.model.credentials import Credential, digest, mint
from andel.identity.model.permissions import Permission
from andel.identity.pages import Access, routes
from andel.identity.service.clients import IssuedSecret, Registration, admit, register, revoke
from andel.identity.tables import ApiTokenRow
from andel.shared.database import gate_transaction

SCOPES = ("costs:read", "invoices:read")


def registered(site: Site, *, per_minute: int = 300, organization: str = "alby") -> IssuedSecret:
    asked = Registration(
        organization=organization,
        title="Ekonomisystem",
        role="viewer",
        scopes=SCOPES,
        requests_per_minute=per_minute,
    )
    with gate_transaction(site.world.engine) as session:
        return register(session, asked, actor=HAND, now=NOW)


def basic(client: object, secret: str) -> dict[str, str]:
    pair = f"{quote(str(client))}:{quote(secret)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def form(issued: IssuedSecret, **changed: str) -> dict[str, str]:
    known = {"client_id": str(issued.client_id), "client_secret": issued.shown}
    return {"grant_type": "client_credentials"} | known | changed


def refused(response: TestResponse, status: int, error: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(response.text)
    assert (response.status_code, said["error"]) == (status, error), response.text
    assert response.headers["Cache-Control"] == "no-store"
    return said


@pytest.mark.parametrize("way", ["basic", "post"])
def test_an_id_and_a_secret_are_worth_a_token_of_ten_minutes(site: Site, way: str) -> None:
    issued = registered(site)
    response = site.token(headers=basic(issued.client_id, issued.shown)) if way == "basic" else site.token(form(issued))
    said = json.loads(response.text)
    assert response.status_code == 200
    assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 600, " ".join(SCOPES))
    assert said.keys() == {"token_type", "expires_in", "scope", "access_token"}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers.getlist("Content-Type") == ["application/json"]
    with gate_transaction(site.world.engine) as session:
        program = admit(session, said["access_token"], NOW)
        kept = session.scalars(select(ApiTokenRow)).one()
    assert (program.client, {scope.value for scope in program.scopes}) == (issued.client_id, set(SCOPES))
    assert (kept.token_hash, kept.expires_at) == (
        digest(said["access_token"], Credential.ACCESS),
        NOW + timedelta(minutes=10),
    )


def test_fewer_scopes_can_be_asked_for_and_never_others(site: Site) -> None:
    issued = registered(site)
    assert json.loads(site.token(form(issued, scope="costs:read")).text)["scope"] == "costs:read"
    assert json.loads(site.token(form(issued, scope="  ")).text)["scope"] == " ".join(SCOPES)
    for scope in ("costs:manage", "costs:read costs:manage", "*", "agreements:sign", "x" * 3000):
        refused(site.token(form(issued, scope=scope)), 400, "invalid_scope")


def test_whoever_is_not_let_in_gets_the_same_answer_whatever_is_wrong(site: Site) -> None:
    issued, ended = registered(site), registered(site)
    with gate_transaction(site.world.engine) as session:
        revoke(session, ended.client_id, actor=HAND, now=NOW)
    other = registered(site, organization="byn")
    pairs = [
        (uuid4(), issued.shown),
        (issued.client_id, mint(Credential.CLIENT).shown),
        (issued.client_id, mint(Credential.ACCESS).shown),
        (issued.client_id, other.shown),
        (issued.client_id, "x"),
        (ended.client_id, ended.shown),
        ("nobody", "x"),
    ]
    answers = set()
    for client, secret in pairs:
        answers.add(site.token(headers=basic(client, secret)).text)
        response = site.token(form(issued, client_id=str(client), client_secret=secret))
        refused(response, 401, "invalid_client")
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        answers.add(response.text)
    assert len(answers) == 1
    with gate_transaction(site.world.engine) as session:
        assert session.scalars(select(ApiTokenRow)).all() == []


def test_a_header_that_cannot_be_read_lets_nobody_in(site: Site) -> None:
    for scheme in (
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Basic Og==",
        "Bearer x",
        "Digest x",
        "Basic " + "A" * 6000,
        "å",
    ):
        assert site.token(headers={"Authorization": scheme}).status_code == 401


WRONG: list[tuple[dict[str, str], int, str]] = [
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, 400, "unsupported_grant_type"),
    ({"grant_type": 'x"y\\'}, 400, "unsupported_grant_type"),
    ({"grant_type": "client_credentials\x00"}, 400, "invalid_request"),
    ({"client_id": "\x00"}, 400, "invalid_request"),
    ({"scope": "åäö"}, 400, "invalid_request"),
    ({"client_secret": ""}, 401, "invalid_client"),
    ({"client_id": ""}, 401, "invalid_client"),
]


def test_a_form_that_is_not_as_it_must_be_is_refused_with_its_word(site: Site) -> None:
    issued = registered(site)
    for changed, status, error in WRONG:
        refused(site.token(form(issued, **changed)), status, error)


def test_a_field_that_stands_twice_and_two_ways_to_show_a_secret_are_refused(site: Site) -> None:
    issued = registered(site)
    twice = [*form(issued).items(), ("scope", "costs:read"), ("scope", "invoices:read")]
    body = "&".join(f"{name}={quote(value)}" for name, value in twice)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(site.token(body, headers=headers), 400, "invalid_request")
    refused(site.token(form(issued), headers=basic(issued.client_id, issued.shown)), 400, "invalid_request")


def test_nothing_counts_that_stands_in_the_address_or_in_another_form(site: Site) -> None:
    issued = registered(site)
    refused(site.token({}, query_string=form(issued)), 400, "unsupported_grant_type")
    refused(site.token(json.dumps(form(issued)), content_type="application/json"), 400, "unsupported_grant_type")
    multipart = site.token(form(issued), content_type="multipart/form-data")
    refused(multipart, 400, "unsupported_grant_type")


def test_a_form_that_is_too_large_is_not_read(site: Site) -> None:
    assert site.token(form(registered(site), scope="x" * 20_000)).status_code == 413


def test_a_token_is_given_by_post_alone_and_in_no_other_region(site: Site) -> None:
    assert site.app.test_client().get("/prov/oauth/token", base_url=HOST).status_code == 405
    elsewhere = site.app.test_client().post("/annan/oauth/token", base_url=HOST)
    assert (elsewhere.status_code, elsewhere.mimetype) == (404, "application/problem+json")


def test_a_program_that_asks_for_tokens_too_often_waits(site: Site) -> None:
    issued = registered(site, per_minute=6)
    for _ in range(10):
        assert site.token(form(issued)).status_code == 200
    response = site.token(form(issued))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "10")
    assert response.mimetype == "application/problem+json"
    assert site.token(form(registered(site))).status_code == 200
    site.now += timedelta(seconds=10)
    assert site.token(form(issued)).status_code == 200


def test_secrets_that_fail_lock_nobody_out(site: Site) -> None:
    issued = registered(site, per_minute=6)
    for _ in range(30):
        assert site.token(form(issued, client_secret=mint(Credential.CLIENT).shown)).status_code == 401
    assert site.token(form(issued)).status_code == 200


def test_no_secret_and_no_token_is_logged(
    site: Site, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    issued = registered(site)
    with caplog.at_level("DEBUG"):
        shown = json.loads(site.token(headers=basic(issued.client_id, issued.shown)).text)["access_token"]
        site.token(form(issued, scope="costs:manage"))
    logged = caplog.text + "".join(capsys.readouterr())
    assert shown not in logged
    assert issued.shown not in logged


def test_the_address_says_that_it_asks_for_a_secret(site: Site) -> None:
    declared = [route for route in routes(site.app) if route.endpoint == "oauth.token"]
    assert [(route.method, route.access) for route in declared] == [("POST", Access(None, Shown.CLIENT))]


def test_a_token_never_becomes_more_than_its_scopes_however_it_was_asked_for(site: Site) -> None:
    issued = registered(site)
    shown = json.loads(site.token(form(issued, scope="costs:read")).text)["access_token"]
    with gate_transaction(site.world.engine) as session:
        session.execute(text("UPDATE api_client SET scopes = '{costs:read,invoices:read,licenses:read}'"))
    with gate_transaction(site.world.engine) as session:
        assert admit(session, shown, NOW).scopes == {Permission.COSTS_READ}
