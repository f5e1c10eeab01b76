"""The colours of a region, and the contrast they must have to be readable."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

from andel.sdk.errors import AndelError
from andel.sdk.text import Text

BUILT_IN: Final = frozenset({"stockholm", "skane", "dalarna", "vgr", "instans"})
"""The palettes that ``andel.css`` holds, by the name that ``data-region`` gives them."""

TEXT_CONTRAST: Final = 6.0
GRAPHIC_CONTRAST: Final = 3.0
STATUS_CONTRAST: Final = 5.5
_WHITE: Final = "#ffffff"
_STATUS: Final = ("#056d13", "#80540f", "#b81a1a")
_HEX: Final = re.compile(r"#[0-9a-f]{6}")


class PaletteError(AndelError):
    """A colour is malformed, or too pale to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The four colours of a region, each ``#rrggbb`` in lower case. Contrasts are judged with one decimal.

    Attributes:
        accent: text and links; at least 6:1 on white and on the tint.
        fill: what a chart fills; at least 3:1 on white.
        mid: thin lines and the shares of others; at least 3:1 on white.
        tint: the surface behind what is the viewer's own; status colours keep 5.5:1 on it.

    Raises:
        PaletteError: a colour is no ``#rrggbb``, or its contrast is too low.
    """

    accent: str
    fill: str
    mid: str
    tint: str

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_colour(field.name, getattr(self, field.name))
        _check_contrast("accent", self.accent, _WHITE, TEXT_CONTRAST)
        _check_contrast("accent", self.accent, self.tint, TEXT_CONTRAST)
        _check_contrast("fill", self.fill, _WHITE, GRAPHIC_CONTRAST)
        _check_contrast("mid", self.mid, _WHITE, GRAPHIC_CONTRAST)
        for status in _STATUS:
            _check_contrast("tint", status, self.tint, STATUS_CONTRAST)

    @classmethod
    def of_code(cls, code: str) -> Palette:
        """Read back what ``code`` wrote.

        Raises:
            PaletteError: the code is no four colours, or they cannot be read.
        """
        names, parts = [field.name for field in fields(cls)], code.split("-")
        if len(parts) != len(names):
            what = Text("Adressen anger inte fyra färger.", "The address does not give four colours.")
            raise PaletteError(what, where=code)
        return cls(**{name: f"#{part}" for name, part in zip(names, parts, strict=True)})

    @property
    def code(self) -> str:
        """The colours as one word for an address: ``0b5580-0b5580-5f97b8-e2eef5``."""
        return "-".join(getattr(self, field.name).removeprefix("#") for field in fields(self))

    @property
    def stylesheet(self) -> str:
        """The stylesheet that puts the colours over those of ``andel.css``."""
        lines = "".join(f" --{field.name}: {getattr(self, field.name)};" for field in fields(self))
        return f":root {{{lines} }}\n"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.1, from 1.0 to 21.0. Floats: this is light, not money."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  (sRGB)


def _check_colour(name: str, colour: str) -> None:
    if not _HEX.fullmatch(colour):
        what = Text(f'"{colour}" är ingen färg.', f'"{colour}" is no colour.')
        remedy = Text("Skriv sex små hexadecimala siffror: #0b5580.", "Write six lower-case hex digits: #0b5580.")
        raise PaletteError(what, where=name, remedy=remedy)


def _check_contrast(name: str, colour: str, ground: str, least: float) -> None:
    found = round(contrast(colour, ground), 1)
    if found < least:
        what = Text(
            f"Färgen {colour} har kontrasten {_comma(found)}:1 mot {ground}, det krävs {_comma(least)}:1.",
            f"The colour {colour} has a contrast of {found}:1 with {ground}, at least {least}:1 is needed.",
        )
        remedy = Text("Välj en mörkare färg, eller en ljusare ton.", "Choose a darker colour, or a lighter tint.")
        raise PaletteError(what, where=name, remedy=remedy)


def _comma(ratio: float) -> str:
    return f"{ratio}".replace(".", ",")
