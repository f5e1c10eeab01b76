"""Swedish and English: which language is spoken now, and the words in it.

Templates and ``pages.py`` write their words in Swedish inside ``_()``; the English stands in one catalogue per
room, ``templates/translations/en/LC_MESSAGES/<room>.po``. Data that exists in both languages (names of services,
findings, errors) is an ``andel.sdk.text.Text`` and is spoken with the filter ``t``. The catalogues are compiled in
memory when the application starts: there is no file to build by hand and none that can be stale.

``python -m andel.shared.i18n update`` collects new words, ``check`` says what is wrong (also a test).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import flask_babel  # type: ignore[import-untyped]  # ships no types; used in this module only
from babel.support import NullTranslations
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from andel.sdk.text import Text
from andel.shared.formats import Language
from andel.shared.i18n.catalogue import compiled

LANGUAGES: Final[tuple[Language, ...]] = ("sv", "en")
SOURCE: Final[Language] = "sv"
_DOMAIN: Final = "messages"
MISSING: Final = "⟦"
"""What marks a text without translation when the application is told to mark them, as the page tests do."""


def install(app: Flask, templates: Path, *, select: Callable[[], Language], mark_missing: bool = False) -> None:
    """Give the application its languages: ``select`` names the one of the current request.

    Raises:
        CatalogueError: a catalogue cannot be read.
    """
    english = compiled(templates)
    if mark_missing:
        english.add_fallback(_Marked())
    babel = flask_babel.Babel(app, default_locale=SOURCE, default_timezone="Europe/Stockholm", locale_selector=select)
    babel.domain_instance = flask_babel.Domain(domain=_DOMAIN)
    babel.domain_instance.cache.update({("en", _DOMAIN): english, ("sv", _DOMAIN): NullTranslations()})
    app.jinja_env.filters["t"] = _spoken


def language() -> Language:
    """Return the language of the current request, Swedish outside of one."""
    locale = flask_babel.get_locale()
    return "en" if locale is not None and locale.language == "en" else SOURCE


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak another language for a while, for a document or a letter to someone else."""
    with flask_babel.force_locale(chosen):
        yield


def gettext(message: str, **values: object) -> str:
    """Return a Swedish message in the language of the request, with ``%(name)s`` filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the message that fits the number; ``%(num)s`` is the number."""
    return str(flask_babel.ngettext(one, many, num, **values))


def spoken(words: Text | str) -> str:
    """Return the words in the language of the request; a plain string is the same in both."""
    return words.in_language(language()) if isinstance(words, Text) else words


@pass_context
def _spoken(_context: Context, words: Text | str) -> str:
    return spoken(words)


class _Marked(NullTranslations):
    """Shows an untranslated text between brackets instead of passing it off as English."""

    def gettext(self, message: str) -> str:
        return f"{MISSING}{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)
