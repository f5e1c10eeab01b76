"""Figures: one series per name, day and revision, known organizations, and the source's own sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from andel.sdk.errors import did_you_mean
from andel.sdk.workings import BASE_UNITS
from andel.tenancy.model.checks.subject import Subject, doubles
from andel.tenancy.model.document import Facts
from andel.tenancy.model.faults import Fault, Path

STANDARD_UNITS = {
    "inhabitants": "inhabitant",
    "district_inhabitants": "inhabitant",
    "users": "user",
    "seats": "license",
    "transactions": "transaction",
    "orders": "item",
}
"""The unit of each fact that several cost models ask for by the same name."""


def check_facts(subject: Subject) -> Iterator[Fault]:
    """Yield what is wrong with the figures."""
    document = subject.document
    yield from doubles(document.facts, _named, ("facts",), "{} stands twice.")
    for index, series in enumerate(document.facts):
        path: Path = ("facts", index)
        yield from _unit(series, path)
        yield from _earlier(subject, series, path)
        yield from _organizations(subject, series, path)
        yield from _sum(subject, series, path)


def _named(series: Facts) -> str:
    revision = f", revision {series.revision}" if series.revision > 1 else ""
    return f"{series.name} of {series.reference_date}{revision}"


def _unit(series: Facts, path: Path) -> Iterator[Fault]:
    standard = STANDARD_UNITS.get(series.name)
    if series.unit not in BASE_UNITS:
        yield Fault(
            what=f'There is no unit "{series.unit}".',
            path=(*path, "unit"),
            remedy=did_you_mean(series.unit, BASE_UNITS),
        )
    elif standard not in (None, series.unit):
        what = f'{series.name} are counted in "{standard}", not in "{series.unit}".'
        yield Fault(what=what, path=(*path, "unit"), remedy=f'Write unit = "{standard}", or name the fact otherwise.')


def _earlier(subject: Subject, series: Facts, path: Path) -> Iterator[Fault]:
    if series.revision == 1 or not subject.certain(("facts",)):
        return
    before = series.revision - 1
    same = {(one.name, one.reference_date, one.revision) for one in subject.document.facts}
    if (series.name, series.reference_date, before) not in same:
        what = f"{_named(series)} corrects revision {before}, which is not here."
        yield Fault(what=what, path=(*path, "revision"), remedy="Keep what is corrected: nothing is overwritten.")


def _organizations(subject: Subject, series: Facts, path: Path) -> Iterator[Fault]:
    existing = subject.organizations()
    for key in series.values:
        there: Path = (*path, "values", key)
        yield from subject.unknown(key, there)
        party = existing.get(key)
        if party is None:
            continue
        day = series.reference_date
        if not ((party.valid_from or date.min) <= day and (party.valid_to is None or day < party.valid_to)):
            what = f"{key} does not exist on {day}."
            yield Fault(what=what, path=there, remedy="Give the figure to who existed that day, or correct its dates.")


def _sum(subject: Subject, series: Facts, path: Path) -> Iterator[Fault]:
    if not series.values and subject.certain(path):
        yield Fault(what=f"{_named(series)} has no figures.", path=path, remedy="Add rows, or remove the series.")
    found, printed = sum(series.values.values()), series.control_total
    if printed is not None and found != printed and subject.certain(path):
        what = f"The rows add up to {found}, the source's control total is {printed}: {found - printed:+d}."
        remedy = "Find the row that differs from the source; nothing is loaded until the sums agree."
        yield Fault(what=what, path=(*path, "control_total"), remedy=remedy)
