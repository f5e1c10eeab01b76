"""How a revision differs from the one before it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from andel.costs.model.difference import Cause, Change, Difference, Moved
from andel.parties.pages.words import figure
from andel.sdk.text import Text
from andel.shared.formats import Language, exact, long_date, number

_NAMED = 3


def difference_words(difference: Difference, names: Mapping[str, str], lang: Language) -> tuple[str, ...]:
    """Say what changed and whose amounts became others, one sentence each."""
    told = [*(_change(change, names, lang) for change in difference.changes), *_moved(difference, names, lang)]
    return tuple(words for words in told if words)


def _moved(difference: Difference, names: Mapping[str, str], lang: Language) -> Iterator[str]:
    if not difference.amounts:
        yield Text("Inget belopp blev ett annat.", "No amount became another.").in_language(lang)
        return
    first = ", ".join(_one(moved, names, lang) for moved in difference.amounts[:_NAMED])
    more = len(difference.amounts) - _NAMED
    rest = Text(f" och {more} till", f" and {more} more").in_language(lang) if more > 0 else ""
    yield Text(f"Nya belopp: {first}{rest}.", f"New amounts: {first}{rest}.").in_language(lang)
    old, new = difference.own
    if old is not None and new is not None and old != new:
        signed = exact(new - old, sign=True, lang=lang)
        yield Text(f"Regionen bär {signed}.", f"The region bears {signed}.").in_language(lang)


def _one(moved: Moved, names: Mapping[str, str], lang: Language) -> str:
    party, old, new = moved
    name = names.get(party, party)
    if old is None or new is None:
        words = Text("tillkom", "joined") if old is None else Text("föll bort", "left")
        return f"{name} {words.in_language(lang)}"
    return f"{name} {exact(new - old, sign=True, lang=lang)}"


def _change(change: Change, names: Mapping[str, str], lang: Language) -> str:
    match change.cause:
        case Cause.FACTS:
            return _facts(change, names, lang)
        case Cause.AMOUNT:
            return Text(
                f"Kostnaden ändrades från {_money(change.old, lang)} till {_money(change.new, lang)}.",
                f"The cost changed from {_money(change.old, lang)} to {_money(change.new, lang)}.",
            ).in_language(lang)
        case Cause.SETTING:
            return Text(
                f"Inställningen {change.name} ändrades från {change.old} till {change.new}.",
                f"The setting {change.name} changed from {change.old} to {change.new}.",
            ).in_language(lang)
        case Cause.MODEL:
            return Text(
                f"Modellen byttes från {change.old} till {change.new}.",
                f"The model changed from {change.old} to {change.new}.",
            ).in_language(lang)
        case _:
            return _PLAIN[change.cause].in_language(lang)


_PLAIN = {
    Cause.AMOUNT_SOURCE: Text("Källan till kostnaden ändrades.", "The source of the cost changed."),
    Cause.PARTIES: Text("Parterna eller uppgifterna om dem ändrades.", "The parties or what is said of them changed."),
    Cause.SUCCESSIONS: Text("Vem som ersätter vem ändrades.", "Who replaces whom changed."),
    Cause.CHARGED: Text("Det som debiterats tidigare ändrades.", "What had been charged earlier changed."),
}


def _facts(change: Change, names: Mapping[str, str], lang: Language) -> str:
    what = figure(change.name).in_language(lang)
    day = _day((change.new or change.old or {}).get("reference_date"), lang)
    rows = ", ".join(
        f"{names.get(party, party)} {_count(old, lang)} → {_count(new, lang)}"
        for party, old, new in change.parties[:_NAMED]
    )
    more = len(change.parties) - _NAMED
    rest = Text(f" och {more} till", f" and {more} more").in_language(lang) if more > 0 else ""
    words = Text(f"{what} {day} ändrades", f"{what} of {day} changed").in_language(lang)
    reason = f" ({change.reason})" if change.reason else ""
    return f"{words}{reason}{f': {rows}{rest}' if rows else ''}."


def _day(iso: object, lang: Language) -> str:
    return long_date(date.fromisoformat(iso), lang=lang) if isinstance(iso, str) else ""


def _count(value: int | None, lang: Language) -> str:
    return "–" if value is None else number(value, lang=lang)


def _money(amount: Any, lang: Language) -> str:  # noqa: ANN401  (plain data: öre and a currency, or nothing)
    return "–" if not amount else exact(int(amount[0]), lang=lang)
