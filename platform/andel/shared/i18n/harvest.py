"""Collect the words that templates and Python code say, room by room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

from andel.shared.i18n.catalogue import SHARED, catalogues, folder, write

KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
}
_Known = dict[object, str | list[str] | tuple[str, ...] | None]
_JINJA: Final = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true", "encoding": "utf-8"}


def sources(templates: Path, code: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield (room, method, file) for every template and every Python file of the ``andel`` package in ``code``.

    A template belongs to the room whose folder it lies in, when the package has such a room.
    """
    rooms = {path.parent.name for path in code.glob("*/__init__.py")}
    for path in sorted(templates.rglob("*.html")):
        room = path.relative_to(templates).parts[0]
        yield (room if room in rooms else SHARED), "jinja2.ext:babel_extract", path
    for path in sorted(code.rglob("*.py")):
        room = path.relative_to(code).parts[0]
        yield (room if room in rooms else SHARED), "python", path


def harvest(templates: Path, code: Path) -> dict[str, Catalog]:
    """Return the words of each room, untranslated, with the files that say them."""
    found: dict[str, Catalog] = {}
    for room, method, path in sources(templates, code):
        root = templates.parent if method.startswith("jinja2") else code.parent
        options = _JINJA if method.startswith("jinja2") else {}
        for _line, words, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            place = (path.relative_to(root).as_posix(), 0)
            catalogue = found.setdefault(room, Catalog(locale="en", charset="utf-8"))
            catalogue.add(words, locations=[place])
    return found


def update(templates: Path, code: Path) -> list[Path]:
    """Bring the catalogues in step with the sources and return the files that changed.

    Translations are kept. A word that another room has translated already is filled in from there; what no source
    says any more is removed.
    """
    before = catalogues(templates)
    known: _Known = {
        message.id: message.string
        for catalogue in before.values()
        for message in catalogue
        if message.id and message.string
    }
    changed = []
    words = harvest(templates, code)
    for room in sorted(words.keys() | before.keys()):
        path = folder(templates) / f"{room}.po"
        old = path.read_bytes() if path.exists() else b""
        if room not in words:
            path.unlink()
        else:
            write(path, _translated(words[room], before.get(room), known))
        if not path.exists() or path.read_bytes() != old:
            changed.append(path)
    return changed


def _translated(words: Catalog, before: Catalog | None, known: _Known) -> Catalog:
    for message in words:
        if message.id:
            own = before.get(message.id) if before else None
            message.string = (own and own.string) or known.get(message.id) or message.string
    return words
