"""The overview of a region's year, and its services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request

from andel.costs.pages.reading import asked_year, reading, window
from andel.costs.pages.shown.overview import overview
from andel.costs.service.sight import sight_of
from andel.costs.service.yearly import State, known_years, read_year
from andel.parties.pages import Regions
from andel.sdk.period import Period
from andel.shared.i18n import language
from andel.shared.web import render


def add_overview(pages: Blueprint, regions: Regions, now: Callable[[], datetime]) -> None:
    """Add the overview and the list of services to the pages."""

    @pages.get("/<tenant:tenant>/")
    def region(tenant: str) -> Response:
        return _year_page(regions, tenant, now, "costs/overview.html")

    @pages.get("/<tenant:tenant>/tjanster")
    def services(tenant: str) -> Response:
        return _year_page(regions, tenant, now, "costs/services.html")


def _year_page(regions: Regions, tenant: str, now: Callable[[], datetime], template: str) -> Response:
    today = now().date()
    with reading(regions, tenant) as found:
        years = known_years(found.session, found.book, today.year)
        year = asked_year(request.args.get("ar"), years, today.year)
        sight = sight_of(found.session)
        costs = read_year(found.session, found.book, found.allocator, Period.year(year))
    return render(
        template,
        to=found.to,
        book=found.book,
        year=year,
        years=window(years, year),
        shown=overview(costs, found.book, language(), own=None if sight is None or sight.open else sight.own),
        State=State,
    )
