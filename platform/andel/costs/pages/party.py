"""The page of an organization: what it pays in a year and why, and who it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request

from andel.costs.pages.reading import Reading, asked_year, reading, window
from andel.costs.pages.shown import charts
from andel.costs.pages.shown.party import Results, caps, figures_of, for_others, paid
from andel.costs.service.previewing import Case, preview
from andel.costs.service.sight import sight_of
from andel.costs.service.stored import allocation_of, current_results, paid_by_year
from andel.costs.service.yearly import State, Year, known_years, read_year
from andel.costs.tables import Purpose
from andel.parties.pages import Regions, mark_own, not_here
from andel.parties.pages.parties import successions_of
from andel.parties.pages.words import KIND, figure
from andel.parties.service import read_directory
from andel.sdk.party import Party
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.i18n import language
from andel.shared.units import unit_noun
from andel.shared.web import render


def add_party(pages: Blueprint, regions: Regions, now: Callable[[], datetime]) -> None:
    """Add the page of an organization to the pages."""

    @pages.get("/<tenant:tenant>/parter/<party>")
    def party_page(tenant: str, party: str) -> Response:
        today, lang = now().date(), language()
        with reading(regions, tenant) as read:
            one = _party(read, party)
            years = known_years(read.session, read.book, today.year)
            year = asked_year(request.args.get("ar"), years, today.year)
            costs = read_year(read.session, read.book, read.allocator, Period.year(year))
            results = _results(read, costs)
            sums = paid_by_year(read.session, read_directory(read.session).ids[one.key])
            sight = sight_of(read.session)
        mark_own([one.key])
        names = read.book.parties.names()
        return render(
            "costs/party.html",
            to=read.to,
            book=read.book,
            party=one,
            kind=KIND[one.kind],
            year=year,
            years=window(years, year),
            costs=costs,
            State=State,
            lines=paid(results, one.key, names, lang),
            caps=caps(results, one.key),
            others=for_others(results, one.key),
            untold=sight is not None and one.key not in sight.own,
            sums=sums,
            growth=charts.growth("ar", Text("Kostnad per år", "Cost per year").in_language(lang), sums, lang),
            figures=figures_of(read.book.facts, one.key),
            figure=figure,
            noun=lambda unit: unit_noun(unit, lang=lang),
            groups=read.book.parties.groups_of(one.key),
            successions=successions_of(read.book.parties, one.key),
            names=names,
        )


def _party(read: Reading, key: str) -> Party:
    found = next((party for party in read.book.parties.parties if party.key == key), None)
    if found is None:
        what = Text(f"{read.book.title} har ingen part {key}.", f"{read.book.title} has no party {key}.")
        raise not_here(what, key, read.book.parties.names().items())
    return found


def _results(read: Reading, year: Year) -> Results:
    """Return the results of the year with their workings: stored ones as they are, the others as they would be."""
    stored = [one for one in current_results(read.session, year.period) if one.purpose is Purpose.CHARGE]
    found = []
    for cost in year.costs:
        if cost.state is State.STORED:
            own = (one for one in stored if one.part == cost.part)
            found += [(cost, one.period, allocation_of(read.session, one)) for one in own]
        elif cost.state is State.PREVIEW:
            case = Case(cost.service, cost.component, year.period)
            found.append((cost, year.period, preview(read.session, read.allocator, case).result.allocation))
    return found
