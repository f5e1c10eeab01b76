"""Charts drawn on the server as SVG, without style attributes, so that the content security policy holds.

Colours come from the classes of ``andel.css``. Every chart that says something carries a title and a
description, and the page shows the same figures in a table beside it. The strips and small bars repeat a number
printed next to them and are hidden from assistive technology.

What goes in is exact (int and Fraction). Only pixel coordinates are floats, and no amount is ever read back from
them: the words printed in a chart are handed over ready-made, see ``andel.shared.formats``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from andel.shared import formats
from andel.shared.formats import Exact, Language

WIDTH: Final = 400
_LABEL_WIDTH: Final = 158
_BAR_WIDTH: Final = 172
_LONGEST_LABEL: Final = 22
_STEPS: Final = tuple(Fraction(step, 100) for step in (1, 2, 5, 10, 20, 25, 50))
SERIES: Final = 6
"""The number of parts that a stacked bar can tell apart without relying on colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called and what it shows, in words; ``name`` is its id on the page."""

    name: str
    title: str
    desc: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a strip: its weight (inhabitants, or 1 per principal) and its class.

    ``kind`` is ``own`` for the viewer, ``o`` for others, a region's theme, or a ballot's ``ok``, ``half`` and
    ``none``. ``colour`` (``#rrggbb``) is for a region that the stylesheet has no class for.
    """

    weight: Exact
    kind: str = "o"
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One horizontal bar: its length, the part of it that is filled, and the words printed beside it."""

    label: str
    value: Exact
    text: str
    filled: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line that no bar passes, in the same unit as the bars."""

    value: Exact
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What someone pays today and the difference, both in öre, with the difference in words."""

    label: str
    today: int
    change: int
    text: str

    @property
    def ratio(self) -> Fraction:
        """The difference as a share of today; who pays nothing today counts as a whole more or less."""
        if self.today == 0:
            return Fraction((self.change > 0) - (self.change < 0))
        return Fraction(self.change, abs(self.today))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One bar of several parts, in the same order in every bar of a chart."""

    label: str
    parts: tuple[Exact, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """A count of one year."""

    year: int
    count: int


# ---- decoration with data ---------------------------------------------------------------------------------
def strip(segments: Sequence[Segment], *, gap: float = 2.5, css: str = "strip") -> Markup:
    """Draw the whole cut into its shares, side by side."""
    whole = sum((Fraction(s.weight) for s in segments), Fraction(0)) or Fraction(1)
    room, x, parts = 1000 - gap * (len(segments) - 1), 0.0, []
    for segment in segments:
        width = float(room * Fraction(segment.weight) / whole)
        parts.append(_rect(x, 0, width, 10, segment.kind, colour=segment.colour))
        x += width + gap
    return _hidden(css, "0 0 1000 10", parts, stretched=True)


def tally(segments: Sequence[Segment]) -> Markup:
    """Draw a ballot: equal parts, filled for those who have decided."""
    return strip(segments, gap=4, css="strip tally")


def share_bar(share: Fraction, *, pace: Fraction | None = None) -> Markup:
    """Draw a share of one as a small bar; the tick marks an even pace."""
    parts = [_rect(0, 3, 100, 6, "track"), _rect(0, 3, float(min(share, Fraction(1))) * 100, 6, "fill")]
    if pace is not None:
        parts.append(_rect(float(pace) * 100 - 0.75, 0, 1.5, 12, "tick"))
    return _hidden("bar", "0 0 100 12", parts, stretched=True)


def seats(active: int, total: int) -> Markup:
    """Draw one square per seat, filled for those in use."""
    parts = [_rect(i * 22 + 1, 1, 16, 16, "fill" if i < active else "idle") for i in range(total)]
    width = total * 22
    return _hidden("seats", f"0 0 {width} 18", parts, size=Markup(' width="{}" height="18"').format(width))


# ---- charts -----------------------------------------------------------------------------------------------
def bars(caption: Caption, rows: Sequence[Bar], *, limit: Limit | None = None, full: Exact = 0) -> Markup:
    """Draw one bar per row, part of it filled, with a line for the limit that none may pass.

    ``full`` is what the longest bar of several charts stands for, so that those side by side share one scale.
    """
    longest = max((Fraction(row.value) for row in rows), default=Fraction(0))
    longest = max(longest, Fraction(full))
    whole = max(longest, Fraction(limit.value) if limit else Fraction(0)) or Fraction(1)
    step, top = 21, 26 if limit else 4
    height = top + step * len(rows) + 6
    parts: list[Markup] = []
    if limit:
        x = _LABEL_WIDTH + _BAR_WIDTH * float(Fraction(limit.value) / whole)
        parts += [_rect(x - 0.5, 14, 1, height - 16, "limit"), _text(x, 10, limit.text, "small", "end")]
    for i, row in enumerate(rows):
        y, width = top + i * step, _BAR_WIDTH * float(Fraction(row.value) / whole)
        parts += [
            _label(y + 14, row.label),
            _rect(_LABEL_WIDTH, y + 3, width, 14, "rest"),
            _rect(_LABEL_WIDTH, y + 3, width * float(min(row.filled, Fraction(1))), 14, "used"),
            _text(WIDTH, y + 14, row.text, "num", "end"),
        ]
    return _figure(caption, WIDTH, height, parts)


def diverging(caption: Caption, rows: Sequence[Change], *, less: str, more: str, lang: Language = "sv") -> Markup:
    """Draw who pays less and who pays more, in percent of today; a bar past the edge ends in an arrow."""
    left, half, step, top = 112, 100, 19, 30
    middle, height = left + half, top + step * len(rows) + 4
    edge = min(max((abs(row.ratio) for row in rows), default=Fraction(0)), Fraction(1)) or Fraction(1, 10)
    tick = max((s for s in _STEPS if s <= edge / 2), default=_STEPS[0])
    scale = half / float(edge)
    marks = [s * tick for s in (-2, -1, 1, 2) if abs(s * tick) <= edge]
    parts = [_text(middle - 6, 12, less, "small", "end"), _text(middle + 6, 12, more, "small")]
    for mark in marks:
        x = middle + float(mark) * scale
        parts.append(_rect(x - 0.25, 20, 0.5, height - 22, "grid"))
        parts.append(_text(x, 26, formats.percent(abs(mark), 0, lang=lang), "tiny", "middle"))
    for i, row in enumerate(rows):
        y, css = top + i * step, "more" if row.change > 0 else "less"
        width = float(min(abs(row.ratio), edge)) * scale
        x = middle if row.change > 0 else middle - width
        parts.append(_label(y + 14.5, row.label, longest=16))
        if row.change:
            parts.append(_rect(x, y + 4, width, 12, css))
        if abs(row.ratio) > edge:
            parts.append(_arrow(middle + half * (1 if row.change > 0 else -1), y + 10, css, right=row.change > 0))
        parts.append(_text(WIDTH, y + 14.5, row.text, "num", "end"))
    return _figure(caption, WIDTH, height, [*parts, _rect(middle - 0.5, 20, 1, height - 22, "limit")])


def stacked(caption: Caption, rows: Sequence[Stack], *, full: Exact = 0) -> Markup:
    """Draw one bar per row, cut into parts of the classes ``s1`` to ``s6``, such as cost per service and year.

    ``full`` is what the longest bar of several charts stands for, so that those side by side share one scale.

    Raises:
        ValueError: a row has more than ``SERIES`` parts; put the smallest together under one name.
    """
    if any(len(row.parts) > SERIES for row in rows):
        message = f"A stacked bar can show {SERIES} parts: put the smallest together under one name."
        raise ValueError(message)
    longest = max((sum(map(Fraction, row.parts), Fraction(0)) for row in rows), default=Fraction(0))
    longest = max(longest, Fraction(full))
    left, step = 148, 25
    scale = 164 / float(longest or 1)
    parts: list[Markup] = []
    for i, row in enumerate(rows):
        x, y = float(left), 4 + i * step
        parts.append(_label(y + 15, row.label))
        for number, part in enumerate(row.parts, start=1):
            width = float(Fraction(part)) * scale
            if width > 0:
                parts.append(_rect(x, y + 3, max(width - 2, 0.75), 16, f"s{number}"))
            x += width
        parts.append(_text(WIDTH, y + 15, row.text, "num", "end"))
    return _figure(caption, WIDTH, 8 + step * len(rows), parts)


def growth(caption: Caption, points: Sequence[Count]) -> Markup:
    """Draw the few counts that exist: a dot per count, a thin line between, no invented years."""
    left, base, wide, high = 14, 96, 230, 75
    first, last = points[0].year, points[-1].year
    tallest = max(point.count for point in points) or 1
    spots = [
        (left + wide * ((p.year - first) / (last - first) if last > first else 0.5), base - high * p.count / tallest, p)
        for p in points
    ]
    parts = [_rect(0, base, 290, 1, "limit")]
    for (x1, y1, _), (x2, y2, _) in pairwise(spots):
        line = Markup('<line class="line" x1="{}" y1="{}" x2="{}" y2="{}"/>')
        parts.append(line.format(*map(_px, (x1, y1, x2, y2))))
    for x, y, point in spots:
        parts.append(Markup('<circle class="dot" cx="{}" cy="{}" r="4.5"/>').format(_px(x), _px(y)))
        parts.append(_text(x, y - 10, str(point.count), "num", "middle"))
        parts.append(_text(x, base + 16, str(point.year), "small", "middle"))
    return _figure(caption, 290, 116, parts)


# ---- strokes ----------------------------------------------------------------------------------------------
def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rect(x: float, y: float, width: float, height: float, css: str, *, colour: str = "") -> Markup:
    fill = Markup(' fill="{}"').format(colour) if colour else Markup("")
    box = (_px(x), _px(y), _px(max(width, 0)), _px(height))
    return Markup('<rect class="{}"{} x="{}" y="{}" width="{}" height="{}"/>').format(css, fill, *box)


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> Markup:
    text = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
    return text.format(css, _px(x), _px(y), anchor, words)


def _label(y: float, words: str, *, longest: int = _LONGEST_LABEL) -> Markup:
    """Write a row's name, cut when it would run into the bar; the table beside the chart has it whole."""
    return _text(0, y, words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…")


def _arrow(x: float, y: float, css: str, *, right: bool) -> Markup:
    tip = 5 if right else -5
    points = f"{_px(x)},{_px(y - 6)} {_px(x + tip)},{_px(y)} {_px(x)},{_px(y + 6)}"
    return Markup('<polygon class="{}" points="{}"/>').format(css, points)


def _figure(caption: Caption, width: float, height: float, parts: Sequence[Markup]) -> Markup:
    name = escape(caption.name)
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{0}-t {0}-d" viewBox="0 0 {1} {2}">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>'
    ).format(name, _px(width), _px(height), caption.title, caption.desc, Markup("").join(parts))


def _hidden(css: str, box: str, parts: Sequence[Markup], *, stretched: bool = False, size: str = "") -> Markup:
    stretch = Markup(' preserveAspectRatio="none"') if stretched else Markup("")
    drawing = Markup('<svg class="{}" viewBox="{}"{}{} aria-hidden="true">{}</svg>')
    return drawing.format(css, box, stretch, size, Markup("").join(parts))
