"""The answer to "why this amount?": its steps, and the party's row among its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from andel.costs.model.table import Step, worked_table
from andel.costs.pages.shown.allocation import Head, PartyRow, heads_of, rows_of, sums_of
from andel.sdk.cost import Allocation
from andel.shared.formats import Language

AROUND = 1
"""How many rows are shown on each side of the party's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why one party's amount is what it is.

    Attributes:
        amount: öre.
        rows: the party's row with its neighbours, by name.
        others: how many rows are left out.
        payer: who is invoiced in the party's place; empty when it is itself.
    """

    amount: int
    steps: tuple[Step, ...]
    heads: tuple[Head, ...]
    rows: tuple[PartyRow, ...]
    others: int
    sums: tuple[str, ...]
    payer: str


def why(allocation: Allocation, party: str, steps: Sequence[Step], names: Mapping[str, str], lang: Language) -> Why:
    """Put the answer together for a party that has a row."""
    table = worked_table(allocation, names)
    rows = rows_of(table, lang)
    at = next(place for place, row in enumerate(rows) if row.key == party)
    near = rows[max(0, at - AROUND) : at + AROUND + 1]
    payer = allocation.payers.get(party, party)
    return Why(
        amount=allocation.amount_of(party).ore,
        steps=tuple(steps),
        heads=heads_of(table, lang),
        rows=near,
        others=len(rows) - len(near),
        sums=sums_of(table, lang),
        payer="" if payer == party else names.get(payer, payer),
    )
