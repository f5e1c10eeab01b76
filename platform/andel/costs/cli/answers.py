"""Answers to "why this amount?": of a party, of the region itself, and of a payer in others' place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from andel.costs.model import CostComponent, RegionBook, Service
from andel.costs.model.result import Result
from andel.costs.model.sheet import Cell
from andel.costs.model.table import Step, region_bears, region_steps, steps
from andel.sdk.money import kronor_text
from andel.sdk.party import PartyError
from andel.sdk.text import Text
from andel.shared.formats import Language, swedish_key
from andel.shared.units import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why one organization has one amount, in steps. ``name`` is how the organization is called."""

    service: Service
    component: CostComponent
    result: Result
    name: str
    ore: int
    steps: tuple[Step, ...]

    def plain(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "service": self.service.key,
            "component": self.component.key,
            "period": str(self.result.request.period),
            "amount": {"amount": kronor_text(self.ore), "currency": self.result.allocation.currency},
            "steps": [
                {
                    "label": step.label,
                    "value": step.value,
                    "formula": step.formula,
                    "note": step.note,
                    "source": step.source.title if step.source else "",
                    "example": bool(step.source and step.source.example),
                }
                for step in self.steps
            ],
            "digest": self.result.digest,
        }

    def rows(self) -> Iterator[list[Cell]]:
        """Yield a row per step."""
        where: list[Cell] = [self.service.key, self.component.key, str(self.result.request.period)]
        for number, step in enumerate(self.steps, start=1):
            source = step.source.title if step.source else ""
            yield [*where, number, step.label, step.value, step.formula, step.note, source]


def answers_to(
    book: RegionBook, made: Sequence[tuple[Service, CostComponent, Result]], party: str, *, lang: Language
) -> list[Answer]:
    """Return the party's answers, one per component that concerns it.

    Raises:
        PartyError: there is no such organization, or none of the components concerns it.
    """
    name = book.parties.party(party).name
    found = [
        Answer(service=service, component=component, result=result, name=name, ore=ore, steps=told)
        for service, component, result in made
        for ore, told in _told(book, result, party, lang)
    ]
    if found:
        return found
    sharing = sorted({key for _, _, result in made for key in result.allocation.parties})
    message = f"{name} has no part in these allocations."
    raise PartyError(message, where=book.key, remedy=f"Those that have: {', '.join(sharing)}.")


def _told(book: RegionBook, result: Result, party: str, lang: Language) -> Iterator[tuple[int, tuple[Step, ...]]]:
    allocation = result.allocation
    own = region_bears(allocation)
    if party == result.request.region and own is not None:
        yield own, region_steps(allocation.workings, lang=lang)
    elif party in allocation.workings.rows:
        yield allocation.amount_of(party).ore, steps(allocation.workings, party, lang=lang)
    else:
        yield from _paid_for(book, result, party, lang)


def _paid_for(book: RegionBook, result: Result, payer: str, lang: Language) -> Iterator[tuple[int, tuple[Step, ...]]]:
    """Tell whom a payer is invoiced for: one step each, and the sum."""
    names = book.parties.names()
    shares = [share for share in result.allocation.shares if share.payer == payer]
    if not shares:
        return
    whole = sum(share.amount.ore for share in shares)
    label, note = (
        Text("Faktureras", "Invoiced").in_language(lang),
        Text("betalas vidare", "passed on").in_language(lang),
    )
    told = [
        Step(label=name, value=written(Fraction(ore), "ore", lang=lang), formula="", note=note, source=None)
        for name, ore in sorted(
            ((names.get(share.party, share.party), share.amount.ore) for share in shares),
            key=lambda one: swedish_key(one[0]),
        )
    ]
    summed = Step(label=label, value=written(Fraction(whole), "ore", lang=lang), formula="", note="", source=None)
    yield whole, (*told, summed)
