"""The page of programs and directories: who sees it, and whose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from tests.identity.conftest import BY, NOW
from tests.identity.pages.conftest import HOST, Site

from andel.identity.model.roles import Role
from andel.identity.pages import undeclared
from andel.identity.pages.registered import registered_pages
from andel.identity.service.clients import Registration, authenticate, register, revoke, rotate
from andel.identity.service.scim import admit, create_user, issue_token
from andel.parties.pages import TenantConverter
from andel.shared.database import gate_transaction

Begin = Callable[[Role], FlaskClient]


@pytest.fixture(autouse=True)
def _pages(site: Site) -> None:
    site.app.url_map.converters["tenant"] = TenantConverter
    site.app.register_blueprint(registered_pages())


def register_for(site: Site, organization: str, title: str) -> str:
    asked = Registration(organization=organization, title=title, role="viewer", scopes=["costs:read", "facts:read"])
    with gate_transaction(site.world.engine) as session:
        issued = register(session, asked, actor=BY, now=NOW)
        authenticate(session, str(issued.client_id), issued.shown, NOW)
        rotate(session, issued.client_id, actor=BY, now=NOW)
        if title.startswith("Gammal"):
            revoke(session, issued.client_id, actor=BY, now=NOW)
    return issued.shown


def provision(site: Site, organization: str, users: int) -> str:
    with gate_transaction(site.world.engine) as session:
        token = issue_token(session, site.world.providers[organization], actor=BY, now=NOW).shown
        directory = admit(session, organization, token, NOW)
        for number in range(users):
            create_user(session, directory, {"userName": f"n{number}", "externalId": str(number)}, NOW)
    return token


def page(browser: FlaskClient, language: str = "sv") -> str:
    response = browser.get(f"/testlandet/program?lang={language}", base_url=HOST)
    assert response.status_code == 200, response.text
    return response.text.replace("\N{NO-BREAK SPACE}", " ")


def test_an_administrator_sees_the_organizations_own_programs_with_their_last_use(site: Site, signed_in: Begin) -> None:
    secrets = [register_for(site, "mora", "Ekonomisystem"), register_for(site, "mora", "Gammal integration")]
    register_for(site, "rattvik", "Grannens system")
    shown = page(signed_in(Role.ADMINISTRATOR))
    for words in ("Ekonomisystem", "Gammal integration", "23 november 2026 kl. 10.00", "se underlag", "läsare"):
        assert words in shown
    assert "En äldre hemlighet gäller till 30 november 2026" in shown
    assert "Grannens system" not in shown
    assert not any(secret in shown for secret in secrets)


def test_the_regions_manager_sees_those_of_every_organization(site: Site, signed_in: Begin) -> None:
    register_for(site, "mora", "Ekonomisystem")
    register_for(site, "rattvik", "Grannens system")
    shown = page(signed_in(Role.MANAGER))
    assert "Ekonomisystem" in shown
    assert "Grannens system" in shown
    assert "Rattvik" in shown


def test_counts_of_users_are_shown_as_a_proposal_with_their_day(site: Site, signed_in: Begin) -> None:
    token = provision(site, "mora", 3)
    provision(site, "rattvik", 2)
    site.now = NOW + timedelta(minutes=5)
    shown = page(signed_in(Role.ADMINISTRATOR))
    assert "Ett förslag till räkningen" in shown
    assert "Läget 23 november 2026" in shown
    assert '<td class="num">3</td>' in shown
    assert '<td class="num">2</td>' not in shown
    assert token not in shown


def test_the_page_is_complete_in_english_and_without_anything_to_show(signed_in: Begin) -> None:
    shown = page(signed_in(Role.ADMINISTRATOR), "en")
    assert "Programs and directories" in shown
    assert "No programs." in shown
    assert "No directory." in shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SIGNATORY, Role.ECONOMIST, Role.AUDITOR])
def test_nobody_else_sees_it(signed_in: Begin, role: Role) -> None:
    assert signed_in(role).get("/testlandet/program", base_url=HOST).status_code == 403


def test_a_stranger_is_sent_to_the_sign_in(site: Site) -> None:
    response = site.browser().get("/testlandet/program", base_url=HOST)
    assert response.headers["Location"] == "/testlandet/in?next=/testlandet/program"


def test_the_page_says_what_it_asks_for(site: Site) -> None:
    assert undeclared(site.app) == ("GET /<tenant>/silent",)
