"""Which language a request is answered in, and how a reader changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, has_request_context, request

from andel.shared.formats import Language
from andel.shared.i18n import LANGUAGES, SOURCE, language
from andel.shared.problems import MEDIA_TYPE

COOKIE: Final = "andel_lang"
PARAMETER: Final = "lang"
_SPOKEN: Final = frozenset({"text/html", MEDIA_TYPE})
_YEAR: Final = 365 * 24 * 3600


def selector(region_language: Callable[[], Language]) -> Callable[[], Language]:
    """Return what chooses a request's language: the address, the cookie, then the region's own, then Swedish.

    A client of the API has no cookie: what it says in ``Accept-Language`` comes before the region's own.
    """

    def select() -> Language:
        if not has_request_context():
            return SOURCE
        for wanted in (request.args.get(PARAMETER), request.cookies.get(COOKIE), _accepted()):
            if wanted in LANGUAGES:
                return wanted
        return region_language()

    return select


def remember(app: Flask) -> None:
    """Keep a language that was asked for in the address, so that the next page speaks it too."""

    def keep(response: Response) -> Response:
        if response.mimetype in _SPOKEN:
            response.headers.setdefault("Content-Language", language())
        wanted = request.args.get(PARAMETER)
        if wanted in LANGUAGES and wanted != request.cookies.get(COOKIE):
            response.set_cookie(COOKIE, wanted, max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
        return response

    app.after_request(keep)


def in_language(wanted: Language) -> str:
    """Return the address of the current page in another language."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    return f"{request.script_root}{request.path}?{urlencode([*kept, (PARAMETER, wanted)])}"


def _accepted() -> str | None:
    if not request.path.startswith("/api/") or "Accept-Language" not in request.headers:
        return None
    return request.accept_languages.best_match(LANGUAGES)
