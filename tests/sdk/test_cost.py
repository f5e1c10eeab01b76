from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from andel.sdk.cost import Allocation, Ceiling, CostModel, CostRequest, Promise, Share, Split, Tariff
from andel.sdk.errors import AllocationError, SettingsError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text
from andel.sdk.workings import Workings

MERGED = date(2020, 7, 1)


def _party(key: str, kind: PartyKind = PartyKind.MUNICIPALITY, **fields: Any) -> Party:  # noqa: ANN401  (its fields)
    return Party(key=key, name=key, kind=kind, **fields)


PARTIES = (
    _party("nacka", organization_number="232100-0180"),
    _party("alvsjo", PartyKind.DISTRICT, valid_to=MERGED),
    _party("region", PartyKind.REGION, organization_number="232100-0016"),
    _party("hagersten-alvsjo", PartyKind.DISTRICT, valid_from=MERGED),
    _party("atvid"),
)


def request(**changes: Any) -> CostRequest:  # noqa: ANN401  (fields of the request)
    fields: dict[str, Any] = {
        "service": "synergi",
        "component": "licenses",
        "period": Period.year(2020),
        "region": "region",
        "parties": PARTIES,
        "amount": Money(100),
    }
    return CostRequest(**(fields | changes))


def test_payers_are_those_who_exist_without_the_region_in_the_order_of_ties() -> None:
    assert [party.key for party in request().payers()] == ["nacka", "atvid", "hagersten-alvsjo"]
    assert [party.key for party in request().payers(date(2020, 6, 30))] == ["nacka", "alvsjo", "atvid"]
    assert request(parties=PARTIES[::-1]).payers() == request().payers()


def test_a_party_that_is_gone_by_the_last_day_of_the_period_does_not_pay() -> None:
    first_half = request(period=Period(date(2020, 1, 1), MERGED))
    assert "alvsjo" in {party.key for party in first_half.payers()}
    assert "alvsjo" not in {party.key for party in request().payers()}


def test_a_missing_amount_is_told_in_both_languages() -> None:
    assert request().cost() == Money(100)
    with pytest.raises(AllocationError) as caught:
        request(amount=None).cost()
    [complaint] = caught.value.complaints
    assert complaint.where == "synergi"
    assert complaint.in_language("sv").what == "Kostnadsdelen licenses har inget belopp för 2020."
    assert complaint.in_language("en").what == "The cost component licenses has no amount for 2020."
    assert complaint.in_language("en").remedy == "Enter the budget or the supplier's invoice."


def test_a_request_is_frozen_down_to_what_was_charged() -> None:
    charged = {"nacka": 5}
    made = request(charged=charged)
    charged["nacka"] = 6
    frozen: Any = made.charged
    with pytest.raises(TypeError):
        frozen["nacka"] = 7
    assert made.charged == {"nacka": 5}


def test_a_request_goes_to_another_process_and_back() -> None:
    series = FactSeries(
        name="seats", unit="license", reference_date=MERGED, source=Source(title="Made up"), values={"nacka": 3}
    )
    made = request(charged={"nacka": 5}, facts=FactBook((series,)))
    back = pickle.loads(pickle.dumps(made))  # noqa: S301  (made on the line above)
    assert back == made
    with pytest.raises(TypeError):
        back.charged["nacka"] = 7


def test_a_result_gives_each_share_and_who_is_invoiced_for_it() -> None:
    workings = Workings(parties=("lerum", "ale"))
    made = Split(
        parties=("lerum", "ale"), amounts=(30, 20), workings=workings, total=100, region=50, payers={"ale": "vastkom"}
    )
    assert made.shares == (
        Share(party="lerum", amount=Money(30), payer="lerum"),
        Share(party="ale", amount=Money(20), payer="vastkom"),
    )
    assert made.amount_of("ale") == Money(20)
    assert made.amount_of("boras") == Money(0)


def test_each_kind_of_result_has_its_stored_name() -> None:
    assert (Split.kind, Tariff.kind, Ceiling.kind) == ("split", "tariff", "ceiling")


class Nothing(CostModel[PluginSettings]):
    id = "nothing"
    version = "2"
    title = summary = Text("Inget", "Nothing")
    promises = frozenset({Promise.ORDER_FREE})
    settings_type = PluginSettings

    def needs(self, period: Period, settings: PluginSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract's)
        return ()

    def allocate(self, request: CostRequest, settings: PluginSettings) -> Allocation:  # noqa: ARG002  (the contract's)
        return Ceiling(parties=(), amounts=(), workings=Workings(parties=()))


def test_a_model_needs_no_history_and_keeps_its_promises_unless_it_says_otherwise() -> None:
    settings = PluginSettings()
    assert Nothing().history(Period.year(2025), settings) is None
    assert Nothing().promised(settings) == Nothing.promises


def test_settings_of_another_version_are_refused_unless_the_model_upgrades_them() -> None:
    values: Mapping[str, object] = {"a": 1}
    assert Nothing().upgrade_settings("2", values) == {"a": 1}
    with pytest.raises(SettingsError, match="nothing 2 cannot read settings of version 1"):
        Nothing().upgrade_settings("1", values)


def test_a_model_without_its_two_methods_cannot_be_made() -> None:
    unfinished: Any = type("Unfinished", (CostModel,), {})
    with pytest.raises(TypeError, match="abstract"):
        unfinished()
