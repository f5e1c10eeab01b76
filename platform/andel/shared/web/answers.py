"""How a failure is answered: a designed page, a fragment for htmx, or problem+json for a program."""

from __future__ import annotations

import json
from typing import Final, cast

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, g, make_response, render_template, request
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from andel.sdk.errors import AndelError
from andel.shared.i18n import language
from andel.shared.problems import MEDIA_TYPE, TYPE_ROOT, Kind, Kinds, Problem, of_error, of_http
from andel.shared.web.frame import bare_frame, frame
from andel.shared.web.partial import is_htmx
from andel.shared.web.reference import reference

_EXTENSION: Final = "andel.problems"
_SERVER_ERROR: Final = 500
_log = structlog.get_logger("andel.web")


def answer_problems(app: Flask, kinds: Kinds) -> None:
    """Answer every error of the application, and describe its kinds of problem at ``/problems/<slug>``."""
    app.extensions[_EXTENSION] = kinds
    app.register_error_handler(AndelError, answer_error)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_unexpected)
    pages = Blueprint("problems", __name__)
    pages.add_url_rule(f"{TYPE_ROOT}<slug>", "kind", describe)
    app.register_blueprint(pages)


def answer_error(error: AndelError) -> Response:
    """Answer what a person can mend: what is wrong, where, and what to do."""
    problem = of_error(error, _kinds(), instance=request.path, reference=reference())
    _log.info("refused", problem=problem.kind.slug, what=error.what, where=error.where)
    return answer(problem)


def answer_http(error: HTTPException) -> Response:
    """Answer an HTTP error with the page, fragment or document of its status."""
    if error.code is None or error.code < 400:  # noqa: PLR2004  (a redirect raised as an exception is no problem)
        return cast("Response", error.get_response())
    problem = of_http(error, instance=request.path, reference=reference())
    if problem.status >= _SERVER_ERROR:
        _log.error("server error", status=problem.status)
    response = answer(problem)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def answer_unexpected(error: Exception) -> Response:
    """Answer a defect of ours: the reader sees a reference number and nothing else, the log has the traceback."""
    _log.error("unexpected", exc_info=error)
    if current_app.testing or current_app.debug:
        raise error
    return answer(of_http(InternalServerError(), instance=request.path, reference=reference()))


def answer(problem: Problem) -> Response:
    """Answer a problem in the form that was asked for."""
    if wants_json():
        document = json.dumps(problem.as_dict(language()), ensure_ascii=False)
        return Response(document, status=problem.status, mimetype=MEDIA_TYPE)
    if is_htmx():
        return _fragment(problem)
    return _page(problem)


def ask_as_program() -> None:
    """Answer the current request as a program's, whatever it accepts. To be called before a blueprint's requests."""
    g.andel_for_program = True


def wants_json() -> bool:
    """Return whether the asker is a program: it shows a token, asks the API, or prefers JSON to a page."""
    if "andel_for_program" in g:
        return True
    if "Authorization" in request.headers or request.path == "/api" or request.path.startswith("/api/"):
        return True
    forms = ("text/html", "application/json", MEDIA_TYPE)
    return request.accept_mimetypes.best_match(forms, default="text/html") != "text/html"


def describe(slug: str) -> Response:
    """Show what a kind of problem means, at the address that is its type."""
    kind = next((kind for kind in _kinds().values() if kind.slug == slug), None)
    return make_response(render_template("problems/kind.html", kind=kind or abort(404)))


def _fragment(problem: Problem) -> Response:
    """Answer htmx with the whole flash region, so that it lands there whatever the asking element aims at."""
    response = make_response(render_template("problems/_flash.html", problem=problem), problem.status)
    response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#flash"
    response.headers["HX-Reswap"] = "outerHTML"
    response.headers["HX-Push-Url"] = "false"
    return response


def _page(problem: Problem) -> Response:
    try:
        frame()
    except Exception as error:  # noqa: BLE001  (the page of a failure must appear even when its surroundings fail)
        _log.error("no frame", exc_info=error)
        bare_frame()
    return make_response(_rendered(problem), problem.status)


def _rendered(problem: Problem) -> str:
    """Render the page of the status, or the common one. A kind of our own has its words in the problem."""
    common = "problems/problem.html"
    try:
        return render_template(common if problem.kind.slug else f"problems/{problem.status}.html", problem=problem)
    except TemplateNotFound:
        return render_template(common, problem=problem)


def _kinds() -> dict[type[AndelError], Kind]:
    return cast("dict[type[AndelError], Kind]", current_app.extensions[_EXTENSION])
