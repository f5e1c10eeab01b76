"""A year's cost under the caps: who pays, who has met its cap, and who bears the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostRequest, Split
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel.sdk.stored import read_workings
from andel_invoice_capped.model import InvoiceCapped

MODEL = InvoiceCapped()
Ask = Callable[..., CostRequest]
LIMIT = 61_531_200


def split(request: CostRequest, **settings: object) -> Split:
    result = MODEL.allocate(request, MODEL.settings_type.read({"mode": "actual", **settings}))
    assert isinstance(result, Split)
    assert sum(result.amounts) + result.region == result.total
    check_replay(result.workings)
    assert read_workings(result.workings.canonical) == result.workings
    return result


def amounts(result: Split) -> dict[str, int]:
    return dict(zip(result.parties, result.amounts, strict=True))


def codes(result: Split) -> list[str]:
    return [finding.code for finding in result.workings.findings]


def column(result: Split, name: str) -> dict[str, Fraction]:
    return dict(zip(result.parties, result.workings.column(name).values(), strict=True))


# ---- by inhabitants ---------------------------------------------------------------------------------------
def test_a_cost_is_split_by_inhabitants_and_the_odd_ore_goes_to_the_largest_remainder(small: Ask) -> None:
    result = split(small([100, 50, 50], ore=1_001))
    assert amounts(result) == {"a": 501, "b": 250, "c": 250}
    assert result.region == 0
    [taken] = result.workings.remainders
    assert (taken.column, taken.units, taken.takers) == ("before_cap", 1, ("a",))


def test_the_districts_pay_in_the_citys_place_with_their_part_of_the_rest(stockholm: Ask) -> None:
    result = split(stockholm(2021, 102_000_000))
    assert len(result.parties) == 38
    assert {"stockholm", "alvsjo", "hagersten-liljeholmen"}.isdisjoint(result.parties)
    basis = column(result, "inhabitants_with_rest")
    assert basis["sodermalm"] == Fraction("130365.433")
    assert basis["botkyrka"] == 93_106
    ideal = 102_000_000 * Fraction(93_106) / sum(basis.values())
    assert column(result, "ideal")["botkyrka"] == ideal
    assert abs(amounts(result)["botkyrka"] - ideal) < 1


def test_before_any_merger_the_caps_follow_from_the_same_table_by_formula(stockholm: Ask) -> None:
    result = split(stockholm(2021, 102_000_000, merged=False))
    cap = result.workings.column("cap_total")
    assert cap.formula == "half_up(inhabitants_with_rest * price / 100) * 100"
    assert cap.value(result.workings.rows["botkyrka"]) == 43_945_100


@pytest.mark.parametrize("rounding", ["largest-remainder", "webster", "half-up-reconciled"])
def test_every_rounding_method_adds_up_and_follows_from_its_formula(stockholm: Ask, rounding: str) -> None:
    result = split(stockholm(2021, 102_000_007), rounding=rounding)
    assert abs(result.region) <= 38
    assert result.workings.column("before_cap").rounding.value == rounding


def test_half_up_leaves_what_rounding_misses_to_the_region_and_says_so(small: Ask) -> None:
    result = split(small([1, 1, 1], ore=200), rounding="half-up-reconciled")
    assert (result.amounts, result.region) == ((67, 67, 67), -1)
    assert codes(result) == ["reconciliation"]


# ---- under the caps ---------------------------------------------------------------------------------------
def test_what_the_cap_cuts_off_is_borne_by_the_region(small: Ask) -> None:
    result = split(small([100, 50], 2024, 30_000_00, charged={"a": LIMIT - 1_000_00}))
    assert amounts(result) == {"a": 1_000_00, "b": 10_000_00}
    assert result.region == 19_000_00
    assert result.workings.scalar("above_caps").value == 19_000_00
    assert result.workings.scalar("region_bears").value == 19_000_00
    assert column(result, "cap_left")["a"] == 1_000_00
    assert column(result, "cap_used")["a"] == 1
    [finding] = result.workings.findings
    assert finding.text.sv == "A når sitt tak i perioden. Regionen bär 19\u00a0000,00\u00a0kr."
    assert finding.text.en == "A reached the cap in the period. The region bears SEK\u00a019,000.00."


def test_what_the_cap_cuts_off_is_shared_by_those_below_theirs(small: Ask) -> None:
    asked = small([100, 50, 25], 2024, 30_000_00, charged={"a": LIMIT - 1_000_00})
    result = split(asked, overflow="spread")
    assert amounts(result) == {"a": 1_000_00, "b": 19_333_33, "c": 9_666_67}
    assert result.region == 0
    assert codes(result) == ["cap_reached"]


def test_when_all_have_met_their_caps_the_region_bears_what_no_one_has_room_for(small: Ask) -> None:
    charged = {"a": LIMIT - 100, "b": LIMIT // 2 - 50}
    result = split(small([100, 50], 2024, 1_000, charged=charged), overflow="spread")
    assert (amounts(result), result.region) == ({"a": 100, "b": 50}, 850)


def test_a_party_that_has_met_its_cap_pays_nothing_even_if_it_was_charged_more(small: Ask) -> None:
    result = split(small([100, 50], 2024, 300, charged={"a": LIMIT + 5}))
    assert amounts(result) == {"a": 0, "b": 100}
    assert column(result, "cap_left")["a"] == 0


def test_charged_year_after_year_no_one_passes_its_cap_in_the_whole_term(stockholm: Ask) -> None:
    charged: dict[str, int] = {}
    for year in range(2021, 2029):
        result = split(stockholm(year, 200_000_000, charged=charged, merged=False))
        for party, ore in amounts(result).items():
            charged[party] = charged.get(party, 0) + ore
    caps = column(result, "cap_total")
    assert charged == caps
    assert charged["sodermalm"] == LIMIT
    assert charged["botkyrka"] == 43_945_100


# ---- succession -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("year", "count", "gone", "there"),
    [
        (2022, 38, "alvsjo", "norrmalm"),
        (2023, 36, "norrmalm", "norra-innerstaden"),
        (2024, 36, "rinkeby-kista", "jarva"),
    ],
)
def test_those_who_exist_on_the_last_day_are_charged(
    stockholm: Ask, year: int, count: int, gone: str, there: str
) -> None:
    result = split(stockholm(year, 100_000_000))
    assert len(result.parties) == count
    assert gone not in result.parties
    assert there in result.parties


@pytest.mark.parametrize(
    ("cap_basis", "party", "cap"),
    [
        ("limit", "hagersten-alvsjo", LIMIT),
        ("merged", "hagersten-alvsjo", 42_683_400 + 14_470_300),
        ("limit", "norra-innerstaden", LIMIT),
        ("merged", "norra-innerstaden", 33_975_200 + 36_240_400),
        ("limit", "jarva", LIMIT),
        ("merged", "jarva", 23_850_800 + 18_504_600),
        ("merged", "sodermalm", LIMIT),
        ("limit", "farsta", 28_022_000),
    ],
)
def test_a_successors_cap_is_the_limit_or_the_sum_of_the_merged_rows(
    stockholm: Ask, cap_basis: str, party: str, cap: int
) -> None:
    assert column(split(stockholm(2024, 100), cap_basis=cap_basis), "cap_total")[party] == cap


def test_a_successor_has_its_predecessors_inhabitants_and_answers_for_their_charges(stockholm: Ask) -> None:
    charged = {"norrmalm": 20_000_000, "ostermalm": 30_000_000, "norra-innerstaden": 5_000_000}
    result = split(stockholm(2024, 200_000_000, charged=charged))
    assert column(result, "inhabitants")["norra-innerstaden"] == 71_800 + 76_587
    assert column(result, "charged_before")["norra-innerstaden"] == 55_000_000
    assert amounts(result)["norra-innerstaden"] == LIMIT - 55_000_000
    assert "Norra innerstaden ersätter Norrmalm och Östermalm: 148\u00a0387 invånare" in "".join(
        finding.text.sv for finding in result.workings.findings if finding.code == "succession"
    )


def test_a_merged_cap_above_the_limit_is_told(stockholm: Ask) -> None:
    assert codes(split(stockholm(2024, 100), cap_basis="merged")).count("merged_above_limit") == 1
    assert "merged_above_limit" not in codes(split(stockholm(2024, 100), cap_basis="limit"))


def test_the_caps_name_the_table_they_come_from(stockholm: Ask) -> None:
    table = MODEL.allocate(stockholm(2021), MODEL.settings_type.read({"mode": "ceiling"}))
    source = split(stockholm(2024, 100)).workings.column("cap_total").source
    assert source == Source(
        title=f"Taktabellen, uträkning {table.workings.digest}",
        english=f"The table of caps, workings {table.workings.digest}",
        date=date(2018, 12, 31),
    )


def with_figures(request: CostRequest, name: str, values: Mapping[str, int], day: date) -> CostRequest:
    added = FactSeries(
        name=name, unit="inhabitant", reference_date=day, source=Source(title="Ny räkning"), values=values
    )
    return replace(request, facts=FactBook((*request.facts.series, added)))


def test_a_successors_own_figure_goes_before_its_predecessors(stockholm: Ask) -> None:
    asked = stockholm(2024, 100_000)
    inner = asked.facts.latest(FactNeed(name="district_inhabitants", on=date(2018, 12, 31)))
    own = {**inner.values, "jarva": 80_000}
    result = split(with_figures(asked, "district_inhabitants", own, date(2018, 12, 31)))
    assert column(result, "inhabitants")["jarva"] == 80_000


def test_a_party_that_took_over_another_adds_its_figures_row_and_charges(small: Ask) -> None:
    asked = small([100, 50, 50], 2024, 300, charged={"a": 7, "b": 11})
    parties = tuple(replace(p, valid_to=date(2023, 1, 1)) if p.key == "b" else p for p in asked.parties)
    result = split(replace(asked, parties=parties, successions=(succession("a", "b"),)), cap_basis="merged")
    assert column(result, "inhabitants") == {"a": 150, "c": 50}
    assert column(result, "cap_total")["a"] == LIMIT + LIMIT // 2
    assert column(result, "charged_before")["a"] == 18


def test_a_renamed_party_keeps_its_row_whatever_the_setting(small: Ask) -> None:
    asked = small([100, 50], 2024, 300)
    new = Party(key="n", name="N", kind=PartyKind.MUNICIPALITY, valid_from=date(2023, 1, 1))
    parties = (*(replace(p, valid_to=date(2023, 1, 1)) if p.key == "b" else p for p in asked.parties), new)
    result = split(replace(asked, parties=parties, successions=(succession("n", "b"),)), cap_basis="limit")
    assert column(result, "cap_total")["n"] == LIMIT // 2


def test_a_party_with_two_successors_is_refused_because_no_rule_divides_it(small: Ask) -> None:
    asked = replace(small([100, 50, 50], 2024, 300), successions=(succession("a", "b"), succession("c", "b")))
    with pytest.raises(AllocationError, match="b ersätts av både a och c") as caught:
        split(asked)
    assert caught.value.remedy


def test_a_new_party_without_predecessors_or_row_is_refused(small: Ask) -> None:
    asked = small([100, 50], 2024, 300)
    new = Party(key="n", name="N", kind=PartyKind.MUNICIPALITY, valid_from=date(2023, 1, 1))
    asked = with_figures(
        replace(asked, parties=(*asked.parties, new)), "inhabitants", {"a": 1, "b": 1, "n": 1}, date(2018, 12, 31)
    )
    with pytest.raises(AllocationError, match="N har inget tak") as caught:
        split(asked)
    assert caught.value.where == "n"


def succession(successor: str, *predecessors: str) -> Succession:
    return Succession(predecessors=predecessors, successor=successor, on=date(2023, 1, 1))


# ---- one limit per authority ------------------------------------------------------------------------------
def test_districts_of_one_authority_are_stopped_together_by_proportion(stockholm: Ask) -> None:
    charged = {"sodermalm": LIMIT - 5_000_000, "norrmalm": 1_000_000}
    result = split(stockholm(2024, 100_000_000, charged=charged), cap_per="authority")
    workings = result.workings
    assert workings.scalar("stockholm_cap").value == LIMIT
    assert workings.scalar("stockholm_charged").value == LIMIT - 4_000_000
    inside = [
        ore for ore, member in zip(result.amounts, workings.column("in_stockholm").numerators, strict=True) if member
    ]
    assert sum(inside) == 4_000_000
    basis, paid = column(result, "inhabitants_with_rest"), amounts(result)
    assert abs(Fraction(paid["sodermalm"]) / paid["farsta"] - basis["sodermalm"] / basis["farsta"]) < Fraction(1, 1000)
    assert column(result, "cap_used")["farsta"] == column(result, "cap_used")["sodermalm"] == 1
    assert column(result, "cap_left")["botkyrka"] == 43_945_100


def test_a_district_that_is_gone_still_counts_towards_its_authoritys_limit(stockholm: Ask) -> None:
    asked = stockholm(2024, 100_000_000, charged={"norrmalm": LIMIT})
    without = replace(asked, successions=tuple(s for s in asked.successions if s.successor != "norra-innerstaden"))
    parties = tuple(party for party in without.parties if party.key != "norra-innerstaden")
    result = split(replace(without, parties=parties), cap_per="authority")
    assert amounts(result)["sodermalm"] == 0
    assert amounts(result)["botkyrka"] > 0


# ---- the term, the days, the parties ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "period",
    [
        Period.year(2020),
        Period.year(2029),
        Period(date(2020, 12, 31), date(2021, 2, 1)),
        Period(date(2028, 12, 1), date(2029, 1, 2)),
    ],
    ids=str,
)
def test_a_period_outside_the_term_is_refused(small: Ask, period: Period) -> None:
    with pytest.raises(AllocationError, match="2021-01-01 till 2028-12-31") as caught:
        split(small([1], period, 100))
    assert "Dela perioden" in caught.value.remedy


def test_the_first_and_the_last_day_of_the_term_are_inside(small: Ask) -> None:
    assert split(small([1], Period(date(2021, 1, 1), date(2021, 1, 2)), 100)).amounts == (100,)
    assert split(small([1], Period(date(2028, 12, 31), date(2029, 1, 1)), 100)).amounts == (100,)


def test_history_runs_from_the_start_of_the_term_to_the_period() -> None:
    settings = MODEL.settings_type.read({"mode": "actual"})
    assert MODEL.history(Period.year(2024), settings) == Period(date(2021, 1, 1), date(2024, 1, 1))
    assert MODEL.history(Period.year(2021), settings) is None
    assert MODEL.history(Period.year(2024), MODEL.settings_type.read({"mode": "ceiling"})) is None


def test_a_yearly_population_splits_the_cost_and_leaves_the_caps_where_they_were(small: Ask) -> None:
    later = with_figures(small([100, 50], 2024, 300), "inhabitants", {"a": 50, "b": 100}, date(2023, 12, 31))
    result = split(later, population="yearly")
    assert amounts(result) == {"a": 100, "b": 200}
    assert column(result, "cap_total") == {"a": LIMIT, "b": LIMIT // 2}
    assert result.workings.column("cap_total").formula == "half_up(cap_inhabitants * price / 100) * 100"
    assert amounts(split(later)) == {"a": 200, "b": 100}


def test_a_yearly_population_asks_for_the_last_such_day_before_the_period() -> None:
    settings = MODEL.settings_type.read({"mode": "actual", "population": "yearly", "population_date": "2020-06-30"})
    days = {need.on for need in MODEL.needs(Period.year(2026), settings)}
    assert days == {date(2020, 6, 30), date(2025, 6, 30)}
    assert settings.population_day(Period(date(2026, 7, 1), date(2027, 1, 1))) == date(2026, 6, 30)
    assert settings.population_day(Period(date(2026, 6, 30), date(2027, 1, 1))) == date(2025, 6, 30)


def test_figures_of_another_day_are_refused_unless_the_setting_accepts_them(small: Ask) -> None:
    asked = small([100, 50], 2024, 300)
    with pytest.raises(FactError, match="2023-12-31; de senaste är från 2018-12-31") as caught:
        split(asked, population="yearly")
    assert "accept_older_population" in caught.value.remedy
    accepted = split(asked, population="yearly", accept_older_population=True)
    assert codes(accepted) == ["older_population"]
    assert amounts(accepted) == {"a": 200, "b": 100}


def test_a_city_with_fewer_inhabitants_than_its_districts_is_refused(stockholm: Ask) -> None:
    asked = stockholm(2024, 100)
    inner = asked.facts.latest(FactNeed(name="district_inhabitants", on=date(2018, 12, 31)))
    more = {**inner.values, "bromma": inner.values["bromma"] + 2_447}
    with pytest.raises(FactError, match="962154 invånare, stadsdelarna tillsammans 962155"):
        split(with_figures(asked, "district_inhabitants", more, date(2018, 12, 31)))


def test_districts_without_figures_are_refused(stockholm: Ask) -> None:
    asked = stockholm(2024, 100)
    whole = FactBook(tuple(series for series in asked.facts.series if series.name == "inhabitants"))
    with pytest.raises(FactError, match="district_inhabitants"):
        split(replace(asked, facts=whole))


def test_a_district_that_names_no_city_is_refused(small: Ask) -> None:
    asked = small([1], 2024, 100)
    lost = Party(key="d", name="Delen", kind=PartyKind.DISTRICT)
    with pytest.raises(AllocationError, match="Delen anger inte sin stad"):
        split(replace(asked, parties=(*asked.parties, lost)))


def test_others_than_municipalities_and_districts_are_not_charged_and_that_is_told(small: Ask) -> None:
    asked = small([1, 1], 2024, 100)
    association = Party(key="v", name="Föreningen", kind=PartyKind.ASSOCIATION)
    result = split(replace(asked, parties=(*asked.parties, association)))
    assert result.parties == ("a", "b")
    assert codes(result) == ["not_charged"]


def test_without_any_municipality_there_is_no_one_to_charge(small: Ask) -> None:
    with pytest.raises(AllocationError, match="Ingen kommun"):
        split(replace(small([1], 2024, 100), parties=small([1]).parties[:1]))


def test_without_inhabitants_there_is_nothing_to_divide_by(small: Ask) -> None:
    with pytest.raises(AllocationError, match="Ingen part har några invånare"):
        split(small([0, 0], 2024, 100))


def test_a_cost_in_another_currency_is_refused(small: Ask) -> None:
    with pytest.raises(AllocationError, match="EUR"):
        split(replace(small([1], 2024, 100), amount=Money(100, "EUR")))


def test_a_component_without_an_amount_is_refused(small: Ask) -> None:
    with pytest.raises(AllocationError, match="inget belopp"):
        split(small([1], 2024))


# ---- promises ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settings", "also"),
    [
        ({"mode": "ceiling"}, set()),
        ({}, {Promise.NEVER_ABOVE_CAP}),
        ({"rounding": "webster"}, {Promise.NEVER_ABOVE_CAP, Promise.HOUSE_MONOTONE}),
        ({"rounding": "half-up-reconciled"}, {Promise.NEVER_ABOVE_CAP}),
        ({"overflow": "spread"}, {Promise.NEVER_ABOVE_CAP}),
    ],
)
def test_the_promises_depend_on_the_settings(settings: Mapping[str, object], also: set[Promise]) -> None:
    read = MODEL.settings_type.read({"mode": "actual", **settings})
    assert MODEL.promised(read) == {Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO} | also


def test_only_largest_remainder_spreads_what_the_cap_cuts_off() -> None:
    with pytest.raises(SettingsError, match="largest-remainder"):
        MODEL.settings_type.read({"overflow": "spread", "rounding": "webster"})
