"""Static files: addressed by their content, so that a browser may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from andel.shared.web.palette import Palette, PaletteError

_FOREVER: Final = "public, max-age=31536000, immutable"
_BRIEFLY: Final = "public, max-age=3600"


def serve_assets(app: Flask) -> None:
    """Serve the palettes of regions, and tell browsers how long a static file may be kept."""
    pages = Blueprint("assets", __name__)
    pages.add_url_rule("/static/palette/<code>.css", "palette", palette)
    app.register_blueprint(pages)
    app.after_request(_keep)


def asset(name: str) -> str:
    """Return the address of a static file, stamped with its content."""
    folder = Path(current_app.static_folder or "")
    return url_for("static", filename=name, v=_digest(folder / name, (folder / name).stat().st_mtime_ns))


def palette(code: str) -> Response:
    """Answer the stylesheet of a region's own colours. They stand in the address: nothing is looked up."""
    try:
        colours = Palette.of_code(code)
    except PaletteError:
        abort(404)
    return Response(colours.stylesheet, mimetype="text/css", headers={"Cache-Control": _FOREVER})


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code < 400:  # noqa: PLR2004  (an answer that is no error)
        response.headers["Cache-Control"] = _FOREVER if "v" in request.args else _BRIEFLY
    return response
