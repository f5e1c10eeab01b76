from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from andel.costs.model import RegionBook
from andel.costs.pages.workbook import workbook
from andel.costs.service.allocating import Allocator
from andel.sdk.cost import Allocation
from andel.sdk.period import Period

RSS = "/dalarna/tjanster/rss/verksamhet/2026"


@pytest.fixture
def allocation(allocator: Allocator, dalarna: RegionBook) -> Allocation:
    service = dalarna.service("rss")
    return allocator.allocate(service, service.components[0], Period.year(2026)).allocation


def test_the_csv_is_a_file_with_exact_kronor_and_a_mark_that_spreadsheets_read(client: FlaskClient) -> None:
    answer = client.get(f"{RSS}.csv?lang=sv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rss-verksamhet-2026.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Nyckel,Part,Invånare (inv.),Andel (%),Exakt belopp (kr),Belopp (kr)"
    assert next(line for line in lines if line.startswith("mora,")).endswith(",66386.305794832,66386.31")


def test_the_workbook_holds_real_numbers_and_a_sheet_of_values_with_their_sources(client: FlaskClient) -> None:
    answer = client.get(f"{RSS}.xlsx?lang=sv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rss-verksamhet-2026.xlsx"'
    book = load_workbook(BytesIO(answer.data))
    rows = {row[0]: row for row in book["Uträkning"].iter_rows(values_only=True)}
    assert rows["mora"][1:3] == ("Mora", 20419)
    assert rows["mora"][-1] == 66386.31
    values = {row[0]: row for row in book["Värden och källor"].iter_rows(values_only=True)}
    assert values["Kostnad"] == ("Kostnad", 1860000, "kr", None, "Exempel, ingen källa", None, "ja")
    assert values["Belopp: Kommunerna"][3] == "(Kostnad × Del: Kommunerna) avrundat"
    assert values["Invånare"][4:6] == ("SCB via Kolada N01951", "2025-12-31")
    assert str(values["SHA-256"][1])[:16] in client.get(RSS).get_data(as_text=True)


def test_the_files_of_an_earlier_revision_are_of_that_revision(client: FlaskClient) -> None:
    address = "/dalarna/tjanster/synergi/licenser/2025.csv"
    now, before = (client.get(f"{address}{which}").get_data(as_text=True) for which in ("", "?revision=1"))
    assert "mora,Mora,5,25000,25000" in now
    assert "mora,Mora,4,20000,20000" in before


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "@SUM(A1)", "Mora\x07\x00"])
def test_a_name_is_never_a_formula_in_a_workbook(allocation: Allocation, name: str) -> None:
    book = load_workbook(BytesIO(workbook(allocation, {"mora": name}, digest="", lang="en")))
    cell = next(row[1] for row in book["Workings"].iter_rows() if row[0].value == "mora")
    assert cell.data_type == "s"
    assert cell.value == name.replace("\x07", "").replace("\x00", "")


def test_an_amount_in_a_workbook_is_exact_to_nine_decimals(allocation: Allocation) -> None:
    book = load_workbook(BytesIO(workbook(allocation, {}, digest="", lang="sv")))
    row = next(row for row in book["Uträkning"].iter_rows(values_only=True) if row[0] == "mora")
    assert row[4] == 66386.305794832
