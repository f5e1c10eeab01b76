from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andel.sdk.party import Party, PartyError, PartyKind, check_organization_number
from andel.sdk.testing.strategies import organization_number

GOLDEN = ("232100-0016", "232100-0180", "232100-0131")
"""Numbers that regions and the state's own list print."""


@pytest.mark.parametrize("number", GOLDEN)
def test_real_organization_numbers_pass(number: str) -> None:
    assert check_organization_number(number) == number


@pytest.mark.parametrize("number", GOLDEN)
@pytest.mark.parametrize("place", [place for place in range(11) if place != 6])
def test_a_change_of_any_single_digit_is_found(number: str, place: int) -> None:
    for digit in "0123456789":
        if digit != number[place]:
            with pytest.raises(PartyError, match="check digit"):
                check_organization_number(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize(
    "number",
    ["2321000016", "232100-001", "232100-00160", "232100 0016", "23210-00016", "٢٣٢١٠٠-٠٠١٦", "232100-0016\n", ""],
)
def test_any_other_form_is_refused_with_its_place(number: str) -> None:
    with pytest.raises(PartyError, match="is not an organization number") as caught:
        check_organization_number(number, where="tenant.toml: nacka")
    assert caught.value.where == "tenant.toml: nacka"
    assert "NNNNNN-NNNN" in caught.value.remedy


@given(st.integers(0, 999))
def test_made_up_numbers_of_the_examination_pass(index: int) -> None:
    number = organization_number(index)
    assert check_organization_number(number) == number


def _party(key: str, **fields: object) -> Party:
    return Party(key=key, name=key, kind=PartyKind.MUNICIPALITY, **fields)  # type: ignore[arg-type]  # by name


def test_a_party_exists_from_its_first_day_until_the_day_it_is_no_more() -> None:
    party = _party("a", valid_from=date(2020, 7, 1), valid_to=date(2023, 7, 1))
    days = [date(2020, 6, 30), date(2020, 7, 1), date(2023, 6, 30), date(2023, 7, 1)]
    assert [party.exists_on(day) for day in days] == [False, True, True, False]
    assert _party("b").exists_on(date.min)
    assert _party("b").exists_on(date.max)


def test_ties_go_by_organization_number_then_by_key_and_those_without_a_number_last() -> None:
    parties = [
        _party("c"),
        _party("b"),
        _party("z", organization_number="232100-0016"),
        _party("y", organization_number="232100-0180"),
    ]
    assert [party.key for party in sorted(parties, key=lambda party: party.order)] == ["z", "y", "b", "c"]


def test_a_district_is_bound_through_its_city_and_all_others_through_themselves() -> None:
    assert _party("ostermalm", authority="stockholm").legal_authority == "stockholm"
    assert _party("nacka").legal_authority == "nacka"
