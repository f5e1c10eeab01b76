"""The figures that costs are divided by: series with source, day and control total, and their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import Blueprint, Response, request

from andel.parties.model import PartyBook
from andel.parties.pages.regions import NotHereError, Regions
from andel.parties.pages.visiting import not_here, visiting
from andel.parties.pages.words import figure
from andel.parties.service import read_directory, read_facts
from andel.sdk.facts import FactBook, FactSeries
from andel.sdk.text import Text
from andel.shared.formats import swedish_key
from andel.shared.i18n import language
from andel.shared.units import unit_noun
from andel.shared.web import render

_RUNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One series of the list.

    Attributes:
        number: its place among the series of the same name and day, from 1; a correction comes after.
        replaced: whether a later one corrects it.
    """

    series: FactSeries
    number: int
    replaced: bool

    @property
    def total(self) -> int:
        """The sum of the rows."""
        return sum(self.series.values.values())

    @property
    def meets(self) -> bool | None:
        """Whether the rows add up to the sum that the source prints; None when it prints none."""
        printed = self.series.control_total
        return None if printed is None else self.total == printed


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One organization's figure, and its part of the sum."""

    key: str
    name: str
    value: int
    part: Fraction


def add_facts(pages: Blueprint, regions: Regions) -> None:
    """Add the list of series, a page for each, and its file."""

    @pages.get("/<tenant:tenant>/underlag")
    def facts(tenant: str) -> Response:
        with visiting(regions, tenant) as visit:
            found = figures_of(read_facts(visit.session))
        names = sorted({one.series.name for one in found}, key=lambda name: swedish_key(str(figure(name))))
        return render(
            "parties/facts.html",
            home=f"/{tenant}/",
            groups=[(figure(name), name, [one for one in found if one.series.name == name]) for name in names],
            found=found,
            noun=lambda unit: unit_noun(unit, lang=language()),
        )

    @pages.get("/<tenant:tenant>/underlag/<name>/<day>")
    def series(tenant: str, name: str, day: str) -> Response:
        with visiting(regions, tenant) as visit:
            chosen, among = _chosen(read_facts(visit.session), name, day, request.args.get("nr"))
            book = read_directory(visit.session).book
        return render(
            "parties/series.html",
            home=f"/{tenant}/",
            title=figure(name),
            one=chosen,
            among=among,
            rows=rows_of(chosen.series, book),
            region=book.region,
            noun=unit_noun(chosen.series.unit, lang=language()),
        )

    @pages.get("/<tenant:tenant>/underlag/<name>/<day>.csv")
    def series_file(tenant: str, name: str, day: str) -> Response:
        with visiting(regions, tenant) as visit:
            chosen, _among = _chosen(read_facts(visit.session), name, day, request.args.get("nr"))
            book = read_directory(visit.session).book
        response = Response(csv_of(chosen.series, rows_of(chosen.series, book)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
        return response


def figures_of(book: FactBook) -> tuple[Figures, ...]:
    """Return every series, the newest day first; a correction stands before what it corrects."""
    found: list[Figures] = []
    for series in book.series:
        same = [one for one in book.series if (one.name, one.reference_date) == (series.name, series.reference_date)]
        number = next(place for place, one in enumerate(same, start=1) if one is series)
        found.append(Figures(series=series, number=number, replaced=number < len(same)))
    return tuple(sorted(found, key=lambda one: (one.series.reference_date, one.number), reverse=True))


def rows_of(series: FactSeries, book: PartyBook) -> tuple[FigureRow, ...]:
    """Return the rows by name."""
    names, whole = book.names(), sum(series.values.values())
    rows = [
        FigureRow(key=key, name=names.get(key, key), value=value, part=Fraction(value, whole or 1))
        for key, value in series.values.items()
    ]
    return tuple(sorted(rows, key=lambda row: swedish_key(row.name)))


def csv_of(series: FactSeries, rows: Iterable[FigureRow]) -> str:
    """Write a series in the form that a region's folder has it. No text of it runs as a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["organization", "value", "reference_date", "source"])
    for row in rows:
        writer.writerow([_safe(row.key), row.value, series.reference_date.isoformat(), _safe(series.source.title)])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RUNS) else text


def _chosen(book: FactBook, name: str, day: str, number: str | None) -> tuple[Figures, tuple[Figures, ...]]:
    """Return the series asked for, and all of the same name and day; without a number the one that counts."""
    found = figures_of(book)
    named = [one for one in found if one.series.name == name]
    if not named:
        what = Text(f'Det finns inget underlag "{name}".', f'There are no figures "{name}".')
        raise not_here(what, name, ((one, figure(one).in_language(language())) for one in book.names()))
    among = tuple(one for one in named if one.series.reference_date.isoformat() == day)
    chosen = next((one for one in among if number in {None, str(one.number)}), None)
    if chosen is None:
        raise _no_such_day(day, [one.series.reference_date for one in named])
    return chosen, among


def _no_such_day(day: str, known: Sequence[date]) -> NotHereError:
    days = ", ".join(dict.fromkeys(one.isoformat() for one in known))
    what = Text(f"Det finns inget sådant underlag från {day}.", f"There are no such figures of {day}.")
    return NotHereError(what, where=day, remedy=Text(f"De som finns är från {days}.", f"Those there are of {days}."))
