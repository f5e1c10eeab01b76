from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st

from andel.sdk import demands
from andel.sdk.apportionment import Apportionment, Promise, half_up_reconciled, largest_remainder, webster
from andel.sdk.cost import Allocation, Ceiling, CostModel, CostRequest, Split, Tariff
from andel.sdk.errors import AllocationError, SettingsError
from andel.sdk.facts import FactNeed, Source
from andel.sdk.party import Party
from andel.sdk.period import Period
from andel.sdk.settings import Kronor, PluginSettings, described
from andel.sdk.testing import CHECKS, conformance, examine
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Remainder, Role, Rounding, Scalar, Workings


class FairSettings(PluginSettings):
    cap: Kronor = described("Tak", "Cap", help_sv="Högsta belopp.", help_en="Highest amount.", ge=0, default=10**11)


CAP = Column(
    name="cap",
    label=Text("Tak", "Cap"),
    numerators=(),
    unit="ore",
    role=Role.CAP,
    source=Source(title="The agreement"),
)


class Fair(CostModel[FairSettings]):
    """Divides by inhabitants; below it, each broken model differs from it in one thing."""

    id = "fair"
    version = "1"
    title = Text("Rättvis", "Fair")
    summary = Text("Delar efter invånare.", "Divides by inhabitants.")
    promises = frozenset({Promise.ORDER_FREE, Promise.WITHIN_QUOTA, Promise.ZERO_FOR_ZERO, Promise.NEVER_ABOVE_CAP})
    settings_type: type[FairSettings] = FairSettings
    formula: ClassVar[str] = "largest_remainder(cost, inhabitants)"

    def needs(self, period: Period, settings: FairSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract's)
        return (FactNeed(name="inhabitants", on=period.start - timedelta(days=1)),)

    def payers(self, request: CostRequest) -> Sequence[Party]:
        return request.payers()

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return largest_remainder(total, weights)

    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        series = request.facts.latest(self.needs(request.period, settings)[0])
        payers = self.payers(request)
        weights = [series.of(party.key) for party in payers]
        total = request.cost().ore
        found = self.divide(total, weights)
        parties = tuple(party.key for party in payers)
        shares = tuple(found.shares)
        if any(share > settings.cap * 100 for share in shares):
            message = "Someone passes the cap."
            raise AllocationError(message, remedy="Raise the cap.")
        workings = Workings(
            parties=parties,
            scalars=(_cost(total),),
            columns=(*_columns(weights, total, settings.cap * 100), _amount(shares, self.formula)),
            remainders=_taken(found, parties),
        )
        return Split(parties=parties, amounts=shares, workings=workings, total=total, region=total - sum(found.shares))


def _cost(total: int) -> Scalar:
    source = Source(title="The budget")
    return Scalar(name="cost", label=Text("Kostnad", "Cost"), value=Fraction(total), unit="ore", source=source)


def _columns(weights: Sequence[int], total: int, cap: int) -> tuple[Column, ...]:
    whole = sum(weights)
    return (
        Column(
            name="inhabitants",
            label=Text("Invånare", "Inhabitants"),
            numerators=tuple(weights),
            unit="inhabitant",
            role=Role.BASIS,
            source=Source(title="The census"),
        ),
        Column(
            name="ideal",
            label=Text("Exakt", "Exact"),
            numerators=tuple(total * weight for weight in weights),
            denominator=whole or 1,
            unit="ore",
            role=Role.IDEAL,
            formula="cost * inhabitants / sum(inhabitants)" if whole else "cost * inhabitants",
        ),
        replace(CAP, numerators=(cap,) * len(weights)),
    )


def _amount(shares: tuple[int, ...], formula: str) -> Column:
    label = Text("Belopp", "Amount")
    return Column(
        name="amount",
        label=label,
        numerators=shares,
        unit="ore",
        role=Role.AMOUNT,
        formula=formula,
        rounding=Rounding.LARGEST_REMAINDER,
    )


def _taken(found: Apportionment, parties: tuple[str, ...]) -> tuple[Remainder, ...]:
    if not found.takers:
        return ()
    takers = tuple(parties[row] for row in found.takers)
    return (Remainder(column="amount", method=Rounding.LARGEST_REMAINDER, units=len(takers), takers=takers),)


class Priced(Fair):
    """A tariff: five öre per inhabitant."""

    promises = frozenset({Promise.ORDER_FREE, Promise.HOUSE_MONOTONE, Promise.ZERO_FOR_ZERO})

    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        series = request.facts.latest(self.needs(request.period, settings)[0])
        parties = tuple(party.key for party in request.payers())
        weights = [series.of(party) for party in parties]
        amounts = tuple(5 * weight for weight in weights)
        cost = request.amount.ore if request.amount else None
        workings = Workings(parties=parties, columns=(_columns(weights, 0, 0)[0], _amount(amounts, "5 * inhabitants")))
        residual = None if cost is None else cost - sum(amounts)
        return Tariff(parties=parties, amounts=amounts, workings=workings, supplier_cost=cost, residual=residual)


class Listed(Priced):
    """A ceiling."""

    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        found = super().allocate(request, settings)
        return Ceiling(parties=found.parties, amounts=found.amounts, workings=found.workings)


class Monotone(Fair):
    promises = frozenset({Promise.ORDER_FREE, Promise.HOUSE_MONOTONE, Promise.ZERO_FOR_ZERO})
    formula = "webster(cost, inhabitants)"

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return webster(total, weights)


@pytest.mark.parametrize("model", [Fair(), Priced(), Listed(), Monotone()], ids=lambda model: type(model).__name__)
def test_an_honest_model_of_each_kind_passes_every_check(model: CostModel[Any]) -> None:
    found = examine(model, settings=[{}, {"cap": "2000000000.00"}], examples=120)
    assert [str(failure) for failure in found.failures.values()] == []
    assert found.requests >= 100
    assert found.answered > found.requests / 2


test_the_three_lines_a_plugin_writes = conformance(Monotone())


class Adjusted(Fair):
    """Divides as ``Fair``, then changes the result in one place."""

    def change(self, request: CostRequest, found: Split) -> Allocation:
        raise NotImplementedError

    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        found = super().allocate(request, settings)
        assert isinstance(found, Split)
        return self.change(request, found)


class LosesAnOre(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return replace(found, region=found.region - 1) if found.total > 7 else found


class OtherTotal(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return replace(found, total=found.total + 1, region=found.region + 1)


class ReturnsFloat(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return replace(found, amounts=tuple(map(float, found.amounts)))  # type: ignore[arg-type]  # meant


class FloatInWorkings(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        wrong = Remainder(column="amount", method=Rounding.EXACT, units=0.5, takers=())  # type: ignore[arg-type]  # meant
        return replace(found, workings=replace(found.workings, remainders=(wrong,)))


class Negative(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        first, *rest = found.amounts or (0,)
        amounts = (-1, *rest) if found.amounts else ()
        workings = replace(found.workings, columns=(*found.workings.columns[:-1], _amount(amounts, "")))
        return replace(found, amounts=amounts, workings=workings, region=found.region + first + 1)


class Residual(Priced):
    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        found = super().allocate(request, settings)
        return replace(found, residual=0 if request.amount else None)  # type: ignore[call-arg]  # it is a tariff


class Mutates(Fair):
    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        object.__setattr__(request, "parties", request.parties[:1] + request.parties[:0:-1])
        return super().allocate(request, settings)


class TakesThemAsTheyCome(Fair):
    def payers(self, request: CostRequest) -> Sequence[Party]:
        return [party for party in request.parties if party in request.payers()]


class AboveCap(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        cap = replace(found.workings.column("cap"), numerators=(1,) * len(found.parties))
        columns = (*found.workings.columns[:2], cap, found.workings.columns[3])
        return replace(found, workings=replace(found.workings, columns=columns))


class BreaksQuota(Fair):
    formula = "webster(cost, inhabitants)"

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return webster(total, weights)


class BreaksMonotony(Fair):
    promises = frozenset({*Fair.promises, Promise.HOUSE_MONOTONE})


class ChargesTheEmpty(Fair):
    promises = frozenset({Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO})
    formula = "largest_remainder(cost, inhabitants + 1)"

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return largest_remainder(total, [weight + 1 for weight in weights])


class PromisesWithoutColumn(Priced):
    promises = frozenset({Promise.WITHIN_QUOTA})


class WrongFormula(Fair):
    formula = "half_up(ideal)"


class UnknownName(Fair):
    formula = "largest_remainder(cost, inhabitant)"


class ListsInWorkings(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        wrong = Remainder(column="amount", method=Rounding.EXACT, units=0, takers=[])  # type: ignore[arg-type]  # meant
        return replace(found, workings=replace(found.workings, remainders=(wrong,)))


class Unexplained(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        bare = replace(found.workings.scalars[0], source=None)
        return replace(found, workings=replace(found.workings, scalars=(bare,)))


class WithoutFormula(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        bare = replace(found.workings.column("amount"), formula="", source=Source(title="Trust me"))
        return replace(found, workings=replace(found.workings, columns=(*found.workings.columns[:-1], bare)))


class IdealFromTheAmounts(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        workings = found.workings
        ideal = replace(workings.column("ideal"), numerators=found.amounts, denominator=1, formula="copy * 1")
        copy = replace(ideal, name="copy", role=None, formula="amount")
        columns = (workings.columns[0], ideal, copy, *workings.columns[2:])
        return replace(found, workings=replace(workings, columns=columns))


class Untranslated(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        finding = Finding(code="note", text=Text("Obs!", ""))
        return replace(found, workings=replace(found.workings, findings=(finding,)))


class OtherAmounts(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return replace(found, amounts=(0,) * len(found.amounts), region=found.total)


class ChargesTheRegion(Fair):
    def payers(self, request: CostRequest) -> Sequence[Party]:
        region = [party for party in request.parties if party.key == request.region]
        return (*region, *request.payers())


class Remembers(Fair):
    def __init__(self) -> None:
        self.times = itertools.count()

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        found = super().divide(total, weights)
        extra = next(self.times) % 3
        return replace(found, shares=tuple(share - min(share, extra) for share in found.shares))


class InTheOrderOfASet(Fair):
    def payers(self, request: CostRequest) -> Sequence[Party]:
        places = {key: place for place, key in enumerate({party.key for party in request.payers()})}
        return sorted(request.payers(), key=lambda party: places[party.key])


class Crashes(Fair):
    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return replace(super().divide(total, weights), reconciliation=total // (sum(weights) % 7))


class AlwaysRefuses(Fair):
    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:  # noqa: ARG002  (the contract's)
        message = "Not today."
        raise AllocationError(message, remedy="Come back tomorrow.")


class RefusesWithoutRemedy(Fair):
    def allocate(self, request: CostRequest, settings: FairSettings) -> Allocation:
        if request.amount and request.amount.ore % 2:
            message = "An odd amount."
            raise AllocationError(message)
        return super().allocate(request, settings)


class AnswersWithADictionary(Fair):
    def allocate(self, request: CostRequest, settings: FairSettings) -> Any:  # noqa: ANN401, ARG002  (what it is about)
        return {}


@dataclass(frozen=True, kw_only=True)
class OwnSplit(Split):
    """A subclass brings code of the plugin's into the host."""


class AnswersWithItsOwnKind(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return OwnSplit(**found.__dict__)


class Unpicklable(Adjusted):
    def change(self, request: CostRequest, found: Split) -> Allocation:  # noqa: ARG002  (the contract's)
        return replace(found, payers=_Local())


class _Local(dict[str, str]):
    def __reduce__(self) -> str:
        return "nowhere"


BROKEN: Mapping[str, CostModel[Any]] = {
    "LosesAnOre: split-adds-up": LosesAnOre(),
    "OtherTotal: cost-stated": OtherTotal(),
    "ReturnsFloat: whole-amounts": ReturnsFloat(),
    "ReturnsFloat: no-float": ReturnsFloat(),
    "FloatInWorkings: exact-workings": FloatInWorkings(),
    "FloatInWorkings: no-float": FloatInWorkings(),
    "Negative: nothing-negative": Negative(),
    "Residual: tariff-residual": Residual(),
    "Mutates: untouched": Mutates(),
    "TakesThemAsTheyCome: order-free": TakesThemAsTheyCome(),
    "AboveCap: never-above-cap": AboveCap(),
    "BreaksQuota: within-quota": BreaksQuota(),
    "BreaksMonotony: house-monotone": BreaksMonotony(),
    "ChargesTheEmpty: zero-for-zero": ChargesTheEmpty(),
    "PromisesWithoutColumn: within-quota": PromisesWithoutColumn(),
    "WrongFormula: replays": WrongFormula(),
    "UnknownName: replays": UnknownName(),
    "ListsInWorkings: stored": ListsInWorkings(),
    "Unexplained: explained": Unexplained(),
    "WithoutFormula: grounded": WithoutFormula(),
    "IdealFromTheAmounts: grounded": IdealFromTheAmounts(),
    "Untranslated: explained": Untranslated(),
    "OtherAmounts: workings-same-amounts": OtherAmounts(),
    "ChargesTheRegion: region-apart": ChargesTheRegion(),
    "Remembers: pure": Remembers(),
    "InTheOrderOfASet: same-elsewhere": InTheOrderOfASet(),
    "Crashes: answers": Crashes(),
    "AlwaysRefuses: answers": AlwaysRefuses(),
    "RefusesWithoutRemedy: refuses-readably": RefusesWithoutRemedy(),
    "AnswersWithADictionary: answers": AnswersWithADictionary(),
    "AnswersWithItsOwnKind: exact-kind": AnswersWithItsOwnKind(),
    "Unpicklable: pickles": Unpicklable(),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_model_is_caught_by_the_check_of_its_fault(case: str) -> None:
    model, check = case.split(": ")
    examples = 200 if model.startswith("Breaks") else 60  # a paradox is rare
    found = examine(BROKEN[case], examples=examples, smallest=False, elsewhere=check == "same-elsewhere")
    assert check in found.failures, {name: str(failure) for name, failure in found.failures.items()}
    with pytest.raises(AssertionError, match=f"fair 1 fails {check}: "):
        found.check(check)


def test_a_failure_shows_the_smallest_request_that_it_was_found_with() -> None:
    [failure] = examine(LosesAnOre(), examples=50).failures.values()
    assert "Request: 0.08 SEK" in failure.example
    assert failure.seen == "the shares miss the total by 1 öre"


def test_settings_that_the_model_does_not_take_stop_the_examination() -> None:
    with pytest.raises(SettingsError, match="no setting"):
        examine(Fair(), settings=[{"capp": 1}], examples=5, elsewhere=False)


def test_the_settings_can_be_a_strategy() -> None:
    ceilings = st.integers(10**9, 10**10).map(lambda kronor: {"cap": kronor})
    assert examine(Fair(), settings=ceilings, examples=20, elsewhere=False).passed


def test_the_number_of_examples_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_EXAMPLES", "33")
    assert examine(Fair(), elsewhere=False).requests == 33


def test_every_check_is_failed_by_some_broken_model() -> None:
    shown = {case.split(": ")[1] for case in BROKEN}
    shown |= {"settings-described", "settings-strict", "settings-round-trip", "settings-upgrade", "identity"}
    shown |= {demand.__name__.replace("_", "-") for demand in demands.CHECKS}  # broken one by one in test_demands.py
    assert set(CHECKS) == shown


class Rounded(Fair):
    promises = frozenset({Promise.ORDER_FREE, Promise.WITHIN_QUOTA, Promise.ZERO_FOR_ZERO})
    formula = "half_up(ideal)"

    def divide(self, total: int, weights: Sequence[int]) -> Apportionment:
        return half_up_reconciled(total, weights)


def test_half_up_may_leave_the_region_a_few_ore_short() -> None:
    assert examine(Rounded(), examples=200, elsewhere=False).passed


def test_a_model_that_cannot_be_taken_to_another_process_is_named() -> None:
    class Local(Fair):
        pass

    found = examine(Local(), examples=20)
    assert "cannot be taken to another process" in found.failures["same-elsewhere"].seen


class OnlyHere(Fair):
    def __setstate__(self, state: object) -> None:
        raise NotImplementedError

    def __getstate__(self) -> dict[str, int]:
        return {"a": 1}


def test_a_model_that_fails_in_another_process_is_named_with_its_error() -> None:
    found = examine(OnlyHere(), examples=20)
    assert "NotImplementedError" in found.failures["same-elsewhere"].seen
