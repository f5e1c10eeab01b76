"""The worked table as rows of a sheet, for CSV and XLSX: exact values, units in the head, nothing that runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from andel.costs.model.table import WorkedTable, region_bears, worked_table
from andel.sdk.cost import Allocation
from andel.sdk.money import half_up
from andel.shared.formats import Language
from andel.shared.units import unit_noun

Cell = str | int | Fraction

PLACES = 9
_ORE_PER_KRONA = 100
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def sheet(allocation: Allocation, names: Mapping[str, str], *, lang: Language) -> list[list[Cell]]:
    """Return the worked table: a head, a row per party, the region's own row and the sum.

    Öre are given in kronor. Whole numbers are ints, all else exact fractions for the writer to show.
    """
    table = worked_table(allocation, names)
    head: list[Cell] = ["Nyckel" if lang == "sv" else "Key", "Part" if lang == "sv" else "Party"]
    head += [f"{column.label.in_language(lang)} ({unit_noun(column.unit, lang=lang)})" for column in table.columns]
    rows: list[list[Cell]] = [head]
    for row in table.rows:
        values = [_cell(value, column.unit) for value, column in zip(row.values, table.columns, strict=True)]
        rows.append([row.party, row.name, *values])
    rows.extend(_feet(allocation, table, lang=lang))
    return rows


def _feet(allocation: Allocation, table: WorkedTable, *, lang: Language) -> Iterable[list[Cell]]:
    own = region_bears(allocation)
    if own is not None:
        row: list[Cell] = ["", "Regionen bär" if lang == "sv" else "The region bears", *([""] * len(table.columns))]
        row[2 + table.amount_at] = _cell(Fraction(own), "ore")
        yield row
    sums = [
        "" if total is None else _cell(total, column.unit)
        for total, column in zip(table.sums, table.columns, strict=True)
    ]
    yield ["", "Summa av parterna" if lang == "sv" else "Sum of the parties", *sums]


def _cell(value: Fraction, unit: str) -> Cell:
    shown = value / _ORE_PER_KRONA if unit.startswith("ore") else value
    return shown.numerator if shown.denominator == 1 else shown


def decimal_text(value: Fraction) -> str:
    """Write a fraction with a decimal point and no more than nine decimals, halves up."""
    rounded = half_up(value, PLACES)
    sign = "-" if rounded < 0 else ""
    scaled = abs(rounded) * 10**PLACES
    whole, part = divmod(scaled.numerator, 10**PLACES)
    return f"{sign}{whole}.{part:0{PLACES}d}".rstrip("0").rstrip(".")


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as CSV by RFC 4180. A text that a spreadsheet would run as a formula gets a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue()


def _safe(cell: Cell) -> str:
    if isinstance(cell, Fraction):
        return decimal_text(cell)
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(_RUNS) else cell
