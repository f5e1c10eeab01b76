"""The charts of costs, drawn from values that the page shows in a table as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from markupsafe import Markup

from andel.sdk.text import Text
from andel.shared import charts
from andel.shared.charts import SERIES, Bar, Caption, Limit, Stack
from andel.shared.formats import Language, kronor

_Row = TypeVar("_Row")

LONGEST = 30
"""How many rows one drawing holds before it is set in two columns."""


def halves(rows: Sequence[_Row]) -> list[Sequence[_Row]]:
    """Set rows in one column, or in two when there are many; none for no rows."""
    if len(rows) <= LONGEST:
        return [rows] if rows else []
    middle = (len(rows) + 1) // 2
    return [rows[:middle], rows[middle:]]


def shorten(parts: Sequence[int], most: int = SERIES) -> tuple[int, ...]:
    """Put the last parts together, so that no more than ``most`` are left."""
    return tuple(parts) if len(parts) <= most else (*parts[: most - 1], sum(parts[most - 1 :]))


def bearers(rows: Sequence[tuple[str, int, int]], lang: Language) -> Markup:
    """Draw what the parties and the region bear of each cost, in öre: (label, parties, region)."""
    caption = Caption(
        name="barare",
        title=Text("Vem som bär kostnaden", "Who bears the cost").in_language(lang),
        desc=Text(
            "En stapel per kostnadsdel: parternas del och regionens. Alla belopp står i tabellen.",
            "One bar per cost component: the parties' part and the region's. All amounts stand in the table.",
        ).in_language(lang),
    )
    stacks = [
        Stack(label=label, parts=(parties, max(region, 0)), text=kronor(parties + region, lang=lang))
        for label, parties, region in rows
    ]
    return charts.stacked(caption, stacks)


def shares(name: str, title: str, rows: Sequence[tuple[str, tuple[int, ...]]], lang: Language, *, full: int) -> Markup:
    """Draw what each party pays, cut by what it is for, in öre: (label, one amount per cost).

    ``full`` is the longest bar of all the charts that stand beside each other.
    """
    largest = max(rows, key=lambda row: sum(row[1]))
    caption = Caption(
        name=name,
        title=title,
        desc=Text(
            f"En stapel per part. Mest betalar {largest[0]}. Alla belopp står i tabellen nedanför.",
            f"One bar per party. {largest[0]} pays most. All amounts stand in the table below.",
        ).in_language(lang),
    )
    stacks = [Stack(label=label, parts=shorten(parts), text=kronor(sum(parts), lang=lang)) for label, parts in rows]
    return charts.stacked(caption, stacks, full=full)


def amounts(name: str, title: str, rows: Sequence[tuple[str, Fraction]], lang: Language, *, full: int) -> Markup:
    """Draw one bar per party as long as its amount in öre; ``full`` is the longest of all the charts."""
    ordered = sorted(rows, key=lambda row: row[1])
    desc = Text(
        f"Liggande staplar. Mest har {ordered[-1][0]}, minst {ordered[0][0]}. Alla belopp står i tabellen nedanför.",
        f"Horizontal bars. {ordered[-1][0]} has most, {ordered[0][0]} least. All amounts stand in the table below.",
    )
    caption = Caption(name=name, title=title, desc=desc.in_language(lang))
    bars = [Bar(label=label, value=ore, text=kronor(ore, lang=lang)) for label, ore in rows]
    return charts.bars(caption, bars, full=full)


def caps(
    name: str,
    title: str,
    rows: Sequence[tuple[str, Fraction, Fraction]],
    lang: Language,
    *,
    limit: Fraction | None,
    full: Fraction,
) -> Markup:
    """Draw each party's cap in öre, filled as far as it is used, with a line at the limit; ``full`` is the longest."""
    fullest = max(rows, key=lambda row: row[2])
    desc = Text(
        f"En stapel per tak, fylld så långt som taket är använt. Mest använt har {fullest[0]}."
        " Alla värden står i tabellen nedanför.",
        f"One bar per cap, filled as far as the cap is used. {fullest[0]} has used most."
        " All values stand in the table below.",
    )
    drawn = None
    if limit is not None:
        words = Text("gräns", "limit").in_language(lang)
        drawn = Limit(value=limit, text=f"{words} {kronor(limit, unit=False, lang=lang)}")
    return charts.bars(
        Caption(name=name, title=title, desc=desc.in_language(lang)),
        [
            Bar(label=label, value=cap, text=kronor(cap, unit=False, lang=lang), filled=used)
            for label, cap, used in rows
        ],
        limit=drawn,
        full=full,
    )


def growth(name: str, title: str, sums: Mapping[int, int], lang: Language) -> Markup:
    """Draw one bar per year."""
    desc = Text("En stapel per år. Beloppen står i tabellen.", "One bar per year. The amounts stand in the table.")
    caption = Caption(name=name, title=title, desc=desc.in_language(lang))
    rows = [Bar(label=str(year), value=ore, text=kronor(ore, lang=lang)) for year, ore in sorted(sums.items())]
    return charts.bars(caption, rows)
