"""What a reader of a period's split should know: who met a cap, and whose place a party stands in."""

from __future__ import annotations

from collections.abc import Iterator

from andel.sdk.building import missed
from andel.sdk.text import Text
from andel.sdk.workings import Finding
from andel_invoice_capped.findings import of_census, of_limit
from andel_invoice_capped.outcome import Outcome
from andel_invoice_capped.settings import CapBasis, CapPer, InvoiceCappedSettings, Overflow
from andel_invoice_capped.words import kronor, listed, number


def of_split(outcome: Outcome, settings: InvoiceCappedSettings) -> tuple[Finding, ...]:
    """Return the findings of a period's split."""
    return (
        *_reached(outcome, settings),
        *missed(outcome.divided.reconciliation if settings.overflow is Overflow.REGION else 0),
        *_heirs(outcome, settings),
        *of_limit(settings),
        *of_census(outcome.census, settings),
    )


def _reached(outcome: Outcome, settings: InvoiceCappedSettings) -> Iterator[Finding]:
    whole = sum(outcome.census.basis)
    rows = zip(outcome.census.parties, outcome.census.basis, outcome.caps.left, outcome.amounts, strict=True)
    names = [p.name for p, count, left, amount in rows if amount == left and outcome.cost * count > left * whole]
    if not names:
        return
    who, region = listed(names), kronor(outcome.region, 2)
    if settings.overflow is Overflow.REGION or outcome.region:
        text = Text(
            f"{who.sv} når sitt tak i perioden. Regionen bär {region.sv}.",
            f"{who.en} reached the cap in the period. The region bears {region.en}.",
        )
    else:
        text = Text(
            f"{who.sv} når sitt tak i perioden. Parterna under sina tak delar på resten.",
            f"{who.en} reached the cap in the period. The parties below their caps share the rest.",
        )
    yield Finding(code="cap_reached", text=text)


def _heirs(outcome: Outcome, settings: InvoiceCappedSettings) -> Iterator[Finding]:
    for heir in outcome.caps.heirs:
        who, people, cap, rows = listed(heir.names), number(heir.inhabitants), kronor(heir.cap), kronor(heir.rows)
        text = Text(
            f"{heir.party.name} ersätter {who.sv}: {people.sv} invånare, tak {cap.sv}. De ersatta parternas rader i "
            f"taktabellen är tillsammans {rows.sv}.",
            f"{heir.party.name} replaces {who.en}: {people.en} inhabitants, cap {cap.en}. The rows of the replaced "
            f"parties in the table of ceilings add up to {rows.en}.",
        )
        yield Finding(code="succession", text=text)
        above = heir.cap > settings.limit.amount
        if above and settings.cap_per is CapPer.PARTY and settings.cap_basis is CapBasis.MERGED:
            limit = kronor(settings.limit.amount)
            text = Text(
                f"Taket för {heir.party.name}, {cap.sv}, är över gränsbeloppet {limit.sv} per part, för det är summan "
                "av flera rader.",
                f"The cap of {heir.party.name}, {cap.en}, is above the limit {limit.en} per party, since it is the sum "
                "of several rows.",
            )
            yield Finding(code="merged_above_limit", text=text)
