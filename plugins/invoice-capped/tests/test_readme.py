"""The docs page says what the model does: its tables are read and computed again."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from andel.sdk.cost import Ceiling, CostRequest, Split
from andel.sdk.workings import Workings
from andel_invoice_capped.model import InvoiceCapped

MODEL = InvoiceCapped()
HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")
ONE_PERCENT = Fraction(1, 100)


def table(heading: str) -> list[dict[str, str]]:
    """Return the rows of the table whose first heading it is."""
    lines = README.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    names = _cells(lines[first])
    rows: list[dict[str, str]] = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(names, _cells(line), strict=True)))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def read(cell: str) -> Fraction:
    number = Fraction(cell.removesuffix("%").replace(" ", ""))
    return number * ONE_PERCENT if cell.endswith("%") else number


def key_of(name: str) -> str:
    return name.lower().translate(str.maketrans("åäö", "aao"))


CEILING_COLUMNS = {
    "Inhabitants": ("inhabitants", 1),
    "Share of the city": ("rest_share", 1),
    "With rest": ("inhabitants_with_rest", 1),
    "Share of all": ("share", 1),
    "Per year": ("per_year", 100),
    "Total": ("total", 100),
}


def ceiling_value(workings: Workings, row: str, column: str) -> Fraction:
    if key_of(row) in workings.rows:
        return workings.column(column).value(workings.rows[key_of(row)])
    name = "all" if row == "Totalt" else key_of(row)
    return workings.scalar(f"{name}_{column.removesuffix('_with_rest')}").value


@pytest.mark.parametrize("row", table("Row"), ids=lambda row: row["Row"])
def test_the_worked_table_of_the_ceiling(row: dict[str, str], stockholm: Callable[..., CostRequest]) -> None:
    result = MODEL.allocate(stockholm(), MODEL.settings_type.read({"mode": "ceiling"}))
    assert isinstance(result, Ceiling)
    compared = 0
    for heading, (column, unit) in CEILING_COLUMNS.items():
        if row[heading]:
            compared += 1
            assert ceiling_value(result.workings, row["Row"], column) == read(row[heading]) * unit, heading
    assert compared >= 5


SPLIT_COLUMNS = {
    "Inhabitants": ("inhabitants", 1),
    "Before cap": ("before_cap", 100),
    "Cap": ("cap_total", 100),
    "Charged before": ("charged_before", 100),
    "Cap left": ("cap_left", 100),
    "Amount": ("amount", 100),
    "Used": ("cap_used", 1),
}


def test_the_worked_table_of_the_split(small: Callable[..., CostRequest]) -> None:
    *rows, region = table("Party")
    cost = re.search(r"A cost of ([\d ]+) kr in (\d{4})", README)
    assert cost is not None
    charged = {key: int(read(row["Charged before"]) * 100) for key, row in zip("abc", rows, strict=True)}
    counts = [int(read(row["Inhabitants"])) for row in rows]
    asked = small(counts, int(cost[2]), int(read(cost[1])) * 100, charged=charged)
    result = MODEL.allocate(asked, MODEL.settings_type.read({"mode": "actual"}))
    assert isinstance(result, Split)
    for place, row in enumerate(rows):
        for heading, (column, unit) in SPLIT_COLUMNS.items():
            assert result.workings.column(column).value(place) == read(row[heading]) * unit, (row["Party"], heading)
    assert result.region == read(region["Amount"]) * 100


def test_the_settings_table_lists_every_setting_with_what_is_filled_in() -> None:
    filled_in = MODEL.settings_type.read({}).plain()
    shown = {row["Setting"].strip("`"): row["Filled in"].strip("`") for row in table("Setting")}
    written = {True: "true", False: "false", None: ""}
    assert shown == {
        name: written[value] if value is None or isinstance(value, bool) else str(value)
        for name, value in filled_in.items()
    }


@pytest.mark.parametrize("row", table("Settings"), ids=lambda row: row["Settings"])
def test_the_promises_table(row: dict[str, str]) -> None:
    settings = dict(part.split(": ") for part in re.findall(r"`([^`]+)`", row["Settings"]))
    promised = MODEL.promised(MODEL.settings_type.read(settings))
    assert sorted(promised - MODEL.promises) == re.findall(r"`([^`]+)`", row["Also"])


def test_the_findings_table_lists_every_finding() -> None:
    source = HERE.parent / "src" / "andel_invoice_capped"
    written = {code for file in source.glob("*.py") for code in re.findall(r'code="(\w+)"', file.read_text("utf-8"))}
    assert {row["Code"].strip("`") for row in table("Code")} == written | {"reconciliation"}
