from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostRequest, Split
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel_per_user import andel_cost_models
from andel_per_user.model import PerUser

MODEL = PerUser()
REGION = Party(key="region", name="Region Stockholm", kind=PartyKind.REGION)
CENSUS = date(2019, 10, 1)
BUDGET = Money.kronor("3250000.00")
COUNTED = {"botkyrka": 68, "nacka": 912, "solna": 720, "region": 11_300}
"""1 700 municipal users of 13 000, as the agreement counts them; how they are spread is an example."""


def party(key: str) -> Party:
    return Party(key=key, name=key.capitalize(), kind=PartyKind.MUNICIPALITY)


def census(values: Mapping[str, int], day: date = CENSUS) -> FactSeries:
    return FactSeries(name="users", unit="user", reference_date=day, source=Source(title="Avläsning"), values=values)


def request(*facts: FactSeries, amount: Money | None = BUDGET, keys: str = "botkyrka nacka solna") -> CostRequest:
    return CostRequest(
        service="samverkan-vid-vardovergangar",
        component="support",
        period=Period.year(2020),
        region=REGION.key,
        parties=(REGION, *map(party, keys.split())),
        amount=amount,
        amount_source=Source(title="Överenskommelsen"),
        facts=FactBook(facts or (census(COUNTED),)),
    )


def allocate(asked: CostRequest, **settings: object) -> Split:
    result = MODEL.allocate(asked, MODEL.settings_type.read(settings))
    check_replay(result.workings)
    assert sum(result.amounts) + result.region == result.total
    return result


def codes(result: Split) -> list[str]:
    return [finding.code for finding in result.workings.findings]


def test_the_agreement_of_stockholm_gives_250_kr_and_425_000_kr() -> None:
    result = allocate(request())

    assert result.workings.scalar("price").value == 250_00
    assert sum(result.amounts) == 425_000_00
    assert result.region == 2_825_000_00
    assert result.amount_of("botkyrka") == Money.kronor("17000.00")
    assert codes(result) == []


def test_the_region_is_a_user_and_never_a_row() -> None:
    workings = allocate(request()).workings

    assert workings.parties == ("botkyrka", "nacka", "solna")
    assert workings.scalar("region_users").value == 11_300
    assert workings.column("share").value(0) == Fraction(68, 13_000)


def test_users_who_are_not_in_the_count_do_not_change_the_price() -> None:
    outsiders = census(COUNTED | {"psykiatrin": 400})

    result = allocate(request(outsiders))

    assert result.workings.scalar("price").value == 250_00
    assert codes(result) == ["outside"]
    assert "psykiatrin" in result.workings.findings[0].text.sv


def test_the_municipal_part_is_rounded_half_up_and_its_odd_ore_go_to_the_largest_remainders() -> None:
    result = allocate(request(census({"botkyrka": 1, "nacka": 1, "solna": 1, "region": 3}), amount=Money(101)))

    assert result.workings.scalar("parties_part").value == 51  # of 50.5
    assert result.amounts == (17, 17, 17)
    assert result.region == 50

    odd = allocate(request(census({"botkyrka": 2, "nacka": 1, "solna": 1, "region": 4}), amount=Money(101)))

    assert odd.amounts == (25, 13, 13)  # 25.5 is cut, 12.75 are not
    assert odd.workings.remainders[0].takers == ("nacka", "solna")


def test_equal_remainders_go_to_the_lowest_organization_number() -> None:
    first = replace(party("solna"), organization_number="212000-0183")
    second = replace(party("botkyrka"), organization_number="212000-2882")
    asked = request(census({"solna": 1, "botkyrka": 1, "region": 0}), amount=Money(3))

    assert allocate(replace(asked, parties=(second, REGION, first))).amount_of("solna") == Money(2)


@pytest.mark.parametrize(
    ("method", "promise", "kept"),
    [
        ("largest-remainder", Promise.WITHIN_QUOTA, True),
        ("largest-remainder", Promise.HOUSE_MONOTONE, False),
        ("webster", Promise.HOUSE_MONOTONE, True),
        ("webster", Promise.WITHIN_QUOTA, False),
        ("half-up-reconciled", Promise.WITHIN_QUOTA, True),
        ("half-up-reconciled", Promise.HOUSE_MONOTONE, False),
    ],
)
def test_each_method_says_what_it_keeps(method: str, promise: Promise, *, kept: bool) -> None:
    assert (promise in MODEL.promised(MODEL.settings_type.read({"method": method}))) is kept


def test_what_half_up_rounding_misses_is_borne_by_the_region_and_told() -> None:
    counted = census({"botkyrka": 1, "nacka": 1, "solna": 1, "region": 1})

    result = allocate(request(counted, amount=Money(1_33)), method="half-up-reconciled")

    assert result.amounts == (33, 33, 33)  # of 33.33 each, together 100
    assert result.region == 34
    assert codes(result) == ["reconciliation"]


def test_a_party_without_a_count_is_refused_by_name() -> None:
    counted = {key: users for key, users in COUNTED.items() if key not in {"nacka", "region"}}

    with pytest.raises(FactError, match="Nacka och Region Stockholm saknar antal användare för 2019-10-01") as refused:
        allocate(request(census(counted)))
    assert "Läs in Nacka och Region Stockholm" in refused.value.remedy


def test_a_missing_count_is_zero_when_the_settings_say_so() -> None:
    result = allocate(request(census({"botkyrka": 68, "solna": 720, "region": 11_300})), missing_is_zero=True)

    assert result.amount_of("nacka") == Money(0)
    assert codes(result) == ["missing-is-zero"]
    assert "Nacka" in result.workings.findings[0].text.sv


def test_a_census_of_another_day_is_refused() -> None:
    with pytest.raises(FactError, match="är från 2018-10-01, inte från 2019-10-01"):
        allocate(request(census(COUNTED, date(2018, 10, 1))))
    with pytest.raises(FactError, match="2019-10-01 eller tidigare"):
        allocate(request(census(COUNTED, date(2019, 10, 2))))


def test_the_last_census_holds_for_all_when_the_settings_say_so() -> None:
    result = allocate(request(census(COUNTED, date(2018, 10, 1))), earlier_counts=True)

    assert sum(result.amounts) == 425_000_00
    assert codes(result) == ["earlier-count"]
    assert "2018-10-01" in result.workings.findings[0].text.sv


def test_a_party_that_did_not_answer_keeps_its_last_count_and_is_named() -> None:
    answered = {key: users for key, users in COUNTED.items() if key != "nacka"}
    asked = request(census({"nacka": 912}, date(2018, 10, 1)), census(answered))

    result = allocate(asked, earlier_counts=True)

    assert result.amount_of("nacka") == Money.kronor("228000.00")
    assert codes(result) == ["last-count"]
    assert "Nacka har inget antal användare för 2019-10-01" in result.workings.findings[0].text.sv
    assert "2018-10-01" in result.workings.findings[0].text.sv


def test_the_census_before_is_asked_for_only_when_it_may_stand_in() -> None:
    strict, lenient = (MODEL.settings_type.read({"earlier_counts": earlier}) for earlier in (False, True))

    assert [(need.on, need.optional) for need in MODEL.needs(Period.year(2020), strict)] == [(CENSUS, False)]
    assert [(need.on, need.optional) for need in MODEL.needs(Period.year(2020), lenient)] == [
        (CENSUS, False),
        (date(2019, 9, 30), True),
    ]


def test_a_district_that_was_merged_after_the_census_is_counted_by_those_it_succeeded() -> None:
    merged = Period.year(2020)
    on = date(2020, 7, 1)
    parties = (
        REGION,
        replace(party("liljeholmen"), valid_to=on),
        replace(party("alvsjo"), valid_to=on),
        replace(party("hagersten-alvsjo"), valid_from=on),
    )
    asked = replace(
        request(census({"liljeholmen": 30, "alvsjo": 10, "region": 60}), amount=Money.kronor("1000.00")),
        period=merged,
        parties=parties,
        successions=(Succession(predecessors=("liljeholmen", "alvsjo"), successor="hagersten-alvsjo", on=on),),
    )

    result = allocate(asked)

    assert result.parties == ("hagersten-alvsjo",)
    assert result.amounts == (400_00,)
    assert codes(result) == ["succeeded"]


def test_nobody_using_it_is_refused_but_only_the_region_using_it_is_not() -> None:
    nobody = dict.fromkeys(COUNTED, 0)

    with pytest.raises(AllocationError, match="Ingen är användare"):
        allocate(request(census(nobody)))
    assert allocate(request(census(nobody | {"region": 5}))).region == BUDGET.ore


def test_a_component_without_an_amount_and_a_credit_are_refused() -> None:
    with pytest.raises(AllocationError, match="har inget belopp"):
        allocate(request(amount=None))
    with pytest.raises(AllocationError, match="negativ"):
        allocate(request(amount=Money(-1)))


@pytest.mark.parametrize("day", ["10-32", "1 oktober", "02-29", "2019-13-01", ""])
def test_a_day_that_no_calendar_has_is_refused(day: str) -> None:
    with pytest.raises(SettingsError, match="är ingen dag") as refused:
        MODEL.settings_type.read({"counted_on": day})
    assert refused.value.where == "counted_on"


def test_the_distribution_hands_over_its_model() -> None:
    assert [(model.id, model.version) for model in andel_cost_models()] == [("per-user", "1.0.0")]
