"""Each payer's cap and what has been charged towards it, predecessors' rows and charges included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from andel.sdk.apportionment import largest_remainder
from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel_invoice_capped.ceiling import ceiling_of
from andel_invoice_capped.census import Census, City
from andel_invoice_capped.settings import CapBasis, CapPer, InvoiceCappedSettings
from andel_invoice_capped.succession import Lineage
from andel_invoice_capped.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A payer that stands in the place of others: their names, its cap and the sum of their rows, in öre."""

    party: Party
    inhabitants: int
    names: tuple[str, ...]
    cap: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The one limit that a city's districts share, in öre, and what they all have been charged of it."""

    city: City
    cap: int
    charged: int

    @property
    def left(self) -> int:
        """What the districts can still be charged together."""
        return max(self.cap - self.charged, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The caps of a census's payers, in its order.

    Attributes:
        totals: öre for the whole term.
        charged: öre charged before the period, by the payer and those it stands for.
        left: what each can still be charged; a district of a pool its part, by inhabitants, of what the pool has.
        pools: the shared limits; empty when each party has its own.
        heirs: the payers whose cap comes from others' rows.
        table: the ceilings they come from.
        totals_source: the table's workings; None when the payers are the table's own and the caps follow by formula.
    """

    table: Table
    totals: tuple[int, ...]
    charged: tuple[int, ...]
    left: tuple[int, ...]
    pools: tuple[Pool, ...]
    heirs: tuple[Heir, ...]
    totals_source: Source | None
    charged_source: Source

    @classmethod
    def of(cls, request: CostRequest, settings: InvoiceCappedSettings, census: Census, table: Table) -> Caps:
        """Take the caps from the table of ceilings and follow the successions.

        Raises:
            AllocationError: a payer has no row and stands for no one who has.
        """
        lineage = Lineage.of(request, request.period.last_day)
        same = not lineage.successions and census.parties == table.census.parties
        totals, heirs = (table.totals, ()) if same else _follow(table, census, lineage, settings)
        charged = tuple(lineage.charged(key, request.charged) for key in census.keys)
        pools = _pools(request, table, census) if settings.cap_per is CapPer.AUTHORITY else ()
        return cls(
            table=table,
            totals=totals,
            charged=charged,
            left=_left(totals, charged, census, pools),
            pools=pools,
            heirs=heirs,
            totals_source=None if same and not pools else _cited(table, settings),
            charged_source=Source(
                title="Debiterat i kostnadsdelen, även av parter som ersatts",
                english="Charged by the component, also to parties since succeeded",
                date=request.period.start - timedelta(days=1),
            ),
        )


def _cited(table: Table, settings: InvoiceCappedSettings) -> Source:
    digest = ceiling_of(table, settings).workings.digest
    return Source(
        title=f"Taktabellen, uträkning {digest}",
        english=f"The table of caps, workings {digest}",
        date=settings.population_date,
    )


def _follow(
    table: Table, census: Census, lineage: Lineage, settings: InvoiceCappedSettings
) -> tuple[tuple[int, ...], tuple[Heir, ...]]:
    """Return each payer's cap, and the payers that stand in the place of others."""
    rows = dict(zip(table.census.keys, table.totals, strict=True))
    totals: list[int] = []
    heirs: list[Heir] = []
    for party, inhabitants in zip(census.parties, census.inhabitants, strict=True):
        behind = lineage.stands_for(party.key, rows, settings.population_date)
        if not behind:
            raise _no_cap(party, settings.population_date)
        together = sum(rows[key] for key in behind)
        totals.append(_cap(behind, together, settings))
        if behind != (party.key,):
            names = tuple(lineage.name(key) for key in behind)
            heirs.append(Heir(party=party, inhabitants=inhabitants, names=names, cap=totals[-1], rows=together))
    return tuple(totals), tuple(heirs)


def _pools(request: CostRequest, table: Table, census: Census) -> tuple[Pool, ...]:
    city_of = {party.key: party.legal_authority for party in request.parties}
    caps: dict[str, int] = {}
    for key, amount in zip(table.census.keys, table.totals, strict=True):
        caps[city_of[key]] = caps.get(city_of[key], 0) + amount
    return tuple(
        Pool(
            city=city,
            cap=caps.get(city.key, 0),
            charged=sum(ore for key, ore in request.charged.items() if city_of.get(key) == city.key),
        )
        for city in census.cities
    )


def _left(totals: Sequence[int], charged: Sequence[int], census: Census, pools: Sequence[Pool]) -> tuple[int, ...]:
    left = [max(cap - before, 0) for cap, before in zip(totals, charged, strict=True)]
    for pool in pools:
        rows = pool.city.rows
        parts = largest_remainder(pool.left, [census.basis[row] for row in rows]).shares
        for row, part in zip(rows, parts, strict=True):
            left[row] = part
    return tuple(left)


def _cap(behind: tuple[str, ...], together: int, settings: InvoiceCappedSettings) -> int:
    """Return the cap: the payer's own row or its one predecessor's, else by the setting.

    With a limit per authority the rows are parts of one limit already, and are always added.
    """
    if len(behind) == 1 or settings.cap_per is CapPer.AUTHORITY or settings.cap_basis is CapBasis.MERGED:
        return together
    return settings.limit.amount


def _no_cap(party: Party, day: date) -> AllocationError:
    message = Text(
        f"{party.name} har inget tak: parten fanns inte den {day} och ersätter ingen som fanns då.",
        f"{party.name} has no cap: it did not exist on {day} and replaces no one who did.",
    )
    remedy = Text(
        "Ange vilka parter den ersätter, eller en annan dag för invånarna.",
        "Name the parties it replaces, or choose another day for the inhabitants.",
    )
    return AllocationError(message, where=party.key, remedy=remedy)
