"""A result looked through again: does it add up, do its formulas hold, does the model still give it?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, preview
from andel.costs.service.stored import StoredAllocation, allocation_of, request_of, settings_of
from andel.costs.service.verifying import Verdict
from andel.host.registry import Registry
from andel.host.settings import read_settings
from andel.sdk.cost import Allocation
from andel.sdk.errors import AndelError
from andel.sdk.replay import replay
from andel.sdk.text import Text, words_in

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """One question that was asked of a result, and the answer."""

    question: Text
    verdict: Verdict
    answer: Text


def recheck_preview(session: Session, allocator: Allocator, case: Case, shown: Allocation) -> tuple[Recheck, ...]:
    """Ask of a preview whether it holds, and whether computing it again gives the same."""
    return _formulas(shown), _today(session, allocator, case, shown)


def recheck_stored(
    session: Session, allocator: Allocator, registry: Registry, case: Case, stored: StoredAllocation
) -> tuple[Recheck, ...]:
    """Ask everything of a stored result, once more, of what is stored and of what would be made today.

    Raises:
        WorkingsError: its workings cannot be read.
    """
    shown = allocation_of(session, stored)
    return (
        _unchanged(shown, stored.workings_digest),
        _formulas(shown),
        _replayed(session, allocator, registry, stored, shown),
        _today(session, allocator, case, shown),
    )


def _unchanged(shown: Allocation, digest: str) -> Recheck:
    found = hashlib.sha256(shown.workings.canonical).hexdigest()
    return Recheck(
        question=Text("Är uträkningen oförändrad?", "Are the workings unchanged?"),
        verdict=Verdict.SAME if found == digest else Verdict.DIFFERENT,
        answer=Text(f"Kontrollsumman är {found[:16]}…", f"The digest is {found[:16]}…"),
    )


def _formulas(shown: Allocation) -> Recheck:
    question = Text("Följer varje värde av sin formel?", "Does every value follow from its formula?")
    try:
        wrong = replay(shown.workings)
    except AndelError as error:
        what = Text(words_in(error.complaints[0].what, "sv"), words_in(error.complaints[0].what, "en"))
        return Recheck(question=question, verdict=Verdict.DIFFERENT, answer=what)
    values = sum(bool(value.formula) for value in shown.workings.values)
    if not wrong:
        answer = Text(f"{values} formler räknade om, alla stämmer.", f"{values} formulas evaluated, all hold.")
        return Recheck(question=question, verdict=Verdict.SAME, answer=answer)
    names = ", ".join(dict.fromkeys(one.name for one in wrong))
    answer = Text(f"{len(wrong)} värden stämmer inte: {names}.", f"{len(wrong)} values do not: {names}.")
    return Recheck(question=question, verdict=Verdict.DIFFERENT, answer=answer)


def _replayed(
    session: Session, allocator: Allocator, registry: Registry, stored: StoredAllocation, shown: Allocation
) -> Recheck:
    """Compute again with the model version that made it, from the stored request and settings."""
    made = f"{stored.model} {stored.model_version}"
    question = Text(f"Räknar {made} likadant nu?", f"Does {made} still compute the same?")
    registered = registry.catalogue.find(stored.model, stored.model_version)
    if registered is None:
        missing = Text("Den versionen är inte installerad.", "That version is not installed.")
        return Recheck(question=question, verdict=Verdict.UNKNOWN, answer=missing)
    try:
        settings = read_settings(registered, settings_of(session, stored))
        now = allocator.facade.allocate(registered, request_of(session, stored), settings).allocation
    except AndelError as error:
        return _refused(question, error)
    if now.workings.digest == shown.workings.digest:
        answer = Text("Ja, av det sparade underlaget, värde för värde.", "Yes, from the stored input, value by value.")
        return Recheck(question=question, verdict=Verdict.SAME, answer=answer)
    answer = Text("Nej, uträkningen blir en annan.", "No, the workings become others.")
    return Recheck(question=question, verdict=Verdict.DIFFERENT, answer=answer)


def _today(session: Session, allocator: Allocator, case: Case, shown: Allocation) -> Recheck:
    """Compute from the figures, settings and prices as they are now."""
    question = Text("Blir det samma i dag?", "Does it come to the same today?")
    try:
        now = preview(session, allocator, case).result.allocation
    except AndelError as error:
        return _refused(question, error)
    if now.workings.digest == shown.workings.digest:
        answer = Text("Ja, dagens underlag ger samma uträkning.", "Yes, today's figures give the same workings.")
        return Recheck(question=question, verdict=Verdict.SAME, answer=answer)
    return Recheck(question=question, verdict=Verdict.DIFFERENT, answer=_difference(allocator, shown, now))


def _refused(question: Text, error: AndelError) -> Recheck:
    what = error.complaints[0].what
    refused = Text(f"Nej: {words_in(what, 'sv')}", f"No: {words_in(what, 'en')}")
    return Recheck(question=question, verdict=Verdict.UNKNOWN, answer=refused)


def _difference(allocator: Allocator, shown: Allocation, now: Allocation) -> Text:
    """Say whose amount would be another: figures, settings or prices have changed since."""
    names = allocator.book.parties.names()
    parties = dict.fromkeys((*shown.parties, *now.parties))
    changed = [names.get(key, key) for key in parties if shown.amount_of(key) != now.amount_of(key)]
    if not changed:
        return Text(
            "Underlaget har ändrats sedan dess, men beloppen blir desamma.",
            "The figures have changed since, yet the amounts are the same.",
        )
    first = ", ".join(changed[:_NAMED])
    more = len(changed) - _NAMED
    sv, en = (f" och {more} till", f" and {more} more") if more > 0 else ("", "")
    return Text(
        f"Nej, underlaget har ändrats sedan dess. Beloppet skulle bli ett annat för {first}{sv}.",
        f"No, the figures have changed since. The amount would be another for {first}{en}.",
    )
