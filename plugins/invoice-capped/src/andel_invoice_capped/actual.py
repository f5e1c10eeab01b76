"""A period's cost, split by inhabitants; what a party has been charged in the term never passes its cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from andel.sdk.building import (
    amount_column,
    cost_scalar,
    divide_formula,
    ideal_column,
    region_scalar,
    taken,
    whole_scalar,
)
from andel.sdk.cost import CostRequest, Split
from andel.sdk.errors import AllocationError
from andel.sdk.text import Text
from andel.sdk.workings import Column, Remainder, Role, Rounding, Scalar, Workings
from andel_invoice_capped.caps import Caps
from andel_invoice_capped.census import PARTS, take_census
from andel_invoice_capped.key import BASIS, city_scalars, key_columns
from andel_invoice_capped.outcome import Outcome
from andel_invoice_capped.settings import InvoiceCappedSettings, Overflow
from andel_invoice_capped.split_findings import of_split
from andel_invoice_capped.table import half_up_whole


def make_split(request: CostRequest, settings: InvoiceCappedSettings) -> Split:
    """Divide the period's cost.

    Raises:
        AllocationError: the period lies outside the term, the component has no amount, the currency is not that
            of the limit, or a party has no cap.
        FactError: figures are missing or describe another day.
    """
    _check_term(request, settings)
    cost = request.cost()
    last_day = request.period.last_day
    census = take_census(request, settings, on=last_day, population=settings.population_day(request.period))
    caps = Caps.of(request, settings, census)
    outcome = Outcome.of(cost.ore, census, caps, settings)
    workings = Workings(
        parties=census.keys,
        scalars=_scalars(request, outcome, settings),
        columns=(*key_columns(census), *_columns(outcome, settings)),
        remainders=_remainders(outcome, settings),
        findings=of_split(outcome, settings),
    )
    return Split(
        parties=census.keys,
        amounts=outcome.amounts,
        workings=workings,
        currency=cost.currency,
        total=cost.ore,
        region=outcome.region,
    )


def _check_term(request: CostRequest, settings: InvoiceCappedSettings) -> None:
    period, start, end = request.period, settings.term_start, settings.term_end
    if start <= period.start and period.end <= end:
        return
    last = end - timedelta(days=1)
    message = Text(
        f"Perioden {period} ligger inte inom avtalstiden {start} till {last}.",
        f"The period {period} is not within the term {start} to {last}.",
    )
    remedy = Text(
        "Dela perioden vid avtalstidens gräns, eller ändra avtalstiden i en ny revision.",
        "Split the period where the term begins or ends, or change the term in a new revision.",
    )
    raise AllocationError(message, where=request.component, remedy=remedy)


def _remainders(outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Remainder, ...]:
    column = "amount" if settings.overflow is Overflow.SPREAD else "before_cap"
    found = taken(outcome.divided, settings.rounding, outcome.census.parties)
    return tuple(replace(remainder, column=column) for remainder in found)


def _scalars(request: CostRequest, outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Scalar, ...]:
    found = [cost_scalar(request), *city_scalars(outcome.census)]
    if settings.overflow is Overflow.REGION:
        cut = sum(outcome.divided.shares) - sum(outcome.amounts)
        label, formula = Text("Över taken", "Above the caps"), "sum(before_cap) - sum(amount)"
        found.append(whole_scalar("above_caps", label, cut, "ore", formula=formula))
    found.append(region_scalar(request, outcome.amounts))
    return tuple(found)


def _columns(outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Column, ...]:
    basis, spread = outcome.census.basis, settings.overflow is Overflow.SPREAD
    amount = f"capped(cost, {BASIS}, cap_left)" if spread else "lesser(before_cap, cap_left)"
    exact = [outcome.cost * count for count in basis]
    return (
        ideal_column(f"cost * {BASIS} / sum({BASIS})", exact, sum(basis)),
        *(() if spread else (_before_cap(outcome, settings.rounding),)),
        *_cap_columns(outcome),
        amount_column(amount, outcome.amounts, Rounding.LARGEST_REMAINDER if spread else Rounding.EXACT),
        _cap_used(outcome),
    )


def _before_cap(outcome: Outcome, method: Rounding) -> Column:
    return Column(
        name="before_cap",
        label=Text("Andel av kostnaden", "Share of the cost"),
        numerators=outcome.divided.shares,
        unit="ore",
        formula=divide_formula(method, "cost", BASIS),
        rounding=method,
    )


def _cap_columns(outcome: Outcome) -> tuple[Column, Column, Column]:
    caps = outcome.caps
    return (
        Column(
            name="cap_total",
            label=Text("Tak för avtalstiden", "Cap for the term"),
            numerators=caps.totals,
            unit="ore",
            source=caps.totals_source,
        ),
        Column(
            name="charged_before",
            label=Text("Debiterat tidigare i avtalstiden", "Charged earlier in the term"),
            numerators=caps.charged,
            unit="ore",
            source=caps.charged_source,
        ),
        Column(
            name="cap_left",
            label=Text("Kvar av taket", "Left of the cap"),
            numerators=outcome.left,
            unit="ore",
            formula="greater(cap_total - charged_before, 0)",
            role=Role.CAP,
        ),
    )


def _cap_used(outcome: Outcome) -> Column:
    rows = zip(outcome.caps.charged, outcome.amounts, outcome.caps.totals, strict=True)
    return Column(
        name="cap_used",
        label=Text("Använt av taket", "Used of the cap"),
        numerators=tuple(half_up_whole((before + amount) * PARTS, max(cap, 1)) for before, amount, cap in rows),
        denominator=PARTS,
        unit="share",
        formula="half_up((charged_before + amount) / greater(cap_total, 1), 4)",
        rounding=Rounding.HALF_UP,
    )
