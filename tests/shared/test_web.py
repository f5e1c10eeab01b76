from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response, abort, render_template, session
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared import web
from andel.shared.charts import Segment
from andel.shared.formats import Language
from andel.shared.problems import Kind
from andel.shared.web import Frame, Link, Region, Viewer, configure
from andel.shared.web.flashes import take_flashes
from andel.shared.web.folders import TemplatesMissingError, templates_folder

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
FRAME = Frame(
    region=Region(name=Text("Region Skåne", "Region Skåne"), palette="skane"),
    home="/skane/",
    navigation=(Link(key="costs", text=Text("Kostnader", "Costs"), href="/skane/kostnader"),),
    viewer=Viewer(organization="Lunds kommun", role=Text("ekonom", "economist"), sign_out="/ut", switch="/byt"),
    strip=(Segment(2, "own"), Segment(3)),
)


class ClosedError(AndelError):
    """A period that no longer takes changes."""


CLOSED = Kind("period-closed", 409, Text("Perioden är stängd", "The period is closed"))


def refuse(status: int) -> str:
    abort(status)


def closed() -> str:
    what = Text("2026 är redan fakturerat <b>.", "2026 has been invoiced already <b>.")
    raise ClosedError(what, where="valid_from", remedy=Text("Välj ett senare datum.", "Choose a later date."))


def told() -> str:
    web.flash("Sparat.", "Ja.", href="/x", link="Visa")
    return ""


def heard() -> dict[str, object]:
    return {"told": [flash.lead for flash in take_flashes()], "left": list(session)}


ROUTES: dict[str, Callable[..., ResponseReturnValue]] = {
    "/fel/<int:status>": refuse,
    "/stangd": closed,
    "/api/v1/stangd": closed,
    "/sagt": told,
    "/hor": heard,
    "/flode": lambda: Response("", headers={"Cache-Control": "public, max-age=60"}),
}


def application(frame: Frame = FRAME) -> Flask:
    app = Flask("pages")
    app.secret_key = "not a secret"  # noqa: S105  (signs nothing but this test)
    configure(app, frame_of=lambda: frame, now=lambda: NOW, kinds=[{ClosedError: CLOSED}], mark_missing=True)
    for path, view in ROUTES.items():
        app.add_url_rule(path, path.replace(".", ""), view)
    return app


@pytest.fixture(scope="module")
def pages() -> Flask:
    return application()


@pytest.fixture
def client(pages: Flask) -> FlaskClient:
    return pages.test_client()


# ---- headers ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/problems/refused", "/fel/404", "/stangd", "/api/v1/stangd", "/static/andel.css"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for directive in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy.split("; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_a_secure_answer_stays_secure(client: FlaskClient) -> None:
    assert "max-age=" in client.get("/stangd", base_url="https://andel.test").headers["Strict-Transport-Security"]


def test_nothing_is_kept_unless_a_view_says_so(client: FlaskClient) -> None:
    assert client.get("/stangd").headers["Cache-Control"] == "no-store"
    assert client.get("/flode").headers["Cache-Control"] == "public, max-age=60"


def test_a_page_has_no_inline_script_or_style(client: FlaskClient) -> None:
    page = client.get("/fel/404").text
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", page)


# ---- languages --------------------------------------------------------------------------------------------
def language_of(response: Response | object) -> str:
    found = re.search(r'<html lang="(\w+)"', getattr(response, "text", ""))
    assert found
    return found.group(1)


def test_the_address_chooses_the_language_and_the_cookie_keeps_it(client: FlaskClient) -> None:
    assert language_of(client.get("/fel/404")) == "sv"
    chosen = client.get("/fel/404?lang=en")
    assert language_of(chosen) == chosen.headers["Content-Language"] == "en"
    cookie = chosen.headers["Set-Cookie"]
    assert all(part in cookie for part in ("andel_lang=en", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert language_of(client.get("/fel/404")) == "en"
    assert "Set-Cookie" not in client.get("/fel/404?lang=en").headers
    assert language_of(client.get("/fel/404?lang=sv")) == "sv"


def test_a_static_file_asks_for_no_language() -> None:
    app = Flask("pages")

    def unreachable() -> Language:
        raise AssertionError

    configure(app, language_of=unreachable)
    with app.test_client().get("/static/icon.svg") as answer:
        assert answer.status_code == 200
        assert "Content-Language" not in answer.headers


def test_an_unknown_language_is_not_spoken_and_not_kept(client: FlaskClient) -> None:
    answer = client.get("/fel/404?lang=de")
    assert language_of(answer) == "sv"
    assert "Set-Cookie" not in answer.headers


def test_a_region_has_a_language_of_its_own() -> None:
    app = Flask("pages")
    configure(app, language_of=lambda: "en")
    assert language_of(app.test_client().get("/none")) == "en"


def test_a_program_is_answered_in_the_language_it_accepts(client: FlaskClient) -> None:
    accepting = {"Accept-Language": "en-GB,en;q=0.9,sv;q=0.1"}
    assert client.get("/api/v1/stangd", headers=accepting).get_json()["title"] == "The period is closed"
    assert client.get("/api/v1/stangd").get_json()["title"] == "Perioden är stängd"
    assert language_of(client.get("/fel/404", headers=accepting)) == "sv"


def test_the_other_language_is_one_link_away_and_keeps_the_address(client: FlaskClient) -> None:
    page = client.get("/fel/404?sida=2&lang=sv&val=a&val=b").text
    assert 'href="/fel/404?sida=2&amp;val=a&amp;val=b&amp;lang=en"' in page


# ---- the frame --------------------------------------------------------------------------------------------
def test_the_frame_shows_region_navigation_viewer_and_strip(client: FlaskClient) -> None:
    page = client.get("/fel/404?lang=en").text
    assert 'data-region="skane"' in page
    for part in (
        "Region Skåne",
        'href="/skane/kostnader">Costs</a>',
        "Lunds kommun",
        ", economist",
        'href="/byt"',
        'href="/ut"',
    ):
        assert part in page
    assert '<rect class="own" x="0" y="0" width="399" height="10"/>' in page
    assert "⟦" not in page


def test_a_page_says_where_it_is_and_carries_the_token_against_forgery() -> None:
    app = application(Frame(navigation=FRAME.navigation, csrf_token="a'b"))  # noqa: S106  (a token of this test)
    with app.test_request_context():
        page = render_template("problems/kind.html", kind=CLOSED, current="costs")
    assert 'aria-current="page">Kostnader' in page
    assert """hx-headers:inherited='{"X-CSRF-Token": "a\\u0027b"}'""" in page


def test_a_title_says_first_that_something_is_wrong() -> None:
    with application().test_request_context():
        assert "<title>Fel: Perioden" in render_template("problems/kind.html", kind=CLOSED, errors=["x"])
        assert "<title>Perioden är stängd – Andel</title>" in render_template("problems/kind.html", kind=CLOSED)


def test_a_misspelt_name_in_a_template_is_an_error() -> None:
    app = application()
    with app.test_request_context(), pytest.raises(Exception, match="'kindd' is undefined"):
        app.jinja_env.from_string("{{ kindd }}").render()


def test_what_happened_is_told_once(client: FlaskClient) -> None:
    client.get("/sagt")
    client.get("/sagt")
    assert client.get("/hor").get_json() == {"told": ["Sparat.", "Sparat."], "left": []}
    assert client.get("/hor").get_json()["told"] == []
    client.get("/sagt")
    assert '<div class="flash"><p><b>Sparat.</b> Ja. <a href="/x">Visa</a></p></div>' in client.get("/fel/404").text


# ---- templates --------------------------------------------------------------------------------------------
def test_the_templates_of_the_clone_are_found() -> None:
    assert (templates_folder() / "_base.html").is_file()


def test_an_installed_package_brings_its_own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "andel" / "_templates").mkdir(parents=True)
    (tmp_path / "andel" / "_templates" / "_base.html").touch()
    monkeypatch.setattr("andel.__file__", str(tmp_path / "andel" / "__init__.py"))
    assert templates_folder() == tmp_path / "andel" / "_templates"


def test_a_folder_can_be_given_and_must_hold_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_base.html").touch()
    assert templates_folder(tmp_path) == tmp_path
    monkeypatch.setenv("ANDEL_TEMPLATES", str(tmp_path))
    assert templates_folder() == tmp_path
    monkeypatch.setenv("ANDEL_TEMPLATES", str(tmp_path / "none"))
    with pytest.raises(TemplatesMissingError, match="No templates in"):
        templates_folder()
