"""What every result of a cost model must meet, whoever made it: the host and the examination ask the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from andel.sdk.cost import Allocation, Ceiling, CostRequest, Promise, Split, Tariff
from andel.sdk.errors import AllocationError, Complaint
from andel.sdk.workings import Column, Role

_HALF_A_KRONA = 50


@dataclass(frozen=True, slots=True)
class Breach:
    """A demand that a result does not meet: its name and what was found."""

    demand: str
    text: str


def breaches(request: CostRequest, allocation: Allocation, promises: Collection[Promise]) -> tuple[Breach, ...]:
    """Return what one result misses, of the demands on its kind and of the model's promises.

    Promises about several results (the order of the parties, a greater total) are for the examination.
    """
    shape = tuple(_shape(allocation))
    if shape:
        return shape
    found = [*_kind(request, allocation), *_table(allocation)]
    for promise in sorted(set(promises) & set(_RULES)):
        found += _broken(promise, allocation)
    return tuple(found)


def check_demands(request: CostRequest, allocation: Allocation, promises: Collection[Promise]) -> None:
    """Make sure that a result meets every demand.

    Raises:
        AllocationError: with a complaint for each demand that it misses.
    """
    found = breaches(request, allocation, promises)
    if found:
        remedy = "The plugin has a fault: tell who keeps it; nothing was stored."
        raise AllocationError.of([Complaint(f"{breach.demand}: {breach.text}", "", remedy) for breach in found])


def _shape(allocation: Allocation) -> Iterator[Breach]:
    """Yield why the result is no table of whole öre over the parties at all."""
    if not isinstance(allocation, (Split, Tariff, Ceiling)):
        yield Breach("kind", f"{type(allocation).__name__} is no Split, Tariff or Ceiling.")
        return
    if len(allocation.amounts) != len(allocation.parties):
        yield Breach("rows", f"{len(allocation.amounts)} amounts for {len(allocation.parties)} parties.")
    for name, amount in _amounts(allocation):
        if type(amount) is not int:
            yield Breach("whole-ore", f"{name} has {amount!r}, a {type(amount).__name__}, not whole öre.")


def _amounts(allocation: Allocation) -> Iterator[tuple[str, object]]:
    yield from zip(allocation.parties, allocation.amounts, strict=False)
    match allocation:
        case Split():
            yield from (("the total", allocation.total), ("the region", allocation.region))
        case Tariff() if not (allocation.supplier_cost is None and allocation.residual is None):
            yield from (("the supplier's cost", allocation.supplier_cost), ("the residual", allocation.residual))


def _kind(request: CostRequest, allocation: Allocation) -> Iterator[Breach]:
    given = request.amount.ore if request.amount else None
    charged = sum(allocation.amounts)
    match allocation:
        case Split(total=total, region=region):
            if charged + region != total:
                yield Breach("adds-up", f"{charged} + {region} of the region is {charged + region}, not {total} öre.")
            if total != given:
                yield Breach("adds-up", f"The total is {total}, the cost that was given is {given} öre.")
            if region < -len(allocation.parties) * _HALF_A_KRONA:
                yield Breach("nothing-negative", f"The region has {region} öre, more than rounding explains.")
        case Tariff(supplier_cost=cost, residual=residual):
            if cost is not None and residual is not None and charged + residual != cost:
                yield Breach("adds-up", f"{charged} + residual {residual} is {charged + residual}, not {cost} öre.")
            if cost != given:
                yield Breach("adds-up", f"The supplier's cost is {cost}, the cost that was given is {given} öre.")
    for party, amount in zip(allocation.parties, allocation.amounts, strict=True):
        if amount < 0:
            yield Breach("nothing-negative", f"{party} has {amount} öre.")
    yield from _known(request, allocation)


def _known(request: CostRequest, allocation: Allocation) -> Iterator[Breach]:
    known = {party.key for party in request.parties}
    for party in allocation.parties:
        if party == request.region:
            yield Breach("parties", f"{party} is the region: what it bears is not a party's amount.")
        elif party not in known:
            yield Breach("parties", f"{party} was not among the parties that were given.")
    for party, payer in allocation.payers.items():
        if party not in allocation.parties or not payer:
            yield Breach("parties", f'"{payer}" is to pay for {party}, which has no amount.')
    if request.amount and allocation.currency != request.amount.currency:
        yield Breach("currency", f"{allocation.currency} for a cost in {request.amount.currency}.")


def _table(allocation: Allocation) -> Iterator[Breach]:
    workings = allocation.workings
    if workings.parties != allocation.parties:
        yield Breach("workings", "The rows of the workings are not the parties of the result.")
        return
    amount = workings.of_role(Role.AMOUNT)
    if amount is None:
        yield Breach("workings", "No column of the workings has the role amount.")
        return
    if amount.unit != "ore":
        yield Breach("workings", f"The column {amount.name} is in {amount.unit}, not in ore.")
    for row, (party, given) in enumerate(zip(allocation.parties, allocation.amounts, strict=True)):
        if amount.numerators[row] != given * amount.denominator:
            yield Breach("workings", f"{party} has {given} öre, {amount.value(row)} in the workings.")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A promise about single amounts: ``broken(amount, column, row)`` compares with the column of the role."""

    role: Role
    broken: Callable[[int, Column, int], bool]
    words: str


_RULES = {
    Promise.WITHIN_QUOTA: _Rule(
        Role.IDEAL,
        lambda amount, ideal, row: abs(amount * ideal.denominator - ideal.numerators[row]) >= ideal.denominator,
        "the exact amount is",
    ),
    Promise.NEVER_ABOVE_CAP: _Rule(
        Role.CAP,
        lambda amount, cap, row: amount * cap.denominator > cap.numerators[row],
        "what is left of the cap is",
    ),
    Promise.ZERO_FOR_ZERO: _Rule(
        Role.BASIS,
        lambda amount, basis, row: amount != 0 and basis.numerators[row] == 0,
        "the basis is",
    ),
}


def _broken(promise: Promise, allocation: Allocation) -> Iterator[Breach]:
    rule = _RULES[promise]
    column = allocation.workings.of_role(rule.role)
    if column is None or len(column.numerators) != len(allocation.amounts):
        yield Breach(promise, f"It is promised, but no column of the workings has the role {rule.role}.")
        return
    for row, (party, amount) in enumerate(zip(allocation.parties, allocation.amounts, strict=True)):
        if rule.broken(amount, column, row):
            yield Breach(promise, f"{party} has {amount} öre, {rule.words} {column.value(row)}.")
