"""The English catalogues as files: one per room, read together and compiled in memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from babel.support import Translations

from andel.sdk.errors import AndelError

SHARED = "shared"
"""The room of what belongs to no other: the base, the components, the problem pages."""


class CatalogueError(AndelError):
    """A catalogue of translations cannot be read."""


def folder(templates: Path) -> Path:
    """Return where the English catalogues lie."""
    return templates / "translations" / "en" / "LC_MESSAGES"


def catalogues(templates: Path) -> dict[str, Catalog]:
    """Read every catalogue, by room.

    Raises:
        CatalogueError: a file is not a catalogue.
    """
    return {path.stem: read(path) for path in sorted(folder(templates).glob("*.po"))}


def read(path: Path) -> Catalog:
    """Read one catalogue.

    Raises:
        CatalogueError: the file is not a catalogue.
    """
    try:
        with path.open("rb") as file:
            return read_po(file, locale="en", charset="utf-8", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        what = f"The catalogue cannot be read: {error}."
        remedy = "Mend the line, or run: python -m andel.shared.i18n update"
        raise CatalogueError(what, where=path.name, remedy=remedy) from error


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue in the order of its messages, without dates and line numbers, so that a diff is small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalogue, width=110, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    path.write_bytes(text.getvalue())


def compiled(templates: Path) -> Translations:
    """Return all catalogues as one set of translations. What is not translated yet is left out.

    Raises:
        CatalogueError: a catalogue cannot be read.
    """
    together = Catalog(locale="en", charset="utf-8")
    for catalogue in catalogues(templates).values():
        for message in catalogue:
            if message.id and message.string and not message.fuzzy:
                together.add(message.id, message.string)
    binary = BytesIO()
    write_mo(binary, together)
    binary.seek(0)
    return Translations(binary)
