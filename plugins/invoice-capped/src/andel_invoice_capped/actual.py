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
from andel.sdk.workings import Column, Remainder, Rounding, Scalar, Workings
from andel_invoice_capped.cap_columns import cap_columns, cap_scalars, used_column
from andel_invoice_capped.caps import Caps
from andel_invoice_capped.census import Census, take_census
from andel_invoice_capped.key import BASIS, city_scalars, key_columns
from andel_invoice_capped.outcome import Outcome
from andel_invoice_capped.settings import InvoiceCappedSettings, Overflow
from andel_invoice_capped.split_findings import of_split
from andel_invoice_capped.table import Table


def make_split(request: CostRequest, settings: InvoiceCappedSettings) -> Split:
    """Divide the period's cost.

    Raises:
        AllocationError: the period lies outside the term, the component has no amount, the currency is not that
            of the limit, or a party has no cap.
        FactError: figures are missing or describe another day.
    """
    _check_term(request, settings)
    cost = request.cost()
    census, table = _count(request, settings)
    caps = Caps.of(request, settings, census, table)
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


def _count(request: CostRequest, settings: InvoiceCappedSettings) -> tuple[Census, Table]:
    """Return who pays by which inhabitants, and the table of ceilings: of the same census when nothing differs."""
    last_day, day, counted = request.period.last_day, settings.population_day(request.period), settings.population_date
    first = take_census(request, settings, on=counted, population=counted)
    table = Table.of(first, settings)
    if day == counted and not request.successions and request.payers(last_day) == first.present:
        return first, table
    return take_census(request, settings, on=last_day, population=day), table


def _remainders(outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Remainder, ...]:
    column = "amount" if settings.overflow is Overflow.SPREAD else "before_cap"
    found = taken(outcome.divided, settings.rounding, outcome.census.parties)
    return tuple(replace(remainder, column=column) for remainder in found)


def _scalars(request: CostRequest, outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Scalar, ...]:
    found = [cost_scalar(request), *city_scalars(outcome.census), *cap_scalars(outcome.caps, outcome.census)]
    if settings.overflow is Overflow.REGION:
        cut = sum(outcome.divided.shares) - sum(outcome.amounts)
        label, formula = Text("Över taken", "Above the caps"), "sum(before_cap) - sum(amount)"
        found.append(whole_scalar("above_caps", label, cut, "ore", formula=formula))
    return (*found, region_scalar(request, outcome.amounts))


def _columns(outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Column, ...]:
    basis, spread = outcome.census.basis, settings.overflow is Overflow.SPREAD
    amount = f"capped(cost, {BASIS}, cap_left)" if spread else "lesser(before_cap, cap_left)"
    exact = [outcome.cost * count for count in basis]
    return (
        ideal_column(f"cost * {BASIS} / sum({BASIS})", exact, sum(basis)),
        *(() if spread else (_before_cap(outcome, settings.rounding),)),
        *cap_columns(outcome.caps, outcome.census),
        amount_column(amount, outcome.amounts, Rounding.LARGEST_REMAINDER if spread else Rounding.EXACT),
        used_column(outcome.caps, outcome.amounts),
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
