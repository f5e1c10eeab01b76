"""A plugin's README is its docs page: its worked tables are computed, its settings and promises are all there.

A worked table is a case in a ``yaml`` block, in the form of ``andel.sdk.testing.casefiles``, and below it a table::

    | | Users | Amount |
    |---|---|---|
    | Älvsund | 30 | 75.00 kr |
    | Region Ås | | 25.00 kr |
    | Sum | | 100.00 kr |

The heads are English labels of the workings' columns. Each party has a row under its name; the region's row and the
sum's have the amount alone. Of each number the decimals that are written are compared, rounded half-up.

Run it with ``test_readme = readme("plugins/even/README.md", [EVEN])`` in a test file of the distribution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from andel.sdk.cost import Allocation, CostModel, Split, Tariff
from andel.sdk.money import half_up
from andel.sdk.testing.casefiles import Case, read_cases
from andel.sdk.workings import Role

_BLOCK = re.compile(r"^```yaml\n(.*?)^```\n(?:\s*\n(\|.*?\n)(?!\|))?", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?(kr|%)?")
_SPACES = re.compile(r"[ \u00a0]")
_FACTORS = {"kr": Fraction(100), "%": Fraction(1, 100), None: Fraction(1)}
_SUM = "Sum"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: its name, and the text of each cell by the head of its column."""

    name: str
    cells: dict[str, str]


def readme(path: Path | str, models: Sequence[CostModel[Any]]) -> Callable[[Path], None]:
    """Return a test function for pytest that checks the README of a distribution."""

    def test_readme(tmp_path: Path) -> None:
        found = differences(Path(path).read_text(encoding="utf-8"), models, tmp_path)
        if found:
            raise AssertionError("\n".join(found))

    return test_readme


def differences(text: str, models: Sequence[CostModel[Any]], folder: Path) -> tuple[str, ...]:
    """Return what the text of a README says that is not so, or does not say; ``folder`` takes its cases as files."""
    found = [*_untold(text, models)]
    blocks = [match.groups() for match in _BLOCK.finditer(text)]
    if not any(table for _, table in blocks):
        found.append("There is no worked table: a case in a yaml block, and a table below it.")
    for number, (case, table) in enumerate(blocks, 1):
        file = folder / f"readme-{number}.yaml"
        file.write_text(case, encoding="utf-8")
        for one in read_cases(file):
            found += one.differences(models)
            if table:
                found += _table_differences(one, models, _rows(table))
    return tuple(found)


def _untold(text: str, models: Sequence[CostModel[Any]]) -> Iterator[str]:
    for model in models:
        for setting in model.settings_type.model_fields:
            if f"`{setting}`" not in text:
                yield f"The setting `{setting}` is not described."
        for promise in sorted(model.promises):
            if f"`{promise}`" not in text:
                yield f"The promise `{promise}` is not named."


def _rows(table: str) -> list[_Row]:
    head, _, *lines = ([cell.strip() for cell in line.strip()[1:-1].split("|")] for line in table.strip().splitlines())
    return [_Row(name, dict(zip(head[1:], cells, strict=True))) for name, *cells in lines]


def _table_differences(case: Case, models: Sequence[CostModel[Any]], rows: Sequence[_Row]) -> Iterator[str]:
    model = next(one for one in models if (one.id, one.version) == (case.model, case.version))
    result = model.allocate(case.request, model.settings_type.read(case.settings))
    names = {party.name: party.key for party in case.request.parties}
    written = [row.name for row in rows]
    wanted = {name for name, key in names.items() if key in result.parties}
    for name in sorted(wanted - set(written)):
        yield f"{case.title}: {name} has no row."
    for row in rows:
        values = _values(result, names.get(row.name, row.name), case.request.region)
        for head, cell in row.cells.items():
            if cell and not _says(cell, values.get(head)):
                yield f"{case.title}: {row.name}, {head}: {cell} is written, it is {values.get(head)}."


def _values(result: Allocation, party: str, region: str) -> dict[str, Fraction]:
    """Return the value under each head in the row of a party, of the region, or of the sum."""
    workings = result.workings
    amount = workings.of_role(Role.AMOUNT)
    heads = amount.label.en if amount else ""
    if party in workings.rows:
        return {cell.label.en: cell.value for cell in workings.row(party)}
    borne = result.region if isinstance(result, Split) else result.residual if isinstance(result, Tariff) else None
    if party == region:
        return {} if borne is None else {heads: Fraction(borne)}
    return {heads: Fraction(sum(result.amounts) + (borne or 0))} if party == _SUM else {}


def _says(cell: str, value: Fraction | None) -> bool:
    match = _NUMBER.fullmatch(_SPACES.sub("", cell))
    if match is None or value is None:
        return False
    whole, decimals, unit = match.groups()
    return half_up(value / _FACTORS[unit], len(decimals or "")) == Fraction(f"{whole}.{decimals or 0}")
