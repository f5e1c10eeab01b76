"""What just happened, told once on the next page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

from flask import session

Kind = Literal["ok", "info", "warn", "bad"]
_KEY: Final = "andel.flashes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A receipt (``ok``), a notice, a warning or a failure: bold words, a sentence, and at most one link."""

    lead: str
    text: str = ""
    kind: Kind = "ok"
    href: str = ""
    link: str = ""


def flash(lead: str, text: str = "", *, kind: Kind = "ok", href: str = "", link: str = "") -> None:
    """Tell the reader something on the next page that is shown; the words are in the reader's language already."""
    told = Flash(lead=lead, text=text, kind=kind, href=href, link=link)
    session[_KEY] = [*session.get(_KEY, ()), asdict(told)]


def take_flashes() -> list[Flash]:
    """Return what is to be told, and forget it."""
    if _KEY not in session:
        return []
    return [Flash(**told) for told in session.pop(_KEY)]
