"""Each payer's cap and what has been charged towards it, predecessors' rows and charges included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError
from andel.sdk.facts import Source
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel_invoice_capped.ceiling import make_ceiling
from andel_invoice_capped.census import Census
from andel_invoice_capped.settings import CapBasis, CapPer, InvoiceCappedSettings
from andel_invoice_capped.succession import Lineage


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A payer that stands in the place of others: their names, its cap and the sum of their rows, in öre."""

    party: Party
    inhabitants: int
    names: tuple[str, ...]
    cap: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The caps of a census's payers, in its order.

    Attributes:
        totals: öre for the whole term.
        charged: öre charged before the period, by the payer and those it stands for.
        heirs: the payers whose cap comes from others' rows.
    """

    totals: tuple[int, ...]
    charged: tuple[int, ...]
    heirs: tuple[Heir, ...]
    totals_source: Source
    charged_source: Source

    @classmethod
    def of(cls, request: CostRequest, settings: InvoiceCappedSettings, census: Census) -> Caps:
        """Take the caps from the table of ceilings and follow the successions.

        Raises:
            AllocationError: a payer has no row and stands for no one who has.
            FactError: the table lacks figures.
        """
        ceiling = make_ceiling(request, settings)
        rows = dict(zip(ceiling.parties, ceiling.amounts, strict=True))
        lineage = Lineage.of(request, request.period.last_day)
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
        day_before = request.period.start - timedelta(days=1)
        return cls(
            totals=tuple(totals),
            charged=tuple(sum(request.charged.get(key, 0) for key in lineage.line(key)) for key in census.keys),
            heirs=tuple(heirs),
            totals_source=Source(
                title=f"Taktabellen, uträkning {ceiling.workings.digest}", date=settings.population_date
            ),
            charged_source=Source(title="Debiterat i kostnadsdelen, även av parter som ersatts", date=day_before),
        )


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
