"""What the page of an allocation shows: its scalars, its worked table cut by kind of party, notes and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from andel.costs.model.table import ROUNDINGS, WorkedTable, is_membership, worked_table
from andel.costs.model.wording import worded
from andel.costs.pages.shown import charts
from andel.parties.pages.words import ORDER, many
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.facts import Source
from andel.sdk.party import Party, PartyKind
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Workings
from andel.shared.formats import Language
from andel.shared.units import unit_noun, written

CAP_TOTAL, CAP_USED, LIMIT = "cap_total", "cap_used", "limit"
"""By these names a model with caps calls a party's cap, the part of it that is used, and the limit of all caps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value that holds for all parties: what it is, how it follows, where it comes from."""

    label: str
    value: str
    formula: str
    note: str
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column of the worked table."""

    label: str
    unit: str
    example: bool
    amount: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """One party's row; the cell of its amount is where one asks why."""

    key: str
    name: str
    cells: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one kind of party, with the columns that say something about them."""

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[PartyRow, ...]
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything about one result, written out but for the words of the page.

    Attributes:
        own: öre that the region bears; None when nobody knows, or it bears nothing of its own.
        whole: öre that were divided, or that the supplier takes; None when nobody knows.
        remainders: who took the öre that rounding left over: (column, units, method, takers).
        feet: what the amounts of all parties come to, what the region bears, and the whole: (label, amount).
    """

    kind: str
    charged: int
    own: int | None
    whole: int | None
    parties: int
    largest: PartyRow | None
    smallest: PartyRow | None
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    feet: tuple[tuple[str, str], ...]
    remainders: tuple[tuple[str, int, str, tuple[str, ...]], ...]
    findings: tuple[str, ...]
    drawings: tuple[tuple[str, Markup], ...]
    capped: bool


def shown(allocation: Allocation, parties: Mapping[str, Party], lang: Language) -> Shown:
    """Lay out a result."""
    names = {key: party.name for key, party in parties.items()}
    table = worked_table(allocation, names)
    rows = _rows(table, lang)
    kept = _kept(table)
    groups = _groups(table, rows, kept, parties, lang)
    ordered = sorted(rows, key=lambda row: row.amount)
    workings = allocation.workings
    return Shown(
        kind=allocation.kind,
        charged=0 if isinstance(allocation, Ceiling) else sum(allocation.amounts),
        own=table.own,
        whole=_whole(allocation),
        parties=len(rows),
        largest=ordered[-1] if ordered else None,
        smallest=ordered[0] if ordered else None,
        lines=_lines(workings, lang),
        groups=groups,
        feet=_feet(table, allocation, lang),
        remainders=_remainders(workings, names, lang),
        findings=tuple(finding.text.in_language(lang) for finding in workings.findings),
        drawings=_drawings(groups, workings, lang),
        capped=_caps(workings) is not None,
    )


def heads_of(table: WorkedTable, lang: Language) -> tuple[Head, ...]:
    """Return the heads of the columns that are shown: all but those that only tell members from others."""
    return tuple(_head(table.columns[at], lang) for at in _kept(table))


def rows_of(table: WorkedTable, lang: Language) -> tuple[PartyRow, ...]:
    """Return the rows with the cells of the columns that are shown."""
    kept = _kept(table)
    return tuple(_cut(row, kept) for row in _rows(table, lang))


def sums_of(table: WorkedTable, lang: Language) -> tuple[str, ...]:
    """Return the sums of the columns that are shown."""
    return tuple(_sum(table, at, lang) for at in _kept(table))


def _kept(table: WorkedTable) -> list[int]:
    return [at for at, column in enumerate(table.columns) if not is_membership(column)]


def _feet(table: WorkedTable, allocation: Allocation, lang: Language) -> tuple[tuple[str, str], ...]:
    """Return the last lines of the table; a ceiling has none, since its amounts are never summed."""
    if isinstance(allocation, Ceiling):
        return ()
    lines = (
        (Text("Summa av parterna", "Sum of the parties"), sum(allocation.amounts)),
        (Text("Regionen bär", "The region bears"), table.own),
        (Text("Hela kostnaden", "The whole cost"), _whole(allocation)),
    )
    return tuple(
        (label.in_language(lang), written(Fraction(ore), "ore", lang=lang, noun=False))
        for label, ore in lines
        if ore is not None
    )


def _whole(allocation: Allocation) -> int | None:
    match allocation:
        case Split(total=total):
            return total
        case Tariff(supplier_cost=cost):
            return cost
        case _:
            return None


def _lines(workings: Workings, lang: Language) -> tuple[Line, ...]:
    words = {value.name: value.label.in_language(lang) for value in workings.values}
    return tuple(
        Line(
            label=scalar.label.in_language(lang),
            value=written(scalar.value, scalar.unit, lang=lang),
            formula=worded(scalar.formula, words, lang, unit=scalar.unit),
            note=ROUNDINGS[scalar.rounding].in_language(lang) if scalar.rounding is not Rounding.EXACT else "",
            source=scalar.source,
        )
        for scalar in workings.scalars
    )


def _head(column: Column, lang: Language) -> Head:
    return Head(
        label=column.label.in_language(lang),
        unit=unit_noun(column.unit, lang=lang),
        example=column.source is not None and column.source.example,
        amount=column.role is Role.AMOUNT,
    )


def _rows(table: WorkedTable, lang: Language) -> tuple[PartyRow, ...]:
    return tuple(
        PartyRow(key=row.party, name=row.name, cells=cells, amount=int(row.values[table.amount_at]))
        for row, cells in zip(table.rows, table.cells(lang), strict=True)
    )


def _groups(
    table: WorkedTable, rows: Sequence[PartyRow], kept: Sequence[int], parties: Mapping[str, Party], lang: Language
) -> tuple[Group, ...]:
    """Cut the table by kind of party; one kind alone stays one table, with every column."""
    found: dict[PartyKind, list[int]] = {kind: [] for kind in ORDER}
    for at, row in enumerate(rows):
        found[parties[row.key].kind if row.key in parties else PartyKind.MUNICIPALITY].append(at)
    kinds = [kind for kind in ORDER if found[kind]]
    return tuple(
        _group(table, rows, kept if len(kinds) == 1 else _telling(table, kept, found[kind]), found[kind], kind, lang)
        for kind in kinds
    )


def _group(
    table: WorkedTable,
    rows: Sequence[PartyRow],
    columns: Sequence[int],
    chosen: Sequence[int],
    kind: PartyKind,
    lang: Language,
) -> Group:
    sums = [
        ""
        if table.sums[at] is None
        else written(
            sum((table.rows[row].values[at] for row in chosen), Fraction(0)),
            table.columns[at].unit,
            lang=lang,
            noun=False,
        )
        for at in columns
    ]
    return Group(
        name=kind.value,
        title=many(len(chosen), kind, lang),
        heads=tuple(_head(table.columns[at], lang) for at in columns),
        rows=tuple(_cut(rows[row], columns) for row in chosen),
        sums=tuple(sums),
    )


def _cut(row: PartyRow, columns: Sequence[int]) -> PartyRow:
    return PartyRow(key=row.key, name=row.name, cells=tuple(row.cells[at] for at in columns), amount=row.amount)


def _telling(table: WorkedTable, columns: Sequence[int], rows: Sequence[int]) -> list[int]:
    """Return the columns that say something about the rows: not all zero, not the same as an earlier one.

    Amounts always stand; what is left out here stands in the CSV.
    """
    kept: list[int] = []
    seen: list[tuple[str, list[Fraction]]] = []
    for at in columns:
        column = table.columns[at]
        values = column.unit, [table.rows[row].values[at] for row in rows]
        if column.role is Role.AMOUNT or (any(values[1]) and values not in seen):
            kept.append(at)
            seen.append(values)
    return kept


def _sum(table: WorkedTable, at: int, lang: Language) -> str:
    total = table.sums[at]
    return "" if total is None else written(total, table.columns[at].unit, lang=lang, noun=False)


def _remainders(
    workings: Workings, names: Mapping[str, str], lang: Language
) -> tuple[tuple[str, int, str, tuple[str, ...]], ...]:
    return tuple(
        (
            workings.column(one.column).label.in_language(lang),
            one.units,
            ROUNDINGS[one.method].in_language(lang),
            tuple(names.get(taker, taker) for taker in one.takers),
        )
        for one in workings.remainders
        if one.units
    )


def _caps(workings: Workings) -> tuple[Column, Column] | None:
    """Return the columns of caps and of how much of them is used, when the model has both."""
    named = {column.name: column for column in workings.columns}
    if workings.of_role(Role.CAP) is None or not {CAP_TOTAL, CAP_USED} <= named.keys():
        return None
    return named[CAP_TOTAL], named[CAP_USED]


def _drawings(groups: Sequence[Group], workings: Workings, lang: Language) -> tuple[tuple[str, Markup], ...]:
    capped = _caps(workings)
    limit = next((scalar.value for scalar in workings.scalars if scalar.name == LIMIT), None)
    drawn: list[tuple[str, Markup]] = []
    longest = max((row.amount for group in groups for row in group.rows), default=0)
    for group in groups:
        for number, piece in enumerate(charts.halves(group.rows)):
            name = f"diagram-{group.name}-{number}"
            title = group.title if not number else f"{group.title} (2)"
            if capped is None:
                bars = [(row.name, Fraction(row.amount)) for row in piece]
                drawn.append((title, charts.amounts(name, title, bars, lang, full=longest)))
            else:
                places = [(row.name, workings.rows[row.key]) for row in piece]
                caps = [(label, capped[0].value(at), capped[1].value(at)) for label, at in places]
                drawn.append((title, charts.caps(name, title, caps, lang, limit=limit, full=max(capped[0].values()))))
    return tuple(drawn)
