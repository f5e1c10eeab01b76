"""Whether a region's colours can be read: contrast by WCAG 2.1."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

WHITE = "#ffffff"
TEXT_RATIO = 6
"""The accent is text, on white and on the tint. WCAG AA asks for 4.5; the house keeps a margin."""
GRAPHIC_RATIO = 3
"""Fill and mid are graphics on white: WCAG 2.1, criterion 1.4.11."""

_LINEAR_UP_TO = 0.04045
_CHANNELS = (0.2126, 0.7152, 0.0722)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours written ``#rrggbb``, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(*, accent: str, fill: str, mid: str, tint: str) -> Iterator[tuple[str, str]]:
    """Yield each colour that cannot be read well enough, by its name, with a sentence that says so."""
    wanted = (
        ("accent", accent, "white", WHITE, TEXT_RATIO),
        ("accent", accent, "the tint", tint, TEXT_RATIO),
        ("fill", fill, "white", WHITE, GRAPHIC_RATIO),
        ("mid", mid, "white", WHITE, GRAPHIC_RATIO),
    )
    for name, colour, ground_name, ground, ratio in wanted:
        found = contrast(colour, ground)
        if found < ratio:
            shown = floor(found * 100) / 100  # never rounded up to what it does not reach
            yield name, f"{colour} on {ground_name} has the contrast {shown}:1, at least {ratio}:1 is needed."


def _luminance(colour: str) -> float:
    shares = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = (
        share / 12.92 if share <= _LINEAR_UP_TO else ((share + 0.055) / 1.055) ** 2.4  # the sRGB curve
        for share in shares
    )
    return sum(weight * part for weight, part in zip(_CHANNELS, linear, strict=True))
