from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import Allocation, CostRequest, Split, Tariff
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel_direct_usage import andel_cost_models
from andel_direct_usage.model import DirectUsage

MODEL = DirectUsage()
REGION = Party(key="vgr", name="Västra Götalandsregionen", kind=PartyKind.REGION)
ALLIANCE = Party(key="vastkom", name="VästKom", kind=PartyKind.ASSOCIATION)
JUNE = Period(date(2025, 6, 1), date(2025, 7, 1))
CARDS = {"ale": 14, "boras": 120, "tanum": 0}
"""SITHS cards issued; that they are charged per card, and how many there were, are examples."""
PER_CARD: dict[str, object] = {"key": "units", "unit_price": "350.00"}
BY_TRANSACTIONS: dict[str, object] = {"key": "last-years-transactions"}


def municipality(key: str) -> Party:
    return Party(key=key, name=key.capitalize(), kind=PartyKind.MUNICIPALITY)


def series(name: str, values: Mapping[str, int], day: date) -> FactSeries:
    unit = "item" if name == "orders" else "transaction"
    return FactSeries(
        name=name, unit=unit, reference_date=day, source=Source(title="GITS", example=True), values=values
    )


def request(fact: FactSeries, *others: Party, cost: Money | None = None, period: Period = JUNE) -> CostRequest:
    return CostRequest(
        service="siths",
        component="kort",
        period=period,
        region=REGION.key,
        parties=(REGION, *map(municipality, sorted(CARDS)), *others),
        amount=cost,
        facts=FactBook((fact,)),
    )


def ordered(*others: Party, day: date = JUNE.last_day, cost: Money | None = None) -> CostRequest:
    return request(series("orders", CARDS, day), *others, cost=cost)


def used(values: Mapping[str, int], kronor: str = "1000.00", day: date = date(2024, 12, 31)) -> CostRequest:
    return request(series("transactions", values, day), cost=Money.kronor(kronor), period=Period.year(2025))


def allocate(asked: CostRequest, settings: dict[str, object], **more: object) -> Allocation:
    result = MODEL.allocate(asked, MODEL.settings_type.read(settings | more))
    check_replay(result.workings)
    return result


def split(asked: CostRequest, **more: object) -> Split:
    result = allocate(asked, BY_TRANSACTIONS, **more)
    assert isinstance(result, Split)
    assert sum(result.amounts) + result.region == result.total
    return result


def codes(result: Allocation) -> list[str]:
    return [finding.code for finding in result.workings.findings]


def test_the_using_unit_pays_the_unit_price_for_what_was_issued_in_the_period() -> None:
    result = allocate(ordered(cost=Money.kronor("60000.00")), PER_CARD)

    assert isinstance(result, Tariff)
    assert result.amounts == (4_900_00, 42_000_00, 0)
    assert result.residual == 13_100_00
    assert result.workings.column("orders").source == Source(title="GITS", date=JUNE.last_day, example=True)


def test_an_unknown_suppliers_cost_leaves_the_residual_unknown_and_says_so() -> None:
    result = allocate(ordered(), PER_CARD)

    assert isinstance(result, Tariff)
    assert result.residual is None
    assert codes(result) == ["supplier-cost-unknown"]


def test_orders_up_to_another_day_than_the_last_of_the_period_are_refused() -> None:
    with pytest.raises(FactError, match="är från 2025-06-29, inte från 2025-06-30"):
        allocate(ordered(day=date(2025, 6, 29)), PER_CARD)


def test_orders_of_an_earlier_period_never_stand_in() -> None:
    with pytest.raises(SettingsError, match="beställningar hör till sin period") as refused:
        MODEL.settings_type.read(PER_CARD | {"earlier_counts": True})
    assert refused.value.where == "earlier_counts"


def test_an_intermediary_is_invoiced_for_all_and_is_no_user_itself() -> None:
    result = allocate(ordered(ALLIANCE), PER_CARD, payer="vastkom")

    assert result.parties == ("ale", "boras", "tanum")
    assert {share.payer for share in result.shares} == {"vastkom"}
    assert [share.party for share in result.shares] == ["ale", "boras", "tanum"]
    assert codes(result) == ["payer", "supplier-cost-unknown"]
    assert result.workings.findings[0].text.sv == "VästKom faktureras i stället för alla 3."


def test_an_intermediary_that_also_uses_the_service_has_a_row_and_pays_it_itself() -> None:
    asked = request(series("orders", CARDS | {"vastkom": 2}, JUNE.last_day), ALLIANCE)

    result = allocate(asked, PER_CARD, payer="vastkom")

    assert result.amount_of("vastkom") == Money.kronor("700.00")
    assert "vastkom" not in result.payers


def test_a_payer_of_one_party_goes_before_the_payer_of_all() -> None:
    result = allocate(ordered(ALLIANCE), PER_CARD, payer="vastkom", payers={"ale": "boras", "boras": "boras"})

    assert result.payers == {"ale": "boras", "tanum": "vastkom"}
    assert [finding.text.sv for finding in result.workings.findings[:2]] == [
        "Boras faktureras i stället för Ale.",
        "VästKom faktureras i stället för Tanum.",
    ]


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"payer": "vastkomm"}, "payer"),
        ({"payers": {"ale": "vastkomm"}}, "payers"),
        ({"payers": {"alee": "vastkom"}}, "payers"),
        ({"payer": "vgr"}, "payer"),
    ],
)
def test_a_payer_that_is_no_party_is_refused_with_the_nearest_name(settings: dict[str, object], where: str) -> None:
    with pytest.raises(AllocationError, match="är inte en part som betalar") as refused:
        allocate(ordered(ALLIANCE), PER_CARD, **settings)
    assert refused.value.where == where
    assert refused.value.remedy


def test_a_payer_that_no_longer_exists_is_refused() -> None:
    gone = replace(ALLIANCE, valid_to=date(2025, 6, 15))

    with pytest.raises(AllocationError, match="VästKom finns inte 2025-06-30"):
        allocate(ordered(gone), PER_CARD, payer="vastkom")


def test_a_cost_is_divided_by_last_years_transactions_and_the_region_bears_its_own() -> None:
    result = split(used({"ale": 10, "boras": 25, "tanum": 5, "vgr": 60}))

    assert result.amounts == (100_00, 250_00, 50_00)
    assert result.region == 600_00
    assert result.workings.scalar("price").value == 10_00


def test_the_region_can_stand_outside_and_the_users_bear_all() -> None:
    result = split(used({"ale": 1, "boras": 1, "tanum": 1}, "100.00"), region_takes_part=False)

    assert result.amounts == (33_34, 33_33, 33_33)
    assert result.region == 0


def test_transactions_of_another_year_are_refused_unless_an_earlier_count_may_hold() -> None:
    asked = used({"ale": 10, "boras": 25, "tanum": 5, "vgr": 60}, day=date(2023, 12, 31))

    with pytest.raises(FactError, match="är från 2023-12-31, inte från 2024-12-31"):
        split(asked)
    assert codes(split(asked, earlier_counts=True)) == ["earlier-count"]


def test_a_user_without_a_count_is_refused_by_name_or_counts_as_zero() -> None:
    asked = used({"ale": 10, "boras": 25})

    with pytest.raises(FactError, match="Tanum och Västra Götalandsregionen saknar antal transaktioner"):
        split(asked)
    assert split(asked, missing_is_zero=True).amount_of("tanum") == Money(0)


def test_no_transaction_at_all_and_no_cost_are_refused() -> None:
    nothing = dict.fromkeys([*CARDS, "vgr"], 0)

    with pytest.raises(AllocationError, match="Inga transaktioner"):
        split(used(nothing))
    with pytest.raises(AllocationError, match="har inget belopp"):
        split(replace(used(nothing), amount=None))


def test_the_split_also_has_a_payer() -> None:
    asked = used({"ale": 10, "boras": 25, "tanum": 5, "vgr": 60})

    result = split(replace(asked, parties=(*asked.parties, ALLIANCE)), payers={"tanum": "vastkom"})

    assert result.payers == {"tanum": "vastkom"}


def test_a_fraction_of_an_ore_is_kept_until_the_one_rounding() -> None:
    result = split(used({"ale": 1, "boras": 2, "tanum": 0, "vgr": 4}, "1.00"))

    assert result.workings.scalar("price").value == Fraction(100, 7)
    assert result.workings.scalar("parties_part").value == 43  # of 42.857
    assert result.workings.column("ideal").values() == (Fraction(43, 3), Fraction(86, 3), Fraction(0))
    assert result.amounts == (14, 29, 0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"key": "units"}, "behöver ett styckpris"),
        ({"key": "last-years-transactions", "unit_price": "1.00"}, "utan styckpris"),
    ],
)
def test_a_unit_price_belongs_to_units_alone(settings: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        MODEL.settings_type.read(settings)
    assert refused.value.where == "unit_price"


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (PER_CARD, {Promise.WITHIN_QUOTA}),
        (BY_TRANSACTIONS, {Promise.WITHIN_QUOTA}),
        (BY_TRANSACTIONS | {"method": "webster"}, {Promise.HOUSE_MONOTONE}),
    ],
)
def test_each_key_and_method_says_what_it_keeps(settings: dict[str, object], kept: set[Promise]) -> None:
    promised = MODEL.promised(MODEL.settings_type.read(settings))

    assert promised == {Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO} | kept


def test_the_distribution_hands_over_its_model() -> None:
    assert [(model.id, model.version) for model in andel_cost_models()] == [("direct-usage", "1.0.0")]
