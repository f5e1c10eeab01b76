"""The worked table as a workbook: real numbers, and a sheet of what holds for all parties, with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from andel.costs.model.sheet import Cell, decimal_text, sheet
from andel.costs.model.wording import worded
from andel.sdk.cost import Allocation
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.sdk.workings import Workings
from andel.shared.formats import Language
from andel.shared.units import unit_noun

_WIDTHS: Final = {"A": 30, "B": 34}
_WIDTH: Final = 18
_ORE_PER_KRONA: Final = 100
_BOLD: Final = Font(bold=True)


def workbook(allocation: Allocation, names: Mapping[str, str], *, digest: str, lang: Language) -> bytes:
    """Write a result as XLSX. Amounts are in kronor; a text is a text, also one that begins with "=".

    Args:
        allocation: the result.
        names: of the parties, by key.
        digest: SHA-256 of the workings, for the second sheet.
        lang: of heads and labels.
    """
    book = Workbook()
    first = book.worksheets[0]
    first.title = Text("Uträkning", "Workings").in_language(lang)
    _fill(first, sheet(allocation, names, lang=lang))
    second = book.create_sheet(Text("Värden och källor", "Values and sources").in_language(lang))
    _fill(second, [*_values(allocation.workings, lang), *_notes(allocation.workings, digest, lang)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _values(workings: Workings, lang: Language) -> list[list[Cell]]:
    """Return what holds for all parties and how each column follows: value, unit, formula, source, date, example."""
    words = {value.name: value.label.in_language(lang) for value in workings.values}
    heads = (
        *(Text("Värde", "Value"), Text("Resultat", "Result"), Text("Enhet", "Unit"), Text("Formel", "Formula")),
        *(Text("Källa", "Source"), Text("Källans dag", "Day of the source"), Text("Exempel", "Example")),
    )
    rows: list[list[Cell]] = [[head.in_language(lang) for head in heads]]
    for scalar in workings.scalars:
        shown = scalar.value / _ORE_PER_KRONA if scalar.unit.startswith("ore") else scalar.value
        about: list[Cell] = [unit_noun(scalar.unit, lang=lang), worded(scalar.formula, words, lang, unit=scalar.unit)]
        rows.append([scalar.label.in_language(lang), shown, *about, *_source(scalar.source, lang)])
    for column in workings.columns:
        per_party = Text("per part", "per party").in_language(lang)
        about = [per_party, unit_noun(column.unit, lang=lang), worded(column.formula, words, lang, unit=column.unit)]
        rows.append([column.label.in_language(lang), *about, *_source(column.source, lang)])
    return rows


def _source(source: Source | None, lang: Language) -> list[Cell]:
    if source is None:
        return ["", "", ""]
    example = Text("ja", "yes").in_language(lang) if source.example else ""
    return [source.title_in(lang), source.date.isoformat() if source.date else "", example]


def _notes(workings: Workings, digest: str, lang: Language) -> list[list[Cell]]:
    notes: list[list[Cell]] = [[], ["SHA-256", digest]]
    return notes + [[finding.code, finding.text.in_language(lang)] for finding in workings.findings]


def _fill(page: Worksheet, rows: Sequence[Sequence[Cell]]) -> None:
    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = page.cell(row=at, column=place)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = TYPE_STRING  # never a formula
            else:
                cell.value = Decimal(decimal_text(value)) if isinstance(value, Fraction) else value
            if at == 1:
                cell.font = _BOLD
    for letter in map(get_column_letter, range(1, len(rows[0]) + 1)):
        page.column_dimensions[letter].width = _WIDTHS.get(letter, _WIDTH)
    page.freeze_panes = "A2"
