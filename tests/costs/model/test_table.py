from __future__ import annotations

from fractions import Fraction

from andel.app import Installation
from andel.costs.model import RegionBook
from andel.costs.model.sheet import csv_text, decimal_text, sheet
from andel.costs.model.table import steps, worked_table
from andel.costs.service.allocating import Allocator
from andel.sdk.period import Period


def test_the_rows_stand_in_swedish_order_and_add_up_with_the_regions_own(
    allocator: Allocator, dalarna: RegionBook
) -> None:
    service = dalarna.service("rss")
    result = allocator.allocate(service, service.components[0], Period.year(2026))
    table = worked_table(result.allocation, dalarna.parties.names())
    names = [row.name for row in table.rows]
    assert names[-1] == "Älvdalen"
    assert names[:2] == ["Avesta", "Borlänge"]
    assert table.sums[table.amount_at] == 930_000_00
    assert table.own == 930_000_00


def test_the_steps_end_in_the_amount_and_start_with_inputs_that_name_their_source(
    allocator: Allocator, dalarna: RegionBook
) -> None:
    service = dalarna.service("rss")
    result = allocator.allocate(service, service.components[0], Period.year(2026))
    told = steps(result.allocation.workings, "mora", lang="sv")
    assert told[-1].value == "66\u00a0386,31\u00a0kr"
    assert told[0].source is not None
    assert told[0].value == "1\u00a0860\u00a0000\u00a0kr"
    assert any(step.value == "20\u00a0419\u00a0inv." for step in told)
    assert "öre blev över" in told[-1].note


def test_a_step_tells_what_a_division_is_for_the_row_and_never_a_sum_of_one_value(
    allocator: Allocator, dalarna: RegionBook
) -> None:
    service = dalarna.service("rss")
    result = allocator.allocate(service, service.components[0], Period.year(2026))
    told = steps(result.allocation.workings, "mora", lang="sv")
    plain = told[-1].formula.replace("\u00a0", " ")
    assert plain == "930 000 kr × 20 419 inv. / 286 048 inv., största resten"


def test_the_steps_of_a_municipality_leave_out_what_only_concerns_the_districts_of_a_city(
    instance: Installation,
) -> None:
    book = instance.book("stockholm")
    service = book.service("samverkan-vardovergangar")
    result = Allocator(book, instance.view("stockholm")).allocate(service, service.component("tak"), Period.year(2026))
    own = [step.label for step in steps(result.allocation.workings, "botkyrka", lang="sv")]
    city = [step.label for step in steps(result.allocation.workings, "sodermalm", lang="sv")]
    assert "Stockholm, utan adress (rest)" not in own
    assert "Stockholm, utan adress (rest)" in city


def test_a_sheet_gives_kronor_exactly_and_never_a_formula(allocator: Allocator, dalarna: RegionBook) -> None:
    service = dalarna.service("rss")
    result = allocator.allocate(service, service.components[0], Period.year(2026))
    names = dalarna.parties.names() | {"mora": "=HYPERLINK(1)"}
    text = csv_text(sheet(result.allocation, names, lang="sv"))
    assert "66386.31" in text
    assert "\r\nmora,'=HYPERLINK(1)," in text
    assert "Regionen bär" in text


def test_a_fraction_is_written_with_at_most_nine_decimals() -> None:
    assert decimal_text(Fraction(2, 3)) == "0.666666667"
    assert decimal_text(Fraction(-1, 4)) == "-0.25"
    assert decimal_text(Fraction(10)) == "10"
