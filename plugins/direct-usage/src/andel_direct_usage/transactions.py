"""A cost divided by last year's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.building import Named, cost_scalar, divide, region_scalar, share_column, whole_scalar
from andel.sdk.cost import CostRequest, Split
from andel.sdk.counting import Counts
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.money import half_up
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel.sdk.workings import Finding, Rounding, Scalar, Workings
from andel_direct_usage.settings import DirectUsageSettings

_NAMES = Named(total="parties_part", basis="transactions", whole="party_transactions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The users in their order, their transactions, and the region's own, 0 when it takes no part."""

    parties: tuple[Party, ...]
    counted: Counts
    own: int
    own_source: Source


def split(request: CostRequest, usage: Usage, settings: DirectUsageSettings, findings: Sequence[Finding]) -> Split:
    """Divide the cost by transactions; the region bears its own and what rounding leaves.

    Raises:
        AllocationError: there is no cost, or there are no transactions.
    """
    transactions = usage.counted.column(_NAMES.basis, usage.parties)
    theirs = sum(transactions.numerators)
    scalars = _scalars(request, usage, theirs)
    part = scalars[-1].value.numerator
    division = divide(part, transactions.numerators, usage.parties, method=settings.method, names=_NAMES)
    share = share_column(transactions.numerators, theirs + usage.own, formula="transactions / all_transactions")
    bears = region_scalar(request, division.amounts)
    workings = Workings(
        parties=tuple(party.key for party in usage.parties),
        scalars=(*scalars, bears),
        columns=(transactions, share, *division.columns),
        remainders=division.remainders,
        findings=(*findings, *division.findings),
    )
    cost = request.cost()
    return Split(
        parties=workings.parties,
        amounts=division.amounts,
        workings=workings,
        currency=cost.currency,
        total=cost.ore,
        region=bears.value.numerator,
    )


def _scalars(request: CostRequest, usage: Usage, theirs: int) -> tuple[Scalar, ...]:
    cost, unit, everyone = cost_scalar(request), usage.counted.unit, usage.own + theirs
    if not everyone:
        message = Text(
            "Inga transaktioner: det finns inget att dela kostnaden med.",
            "No transactions: there is nothing to divide the cost by.",
        )
        remedy = Text("Kontrollera förra årets transaktioner.", "Check last year's transactions.")
        raise AllocationError(message, where=request.service, remedy=remedy)
    own, whole = (
        Text("Regionens transaktioner", "The region's transactions"),
        Text("Alla transaktioner", "All transactions"),
    )
    label = Text("Parternas transaktioner", "The parties' transactions")
    return (
        cost,
        whole_scalar("region_transactions", own, usage.own, unit, source=usage.own_source),
        whole_scalar("party_transactions", label, theirs, unit, formula="sum(transactions)"),
        whole_scalar("all_transactions", whole, everyone, unit, formula="region_transactions + party_transactions"),
        Scalar(
            name="price",
            label=Text("Pris per transaktion", "Price per transaction"),
            value=cost.value / everyone,
            unit=f"ore/{unit}",
            formula="cost / all_transactions",
        ),
        Scalar(
            name=_NAMES.total,
            label=Text("Parternas del", "The parties' part"),
            value=half_up(cost.value * Fraction(theirs, everyone)),
            unit="ore",
            formula="half_up(price * party_transactions)",
            rounding=Rounding.HALF_UP,
        ),
    )
