"""The table of the agreement of 2020, Bilaga 3, from inhabitants alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from andel.sdk.cost import Ceiling, CostRequest
from andel.sdk.facts import FactBook
from andel.sdk.money import half_up
from andel.sdk.party import Party, PartyKind
from andel.sdk.replay import check_replay, replay
from andel.sdk.workings import Column, Scalar, Workings
from andel_invoice_capped.model import InvoiceCapped

MODEL = InvoiceCapped()
LIMIT = 61_531_200


def ceiling(request: CostRequest, **settings: object) -> Ceiling:
    result = MODEL.allocate(request, MODEL.settings_type.read({"mode": "ceiling", **settings}))
    assert isinstance(result, Ceiling)
    return result


@pytest.fixture(name="table", scope="module")
def _table(stockholm: Callable[..., CostRequest]) -> Ceiling:
    return ceiling(stockholm(merged=False))


def value(workings: Workings, row: str, column: str) -> Fraction:
    """Return a number of the workings: a party's from its column, a city's and the total's from their scalars."""
    if row in workings.rows:
        return workings.column(column).value(workings.rows[row])
    name = "all" if row == "totalt" else row
    match column:
        case "inhabitants_with_rest":
            return workings.scalar(f"{name}_inhabitants").value
        case "rest_share":
            return workings.column(column).total()
        case _:
            return workings.scalar(f"{name}_{column}").value


def test_every_printed_number_comes_out_from_inhabitants_alone(
    table: Ceiling, printed: tuple[str, str, Fraction]
) -> None:
    row, column, shown = printed
    found = value(table.workings, row, column)
    assert (half_up(found) if column == "inhabitants_with_rest" else found) == shown


def test_there_are_156_printed_numbers(all_printed: Sequence[object]) -> None:
    assert len(all_printed) == 156


def test_the_printed_rows_are_25_municipalities_and_14_districts_and_never_the_city(table: Ceiling) -> None:
    assert len(table.parties) == 39
    assert "stockholm" not in table.parties
    assert "totalt" not in table.parties


def test_the_largest_district_pays_the_limit_and_sets_the_price(table: Ceiling) -> None:
    workings = table.workings
    assert table.amount_of("sodermalm").ore == LIMIT
    assert workings.scalar("largest").value == Fraction("130365.433")
    assert workings.scalar("price").value == Fraction(LIMIT) / Fraction("130365.433")
    assert half_up(workings.scalar("price").value / 100, 9) == Fraction("4.719901479")
    assert half_up(workings.scalar("price_per_year").value / 100, 9) == Fraction("0.589987685")


def test_the_rest_of_2446_is_given_out_by_the_rounded_share_and_kept_unrounded(table: Ceiling) -> None:
    workings = table.workings
    assert workings.scalar("stockholm_rest").value == 2_446
    assert value(workings, "sodermalm", "rest_share") == Fraction("0.1355")
    assert value(workings, "sodermalm", "inhabitants_with_rest") == 130_034 + 2_446 * Fraction("0.1355")


def test_every_value_of_the_table_follows_from_its_formula(table: Ceiling) -> None:
    check_replay(table.workings)
    workings = table.workings
    named: tuple[Scalar | Column, ...] = (*workings.scalars, *workings.columns)
    inputs = {each.name: each.source for each in named if not each.formula}
    assert set(inputs) == {"limit", "term_years", "stockholm_inhabitants", "inhabitants", "in_stockholm"}
    assert None not in inputs.values()


def test_a_changed_number_is_found_by_computing_the_table_again(table: Ceiling) -> None:
    workings = table.workings
    total = workings.column("total")
    forged = replace(total, numerators=(total.numerators[0] + 100, *total.numerators[1:]))
    columns = tuple(forged if column.name == "total" else column for column in workings.columns)
    assert [found.name for found in replay(replace(workings, columns=columns))] == ["total"]


def findings(result: Ceiling) -> dict[str, tuple[str, str]]:
    plain = str.maketrans("\u00a0", " ")
    found = {each.code: each.text for each in result.workings.findings}
    return {code: (text.sv.translate(plain), text.en.translate(plain)) for code, text in found.items()}


@pytest.mark.parametrize(
    ("code", "swedish", "english"),
    [
        ("share_sum", ["100,02 %"], ["100.02%"]),
        (
            "column_sums",
            ["1 383 005 kr per år", "11 064 032 kr", "1 383 004 kr", "11 064 034 kr"],
            ["SEK 1,383,005 per year", "SEK 11,064,032", "SEK 1,383,004", "SEK 11,064,034"],
        ),
        ("printed_price", ["0,589987685", "0,589,", "0,590", "35 av 41"], ["0.589987685", "0.589,", "35 of 41"]),
        (
            "authority_above_limit",
            ["14 stadsdelar", "4 541 272 kr", "615 312 kr", "avgör inte vad som är lagligt"],
            ["14 districts", "SEK 4,541,272", "SEK 615,312", "does not settle what is lawful"],
        ),
    ],
)
def test_what_the_printed_table_hides_is_said_in_both_languages(
    table: Ceiling, code: str, swedish: list[str], english: list[str]
) -> None:
    sv, en = findings(table)[code]
    assert [part for part in swedish if part not in sv] == []
    assert [part for part in english if part not in en] == []


def test_the_table_has_these_findings_and_no_others(table: Ceiling) -> None:
    assert list(findings(table)) == ["share_sum", "column_sums", "printed_price", "authority_above_limit"]


def test_a_procurement_started_in_2019_is_told_the_other_limit_and_changes_no_amount(
    stockholm: Callable[..., CostRequest], table: Ceiling
) -> None:
    result = ceiling(stockholm(merged=False), procurement_started="2019-05-01")
    sv, en = findings(result)["transition_rule"]
    assert "586 907 kr" in sv
    assert "615 312 kr" in sv
    assert "SEK 586,907" in en
    assert result.amounts == table.amounts


def test_a_procurement_started_under_the_same_limit_needs_no_finding(stockholm: Callable[..., CostRequest]) -> None:
    assert "transition_rule" not in findings(ceiling(stockholm(), procurement_started="2021-03-01"))


def test_the_limit_of_2019_gives_the_other_table(stockholm: Callable[..., CostRequest]) -> None:
    result = ceiling(stockholm(), limit_date="2019-06-01")
    assert result.amount_of("sodermalm").ore == 58_690_700


def test_the_table_of_2018_is_the_same_after_the_districts_have_merged(
    stockholm: Callable[..., CostRequest], table: Ceiling
) -> None:
    later = ceiling(stockholm(2024, merged=True))
    assert later.amounts == table.amounts
    assert later.workings.digest == table.workings.digest


def test_the_order_of_the_parties_changes_nothing(stockholm: Callable[..., CostRequest], table: Ceiling) -> None:
    asked = stockholm(merged=False)
    turned = ceiling(replace(asked, parties=asked.parties[::-1]))
    assert turned.workings.digest == table.workings.digest


def test_half_a_krona_is_rounded_up(small: Callable[..., CostRequest]) -> None:
    # 615 312 kr / 32 inhabitants = 19 228.50 kr for one; 38 457.00 kr for two; a year is 2 403.5625 and 4 807.125
    result = ceiling(small([32, 1, 2]))
    assert [result.amount_of(key).ore for key in "abc"] == [LIMIT, 19_229_00, 38_457_00]
    assert result.workings.column("per_year").numerators == (76_914_00, 2_404_00, 4_807_00)
    check_replay(result.workings)


def test_half_a_hundredth_of_a_percent_is_rounded_up(small: Callable[..., CostRequest]) -> None:
    result = ceiling(small([19_999, 1]))
    assert result.workings.column("share").values() == (Fraction(1), Fraction(1, 10_000))


def test_half_a_hundredth_of_a_percent_of_the_city_is_rounded_up(small: Callable[..., CostRequest]) -> None:
    result = ceiling(with_districts(small([20_100]), {"a": [19_999, 1]}))
    shares, basis = (result.workings.column(name).values() for name in ("rest_share", "inhabitants_with_rest"))
    assert shares == (Fraction(1), Fraction(1, 10_000))
    assert basis == (Fraction(20_099), 1 + 100 * Fraction(1, 10_000))


def test_a_city_without_districts_is_a_municipality_like_the_others(small: Callable[..., CostRequest]) -> None:
    result = ceiling(small([200, 100]))
    assert result.amounts == (LIMIT, LIMIT // 2)
    assert [column.name for column in result.workings.columns] == [
        "inhabitants",
        "inhabitants_with_rest",
        "share",
        "per_year",
        "total",
    ]


def test_a_limit_beyond_its_source_is_to_be_checked(small: Callable[..., CostRequest]) -> None:
    sv, en = findings(ceiling(small([2, 1]), limit_date="2026-01-01"))["limit_source"]
    assert "700 000 kr är belagt till och med 2024-12-31" in sv
    assert "Check that it held on 2026-01-01" in en


def with_districts(request: CostRequest, cities: Mapping[str, Sequence[int]]) -> CostRequest:
    """Give the cities districts with so many inhabitants: b's are b1, b2 ..."""
    counts = {f"{city}{place}": count for city, counts in cities.items() for place, count in enumerate(counts, 1)}
    districts = [Party(key=key, name=key.upper(), kind=PartyKind.DISTRICT, authority=key[0]) for key in counts]
    [whole] = request.facts.series
    inner = replace(whole, name="district_inhabitants", values=counts)
    return replace(request, parties=(*request.parties, *districts), facts=FactBook((whole, inner)))


def test_two_cities_are_each_divided_among_their_own_districts(small: Callable[..., CostRequest]) -> None:
    both = with_districts(small([100, 80, 40]), {"b": [30, 40], "c": [10, 30]})
    for cap_per in ("party", "authority"):
        result = ceiling(both, cap_per=cap_per)
        check_replay(result.workings)
        assert result.parties == ("a", "b1", "b2", "c1", "c2")
        assert [result.workings.scalar(f"{city}_rest").value for city in "bc"] == [10, 0]
        assert result.workings.scalar("all_inhabitants").value == 220
        assert value(result.workings, "b1", "inhabitants_with_rest") == 30 + 10 * Fraction("0.4286")
        assert value(result.workings, "c1", "inhabitants_with_rest") == 10


def test_rest_left_out_is_counted_for_no_one_and_told(stockholm: Callable[..., CostRequest]) -> None:
    result = ceiling(stockholm(), rest="leave")
    check_replay(result.workings)
    assert result.workings.scalar("largest").value == 130_034
    assert result.workings.scalar("all_inhabitants").value == 2_344_124
    assert "2 446" in findings(result)["rest_left"][0]


def test_with_one_limit_per_authority_the_districts_share_615_312_kronor(
    stockholm: Callable[..., CostRequest], table: Ceiling
) -> None:
    result = ceiling(stockholm(), cap_per="authority")
    check_replay(result.workings)
    districts = result.workings.column("in_stockholm").numerators
    inside = [ore for ore, member in zip(result.amounts, districts, strict=True) if member]
    assert sum(inside) == LIMIT == result.workings.scalar("stockholm_total").value
    assert result.amount_of("sodermalm").ore == 8_337_100
    assert result.amount_of("botkyrka") == table.amount_of("botkyrka")
    assert "615 312 kr" in findings(result)["authority_shares_limit"][0]
