from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from andel.sdk.apportionment import Promise
from andel.sdk.cost import CostRequest, Tariff
from andel.sdk.errors import AllocationError, FactError, SettingsError
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.replay import check_replay
from andel_per_license import andel_cost_models
from andel_per_license.model import PerLicense

MODEL = PerLicense()
REGION = Party(key="region-dalarna", name="Region Dalarna", kind=PartyKind.REGION)
YEAR = Period.year(2024)
IN_2016 = {"falun": 12, "mora": 10, "orsa": 0}
IN_2023 = {"falun": 31, "mora": 17, "orsa": 2}
"""22 users in 2016 and 50 in 2023, as the region counts them; how they are spread is an example."""


def seats(values: Mapping[str, int], day: date = YEAR.start) -> FactSeries:
    return FactSeries(name="seats", unit="license", reference_date=day, source=Source(title="Synergi"), values=values)


def request(
    values: Mapping[str, int], *, period: Period = YEAR, day: date | None = None, cost: Money | None = None
) -> CostRequest:
    municipalities = (Party(key=key, name=key.capitalize(), kind=PartyKind.MUNICIPALITY) for key in values)
    return CostRequest(
        service="synergi",
        component="licenser",
        period=period,
        region=REGION.key,
        parties=(REGION, *municipalities),
        amount=cost,
        amount_source=Source(title="Leverantörens faktura") if cost else None,
        facts=FactBook((seats(values, day or period.start),)),
    )


def allocate(asked: CostRequest, price: str = "5000.00", **settings: object) -> Tariff:
    result = MODEL.allocate(asked, MODEL.settings_type.read({"price": price} | settings))
    check_replay(result.workings)
    return result


def codes(result: Tariff) -> list[str]:
    return [finding.code for finding in result.workings.findings]


@pytest.mark.parametrize(("counted", "kronor"), [(IN_2016, "110000.00"), (IN_2023, "250000.00")])
def test_5000_kr_per_license_and_year_is_what_the_network_decided(counted: Mapping[str, int], kronor: str) -> None:
    result = allocate(request(counted))

    assert sum(result.amounts) == Money.kronor(kronor).ore
    assert result.workings.scalar("charged").value == sum(result.amounts)


def test_a_municipality_that_has_no_license_pays_nothing() -> None:
    assert allocate(request(IN_2016)).amount_of("orsa") == Money(0)


def test_what_the_supplier_takes_beyond_the_licenses_is_borne_by_the_region() -> None:
    result = allocate(request(IN_2023, cost=Money.kronor("400000.00")))

    assert result.supplier_cost == 400_000_00
    assert result.residual == 150_000_00
    assert result.workings.scalar("region_bears").value == 150_000_00
    assert codes(result) == []


def test_more_charged_than_the_supplier_takes_is_a_negative_residual_and_told() -> None:
    result = allocate(request(IN_2023, cost=Money.kronor("240000.50")))

    assert result.residual == -9_999_50
    assert codes(result) == ["above-supplier-cost"]
    assert "9999.50" in result.workings.findings[0].text.sv


def test_an_unknown_suppliers_cost_leaves_the_residual_unknown_and_says_so() -> None:
    result = allocate(request(IN_2023))

    assert (result.supplier_cost, result.residual) == (None, None)
    assert codes(result) == ["supplier-cost-unknown"]


APRIL_ON = Period(date(2024, 4, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("period", "rule", "part", "kronor"),
    [
        (YEAR, "whole-year", 1, "5000.00"),
        (YEAR, "months", 1, "5000.00"),
        (YEAR, "days", 1, "5000.00"),
        (APRIL_ON, "whole-year", 1, "5000.00"),
        (APRIL_ON, "months", Fraction(9, 12), "3750.00"),
        (APRIL_ON, "days", Fraction(275, 366), "3756.83"),
        (Period(date(2024, 11, 1), date(2025, 3, 1)), "months", Fraction(4, 12), "1666.67"),
        (Period(date(2024, 11, 1), date(2025, 3, 1)), "days", Fraction(61, 366) + Fraction(59, 365), "1641.55"),
        (Period(date(2024, 4, 1), date(2025, 4, 1)), "whole-year", 1, "5000.00"),
        (Period(date(2024, 4, 1), date(2025, 4, 2)), "whole-year", 2, "10000.00"),
        (Period(date(2024, 2, 29), date(2025, 3, 1)), "whole-year", 1, "5000.00"),
        (Period(date(2024, 2, 29), date(2025, 3, 2)), "whole-year", 2, "10000.00"),
    ],
)
def test_a_part_of_a_year_by_each_rule(period: Period, rule: str, part: Fraction, kronor: str) -> None:
    result = allocate(request({"mora": 1}, period=period), part_of_year=rule)

    assert result.workings.scalar("part_of_year").value == part
    assert result.amounts == (Money.kronor(kronor).ore,)


def test_a_whole_year_charged_for_less_is_told_so_that_it_is_charged_once() -> None:
    short = allocate(request({"mora": 1}, period=APRIL_ON), part_of_year="whole-year")
    whole = allocate(request({"mora": 1}), part_of_year="whole-year")

    assert codes(short) == ["whole-year", "supplier-cost-unknown"]
    assert "ett helt år" in short.workings.findings[0].text.sv
    assert codes(whole) == ["supplier-cost-unknown"]


def test_whole_months_of_a_period_that_begins_in_one_are_refused() -> None:
    with pytest.raises(AllocationError, match="är inte hela månader"):
        allocate(request({"mora": 1}, period=Period(date(2024, 1, 15), date(2024, 3, 1))))


def test_each_amount_is_rounded_half_up_to_whole_ore() -> None:
    quarter = Period(date(2024, 1, 1), date(2024, 4, 1))

    result = allocate(request({"falun": 1, "mora": 2, "orsa": 3}, period=quarter), price="0.02")

    assert result.workings.column("ideal").values() == (Fraction(1, 2), Fraction(1), Fraction(3, 2))
    assert result.amounts == (1, 1, 2)


def test_seats_of_another_day_are_refused_unless_an_earlier_count_may_hold() -> None:
    asked = request(IN_2023, day=date(2023, 12, 15))

    with pytest.raises(FactError, match="är från 2023-12-15, inte från 2024-01-01"):
        allocate(asked)
    assert codes(allocate(asked, earlier_counts=True)) == ["earlier-count", "supplier-cost-unknown"]


def test_seats_are_counted_on_the_day_that_the_settings_state() -> None:
    asked = request(IN_2023, day=YEAR.last_day)

    assert sum(allocate(asked, counted_on="last-day").amounts) == 250_000_00
    with pytest.raises(FactError, match="2024-01-01 eller tidigare"):
        allocate(asked)


def test_a_party_without_a_count_is_refused_by_name_or_counts_as_zero() -> None:
    clinic = Party(key="vardcentralen", name="Vårdcentralen", kind=PartyKind.PROVIDER)
    asked = request(IN_2023)
    asked = replace(asked, parties=(*asked.parties, clinic))

    with pytest.raises(FactError, match="Vårdcentralen saknar antal licenser"):
        allocate(asked)
    assert codes(allocate(asked, missing_is_zero=True)) == ["missing-is-zero", "supplier-cost-unknown"]


def test_seats_of_someone_who_shares_no_cost_are_told_not_hidden() -> None:
    asked = replace(request(IN_2023), facts=FactBook((seats(IN_2023 | {"sos-alarm": 3, "region-dalarna": 900}),)))

    result = allocate(asked)

    assert codes(result) == ["outside", "supplier-cost-unknown"]
    assert "sos-alarm" in result.workings.findings[0].text.sv
    assert "region-dalarna" not in result.workings.findings[0].text.sv


def test_a_service_can_have_a_fact_of_its_own() -> None:
    own = replace(seats(IN_2023), name="synergi-seats")

    assert sum(allocate(replace(request(IN_2023), facts=FactBook((own,))), fact="synergi-seats").amounts) == 250_000_00


@pytest.mark.parametrize("price", ["-1.00", "5 000", 5000.0, "1.234"])
def test_a_price_that_is_no_exact_amount_is_refused(price: object) -> None:
    with pytest.raises(SettingsError) as refused:
        MODEL.settings_type.read({"price": price})
    assert refused.value.where == "price"


def test_each_amount_is_promised_to_be_within_an_ore_of_the_exact_one() -> None:
    assert MODEL.promised(MODEL.settings_type.read({"price": "1.00"})) == {
        Promise.ORDER_FREE,
        Promise.WITHIN_QUOTA,
        Promise.ZERO_FOR_ZERO,
    }


def test_the_distribution_hands_over_its_model() -> None:
    assert [(model.id, model.version) for model in andel_cost_models()] == [("per-license", "1.0.0")]
