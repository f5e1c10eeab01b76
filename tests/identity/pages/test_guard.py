from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from flask.views import MethodView
from sqlalchemy import text
from tests.identity.conftest import NOW, TODAY
from tests.identity.pages.conftest import HOST, Site

from andel.identity.model.errors import IdentityError
from andel.identity.model.permissions import Permission
from andel.identity.model.roles import Role
from andel.identity.model.signed_in import Token, csrf_token
from andel.identity.pages import Access, public, requires, routes, transaction, undeclared
from andel.identity.pages.cookies import Cookies
from andel.identity.service.people import memberships
from andel.identity.service.sessions import Arrival, start
from andel.shared.database import Viewer, gate_transaction, region_transaction

Begin = Callable[[Role], FlaskClient]
SAME = {"Sec-Fetch-Site": "same-origin", "Origin": HOST}


def token_of(browser: FlaskClient) -> str:
    return browser.get("/testlandet/costs", base_url=HOST).headers["X-Token"]


# ---- who is let in ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "answer"),
    [(Role.VIEWER, "testlandet viewer 1 on"), (Role.AUDITOR, "testlandet auditor 2 on")],
)
def test_a_page_sees_what_its_reader_may_see(site: Site, signed_in: Begin, role: Role, answer: str) -> None:
    site.world.person("other", ("rattvik", Role.VIEWER))
    response = signed_in(role).get("/testlandet/costs", base_url=HOST)
    assert (response.status_code, response.text) == (200, answer)


def test_a_public_page_finds_out_nothing(signed_in: Begin) -> None:
    assert signed_in(Role.VIEWER).get("/", base_url=HOST).text == "front None"


def test_a_stranger_is_sent_to_the_sign_in_and_back(site: Site) -> None:
    response = site.browser().get("/testlandet/costs?year=2026", base_url=HOST)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        "/testlandet/in?next=/testlandet/costs?year=2026",
    )


def test_a_piece_of_a_page_sends_the_whole_page_there(site: Site) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HOST}/testlandet/years?x=1#top"}
    response = site.browser().get("/testlandet/costs", base_url=HOST, headers=headers)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/testlandet/in?next=/testlandet/years?x=1")


@pytest.mark.parametrize(
    "shown", ["https://evil.example/x", "https://andel.example.evil.example/", "//evil.example", ""]
)
def test_the_way_back_never_leads_elsewhere(site: Site, shown: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": shown}
    response = site.browser().get("/testlandet/costs", base_url=HOST, headers=headers)
    assert response.headers["HX-Redirect"] == "/testlandet/in?next=/"


def test_a_program_is_told_what_is_wrong(site: Site) -> None:
    response = site.browser().get("/api/v1/testlandet/costs", base_url=HOST)
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.json is not None
    assert response.json["type"] == "/problems/sign-in-needed"


def test_a_session_that_has_ended_is_a_strangers(site: Site, signed_in: Begin) -> None:
    browser = signed_in(Role.VIEWER)
    site.now = NOW + timedelta(minutes=30)
    assert browser.get("/testlandet/costs", base_url=HOST).status_code == 303


@pytest.mark.parametrize("role", list(Role)[:-1])
def test_only_a_role_that_may_is_let_further(site: Site, signed_in: Begin, role: Role) -> None:
    browser = signed_in(role)
    token = token_of(browser)
    answer = browser.post("/testlandet/manage", base_url=HOST, headers=SAME, data={"csrf_token": token})
    assert answer.status_code == (200 if role is Role.MANAGER else 403)
    with region_transaction(site.world.engine, Viewer.staff()) as session:
        changed = session.scalar(text("SELECT name FROM profile")) == "Nytt namn"
    assert changed is (role is Role.MANAGER)


def test_a_page_that_only_reads_is_told_when_it_would_write(signed_in: Begin) -> None:
    response = signed_in(Role.MANAGER).get("/testlandet/manage", base_url=HOST)
    assert response.status_code == 422
    assert "may change nothing" in response.text


def test_what_failed_is_not_kept(site: Site, signed_in: Begin) -> None:
    site.app.testing = False

    @site.app.post("/<tenant>/fails")
    @requires(Permission.REGION_MANAGE)
    def fails(tenant: str) -> str:
        transaction(writing=True).execute(text("UPDATE profile SET name = 'Nytt namn'"))
        raise RuntimeError(tenant)

    browser = signed_in(Role.MANAGER)
    token = token_of(browser)
    response = browser.post("/testlandet/fails", base_url=HOST, headers=SAME | {"X-CSRF-Token": token})
    assert response.status_code == 500
    with region_transaction(site.world.engine, Viewer.staff()) as session:
        assert session.scalar(text("SELECT name FROM profile")) == "Testlandet"


# ---- proof anew ---------------------------------------------------------------------------------------------
def test_signing_sends_to_the_provider_again_unless_it_has_just_been(site: Site, signed_in: Begin) -> None:
    browser = signed_in(Role.SIGNATORY)
    assert browser.get("/testlandet/sign", base_url=HOST).status_code == 200
    site.now = NOW + timedelta(minutes=11)
    response = browser.get("/testlandet/sign", base_url=HOST)
    assert (response.status_code, response.headers["Location"]) == (303, "/testlandet/again?next=/testlandet/sign")
    assert browser.get("/testlandet/costs", base_url=HOST).status_code == 200
    referrer = {"Referer": f"{HOST}/testlandet/agreements"} | SAME
    data = {"csrf_token": token_of(browser)}
    asked = browser.post("/testlandet/sign", base_url=HOST, headers=referrer, data=data)
    assert asked.headers["Location"] == "/testlandet/again?next=/testlandet/agreements"


# ---- changes from elsewhere ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("site_said", "origin", "status"),
    [
        ("same-origin", HOST, 200),
        ("same-origin", None, 200),
        (None, HOST, 200),
        (None, None, 200),
        ("none", None, 200),
        ("same-site", HOST, 403),
        ("cross-site", HOST, 403),
        ("cross-site", None, 403),
        ("invented", None, 403),
        ("same-origin", "null", 403),
        ("same-origin", "https://evil.example", 403),
        (None, "https://evil.example", 403),
        (None, "http://andel.example", 403),
        (None, "https://andel.example:8443", 403),
        (None, "https://sub.andel.example", 403),
        (None, "https://andel.example.evil.example", 403),
    ],
)
def test_a_change_comes_from_the_regions_own_pages_by_what_the_browser_says(
    signed_in: Begin, site_said: str | None, origin: str | None, status: int
) -> None:
    browser = signed_in(Role.VIEWER)
    said = {"Sec-Fetch-Site": site_said, "Origin": origin, "X-CSRF-Token": token_of(browser)}
    headers = {name: value for name, value in said.items() if value is not None}
    assert browser.post("/testlandet/costs", base_url=HOST, headers=headers).status_code == status
    assert browser.get("/testlandet/costs", base_url=HOST, headers=headers).status_code == 200


@pytest.mark.parametrize("place", ["header", "field"])
@pytest.mark.parametrize(
    ("which", "status"), [("own", 200), ("none", 403), ("empty", 403), ("of another", 403), ("cut", 403)]
)
def test_a_change_carries_a_token_of_its_session_in_the_header_or_the_form(
    signed_in: Begin, place: str, which: str, status: int
) -> None:
    browser = signed_in(Role.VIEWER)
    own = token_of(browser)
    tokens = {"own": own, "empty": "", "of another": csrf_token(b"o" * 32), "cut": own[:-4]}
    token = tokens.get(which)
    headers = SAME | ({"X-CSRF-Token": token} if token is not None and place == "header" else {})
    data = {"csrf_token": token} if token is not None and place == "field" else {}
    response = browser.post("/testlandet/costs", base_url=HOST, headers=headers, data=data)
    assert response.status_code == status
    if status == 403:
        assert "hör inte till din inloggning" in response.text


def test_the_token_of_one_session_is_worth_nothing_in_another(signed_in: Begin) -> None:
    stolen = token_of(signed_in(Role.VIEWER))
    headers = SAME | {"X-CSRF-Token": stolen}
    assert signed_in(Role.SIGNATORY).post("/testlandet/costs", base_url=HOST, headers=headers).status_code == 403


def test_a_change_that_another_site_asks_for_is_refused_on_public_pages_too(site: Site) -> None:
    @site.app.post("/search")
    @public
    def search() -> str:
        return "found"

    browser = site.browser()
    assert browser.post("/search", base_url=HOST, headers=SAME).status_code == 200
    assert browser.post("/search", base_url=HOST, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


# ---- cookies ------------------------------------------------------------------------------------------------
def test_the_cookie_is_for_one_host_over_https_and_no_script(site: Site) -> None:
    with site.app.test_request_context(base_url=HOST):
        response = Response()
        Cookies().set(request, response, "testlandet", Token("t" * 43, b""))
        Cookies().clear(response, "testlandet")
    kept, forgotten = response.headers.getlist("Set-Cookie")
    assert kept == f"__Host-andel-testlandet={'t' * 43}; Secure; HttpOnly; Path=/; SameSite=Lax"
    assert forgotten.startswith("__Host-andel-testlandet=; Expires=Thu, 01 Jan 1970")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in forgotten


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "http://[::1]"])
def test_the_plain_cookie_of_development_stays_on_this_machine(site: Site, host: str) -> None:
    plain = Cookies(development=True)
    with site.app.test_request_context(base_url=host):
        response = Response()
        plain.set(request, response, "testlandet", Token("t" * 43, b""))
    assert response.headers["Set-Cookie"] == f"andel-testlandet={'t' * 43}; HttpOnly; Path=/; SameSite=Lax"
    for elsewhere in ("http://andel.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example:8000"):
        with site.app.test_request_context(base_url=elsewhere):
            with pytest.raises(IdentityError, match="development on this machine"):
                plain.read(request, "testlandet")
            with pytest.raises(IdentityError, match="development on this machine"):
                plain.set(request, response, "testlandet", Token("t" * 43, b""))


@pytest.mark.parametrize("name", ["andel-testlandet", "__Host-andel-andra-landet", "__Host-andel-_operator"])
def test_a_token_counts_under_its_regions_own_name_alone(site: Site, sign_in: Callable[..., Token], name: str) -> None:
    token = sign_in(site.world.person("u", ("mora", Role.VIEWER)))
    assert site.browser(token).get("/testlandet/costs", base_url=HOST).status_code == 200
    assert site.browser(token, name=name).get("/testlandet/costs", base_url=HOST).status_code == 303


def test_a_token_that_somebody_else_chose_is_never_taken(site: Site) -> None:
    chosen = Token.new()
    person = site.world.person("u", ("mora", Role.VIEWER))
    with gate_transaction(site.world.engine) as session:
        own = memberships(session, person, TODAY)[0]
        arrival = Arrival(
            person=person, membership=own.id, organization=own.employment.organization, authenticated_at=NOW
        )
        given = start(session, arrival, now=NOW, replaces=chosen)
    assert given.value != chosen.value
    assert site.browser(chosen).get("/testlandet/costs", base_url=HOST).status_code == 303


# ---- every route says what it asks for ----------------------------------------------------------------------
def test_a_route_that_does_not_say_is_named_and_never_answered(site: Site, signed_in: Begin) -> None:
    assert undeclared(site.app) == ("GET /<tenant>/silent",)
    response = signed_in(Role.MANAGER).get("/testlandet/silent", base_url=HOST)
    assert response.status_code == 403
    assert "does not say what it asks for" in response.text
    with site.browser().get("/static/andel.css", base_url=HOST) as sheet:
        assert sheet.status_code == 200
    assert site.browser().get("/nowhere/at/all", base_url=HOST).status_code == 404
    assert site.browser().options("/testlandet/costs", base_url=HOST).status_code == 200


def test_a_class_of_views_says_so_on_each_method_or_on_itself() -> None:
    class Each(MethodView):
        @requires(Permission.COSTS_READ)
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    @public
    class All(MethodView):
        def get(self) -> str:
            return ""

    class Decorated(MethodView):
        decorators = [requires(Permission.LOG_READ)]  # noqa: RUF012  (as Flask has it)

        def get(self) -> str:
            return ""

    app = Flask("classes", static_folder=None)
    for name, views in (("each", Each), ("all", All), ("decorated", Decorated)):
        app.add_url_rule(f"/{name}", view_func=views.as_view(name))
    assert undeclared(app) == ("POST /each",)
    found = {(route.method, route.rule): route.access for route in routes(app)}
    assert found["GET", "/each"] == Access(Permission.COSTS_READ)
    assert found["GET", "/all"] == Access(None)
    assert found["GET", "/decorated"] == Access(Permission.LOG_READ)
