"""One route, page or partial: htmx asks for a piece of the page that a plain link shows whole."""

from __future__ import annotations

from flask import Response, make_response, render_template, request


def is_htmx() -> bool:
    """Return whether htmx asks."""
    return request.headers.get("HX-Request") == "true"


def is_partial() -> bool:
    """Return whether htmx asks for a piece to swap in. It asks for the whole page when it selects from it itself."""
    return is_htmx() and request.headers.get("HX-Request-Type") != "full"


def render(page: str, *, partial: str = "", status: int = 200, **values: object) -> Response:
    """Answer a page, or its partial when htmx asks for one.

    Args:
        page: the template of the whole page.
        partial: the template of the piece, which the page includes; empty when there is none.
        status: of the answer, 422 for a form that is shown again with its errors.
        values: what both templates see.
    """
    template = partial if partial and is_partial() else page
    response = make_response(render_template(template, **values), status)
    if partial:
        response.vary.update(("HX-Request", "HX-Request-Type"))
    return response


def go_to(address: str) -> Response:
    """Send the reader on after a form: a 303 for the browser, ``HX-Redirect`` for htmx."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return Response(status=303, headers={"Location": address})
