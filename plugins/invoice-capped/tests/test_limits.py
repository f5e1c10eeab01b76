"""The dated table of limits, the settings that choose from it, and how findings write numbers."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from andel.sdk.errors import SettingsError
from andel.sdk.text import Text
from andel_invoice_capped.limits import Category, LimitError, limit_on, limits
from andel_invoice_capped.settings import InvoiceCappedSettings, anniversary
from andel_invoice_capped.words import kronor, listed, number, percent


@pytest.mark.parametrize(
    ("day", "kronor_then"),
    [
        (date(2014, 1, 1), 270_964),
        (date(2014, 7, 1), 505_800),
        (date(2016, 1, 1), 534_890),
        (date(2019, 12, 31), 586_907),
        (date(2020, 1, 1), 615_312),
        (date(2021, 12, 31), 615_312),
        (date(2022, 1, 31), 626_284),
        (date(2022, 2, 1), 700_000),
    ],
)
def test_the_limit_of_a_day(day: date, kronor_then: int) -> None:
    assert limit_on(day, Category.GOODS_SERVICES).amount == kronor_then * 100


@pytest.mark.parametrize(
    ("day", "kronor_then"),
    [(date(2022, 2, 1), 7_802_550), (date(2023, 12, 31), 7_802_550), (date(2024, 1, 1), 8_109_450)],
)
def test_social_and_special_services_have_a_limit_of_their_own(day: date, kronor_then: int) -> None:
    assert limit_on(day, Category.SPECIAL_SERVICES).amount == kronor_then * 100


@pytest.mark.parametrize("category", list(Category))
def test_each_limit_follows_the_one_before_without_a_gap(category: Category) -> None:
    rows = sorted((row for row in limits() if row.category is category), key=lambda row: row.valid_from)
    assert [row.valid_to for row in rows] == [*(row.valid_from for row in rows[1:]), None]


def test_a_limit_that_is_a_part_of_the_threshold_is_that_part_in_whole_kronor() -> None:
    checked = 0
    for row in limits():
        part, _, threshold = row.basis.partition(" % av ")
        digits = threshold.replace(" ", "")
        if digits.isdigit():
            checked += 1
            assert row.amount == int(part) * int(digits) // 100 * 100
    assert checked == 5


def test_every_limit_names_its_source_and_its_first_day() -> None:
    for row in limits():
        cited = row.cited()
        assert row.source in cited.title
        assert cited.date == row.valid_from


def test_before_the_table_begins_there_is_no_limit() -> None:
    with pytest.raises(LimitError, match="2022-02-01"):
        limit_on(date(2021, 1, 1), Category.SPECIAL_SERVICES)


@pytest.mark.parametrize(
    "values",
    [
        {"limit_date": "2013-12-31"},
        {"procurement_started": "2013-12-31"},
        {"category": "special-services", "limit_date": "2020-09-01"},
    ],
)
def test_settings_of_a_day_without_a_limit_are_refused_in_both_languages(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        InvoiceCappedSettings.read(values)
    [complaint] = caught.value.complaints
    assert isinstance(complaint.what, Text)
    assert complaint.what.sv.startswith("Det finns inget gränsbelopp")
    assert complaint.what.en.startswith("There is no limit")


def test_without_any_setting_the_agreement_of_2020_is_read() -> None:
    settings = InvoiceCappedSettings.read({})
    assert settings.limit.amount == 61_531_200
    assert settings.term_end == date(2029, 1, 1)


def test_every_setting_is_described_in_both_languages() -> None:
    words = InvoiceCappedSettings.schema_words()
    assert set(words) == set(InvoiceCappedSettings.model_fields)
    for title, help_text in words.values():
        assert all([title.sv, title.en, help_text.sv, help_text.en])
        assert help_text.sv != help_text.en


def test_settings_are_read_back_from_plain_data() -> None:
    settings = InvoiceCappedSettings.read({"rounding": "webster", "procurement_started": "2019-05-01"})
    assert InvoiceCappedSettings.read(settings.plain()) == settings
    assert InvoiceCappedSettings.read(settings.plain()).digest == settings.digest


def test_a_misspelt_setting_is_answered_with_the_right_name() -> None:
    with pytest.raises(SettingsError, match='Did you mean "cap_basis"'):
        InvoiceCappedSettings.read({"cap_bases": "limit"})


def test_the_29th_of_february_becomes_the_28th_in_other_years() -> None:
    assert anniversary(date(2024, 2, 29), 2025) == date(2025, 2, 28)
    assert anniversary(date(2024, 2, 29), 2028) == date(2028, 2, 29)
    assert InvoiceCappedSettings.read({"term_start": "2024-02-29"}).term_end == date(2032, 2, 29)


def test_a_limit_whose_source_is_older_than_the_day_chosen_is_marked() -> None:
    row = limit_on(date(2026, 1, 1), Category.GOODS_SERVICES)
    assert row.sourced_to is not None
    assert row.sourced_to < date(2026, 1, 1) - timedelta(days=1)


def test_numbers_are_written_in_both_languages() -> None:
    assert number(Fraction("130365.433"), 3) == Text("130\u00a0365,433", "130,365.433")
    assert number(Fraction(1, 2)) == Text("1", "1")
    assert kronor(61_531_200) == Text("615\u00a0312\u00a0kr", "SEK\u00a0615,312")
    assert kronor(18_478_264, 2) == Text("184\u00a0782,64\u00a0kr", "SEK\u00a0184,782.64")
    assert percent(Fraction(10_002, 10_000)) == Text("100,02\u00a0%", "100.02%")
    assert listed(["A"]) == Text("A", "A")
    assert listed(["A", "B", "C"]) == Text("A, B och C", "A, B and C")
    assert listed(["A", "B", "C", "D", "E"]) == Text("A, B, C och 2 till", "A, B, C and 2 more")
