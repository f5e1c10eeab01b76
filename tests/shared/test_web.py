from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from flask import Flask, Response, abort, redirect, render_template, session
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared import web
from andel.shared.charts import Segment
from andel.shared.problems import Kind
from andel.shared.web import Frame, Link, Palette, Region, Viewer, configure
from andel.shared.web.assets import asset
from andel.shared.web.flashes import take_flashes
from andel.shared.web.folders import TemplatesMissingError, templates_folder
from andel.shared.web.palette import BUILT_IN, PaletteError, contrast

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
REFERENCE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
HALLAND = Palette(accent="#5b3a82", fill="#5b3a82", mid="#9a83b5", tint="#efe9f6")
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


def application(frame: Frame = FRAME, *, testing: bool = False) -> Flask:
    app = Flask("pages")
    app.testing = testing
    app.secret_key = "not a secret"  # noqa: S105  (signs nothing but this test)
    configure(app, frame_of=lambda: frame, now=lambda: NOW, kinds=[{ClosedError: CLOSED}], mark_missing=True)

    @app.get("/fel/<int:status>")
    def refuse(status: int) -> str:
        abort(status)

    @app.get("/stangd")
    @app.get("/api/v1/stangd")
    def closed() -> str:
        what = Text("2026 är redan fakturerat <b>.", "2026 has been invoiced already <b>.")
        raise ClosedError(what, where="valid_from", remedy=Text("Välj ett senare datum.", "Choose a later date."))

    @app.get("/defekt")
    @app.get("/api/v1/defekt")
    def defect() -> str:
        message = "secret of the house"
        raise KeyError(message)

    @app.get("/vidare")
    def onward() -> Response:
        return web.go_to("/skane/")

    @app.get("/bort")
    def away() -> str:
        abort(redirect("/skane/"))

    @app.get("/bit")
    def piece() -> Response:
        return web.render("problems/404.html", partial="_macros.html", problem=None)

    @app.get("/sagt")
    def told() -> str:
        web.flash("Sparat.", "Ja.", href="/x", link="Visa")
        return ""

    @app.get("/hor")
    def hear() -> dict[str, object]:
        return {"told": [f.lead for f in take_flashes()], "left": list(session)}

    @app.get("/flode")
    def feed() -> Response:
        return Response("", headers={"Cache-Control": "public, max-age=60"})

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


# ---- static files -----------------------------------------------------------------------------------------
def test_a_static_file_is_addressed_by_its_content_and_kept(client: FlaskClient) -> None:
    with client.application.test_request_context():
        address = asset("andel.css")
    digest = hashlib.sha256((templates_folder() / "static" / "andel.css").read_bytes()).hexdigest()
    assert address == f"/static/andel.css?v={digest[:12]}"
    kept = {address: "public, max-age=31536000, immutable", "/static/andel.css": "public, max-age=3600"}
    for asked, how_long in kept.items() | {("/static/none.css?v=1", "no-store")}:
        with client.get(asked) as answer:
            assert answer.headers["Cache-Control"] == how_long


def test_what_is_vendored_is_what_the_list_says() -> None:
    folder = templates_folder() / "static" / "vendor"
    listed = {
        cells[5]: cells[6]
        for line in (folder / "VENDORED.md").read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"[0-9a-f]{64}", (cells := [cell.strip() for cell in line.split("|")] + [""] * 7)[6])
    }
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDORED.md"
    }
    assert listed == found


# ---- palettes ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("colour", "ground", "ratio"),
    [
        ("#16202a", "#ffffff", "16.5"),
        ("#0b5580", "#e2eef5", "6.8"),
        ("#b67c00", "#ffffff", "3.6"),
        ("#000000", "#ffffff", "21.0"),
    ],
)
def test_contrast_is_that_of_wcag(colour: str, ground: str, ratio: str) -> None:
    assert f"{contrast(colour, ground):.1f}" == ratio == f"{contrast(ground, colour):.1f}"


def test_the_built_in_palettes_can_be_read() -> None:
    css = (templates_folder() / "static" / "andel.css").read_text(encoding="utf-8")
    rules = re.findall(r'\[data-region="(\w+)"\] \{([^}]*)\}', css)
    assert {name for name, _ in rules} == BUILT_IN - {"instans"}
    for _name, rule in rules:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", rule))
        Palette(**{"fill": colours["accent"], **colours})


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"accent": "#9a83b5"}, "accent"),
        ({"fill": "#efe9f6"}, "fill"),
        ({"mid": "#c9bcd8"}, "mid"),
        ({"tint": "#d0c4e0"}, "accent"),
        ({"accent": "#000000", "tint": "#d8d0e4"}, "tint"),
        ({"accent": "purple"}, "accent"),
        ({"accent": "#5B3A82"}, "accent"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(changed: dict[str, str], where: str) -> None:
    colours = {"accent": HALLAND.accent, "fill": HALLAND.fill, "mid": HALLAND.mid, "tint": HALLAND.tint}
    with pytest.raises(PaletteError) as raised:
        Palette(**(colours | changed))
    assert raised.value.where == where
    assert raised.value.remedy


def test_a_region_with_its_own_colours_gets_a_stylesheet_of_its_own() -> None:
    client = application(Frame(region=Region(name="Region Halland", palette=HALLAND))).test_client()
    page = client.get("/fel/404").text
    assert 'data-region="own"' in page
    (address,) = re.findall(r"/static/palette/[0-9a-f-]+\.css", page)
    style = client.get(address)
    assert style.mimetype == "text/css"
    assert style.text == ":root { --accent: #5b3a82; --fill: #5b3a82; --mid: #9a83b5; --tint: #efe9f6; }\n"
    assert "immutable" in style.headers["Cache-Control"]
    assert page.index(address) > page.index("andel.css")


@pytest.mark.parametrize("code", ["5b3a82", "ffffff-ffffff-ffffff-ffffff", "5b3a82-5b3a82-9a83b5-}body{", "a-b-c-d-e"])
def test_a_stylesheet_of_anything_else_does_not_exist(client: FlaskClient, code: str) -> None:
    assert client.get(f"/static/palette/{code}.css").status_code == 404


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


def test_a_folder_can_be_given_and_must_hold_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_base.html").touch()
    assert templates_folder(tmp_path) == tmp_path
    monkeypatch.setenv("ANDEL_TEMPLATES", str(tmp_path))
    assert templates_folder() == tmp_path
    monkeypatch.setenv("ANDEL_TEMPLATES", str(tmp_path / "none"))
    with pytest.raises(TemplatesMissingError, match="No templates in"):
        templates_folder()


# ---- htmx -------------------------------------------------------------------------------------------------
def test_one_route_answers_the_page_and_its_partial() -> None:
    app = application()
    with app.test_request_context(headers={"HX-Request": "true", "HX-Request-Type": "partial"}):
        assert web.is_partial()
        piece = web.render("problems/kind.html", partial="_macros.html", kind=CLOSED)
    with app.test_request_context(headers={"HX-Request": "true", "HX-Request-Type": "full"}):
        assert not web.is_partial()
        assert web.is_htmx()
    with app.test_request_context():
        whole = web.render("problems/kind.html", partial="_macros.html", status=422, kind=CLOSED)
        alone = web.render("problems/kind.html", kind=CLOSED)
    assert b"<html" not in piece.data
    assert piece.headers["Vary"] == whole.headers["Vary"] == "HX-Request, HX-Request-Type"
    assert whole.status_code == 422
    assert "Vary" not in alone.headers
    assert b"<html" in whole.data


def test_after_a_form_the_reader_is_sent_on(client: FlaskClient) -> None:
    plain = client.get("/vidare")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/skane/")
    answer = client.get("/vidare", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/skane/")


@pytest.mark.parametrize(("path", "status"), [("/stangd", 409), ("/fel/403", 403), ("/fel/503", 503), ("/defekt", 500)])
def test_htmx_gets_a_problem_into_the_flash_region(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert answer.text.startswith('<div id="flash" aria-live="polite"><div class="flash bad" role="alert">')
    assert answer.headers["HX-Retarget"] == answer.headers["HX-Reselect"] == "#flash"
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert answer.headers["HX-Push-Url"] == "false"
    assert REFERENCE.search(answer.text)


# ---- problems ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 429, 500, 503])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_http_error_has_a_page_in_both_languages(client: FlaskClient, status: int, language: str) -> None:
    answer = client.get(f"/fel/{status}?lang={language}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "⟦" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert REFERENCE.fullmatch(answer.headers["X-Request-Id"])


def test_an_error_of_ours_is_shown_with_place_and_remedy(client: FlaskClient) -> None:
    answer = client.get("/stangd")
    assert answer.status_code == 409
    for part in ("Perioden är stängd", "2026 är redan fakturerat &lt;b&gt;.", "valid_from", "Välj ett senare datum."):
        assert part in answer.text


def test_a_program_gets_problem_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stangd")
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    problem = json.loads(answer.text)
    assert problem["type"] == "/problems/period-closed"
    assert problem["instance"] == "/api/v1/stangd"
    assert problem["reference"] == answer.headers["X-Request-Id"]
    assert client.get("/api/none").get_json()["status"] == 404


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
    ],
)
def test_who_prefers_json_gets_json(client: FlaskClient, accept: str, mimetype: str) -> None:
    assert client.get("/fel/404", headers={"Accept": accept}).mimetype == mimetype


def test_a_defect_shows_its_reference_and_nothing_of_itself(client: FlaskClient) -> None:
    for path in ("/defekt", "/api/v1/defekt"):
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
            answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        (line,) = [entry for entry in logs if entry["event"] == "unexpected"]
        assert line["log_level"] == "error"
        assert isinstance(line["exc_info"], KeyError)
        assert line["reference"] == answer.headers["X-Request-Id"]
        assert line["reference"] in answer.text


def test_the_log_forgets_a_request_when_it_is_over(client: FlaskClient) -> None:
    client.get("/stangd")
    assert structlog.contextvars.get_contextvars() == {}


def test_a_refusal_is_logged_without_a_traceback(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get("/stangd")
    (line,) = logs
    assert (line["event"], line["problem"], line["where"]) == ("refused", "period-closed", "valid_from")


def test_a_defect_is_raised_in_tests_where_it_should_be_seen() -> None:
    with pytest.raises(KeyError):
        application(testing=True).test_client().get("/defekt")


def test_the_page_of_a_failure_appears_although_its_frame_cannot_be_made() -> None:
    app = Flask("pages")

    def broken() -> Frame:
        message = "no database"
        raise RuntimeError(message)

    configure(app, frame_of=broken)
    answer = app.test_client().get("/none")
    assert answer.status_code == 404
    assert "Sidan finns inte" in answer.text


def test_a_redirect_raised_as_an_exception_is_no_problem(client: FlaskClient) -> None:
    assert client.get("/bort").status_code == 302


def test_the_methods_that_are_allowed_are_told(client: FlaskClient) -> None:
    assert "GET" in client.post("/stangd").headers["Allow"]


def test_a_kind_of_problem_is_described_at_its_address(client: FlaskClient) -> None:
    assert "Perioden är stängd" in client.get("/problems/period-closed").text
    assert client.get("/problems/none").status_code == 404
