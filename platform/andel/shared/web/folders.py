"""Where the templates lie: in the clone, or inside the installed package."""

from __future__ import annotations

import os
from pathlib import Path

import andel
from andel.sdk.errors import AndelError

SETTING = "ANDEL_TEMPLATES"
_BASE = "_base.html"


class TemplatesMissingError(AndelError):
    """The folder of templates is nowhere to be found."""


def templates_folder(setting: str | Path | None = None) -> Path:
    """Return the folder of templates: the setting, ``ANDEL_TEMPLATES``, the package's own, or the clone's.

    Raises:
        TemplatesMissingError: none of them holds the base template.
    """
    given = setting or os.environ.get(SETTING)
    package = Path(andel.__file__).parent
    places = [Path(given)] if given else [package / "_templates", package.parents[1] / "templates"]
    for place in places:
        if (place / _BASE).is_file():
            return place.resolve()
    what = f"No templates in {' or '.join(str(place) for place in places)}."
    raise TemplatesMissingError(what, where=SETTING, remedy=f"Point {SETTING} at the folder that holds {_BASE}.")
