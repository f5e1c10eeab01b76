"""What surrounds every page: region, navigation, viewer, share strip, footer. Given by the application as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, cast

from flask import Flask, current_app, g

from andel.sdk.text import Text
from andel.shared.charts import Segment
from andel.shared.formats import Language
from andel.shared.web.palette import Palette

Words = Text | str
NOBODYS: Final = Text("Regioner och kommuner delar kostnader och beslut", "Regions and municipalities share costs")
"""What stands beside the brand on a page of no region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whose pages these are: the name beside the brand, the colours, the language of those who never chose one."""

    name: Words = NOBODYS
    palette: str | Palette = "instans"
    language: Language = "sv"

    @property
    def theme(self) -> str:
        """The value of ``data-region``: a palette of ``andel.css``, or ``own`` for one of its own."""
        return "own" if isinstance(self.palette, Palette) else self.palette


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to go; ``key`` is what a page names to say "you are here"."""

    text: Words
    href: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who reads, in the role they have now; ``switch`` is where several employments can be changed."""

    organization: str
    role: Words
    sign_out: str
    switch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything that ``_base.html`` shows around a page; ``unguarded`` when nobody signs in to these pages."""

    region: Region = field(default_factory=Region)
    home: str = "/"
    navigation: tuple[Link, ...] = ()
    viewer: Viewer | None = None
    strip: tuple[Segment, ...] = ()
    footer: tuple[Link, ...] = ()
    csrf_token: str = ""
    unguarded: bool = False


Provider = Callable[[], Frame]
_EXTENSION = "andel.frame"


def provide(app: Flask, provider: Provider) -> None:
    """Take the provider of frames for an application."""
    app.extensions[_EXTENSION] = provider


def frame() -> Frame:
    """Return the frame of the current request, asked for once."""
    if "andel_frame" not in g:
        g.andel_frame = cast("Provider", current_app.extensions[_EXTENSION])()
    return cast("Frame", g.andel_frame)


def bare_frame() -> Frame:
    """Replace the frame by an empty one, for a page that must appear although the frame cannot be made."""
    g.andel_frame = Frame()
    return Frame()
