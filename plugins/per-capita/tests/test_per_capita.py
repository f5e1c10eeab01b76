from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostRequest, Split
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money, half_up
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel_per_capita import andel_cost_models
from andel_per_capita.model import PerCapita

MODEL = PerCapita()
REGION = Party(key="region", name="Regionen", kind=PartyKind.REGION)
YEAR_END = date(2025, 12, 31)
HALF_AND_HALF = [
    {"name": "regionen", "part": "50 %", "kinds": ["region"]},
    {"name": "kommunerna", "part": "50 %", "kinds": ["municipality"]},
]
THIRTY_SEVENTY = [
    {"name": "kommunerna", "part": "30 %", "kinds": ["municipality"]},
    {"name": "regionen", "part": "70 %", "members": ["region"]},
]
SMALL = {"ystad": 2, "lund": 1, "osby": 1}


def counted(region: str, day: date) -> dict[str, int]:
    with (Path(__file__).parent / "data" / "inhabitants.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == region and row["date"] == day.isoformat()]
    return {row["municipality"]: int(row["inhabitants"]) for row in rows}


def series(values: Mapping[str, int], day: date, name: str = "inhabitants") -> FactSeries:
    unit = {"inhabitants": "inhabitant", "transactions": "transaction"}[name]
    return FactSeries(name=name, unit=unit, reference_date=day, source=Source(title="SCB"), values=values)


def municipality(key: str) -> Party:
    return Party(key=key, name=key.capitalize(), kind=PartyKind.MUNICIPALITY)


def request(values: Mapping[str, int], *, day: date = YEAR_END, ore: int, name: str = "inhabitants") -> CostRequest:
    return CostRequest(
        service="gemensam-digitalisering",
        component="drift",
        period=Period.year(2027),
        region=REGION.key,
        parties=(REGION, *map(municipality, values)),
        amount=Money(ore),
        facts=FactBook((series(values, day, name),)),
    )


def allocate(asked: CostRequest, groups: Sequence[Mapping[str, object]] = HALF_AND_HALF, **settings: object) -> Split:
    read = MODEL.settings_type.read({"groups": groups, "counted_on": "2025-12-31"} | settings)
    result = MODEL.allocate(asked, read)
    check_replay(result.workings)
    assert sum(result.amounts) + result.region == result.total
    return result


def codes(result: Split) -> list[str]:
    return [finding.code for finding in result.workings.findings]


def test_the_region_and_the_33_municipalities_of_skane_bear_half_each() -> None:
    result = allocate(request(counted("skane", YEAR_END), ore=2_400_000_00))

    assert len(result.parties) == 33
    assert result.region == 1_200_000_00
    assert result.workings.scalar("group_sum").value == 1_433_082
    assert half_up(result.workings.scalar("price").value / 100, 4) == Fraction("0.8374")
    assert result.amount_of("Lund") == Money.kronor("110809.85")
    assert half_up(Fraction(result.amount_of("Malmö").ore, 100)) == 308_083
    assert codes(result) == []


def test_inhabitants_of_a_fixed_day_hold_for_every_period() -> None:
    day = date(2019, 12, 31)

    result = allocate(request(counted("skane", day), day=day, ore=1_000_000_01), counted_on="2019-12-31")

    assert result.workings.scalar("group_sum").value == 1_377_827
    assert sum(result.amounts) == 500_000_01  # the odd öre of the halves is rounded up, the region has the rest
    assert result.region == 500_000_00


def test_the_49_municipalities_of_vastra_gotaland_bear_30_percent() -> None:
    result = allocate(request(counted("vastra-gotaland", YEAR_END), ore=1_000_000_00), THIRTY_SEVENTY)

    assert len(result.parties) == 49
    assert sum(result.amounts) == 300_000_00
    assert result.region == 700_000_00


def test_30_june_of_the_year_before_is_asked_for_and_31_december_refused() -> None:
    asked = request(counted("vastra-gotaland", YEAR_END), ore=1_000_000_00)

    with pytest.raises(FactError, match="är från 2025-12-31, inte från 2026-06-30"):
        allocate(asked, THIRTY_SEVENTY, counted_on="06-30")


def test_another_day_holds_when_the_settings_allow_it_and_is_told() -> None:
    asked = request(counted("vastra-gotaland", YEAR_END), ore=1_000_000_00)

    result = allocate(asked, THIRTY_SEVENTY, counted_on="06-30", earlier_counts=True)

    assert codes(result) == ["earlier-count"]
    assert "2025-12-31" in result.workings.findings[0].text.sv
    assert "2026-06-30" in result.workings.findings[0].text.sv


def test_a_part_of_a_year_is_not_prorated_because_the_amount_is_the_periods() -> None:
    year = request(SMALL, ore=8_00)
    quarter = replace(year, period=Period(date(2027, 1, 1), date(2027, 4, 1)))

    assert allocate(quarter).amounts == allocate(year).amounts == (1_00, 1_00, 2_00)


def test_ties_go_to_the_lowest_organization_number_whatever_the_order() -> None:
    parties = (
        replace(municipality("lund"), organization_number="212000-1132"),
        replace(municipality("osby"), organization_number="212000-0902"),
        replace(municipality("ystad"), organization_number="212000-1181"),
    )
    asked = replace(request(dict.fromkeys(SMALL, 1), ore=8), parties=(*parties, REGION))

    result = allocate(asked)

    assert result.amount_of("osby") == Money(2)
    assert result.amounts == (2, 1, 1)
    assert result.workings.remainders[0].takers == ("osby",)
    assert allocate(replace(asked, parties=asked.parties[::-1])).workings.digest == result.workings.digest


def test_the_methods_differ_and_each_replays() -> None:
    asked = request({"lund": 6, "osby": 1, "ystad": 1}, ore=10)  # of the municipalities' 5: 3.75, 0.625, 0.625
    by_method = {
        method: allocate(asked, method=method) for method in ("largest-remainder", "webster", "half-up-reconciled")
    }

    assert by_method["largest-remainder"].amounts == (4, 1, 0)
    assert by_method["webster"].amounts == (3, 1, 1)
    assert by_method["half-up-reconciled"].amounts == (4, 1, 1)
    assert by_method["half-up-reconciled"].region == 4
    assert codes(by_method["half-up-reconciled"]) == ["reconciliation"]


def test_webster_keeps_house_monotony_that_largest_remainder_loses() -> None:
    values = {"lund": 603, "osby": 603, "ystad": 194}  # the Alabama paradox

    def smallest(method: str, total: int) -> int:
        return allocate(request(values, ore=2 * total), method=method).amount_of("ystad").ore

    totals = range(1, 60)
    fallen = [t for t in totals if smallest("largest-remainder", t + 1) < smallest("largest-remainder", t)]
    assert fallen
    assert all(smallest("webster", total + 1) >= smallest("webster", total) for total in totals)


@pytest.mark.parametrize(
    ("method", "groups", "kept"),
    [
        ("largest-remainder", HALF_AND_HALF, {Promise.WITHIN_QUOTA}),
        ("webster", HALF_AND_HALF, {Promise.HOUSE_MONOTONE}),
        ("half-up-reconciled", HALF_AND_HALF, {Promise.WITHIN_QUOTA}),
        ("webster", [{"name": str(n), "part": "1/3", "members": [str(n)]} for n in range(3)], set()),
    ],
)
def test_each_method_says_what_it_keeps(
    method: str, groups: Sequence[Mapping[str, object]], kept: set[Promise]
) -> None:
    read = MODEL.settings_type.read({"groups": groups, "counted_on": "12-31", "method": method})

    assert MODEL.promised(read) == {Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO} | kept


def three_groups(values: Mapping[str, int], ore: int) -> Split:
    groups = [
        {"name": "regionen", "part": "50 %", "kinds": ["region"]},
        {"name": "kommunerna", "part": "1/3", "kinds": ["municipality"]},
        {"name": "staden", "part": "1/6", "members": ["lund"]},
    ]
    return allocate(request(values, ore=ore), groups)


def test_several_groups_divide_each_its_own_part_and_the_parts_leave_no_ore_over() -> None:
    result = three_groups({"lund": 7, "osby": 1, "ystad": 2}, 100)

    assert [result.workings.scalar(f"group_amount_{n}").value for n in (1, 2)] == [33, 17]  # 33.33, then 50 - 33
    assert result.region == 50
    assert result.amount_of("lund") == Money(17)
    assert result.amount_of("osby") == Money(11)
    assert result.amount_of("ystad") == Money(22)


def test_a_listed_party_leaves_the_group_of_its_kind() -> None:
    result = three_groups({"lund": 7, "osby": 1, "ystad": 2}, 100)

    column = result.workings.column("in_2")
    assert dict(zip(result.parties, column.numerators, strict=True)) == {"lund": 1, "osby": 0, "ystad": 0}


def test_the_municipalities_alone_can_bear_all_of_it() -> None:
    result = allocate(request(SMALL, ore=7), [{"name": "kommunerna", "part": "100 %", "kinds": ["municipality"]}])

    assert sum(result.amounts) == 7
    assert result.region == 0


def group(name: str, part: str, *members: str, kind: str = "") -> dict[str, object]:
    return {"name": name, "part": part, "members": list(members), "kinds": [kind] if kind else []}


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([group("a", "50 %", kind="region"), group("b", "45 %", kind="municipality")], "blir 95 %, inte"),
        ([group("a", "1/3", kind="region"), group("b", "1/3", kind="district")], "blir 66,67 % (2/3), inte"),
        ([group("a", "100 %")], "varken slag av parter eller medlemmar"),
        ([group("a", "1/2", "x"), group("b", "1/2", "x")], '"x" står i två grupper'),
        ([group("a", "1/2", "x"), group("a", "1/2", "y")], '"a" står i två grupper'),
        ([group("a", "1/2", kind="region"), group("b", "1/2", kind="region")], '"region" står i två grupper'),
    ],
)
def test_groups_that_cannot_be_right_are_refused_in_words(groups: list[dict[str, object]], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        MODEL.settings_type.read({"groups": groups, "counted_on": "12-31"})

    complaint = refused.value.complaints[0]
    assert words in str(complaint.what)
    assert complaint.where == "groups"
    assert complaint.in_language("en").what != complaint.in_language("sv").what


def test_the_day_of_the_count_must_be_stated() -> None:
    with pytest.raises(SettingsError, match="counted_on"):
        MODEL.settings_type.read({"groups": HALF_AND_HALF})


def test_the_region_among_others_is_refused() -> None:
    groups = [{"name": "alla", "part": "1", "kinds": ["region", "municipality"]}]
    with pytest.raises(AllocationError, match="Ingen grupp utom regionens"):
        allocate(request(SMALL, ore=7), groups)
    with pytest.raises(AllocationError, match="Regionen är inte ensam i gruppen alla: Lund"):
        allocate(
            request(SMALL, ore=7),
            [
                {"name": "alla", "part": "1/2", "kinds": ["region"], "members": ["lund"]},
                {"name": "andra", "part": "1/2", "kinds": ["municipality"]},
            ],
        )


def test_a_group_without_parties_and_a_key_that_is_no_party_are_refused() -> None:
    with pytest.raises(AllocationError, match="Gruppen distrikten har ingen part"):
        allocate(
            request(SMALL, ore=7), [*THIRTY_SEVENTY[1:], {"name": "distrikten", "part": "30 %", "kinds": ["district"]}]
        )
    with pytest.raises(AllocationError, match='räknar upp "lundh"') as refused:
        allocate(request(SMALL, ore=7), [THIRTY_SEVENTY[1], group("a", "30 %", "lundh")])
    assert refused.value.remedy == 'Did you mean "lund"?'


def test_a_group_without_inhabitants_is_refused() -> None:
    with pytest.raises(AllocationError, match="invånare är noll för alla"):
        allocate(request(dict.fromkeys(SMALL, 0), ore=7))


def test_a_party_in_no_group_bears_nothing_and_is_named() -> None:
    alliance = Party(key="vastkom", name="VästKom", kind=PartyKind.ASSOCIATION)
    asked = request(SMALL, ore=8_00)

    result = allocate(replace(asked, parties=(*asked.parties, alliance)))

    assert "vastkom" not in result.parties
    assert codes(result) == ["no-group"]
    assert "VästKom" in result.workings.findings[0].text.en


def test_a_municipality_without_inhabitants_of_the_day_is_refused_by_name() -> None:
    asked = request(SMALL, ore=8_00)
    with pytest.raises(FactError, match="Malmö saknar antal invånare"):
        allocate(replace(asked, parties=(*asked.parties, municipality("malmö"))))


def deviating(decisions: Mapping[str, str]) -> Split:
    asked = request(SMALL, ore=8_00, name="transactions")
    return allocate(asked, deviating_key={"fact": "transactions", "decisions": decisions})


def test_a_deviating_key_without_every_principals_decision_is_refused_and_names_who_is_missing() -> None:
    with pytest.raises(AllocationError, match="saknar beslut av: Osby, Regionen") as refused:
        deviating({"ystad": "2026/12 § 4", "lund": "2026/88 § 31"})
    assert "diarienummer" in refused.value.remedy


def test_a_deviating_key_that_all_have_decided_holds_and_the_workings_show_the_decisions() -> None:
    decisions = {key: f"2026/{number} § 9" for number, key in enumerate(["region", *SMALL])}

    result = deviating(decisions)

    assert result.amount_of("ystad") == Money(2_00)
    assert result.workings.column("key").unit == "transaction"
    assert codes(result) == ["deviating-key"]
    assert "Osby 2026/3 § 9" in result.workings.findings[0].text.sv


def test_a_city_decides_for_its_districts() -> None:
    city = replace(municipality("osby"), kind=PartyKind.DISTRICT, authority="lund")
    asked = request({"lund": 1, "osby": 1}, ore=8_00, name="transactions")
    groups = [HALF_AND_HALF[0], {"name": "resten", "part": "50 %", "members": ["lund", "osby"]}]
    key = {"fact": "transactions", "decisions": {"region": "1 § 1", "lund": "2 § 2"}}

    result = allocate(replace(asked, parties=(*asked.parties[:2], city)), groups, deviating_key=key)

    assert result.amounts == (2_00, 2_00)


def test_an_empty_decision_is_no_decision() -> None:
    with pytest.raises(SettingsError):
        deviating(dict.fromkeys(["region", *SMALL], " "))


def test_the_distribution_hands_over_its_model() -> None:
    assert [(model.id, model.version) for model in andel_cost_models()] == [("per-capita", "1.0.0")]
