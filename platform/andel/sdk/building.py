"""Labelled values that several cost models' workings have in common, a sum divided, a quantity priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

from andel.sdk.apportionment import METHODS, Apportionment, Promise
from andel.sdk.cost import CostRequest, Tariff
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.money import Money, kronor_text
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Remainder, Role, Rounding, Scalar, Workings

MethodName = Literal[Rounding.LARGEST_REMAINDER, Rounding.WEBSTER, Rounding.HALF_UP_RECONCILED]
"""The setting that names how a sum is divided to whole öre."""


def whole_scalar(
    name: str, label: Text, value: int, unit: str, *, formula: str = "", source: Source | None = None
) -> Scalar:
    """Return a scalar of a whole number."""
    return Scalar(name=name, label=label, value=Fraction(value), unit=unit, formula=formula, source=source)


def cost_scalar(request: CostRequest) -> Scalar:
    """Return the request's amount as the scalar ``cost``.

    Raises:
        AllocationError: there is no amount for the period, or it is negative.
    """
    amount = request.cost()
    if amount.ore < 0:
        message = Text(f"Kostnaden {amount} är negativ.", f"The cost {amount} is negative.")
        remedy = Text(
            "Fördela krediten för sig, som ett positivt belopp.", "Divide the credit by itself, as a positive amount."
        )
        raise AllocationError(message, where=request.service, remedy=remedy)
    source = request.amount_source or Source(title=request.component)
    return whole_scalar("cost", Text("Kostnad", "Cost"), amount.ore, "ore", source=source)


def ideal_column(formula: str, numerators: Sequence[int], denominator: int) -> Column:
    """Return the exact amounts before rounding, in öre."""
    label = Text("Exakt belopp", "Exact amount")
    return Column(
        name="ideal",
        label=label,
        numerators=tuple(numerators),
        denominator=denominator,
        unit="ore",
        formula=formula,
        role=Role.IDEAL,
    )


def amount_column(formula: str, amounts: Sequence[int], rounding: Rounding) -> Column:
    """Return what each party is to pay, in whole öre."""
    label = Text("Belopp", "Amount")
    return Column(
        name="amount",
        label=label,
        numerators=tuple(amounts),
        unit="ore",
        formula=formula,
        rounding=rounding,
        role=Role.AMOUNT,
    )


_FORMULAS = {
    Rounding.LARGEST_REMAINDER: "largest_remainder({total}, {basis}{group})",
    Rounding.WEBSTER: "webster({total}, {basis}{group})",
    Rounding.HALF_UP_RECONCILED: "half_up(ideal)",
}


def divide_formula(method: Rounding, total: str, basis: str, group: str = "") -> str:
    """Return the formula of an amount that divides ``total`` by ``basis`` (within each ``group``)."""
    return _FORMULAS[method].format(total=total, basis=basis, group=f", {group}" if group else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The names, in the workings, of what is divided, of what it is divided by, and of the latter's sum."""

    total: str
    basis: str
    whole: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A sum divided among parties: the amounts, the columns that explain them, and who took the odd öre."""

    amounts: tuple[int, ...]
    columns: tuple[Column, ...]
    remainders: tuple[Remainder, ...]
    findings: tuple[Finding, ...]


def divide(total: int, basis: Sequence[int], parties: Sequence[Party], *, method: Rounding, names: Named) -> Division:
    """Divide ``total`` öre by the basis, and explain it in the columns ``ideal`` and ``amount``.

    Raises:
        AllocationError: there is something to divide and the whole basis is zero.
    """
    found = METHODS[method].apportion(total, basis)
    whole = sum(basis)
    # Nothing by nothing is nothing; written without the division that would be by zero.
    exact = f"{names.total} * {names.basis} / {names.whole}" if whole else f"{names.total} * {names.basis}"
    return Division(
        amounts=found.shares,
        columns=(
            ideal_column(exact, [total * weight for weight in basis], whole or 1),
            amount_column(divide_formula(method, names.total, names.basis), found.shares, method),
        ),
        remainders=taken(found, method, parties),
        findings=missed(found.reconciliation),
    )


def taken(found: Apportionment, method: Rounding, parties: Sequence[Party]) -> tuple[Remainder, ...]:
    """Return who took the öre that rounding left over in the amounts, if there were any."""
    if not found.takers:
        return ()
    takers = tuple(parties[row].key for row in found.takers)
    return (Remainder(column="amount", method=method, units=len(takers), takers=takers),)


def missed(reconciliation: int) -> tuple[Finding, ...]:
    """Return a finding when rounding each amount by itself misses the sum; the region bears the difference."""
    if not reconciliation:
        return ()
    text = Text(
        f"Beloppen är avrundade var för sig; skillnaden mot summan, {reconciliation} öre, bär regionen.",
        f"The amounts are rounded one by one; the region bears what they miss the sum by, {reconciliation} öre.",
    )
    return (Finding(code="reconciliation", text=text),)


def share_column(basis: Sequence[int], whole: int, *, formula: str) -> Column:
    """Return each party's part of the whole; ``whole`` is above zero."""
    return Column(
        name="share",
        label=Text("Andel", "Share"),
        numerators=tuple(basis),
        denominator=whole,
        unit="share",
        formula=formula,
    )


def region_scalar(request: CostRequest, amounts: Sequence[int]) -> Scalar:
    """Return what the region bears of the cost when the parties have paid, as the scalar ``region_bears``."""
    rest = request.cost().ore - sum(amounts)
    label = Text("Regionen bär", "The region bears")
    return whole_scalar("region_bears", label, rest, "ore", formula="cost - sum(amount)")


def kept(method: Rounding, *, monotone: bool = True) -> frozenset[Promise]:
    """Return the promises of a split by the method; ``monotone`` tells whether the divided sum itself is.

    What half-up rounding misses is borne by the region, whose own part can fall when the total grows.
    """
    promises = METHODS[method].promises
    if method is Rounding.HALF_UP_RECONCILED or not monotone:
        return promises - {Promise.HOUSE_MONOTONE}
    return promises


def charge(
    request: CostRequest,
    parties: Sequence[Party],
    quantity: Column,
    *,
    factors: Sequence[Scalar],
    scalars: Sequence[Scalar] = (),
    findings: Sequence[Finding] = (),
) -> Tariff:
    """Charge price x quantity (x a part of the year), each amount rounded half-up to whole öre.

    What the supplier takes beyond the charges is the region's residual; it is None when the supplier's cost is
    unknown, and a finding says so.

    Args:
        request: what is asked.
        parties: who is charged, in the order of ``quantity``.
        quantity: what each party has of what is priced.
        factors: the price, in öre per unit, and what else each quantity is multiplied by.
        scalars: what explains the factors.
        findings: what is known before the charge.
    """
    each = prod((factor.value for factor in factors), start=Fraction(1))
    exact = [each.numerator * count for count in quantity.numerators]
    amounts = tuple((2 * above + each.denominator) // (2 * each.denominator) for above in exact)
    price, *others = (factor.name for factor in factors)
    borne, told = _residual(request, sum(amounts))
    columns = (
        quantity,
        ideal_column(" * ".join([price, quantity.name, *others]), exact, each.denominator),
        amount_column("half_up(ideal)", amounts, Rounding.HALF_UP),
    )
    workings = Workings(
        parties=tuple(party.key for party in parties),
        scalars=(*scalars, *factors, *borne),
        columns=columns,
        findings=(*findings, *told),
    )
    return _tariff(request, workings, amounts)


def _tariff(request: CostRequest, workings: Workings, amounts: tuple[int, ...]) -> Tariff:
    cost = request.amount.ore if request.amount else None
    return Tariff(
        parties=workings.parties,
        amounts=amounts,
        workings=workings,
        currency=request.amount.currency if request.amount else Money(0).currency,
        supplier_cost=cost,
        residual=None if cost is None else cost - sum(amounts),
    )


def _residual(request: CostRequest, charged: int) -> tuple[tuple[Scalar, ...], tuple[Finding, ...]]:
    total = whole_scalar("charged", Text("Debiteras", "Charged"), charged, "ore", formula="sum(amount)")
    if request.amount is None:
        text = Text(
            "Leverantörens kostnad är okänd: vad regionen bär kan inte visas.",
            "The supplier's cost is unknown: what the region bears cannot be shown.",
        )
        return (total,), (Finding(code="supplier-cost-unknown", text=text),)
    source = request.amount_source or Source(title=request.component)
    cost = whole_scalar(
        "cost", Text("Leverantörens kostnad", "The supplier's cost"), request.amount.ore, "ore", source=source
    )
    rest = request.amount.ore - charged
    label = Text("Regionen bär", "The region bears")
    bears = whole_scalar("region_bears", label, rest, "ore", formula="cost - charged")
    if rest >= 0:
        return (total, cost, bears), ()
    text = Text(
        f"Mer debiteras än leverantören tar: {kronor_text(-rest)} kr.",
        f"More is charged than the supplier takes: SEK {kronor_text(-rest)}.",
    )
    return (total, cost, bears), (Finding(code="above-supplier-cost", text=text),)
