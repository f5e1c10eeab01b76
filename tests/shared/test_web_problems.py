from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import structlog
from flask import Flask, abort, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from structlog.testing import capture_logs

from andel.sdk.errors import AndelError, Complaint
from andel.sdk.text import Text
from andel.shared import web
from andel.shared.problems import Kind
from andel.shared.web import Frame, configure

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
REFERENCE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")


class ClosedError(AndelError):
    """A period that no longer takes changes."""


CLOSED = Kind("period-closed", 409, Text("Perioden är stängd", "The period is closed"))


def refuse(status: int) -> str:
    abort(status)


def closed() -> str:
    what = Text("2026 är redan fakturerat <b>.", "2026 has been invoiced already <b>.")
    raise ClosedError(what, where="valid_from", remedy=Text("Välj ett senare datum.", "Choose a later date."))


def several() -> str:
    raise AndelError.of([Complaint("Första felet."), Complaint("Andra felet.", "rad 7", "Gör om det.")])


def defect() -> str:
    message = "secret of the house"
    raise KeyError(message)


def away() -> str:
    abort(redirect("/skane/"))


ROUTES: dict[str, Callable[..., ResponseReturnValue]] = {
    "/fel/<int:status>": refuse,
    "/stangd": closed,
    "/api/v1/stangd": closed,
    "/flera": several,
    "/defekt": defect,
    "/api/v1/defekt": defect,
    "/vidare": lambda: web.go_to("/skane/"),
    "/bort": away,
}


def application(*, testing: bool = False) -> Flask:
    app = Flask("pages")
    app.testing = testing
    configure(app, now=lambda: NOW, kinds=[{ClosedError: CLOSED}], mark_missing=True)
    for path, view in ROUTES.items():
        app.add_url_rule(path, path.replace(".", ""), view)
    return app


@pytest.fixture(scope="module")
def pages() -> Flask:
    return application()


@pytest.fixture
def client(pages: Flask) -> FlaskClient:
    return pages.test_client()


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


def test_several_complaints_are_all_shown(client: FlaskClient) -> None:
    answer = client.get("/flera")
    assert answer.status_code == 422
    for part in ("Första felet.", "Andra felet.", "rad 7", "Gör om det."):
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
