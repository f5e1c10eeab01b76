"""The runs of a region: order one, follow it, and see what became of each part."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from andel.costs.model import CostError
from andel.costs.pages.addresses import Addresses
from andel.costs.pages.reading import FIRST_YEAR, LAST_YEAR, reading
from andel.costs.service.running import Run, View, order_run, read_run, read_runs
from andel.costs.service.stored import digests_of
from andel.costs.service.yearly import known_years
from andel.costs.tables import ItemState, RunState
from andel.parties.pages import Regions, not_here, visiting
from andel.sdk.errors import AndelError
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.web import go_to, render
from andel.shared.web.setup import SWEDEN

ORDERED_BY: Final = Text("regionens personal, utan inloggning", "the region's staff, without signing in")
"""Who orders a run as long as nobody signs in; stored in Swedish, as a role is."""

RUNS: Final = "/<tenant:tenant>/korningar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """Who orders runs by the pages.

    Attributes:
        allowed: whether whoever makes the current request may; else the form is not shown.
        name: what they are called in the list of runs, by role and organization, in Swedish.
    """

    allowed: Callable[[], bool] = lambda: True
    name: Callable[[], str] = lambda: ORDERED_BY.sv


class OrderRefusedError(AndelError):
    """A run cannot be ordered as it was asked for."""


def add_runs(pages: Blueprint, regions: Regions, now: Callable[[], datetime], ordering: Ordering) -> None:
    """Add the list of runs, the form that orders one, and a page for each."""

    @pages.get(RUNS)
    def runs(tenant: str) -> Response:
        today = now().date()
        with reading(regions, tenant) as read:
            found = read_runs(read.session)
            years = known_years(read.session, read.book, today.year)
        return render(
            "costs/runs.html",
            to=read.to,
            book=read.book,
            runs=found,
            years=years,
            year=today.year,
            may_order=ordering.allowed(),
            RunState=RunState,
            local=_local,
            orderer=_orderer,
        )

    @pages.post(RUNS)
    def order(tenant: str) -> Response:
        _check_same_site()
        period = _asked_period(request.form.get("ar", ""))
        with visiting(regions, tenant, writing=True) as visit:
            ordered = _ordered(visit.session, period, lambda one: regions.view(tenant, one), ordering.name())
        return go_to(Addresses(tenant).run(ordered.id))

    @pages.get(f"{RUNS}/<uuid:run>")
    def one_run(tenant: str, run: UUID) -> Response:
        with visiting(regions, tenant) as visit:
            found = _run(visit.session, run)
            digests = digests_of(visit.session, [item.allocation for item in found.items if item.allocation])
        return render(
            "costs/run.html",
            partial="costs/_run.html",
            to=Addresses(tenant),
            run=found,
            digests=digests,
            digest=run_digest(found, digests),
            RunState=RunState,
            ItemState=ItemState,
            local=_local,
            orderer=_orderer,
        )


def run_digest(run: Run, digests: Mapping[UUID, str]) -> str:
    """Return the SHA-256 over all results of a run, equal for two that came to the same; empty while it is open."""
    if run.is_open:
        return ""
    lines = sorted(
        f"{item.service} {item.component} {item.period} {digests[item.allocation]}"
        for item in run.items
        if item.allocation is not None and item.allocation in digests
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _ordered(session: Session, period: Period, view: View, by: str) -> Run:
    try:
        return order_run(session, period, view=view, ordered_by=by).run
    except CostError as error:
        what = Text(f"Det finns inget att köra för {period}.", f"There is nothing to run for {period}.")
        remedy = Text(
            "Lägg in en budget, en leverantörsfaktura eller ett pris för året, eller välj ett annat.",
            "Enter a budget, a supplier's invoice or a price for the year, or choose another.",
        )
        raise OrderRefusedError(what, where=str(period), remedy=remedy) from error


def _run(session: Session, run: UUID) -> Run:
    try:
        return read_run(session, run)
    except CostError as error:
        what = Text("Det finns ingen sådan körning.", "There is no such run.")
        raise not_here(what, str(run), ()) from error


def _asked_period(year: str) -> Period:
    if year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR:
        return Period.year(int(year))
    what = Text(f'"{year}" är inget år.', f'"{year}" is no year.')
    remedy = Text(
        f"Skriv ett år mellan {FIRST_YEAR} och {LAST_YEAR}.", f"Write a year from {FIRST_YEAR} to {LAST_YEAR}."
    )
    raise OrderRefusedError(what, where="ar", remedy=remedy)


def _check_same_site() -> None:
    """Refuse a form that another site sends: as long as nobody signs in, there is no token to compare.

    Raises:
        OrderRefusedError: the browser says that the form is not of this site.
    """
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        what = Text("Formuläret kom från en annan webbplats.", "The form came from another site.")
        raise OrderRefusedError(what, remedy=Text("Beställ körningen härifrån.", "Order the run from here."))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SWEDEN)


def _orderer(run: Run) -> Text | str:
    return ORDERED_BY if run.ordered_by == ORDERED_BY.sv else run.ordered_by
