"""Put the pieces of the pages on a Flask application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from jinja2 import StrictUndefined

from andel.shared import charts, formats, i18n
from andel.shared.formats import Language
from andel.shared.problems import Kinds, merged
from andel.shared.web.answers import answer_problems
from andel.shared.web.assets import asset, serve_assets
from andel.shared.web.flashes import take_flashes
from andel.shared.web.folders import templates_folder
from andel.shared.web.frame import Frame, frame, provide
from andel.shared.web.headers import secure
from andel.shared.web.reference import number_requests, reference
from andel.shared.web.speech import in_language, remember, selector

SWEDEN = ZoneInfo("Europe/Stockholm")


def _now() -> datetime:
    return datetime.now(SWEDEN)


def configure(  # noqa: PLR0913  (each keyword is one thing that the application knows)
    app: Flask,
    *,
    frame_of: Callable[[], Frame] = Frame,
    language_of: Callable[[], Language] = lambda: "sv",
    now: Callable[[], datetime] = _now,
    kinds: Sequence[Kinds] = (),
    templates: Path | None = None,
    mark_missing: bool = False,
) -> Flask:
    """Give an application the pages of Andel: templates, static files, languages, headers, problems.

    Args:
        app: a fresh application; its own ``template_folder`` and ``static_folder`` are replaced.
        frame_of: what surrounds the page of the current request: region, navigation, viewer.
        language_of: the language of the current request's region, for a reader who never chose one.
        now: the clock of the pages, in Swedish time.
        kinds: what the errors of each room mean on the web.
        templates: the folder of templates; found by itself when not given.
        mark_missing: put brackets around a text without translation, for the tests of pages.

    Raises:
        TemplatesMissingError: there is no folder of templates.
        CatalogueError: a catalogue of translations cannot be read.
        ValueError: two rooms describe the same kind of problem differently.
    """
    folder = templates_folder(templates)
    app.template_folder, app.static_folder = str(folder), str(folder / "static")
    number_requests(app)
    secure(app)
    i18n.install(app, folder, select=selector(language_of), mark_missing=mark_missing)
    remember(app)
    serve_assets(app)
    answer_problems(app, merged(kinds))
    provide(app, frame_of)
    _equip(app, now)
    return app


def _equip(app: Flask, now: Callable[[], datetime]) -> None:
    """Give the templates their filters and functions; a misspelt name in one is an error, not an empty string."""
    environment = app.jinja_env
    environment.undefined, environment.trim_blocks, environment.lstrip_blocks = StrictUndefined, True, True
    formats.register(environment, i18n.language)
    environment.globals.update(
        frame=frame,
        flashes=take_flashes,
        asset=asset,
        charts=charts,
        language=i18n.language,
        in_language=in_language,
        now=now,
        reference=reference,
    )
