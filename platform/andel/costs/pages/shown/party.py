"""What one organization pays in a year, by which figures of its own, and for whom it is invoiced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from andel.costs.service.yearly import YearCost
from andel.sdk.cost import Allocation, Ceiling
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.period import Period
from andel.sdk.workings import Role, Workings
from andel.shared.formats import Language
from andel.shared.units import written


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    """What the organization pays by one result.

    Attributes:
        basis: its own figure and all parties' together, in words; empty when the model has none.
        part: its amount as a part of what all parties pay.
        payer: who is invoiced in its place; empty when it is itself.
    """

    cost: YearCost
    period: Period
    ore: int
    basis: str
    whole_basis: str
    part: Fraction
    payer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapLine:
    """The most the organization can pay by one result, in öre."""

    cost: YearCost
    period: Period
    ore: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersLine:
    """What the organization is invoiced for others by one result, in öre, and for how many."""

    cost: YearCost
    period: Period
    ore: int
    parties: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFigure:
    """The organization's figure in the newest series of a name."""

    series: FactSeries
    value: int


Results = Sequence[tuple[YearCost, Period, Allocation]]


def paid(results: Results, party: str, names: Mapping[str, str], lang: Language) -> tuple[PaidLine, ...]:
    """Return what a party pays, in the order of the results."""
    found = []
    for cost, period, allocation in results:
        rows = allocation.workings.rows
        if isinstance(allocation, Ceiling) or party not in rows:
            continue
        ore, payer = allocation.amounts[allocation.parties.index(party)], allocation.payers.get(party, party)
        basis, whole = _basis(allocation.workings, rows[party], lang)
        found.append(
            PaidLine(
                cost=cost,
                period=period,
                ore=ore,
                basis=basis,
                whole_basis=whole,
                part=Fraction(ore, sum(allocation.amounts) or 1),
                payer="" if payer == party else names.get(payer, payer),
            )
        )
    return tuple(found)


def caps(results: Results, party: str) -> tuple[CapLine, ...]:
    """Return the party's caps."""
    return tuple(
        CapLine(cost=cost, period=period, ore=allocation.amount_of(party).ore)
        for cost, period, allocation in results
        if isinstance(allocation, Ceiling) and party in allocation.workings.rows
    )


def for_others(results: Results, payer: str) -> tuple[OthersLine, ...]:
    """Return what a payer is invoiced for those whose place it takes."""
    found = []
    for cost, period, allocation in results:
        others = {user for user, one in allocation.payers.items() if one == payer and user != payer}
        amounts = dict(zip(allocation.parties, allocation.amounts, strict=True))
        if others:
            ore = sum(amounts.get(user, 0) for user in others)
            found.append(OthersLine(cost=cost, period=period, ore=ore, parties=len(others)))
    return tuple(found)


def figures_of(facts: FactBook, party: str) -> tuple[PartyFigure, ...]:
    """Return the party's figures: of each name the newest series that counts and has a row for it."""
    newest: dict[str, FactSeries] = {}
    for series in facts.series:
        before = newest.get(series.name)
        if party in series.values and (before is None or series.reference_date >= before.reference_date):
            newest[series.name] = series
    return tuple(PartyFigure(series=series, value=series.values[party]) for _, series in sorted(newest.items()))


def _basis(workings: Workings, row: int, lang: Language) -> tuple[str, str]:
    column = workings.of_role(Role.BASIS) or next((each for each in workings.columns if not each.formula), None)
    if column is None:
        return "", ""
    whole = written(column.total(), column.unit, lang=lang)
    return written(column.value(row), column.unit, lang=lang, noun=False), whole
