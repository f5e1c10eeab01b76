"""The demo's provider: a real code flow for people without names, on this machine alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.lying import Late, serving
from tests.identity.oidc.region import Region

from andel.identity.demo import DemoError, DemoOrganization, add_demo_sign_in, demo_provider
from andel.identity.demo.guarding import VARIABLE
from andel.identity.demo.issuer import CLIENT, LEVELS, SECRET
from andel.identity.demo.personas import ROLE_MAP
from andel.identity.model.oidc.granting import check_role_map
from andel.identity.model.roles import MUNICIPAL, REGIONAL, Role
from andel.identity.service.oidc.flow import Refused, SignedIn
from andel.sdk.party import PartyKind
from andel.shared.database import gate_transaction

BASE, SITE = "http://127.0.0.1:8001", "http://127.0.0.1:8000"
REGION = DemoOrganization(tenant="testlandet", key="regionen", name="Testlandet", kind=PartyKind.REGION)
MORA = DemoOrganization(tenant="testlandet", key="mora", name="Mora", kind=PartyKind.MUNICIPALITY)
VERIFIER = "a secret of the client alone, long enough to be one"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
HERE = "/testlandet/mora"
CALLBACK = f"{SITE}/testlandet/logga-in/mora/svar"
ASKED = {
    "client_id": CLIENT,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "the state",
    "nonce": "the nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture(autouse=True)
def _in_a_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")


@pytest.fixture
def client() -> FlaskClient:
    return demo_provider([REGION, MORA], base=BASE, site=SITE).test_client()


def get(client: FlaskClient, path: str, **asked: str) -> Any:  # noqa: ANN401  (an answer)
    return client.get(f"{path}?{urlencode(asked)}", base_url=BASE)


def code_of(client: FlaskClient, **changed: str) -> str:
    answer = get(client, f"{HERE}/authorize", **(ASKED | {"persona": "socialchef"} | changed))
    assert answer.status_code == 303, answer.text
    return str(parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0])


def exchange(client: FlaskClient, code: str, *, path: str = HERE, secret: str = SECRET, **changed: str) -> Any:  # noqa: ANN401  (an answer)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    basic = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
    return client.post(f"{path}/token", base_url=BASE, headers={"Authorization": f"Basic {basic}"}, data=form | changed)


# ---- where it runs ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [None, "", "0", "yes"])
def test_it_runs_in_a_demo_alone(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(VARIABLE) if value is None else monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(DemoError, match="anybody be anybody"):
        demo_provider([MORA], base=BASE, site=SITE)


@pytest.mark.parametrize(
    "addresses",
    [
        {"base": "http://andel.example", "site": SITE},
        {"base": BASE, "site": "https://andel.example"},
        {"base": "http://0.0.0.0:8001", "site": SITE},
        {"base": "http://127.0.0.1.andel.example", "site": SITE},
        {"base": "", "site": SITE},
    ],
)
def test_it_runs_on_this_machine_alone(addresses: dict[str, str]) -> None:
    with pytest.raises(DemoError, match="this machine alone"):
        demo_provider([MORA], **addresses)


@pytest.mark.parametrize("asked", [{"base_url": "http://andel.example"}, {"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}])
def test_it_answers_nobody_but_this_machine(client: FlaskClient, asked: dict[str, Any]) -> None:
    answer = client.get(f"{HERE}/keys", **({"base_url": BASE} | asked))
    assert answer.status_code == 403


def test_an_organization_that_is_not_there_has_no_issuer(client: FlaskClient) -> None:
    for path in (".well-known/openid-configuration", "keys", "authorize", "logout"):
        assert get(client, f"/testlandet/falun/{path}").status_code == 404


# ---- the code flow ----------------------------------------------------------------------------------------
def test_people_are_chosen_by_title(client: FlaskClient) -> None:
    page = get(client, f"{HERE}/authorize", **ASKED).text
    assert "Socialchef" in page
    assert "password" not in page
    english = get(client, f"{HERE}/authorize", **(ASKED | {"ui_locales": "en"})).text
    assert "Head of social services" in english


def test_a_token_says_who_was_chosen(client: FlaskClient) -> None:
    answer = exchange(client, code_of(client)).json
    keys = KeySet.import_key_set(get(client, f"{HERE}/keys").json)
    token = jwt.decode(answer["id_token"], keys, algorithms=["ES256"])
    said = token.claims
    assert (said["iss"], said["aud"], said["nonce"]) == (f"{BASE}{HERE}", CLIENT, "the nonce")
    assert (said["sub"], said["name"], said["roles"]) == ("mora:socialchef", "Socialchef, Mora", ["Andel.signatory"])
    assert said["acr"] == LEVELS[0]


def test_the_higher_level_is_given_when_it_is_asked_for(client: FlaskClient) -> None:
    answer = exchange(client, code_of(client, acr_values=f"unknown {LEVELS[1]}")).json
    payload = answer["id_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["acr"] == LEVELS[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{SITE}/testlandet/logga-in/regionen/svar"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
    ],
)
def test_what_is_no_code_flow_of_andel_is_refused(client: FlaskClient, changed: dict[str, str]) -> None:
    answer = get(client, f"{HERE}/authorize", **(ASKED | {"persona": "socialchef"} | changed))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("error", "changed"),
    [
        ("invalid_client", {"secret": "another"}),
        ("invalid_grant", {"code_verifier": "of a thief"}),
        ("invalid_grant", {"code_verifier": ""}),
        ("invalid_grant", {"redirect_uri": "https://evil.example/"}),
        ("invalid_grant", {"code": "made up"}),
        ("invalid_grant", {"path": "/testlandet/regionen"}),
        ("unsupported_grant_type", {"grant_type": "password"}),
    ],
)
def test_a_code_is_of_whoever_asked_for_it(client: FlaskClient, error: str, changed: dict[str, str]) -> None:
    answer = exchange(client, **({"code": code_of(client)} | changed))
    assert answer.json == {"error": error}
    assert answer.status_code == (401 if error == "invalid_client" else 400)


def test_a_client_without_its_name_is_refused(client: FlaskClient) -> None:
    for header in ({}, {"Authorization": "Basic !"}, {"Authorization": "Bearer x"}):
        answer = client.post(f"{HERE}/token", base_url=BASE, headers=header, data={"code": code_of(client)})
        assert answer.status_code == 401


def test_a_code_is_used_once(client: FlaskClient) -> None:
    code = code_of(client)
    assert exchange(client, code).status_code == 200
    assert exchange(client, code).json == {"error": "invalid_grant"}


def test_who_cancels_comes_back_without_a_code(client: FlaskClient) -> None:
    answer = get(client, f"{HERE}/deny", **ASKED)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (back["error"], back["state"], back["iss"]) == (["access_denied"], ["the state"], [f"{BASE}{HERE}"])


def test_signing_out_leads_back_to_andel_and_nowhere_else(client: FlaskClient) -> None:
    back = f"{SITE}/testlandet/utloggad"
    assert back in get(client, f"{HERE}/logout", post_logout_redirect_uri=back).text
    assert (
        'href="https://evil' not in get(client, f"{HERE}/logout", post_logout_redirect_uri="https://evil.example/").text
    )


# ---- who there is -----------------------------------------------------------------------------------------
def test_every_role_can_be_tried() -> None:
    roles = {role for organization in (REGION, MORA) for one in organization.personas for role in one.roles}
    assert roles == set(Role) - {Role.OPERATOR}
    assert all(role in REGIONAL for one in REGION.personas for role in one.roles)
    assert all(role in MUNICIPAL for one in MORA.personas for role in one.roles)
    check_role_map(ROLE_MAP)


@pytest.mark.parametrize("kind", list(PartyKind))
def test_every_kind_of_organization_has_people_and_one_without_a_role(kind: PartyKind) -> None:
    people = DemoOrganization(tenant="t", key="k", name="n", kind=kind).personas
    assert len({one.key for one in people}) == len(people) >= 3
    assert [one.key for one in people if not one.roles] == ["utan-roll"]


# ---- the whole way ----------------------------------------------------------------------------------------
@pytest.fixture
def demo(region: Region) -> Iterator[Region]:
    """The region, whose organizations sign in by the demo's provider."""
    late = Late()
    with serving(late) as base:
        late.app = demo_provider([REGION, MORA], base=base, site=SITE)
        with gate_transaction(region.world.engine) as session:
            organizations = [REGION, MORA, DemoOrganization(**_elsewhere())]
            now = datetime.now(UTC)
            for _ in range(2):
                added = add_demo_sign_in(session, organizations, base=base, vault=region.flow.vault, now=now)
        assert added == 2
        yield region


def _elsewhere() -> dict[str, Any]:
    return {"tenant": "testlandet", "key": "falun", "name": "Falun", "kind": PartyKind.MUNICIPALITY}


def walk(region: Region, way: str, persona: str, *, step_up: bool = False) -> SignedIn | Refused:
    """Sign in as somebody, with the addresses that the demo knows."""
    region.site = SITE
    started = region.begin(way, step_up=step_up)
    assert not isinstance(started, Refused), started.error.detail
    return region.finish(way, visit(f"{started.address}&persona={persona}"))


@pytest.mark.parametrize(
    ("way", "persona", "role"),
    [
        ("mora", "socialchef", Role.SIGNATORY),
        ("regionen", "revisor", Role.AUDITOR),
        ("regionen", "ekonom", Role.ECONOMIST),
    ],
)
def test_people_of_the_demo_get_in(demo: Region, way: str, persona: str, role: Role) -> None:
    found = walk(demo, way, persona)
    assert isinstance(found, SignedIn), found.error.detail
    assert (demo.who().role, demo.who().organization_key) == (role, way)
    proved = walk(demo, way, persona, step_up=True)
    assert isinstance(proved, SignedIn)
    assert demo.who().acr == LEVELS[1]


def test_who_has_no_role_is_refused_in_the_demo_as_well(demo: Region) -> None:
    found = walk(demo, "mora", "utan-roll")
    assert isinstance(found, Refused)
    assert found.reason.value == "no-role"
