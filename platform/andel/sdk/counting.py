"""Counts of a stated day: which figure holds for each party, and what a reader should know about it.

A count is refused when it is of another day, or when a party has none, unless the model's settings say what
holds instead; then a finding names the parties and the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from andel.sdk.cost import CostRequest
from andel.sdk.errors import FactError
from andel.sdk.facts import FactNeed, FactSeries, Source
from andel.sdk.party import Party, Succession
from andel.sdk.period import Period
from andel.sdk.settings import SettingRefused
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Role

FIRST_DAY: Final = "first-day"
LAST_DAY: Final = "last-day"
_YEARLY = re.compile(r"[0-9]{2}-[0-9]{2}")
_PATTERN = r"^(first-day|last-day|[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
_COMMON_YEAR = 2025


def _check_day(rule: str) -> str:
    if rule in {FIRST_DAY, LAST_DAY}:
        return rule
    try:
        date.fromisoformat(f"{_COMMON_YEAR}-{rule}" if _YEARLY.fullmatch(rule) else rule)
    except ValueError:
        message = Text(
            f'"{rule}" är ingen dag: skriv "10-01", "2019-12-31", "{FIRST_DAY}" eller "{LAST_DAY}"',
            f'"{rule}" is no day: write "10-01", "2019-12-31", "{FIRST_DAY}" or "{LAST_DAY}"',
        )
        raise SettingRefused(message) from None
    return rule


CountDay = Annotated[
    str,
    AfterValidator(_check_day),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["10-01", "2019-12-31", LAST_DAY]}),
]
"""When a count is taken: ``"10-01"`` is that day of the year before the period, ``"2019-12-31"`` that very day,
``"first-day"`` and ``"last-day"`` those of the period."""


def day_of(rule: str, period: Period) -> date:
    """Return the day that a ``CountDay`` means for the period."""
    if rule == FIRST_DAY:
        return period.start
    if rule == LAST_DAY:
        return period.last_day
    if _YEARLY.fullmatch(rule):
        return date.fromisoformat(f"{period.start.year - 1}-{rule}")
    return date.fromisoformat(rule)


def needs_of(fact: str, day: date, *, earlier: bool = False) -> tuple[FactNeed, ...]:
    """Return the needs that lead to the count of the day, and to the one before it when that may stand in."""
    asked = FactNeed(name=fact, on=day)
    if not earlier:
        return (asked,)
    return (asked, FactNeed(name=fact, on=day - timedelta(days=1), optional=True))


_NOUNS: Mapping[str, Text] = {
    "inhabitant": Text("invånare", "inhabitants"),
    "user": Text("användare", "users"),
    "license": Text("licenser", "licences"),
    "transaction": Text("transaktioner", "transactions"),
    "item": Text("beställningar", "orders"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figure that holds for each party asked for, by its key.

    Attributes:
        unit: a unit of the workings, ``"user"``.
        noun: what is counted, in words for sentences.
    """

    unit: str
    source: Source
    noun: Text
    values: Mapping[str, int]
    findings: tuple[Finding, ...] = ()

    def of(self, parties: Iterable[Party]) -> tuple[int, ...]:
        """Return the parties' figures, in their order."""
        return tuple(self.values[party.key] for party in parties)

    def column(self, name: str, parties: Iterable[Party]) -> Column:
        """Return the figures as the column that the cost is divided or priced by."""
        label = Text(self.noun.sv.capitalize(), self.noun.en.capitalize())
        return Column(
            name=name, label=label, numerators=self.of(parties), unit=self.unit, role=Role.BASIS, source=self.source
        )


def counts(
    request: CostRequest,
    need: FactNeed,
    parties: Sequence[Party],
    *,
    earlier: bool = False,
    missing_is_zero: bool = False,
) -> Counts:
    """Return each party's figure of the day.

    A party that took another's place after the day is counted by those it succeeded. With ``earlier`` the last
    count before the day stands in, for all or for the parties without one; with ``missing_is_zero`` a party
    without any counts as zero. Each of these is told in a finding.

    Raises:
        FactError: the count is of another day, or parties have none; says which, in both languages.
    """
    series = _of_the_day(request, need, earlier=earlier)
    noun = _NOUNS.get(series.unit, Text(series.name, series.name))
    values = {party.key: series.values.get(party.key, -1) for party in parties}
    if not request.successions and -1 not in values.values():
        return Counts(
            unit=series.unit, source=_dated(series), noun=noun, values=values, findings=_told(series, need, noun)
        )
    return _completed(request, need, parties, _Sought(series, noun, earlier=earlier, missing_is_zero=missing_is_zero))


@dataclass(frozen=True, slots=True)
class _Sought:
    series: FactSeries
    noun: Text
    earlier: bool
    missing_is_zero: bool


def _completed(request: CostRequest, need: FactNeed, parties: Sequence[Party], sought: _Sought) -> Counts:
    series, noun = sought.series, sought.noun
    before = _before(request, series) if sought.earlier else ()
    values: dict[str, int] = {}
    findings = [*_told(series, need, noun)]
    late: dict[date, list[Party]] = {}
    missing: list[Party] = []
    for party in parties:
        value, summed = _figure(series, party.key, request.successions)
        older = next((one for one in before if _figure(one, party.key, request.successions)[0] is not None), None)
        if value is None and older is not None:
            value, summed = _figure(older, party.key, request.successions)
            late.setdefault(older.reference_date, []).append(party)
        if value is None:
            missing.append(party)
        elif summed:
            findings.append(_succeeded(party, summed, request, noun))
        values[party.key] = value or 0
    findings += [_late(noun, day, those, need) for day, those in sorted(late.items())]
    if missing:
        findings.append(_missing(sought, need, missing))
    return Counts(unit=series.unit, source=_dated(series), noun=noun, values=values, findings=tuple(findings))


def _dated(series: FactSeries) -> Source:
    """Return the source with the day that the figures describe, where it has no day of its own."""
    source = series.source
    return source if source.date else Source(title=source.title, date=series.reference_date, example=source.example)


def _of_the_day(request: CostRequest, need: FactNeed, *, earlier: bool) -> FactSeries:
    if not any(series.name == need.name and series.reference_date <= need.on for series in request.facts.series):
        message = Text(
            f'Det finns inget antal "{need.name}" från {need.on} eller tidigare.',
            f'There is no count "{need.name}" of {need.on} or earlier.',
        )
        remedy = Text(f"Läs in antalet {need.on}.", f"Load the count of {need.on}.")
        raise FactError(message, where=request.service, remedy=remedy)
    series = request.facts.latest(need)
    if series.reference_date != need.on and not earlier:
        message = Text(
            f'Antalet "{need.name}" är från {series.reference_date}, inte från {need.on}.',
            f'The count "{need.name}" is of {series.reference_date}, not of {need.on}.',
        )
        remedy = Text(
            f"Läs in antalet {need.on}, eller låt ett tidigare antal gälla i inställningarna.",
            f"Load the count of {need.on}, or let an earlier count hold in the settings.",
        )
        raise FactError(message, where=series.source.title, remedy=remedy)
    return series


def _before(request: CostRequest, series: FactSeries) -> tuple[FactSeries, ...]:
    """Return the earlier counts of the same thing, the newest first; of two of one day the correction only."""
    by_day = {
        one.reference_date: one
        for one in request.facts.series
        if one.name == series.name and one.reference_date < series.reference_date
    }
    return tuple(by_day[day] for day in sorted(by_day, reverse=True))


def _figure(series: FactSeries, key: str, successions: Sequence[Succession]) -> tuple[int | None, tuple[str, ...]]:
    """Return the party's figure, and whose figures were added up to it when it took their place after the day."""
    own = series.values.get(key)
    later = [one for one in successions if one.on > series.reference_date]
    merged = {old for one in later if one.successor == key for old in one.predecessors if old != key}
    if any(one.successor != key and merged & set(one.predecessors) for one in later):
        return own, ()  # a party that was divided: nobody can say how much of its figure went where
    found = {old: _figure(series, old, [one for one in later if one.successor != key])[0] for old in sorted(merged)}
    if own is None and (not found or None in found.values()):
        return None, ()
    counted = {old: value for old, value in found.items() if value is not None}
    return (own or 0) + sum(counted.values()), tuple(counted)


def _told(series: FactSeries, need: FactNeed, noun: Text) -> tuple[Finding, ...]:
    if series.reference_date == need.on:
        return ()
    text = Text(
        f"Antalet {noun.sv} är från {series.reference_date} och gäller i stället för {need.on}.",
        f"The number of {noun.en} is of {series.reference_date} and stands in for {need.on}.",
    )
    return (Finding(code="earlier-count", text=text),)


def named(parties: Iterable[Party]) -> Text:
    """Return the parties' names as a list in words."""
    names = [party.name for party in parties]
    if len(names) == 1:
        return Text(names[0], names[0])
    first = ", ".join(names[:-1])
    return Text(f"{first} och {names[-1]}", f"{first} and {names[-1]}")


def _late(noun: Text, day: date, parties: Sequence[Party], need: FactNeed) -> Finding:
    names = named(parties)
    text = Text(
        f"{names.sv} har inget antal {noun.sv} för {need.on}: deras senaste, från {day}, gäller.",
        f"{names.en} have no number of {noun.en} for {need.on}: their last, of {day}, holds.",
    )
    return Finding(code="last-count", text=text)


def _succeeded(party: Party, summed: Sequence[str], request: CostRequest, noun: Text) -> Finding:
    known = {one.key: one.name for one in request.parties}
    names = ", ".join(known.get(key, key) for key in summed)
    text = Text(
        f"Antalet {noun.sv} för {party.name} räknar med dem den efterträtt: {names}.",
        f"The number of {noun.en} of {party.name} includes those it succeeded: {names}.",
    )
    return Finding(code="succeeded", text=text)


def _missing(sought: _Sought, need: FactNeed, missing: Sequence[Party]) -> Finding:
    names, noun = named(missing), sought.noun
    if not sought.missing_is_zero:
        message = Text(
            f"{names.sv} saknar antal {noun.sv} för {need.on}.",
            f"{names.en} have no number of {noun.en} for {need.on}.",
        )
        remedy = Text(
            f"Läs in {names.sv} i {need.name}, eller ange i inställningarna vad som gäller när ett antal saknas.",
            f"Load {names.en} in {need.name}, or say in the settings what holds when a count is missing.",
        )
        raise FactError(message, where=sought.series.source.title, remedy=remedy)
    text = Text(
        f"{names.sv} saknar antal {noun.sv} för {need.on} och räknas som noll.",
        f"{names.en} have no number of {noun.en} for {need.on} and count as zero.",
    )
    return Finding(code="missing-is-zero", text=text)


def outside(request: CostRequest, need: FactNeed, counted: Iterable[Party]) -> tuple[Finding, ...]:
    """Return a finding for those who have a figure above zero but no row: what they use is charged to no one.

    The region, and a party that another has succeeded, are never among them.
    """
    series = request.facts.latest(need)
    inside = {request.region, *(party.key for party in counted)}
    inside.update(old for one in request.successions for old in one.predecessors)
    keys = sorted(key for key, value in series.values.items() if value and key not in inside)
    if not keys:
        return ()
    known = {party.key: party.name for party in request.parties}
    names = ", ".join(known.get(key, key) for key in keys)
    noun = _NOUNS.get(series.unit, Text(series.name, series.name))
    text = Text(
        f"{names} har {noun.sv} men delar inte kostnaden: ingen debiteras för dem.",
        f"{names} have {noun.en} but do not share the cost: no one is charged for them.",
    )
    return (Finding(code="outside", text=text),)
