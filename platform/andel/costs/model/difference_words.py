"""A difference told in sentences, in both languages, from its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from andel.costs.model.difference import Cause, Change, Difference, Moved
from andel.sdk.text import Text
from andel.shared.formats import Language, exact, long_date, number

_NAMED = 3
_NOTHING = Text("inget", "nothing")

Words = Mapping[str, Text]


def sentences(
    difference: Difference,
    names: Mapping[str, str],
    *,
    figures: Words | None = None,
    settings: Words | None = None,
) -> tuple[Text, ...]:
    """Tell what changed, and then what it came to.

    Args:
        difference: as it was stored.
        names: the parties' names by key.
        figures: what series are called, by their name.
        settings: what the model's settings are called, by field.
    """
    tell = _Teller(names, figures or {}, settings or {})
    return (*(tell.change(change) for change in difference.changes), *tell.outcome(difference))


class _Teller:
    def __init__(self, names: Mapping[str, str], figures: Words, settings: Words) -> None:
        self._names = names
        self._figures = figures
        self._settings = settings

    def change(self, change: Change) -> Text:
        """Tell one change."""
        tell: dict[Cause, Callable[[Change], Text]] = {
            Cause.FACTS: self._facts,
            Cause.SETTING: self._setting,
            Cause.PARTIES: self._parties,
            Cause.CHARGED: self._charged,
        }
        return tell.get(change.cause, _plain)(change)

    def outcome(self, difference: Difference) -> Iterator[Text]:
        """Tell whose amount changed, and what the region bears."""
        if difference.amounts:
            yield self._moved(Text("Beloppet", "The amount"), difference.amounts, _ore)
        old, new = difference.own
        if old != new:
            yield _from_to(Text("Regionens egen del", "The region's own part"), _ore(old), _ore(new))
        if not difference.amounts and old == new:
            yield Text("Inget belopp blev ett annat.", "No amount became another.")

    def _facts(self, change: Change) -> Text:
        name = self._figures.get(change.name, _same(change.name))
        old, new = change.old, change.new
        if old is None or new is None:
            head = new or old
            day = _day(head["reference_date"])
            sv, en = ("har kommit till", "were added") if old is None else ("används inte längre", "are no longer used")
            return Text(f"{name.sv} {day.sv} ({head['source']}) {sv}.", f"{name.en} {day.en} ({head['source']}) {en}.")
        then, now = _day(old["reference_date"]), _day(new["reference_date"])
        if then != now:
            return _from_to(Text(f"Dagen för {name.sv}", f"The day of {name.en}"), then, now)
        if not change.parties:
            what = Text(f"Källan till {name.sv} {now.sv}", f"The source of {name.en} {now.en}")
            return _from_to(what, _same(old["source"]), _same(new["source"]))
        reason = f" ({change.reason})" if change.reason else ""
        what = Text(f"{name.sv} {now.sv}{reason}", f"{name.en} {now.en}{reason}")
        return self._moved(what, change.parties, _count)

    def _setting(self, change: Change) -> Text:
        field, _, below = change.name.partition(".")
        title = self._settings.get(field, _same(field))
        place = f" ({below})" if below else ""
        what = Text(f"Inställningen {title.sv}{place}", f"The setting {title.en}{place}")
        return _from_to(what, _value(change.old), _value(change.new))

    def _parties(self, change: Change) -> Text:
        if change.name:
            name = self._name(change.name)
            fields = ", ".join(change.new)
            return Text(
                f"Uppgifter om {name} har ändrats ({fields}).", f"What is known of {name} has changed ({fields})."
            )
        joined, left = (self._listed(keys or ()) for keys in (change.new, change.old))
        parts = []
        if change.new:
            parts.append(Text(f"{joined.sv} har kommit till", f"{joined.en} joined"))
        if change.old:
            parts.append(Text(f"{left.sv} är inte med längre", f"{left.en} no longer take part"))
        return Text("; ".join(part.sv for part in parts) + ".", "; ".join(part.en for part in parts) + ".")

    def _charged(self, change: Change) -> Text:
        what = Text("Det som tidigare år har debiterats", "What earlier years charged")
        return self._moved(what, change.parties, _ore)

    def _moved(self, what: Text, parties: Sequence[Moved], words: Callable[[int | None], Text]) -> Text:
        first = [(self._name(key), words(old), words(new)) for key, old, new in parties[:_NAMED]]
        more = len(parties) - _NAMED
        sv = "; ".join(f"{name} {old.sv} → {new.sv}" for name, old, new in first)
        en = "; ".join(f"{name} {old.en} → {new.en}" for name, old, new in first)
        rest = Text(f" och {more} till", f" and {more} more") if more > 0 else Text("", "")
        return Text(f"{what.sv} har ändrats: {sv}{rest.sv}.", f"{what.en} changed: {en}{rest.en}.")

    def _listed(self, keys: Sequence[str]) -> Text:
        named = ", ".join(self._name(key) for key in keys[:_NAMED])
        more = len(keys) - _NAMED
        return Text(f"{named} och {more} till", f"{named} and {more} more") if more > 0 else _same(named)

    def _name(self, key: str) -> str:
        return self._names.get(key, key)


def _plain(change: Change) -> Text:
    """Tell a change that names neither party nor series."""
    match change.cause:
        case Cause.AMOUNT:
            return _from_to(Text("Kostnaden", "The cost"), _money(change.old), _money(change.new))
        case Cause.AMOUNT_SOURCE:
            return _from_to(Text("Kostnadens källa", "The source of the cost"), *_titles(change))
        case Cause.MODEL:
            return _from_to(Text("Kostnadsmodellen", "The cost model"), _same(change.old), _same(change.new))
        case _:
            return Text("Vem som trätt i vems ställe har ändrats.", "Who stands in whose place has changed.")


def _from_to(what: Text, old: Text, new: Text) -> Text:
    return Text(f"{what.sv} har ändrats från {old.sv} till {new.sv}.", f"{what.en} changed from {old.en} to {new.en}.")


def _both(write: Callable[[Language], str]) -> Text:
    return Text(write("sv"), write("en"))


def _same(words: object) -> Text:
    return Text(str(words), str(words))


def _ore(ore: int | None) -> Text:
    return _NOTHING if ore is None else _both(lambda lang: exact(ore, lang=lang))


def _count(value: int | None) -> Text:
    return _NOTHING if value is None else _both(lambda lang: number(value, lang=lang))


def _money(amount: Sequence[Any] | None) -> Text:
    return _ore(amount[0] if amount else None)


def _titles(change: Change) -> tuple[Text, Text]:
    old, new = (_same(f"”{one['title']}”") if one else _NOTHING for one in (change.old, change.new))
    return old, new


def _day(day: str) -> Text:
    return _both(lambda lang: long_date(date.fromisoformat(day), lang=lang))


def _value(value: object) -> Text:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return Text("ja", "yes") if value else Text("nej", "no")
    return _same(value)
