"""What the overview of a year shows: rows and charts, made from the year's costs alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from markupsafe import Markup

from andel.costs.model import RegionBook, Service
from andel.costs.pages.shown import charts
from andel.costs.service.yearly import State, Year, YearCost
from andel.parties.pages.words import KINDS, ORDER, counted, many, sentence_case
from andel.sdk.party import Party, PartyKind
from andel.sdk.text import Text
from andel.shared.charts import SERIES
from andel.shared.formats import Language, swedish_key

_PARTIES: Final = Text("Parterna", "The parties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column of the table of parties: a cost component that charges, and its short name."""

    cost: YearCost
    name: str
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """What one party pays in öre: a cell per head (None where it has no row), and the sum.

    Attributes:
        part: the sum as a part of what all parties pay.
    """

    party: Party
    cells: tuple[int | None, ...]
    total: int
    part: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the page shows, exact; templates write the words and the numbers.

    Attributes:
        narrowed: whether the lines are the reader's own alone, because the region keeps them to each.
    """

    year: Year
    heads: tuple[Head, ...]
    lines: tuple[PartyLine, ...]
    payers: str
    bearers: Markup | None
    shares: tuple[tuple[str, Markup], ...]
    narrowed: bool = False

    @property
    def costly(self) -> int:
        """The number of services that cost something."""
        return len({cost.service.key for cost in self.year.counted})

    @property
    def services(self) -> tuple[tuple[Service, tuple[YearCost, ...]], ...]:
        """The services that have something to show for the year, each with its components."""
        found: dict[str, list[YearCost]] = {}
        for cost in self.year.costs:
            if cost.state is not State.EMPTY:
                found.setdefault(cost.service.key, []).append(cost)
        return tuple((costs[0].service, tuple(costs)) for costs in found.values())

    @property
    def largest(self) -> PartyLine:
        """The party that pays most."""
        return max(self.lines, key=lambda line: line.total)

    @property
    def smallest(self) -> PartyLine:
        """The party that pays least."""
        return min(self.lines, key=lambda line: line.total)


def overview(year: Year, book: RegionBook, lang: Language, *, own: frozenset[str] | None = None) -> Overview:
    """Lay out a year; ``own``: the parties whose lines are shown, None for all."""
    heads = _heads(year.counted, lang)
    lines = _lines(year, book, heads, own)
    return Overview(
        year=year,
        heads=heads,
        lines=lines,
        payers=counted([line.party for line in lines], lang) if own is None else _PARTIES.in_language(lang),
        bearers=_bearers(year, lang),
        shares=_shares(heads, lines, lang),
        narrowed=own is not None,
    )


def cost_name(cost: YearCost, among: Sequence[YearCost], lang: Language) -> str:
    """Return what a cost is called: its service, with the component when the service has several of them."""
    alone = sum(other.service.key == cost.service.key for other in among) == 1
    return (cost.service if alone else cost.component).title.in_language(lang)


def _heads(counted_costs: tuple[YearCost, ...], lang: Language) -> tuple[Head, ...]:
    """The greatest cost comes first, so that the bars begin with what matters."""
    ordered = sorted(counted_costs, key=lambda cost: (-(cost.charged or 0), cost.part))
    return tuple(
        Head(cost=cost, name=cost_name(cost, counted_costs, lang), css=f"s{min(place, SERIES)}")
        for place, cost in enumerate(ordered, start=1)
    )


def _lines(year: Year, book: RegionBook, heads: tuple[Head, ...], own: frozenset[str] | None) -> tuple[PartyLine, ...]:
    sums = {key: ore for key, ore in year.by_party().items() if own is None or key in own}
    whole = sum(sums.values()) if own is None else year.charged
    parties = {party.key: party for party in book.parties.parties}
    found = [
        PartyLine(
            party=parties[key],
            cells=tuple(head.cost.amounts.get(key) for head in heads),
            total=total,
            part=Fraction(total, whole or 1),
        )
        for key, total in sums.items()
    ]
    return tuple(sorted(found, key=lambda line: (ORDER.index(line.party.kind), swedish_key(line.party.name))))


def _bearers(year: Year, lang: Language) -> Markup | None:
    rows = [(cost_name(cost, year.counted, lang), cost.charged or 0, cost.own or 0) for cost in year.counted]
    return charts.bearers(rows, lang) if rows else None


def _shares(heads: tuple[Head, ...], lines: tuple[PartyLine, ...], lang: Language) -> tuple[tuple[str, Markup], ...]:
    """Draw one chart per kind of party; a long one is set in two."""
    if not heads:
        return ()
    drawn: list[tuple[str, Markup]] = []
    longest = max((line.total for line in lines), default=0)
    for kind in ORDER:
        rows = [(line.party.name, tuple(cell or 0 for cell in line.cells)) for line in lines if line.party.kind is kind]
        for number, piece in enumerate(charts.halves(rows)):
            title = _title(kind, len(rows), number, lang)
            drawn.append((title, charts.shares(f"andelar-{kind}-{number}", title, piece, lang, full=longest)))
    return tuple(drawn)


def _title(kind: PartyKind, count: int, number: int, lang: Language) -> str:
    if number:
        return sentence_case(f"{KINDS[kind].in_language(lang)}, {'continued' if lang == 'en' else 'fortsättning'}")
    return many(count, kind, lang)
