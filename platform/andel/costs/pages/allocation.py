"""The page of an allocation, the answer to why one party pays what it pays, and the same as files."""

from __future__ import annotations

from flask import Blueprint, Response, request

from andel.costs.model.difference import read_difference
from andel.costs.model.sheet import csv_text, sheet
from andel.costs.model.table import steps
from andel.costs.pages.finding import Found, find_result
from andel.costs.pages.reading import Reading, reading, window
from andel.costs.pages.shown.allocation import shown
from andel.costs.pages.shown.difference import difference_words
from andel.costs.pages.shown.why import why
from andel.costs.pages.words import PROMISES
from andel.costs.pages.workbook import workbook
from andel.costs.service.rechecking import Recheck, recheck_preview, recheck_stored
from andel.costs.service.verifying import Verdict
from andel.costs.service.yearly import known_years
from andel.parties.pages import Regions, mark_own, not_here
from andel.sdk.cost import Allocation
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.i18n import language
from andel.shared.web import is_partial, render

RESULT = "/<tenant:tenant>/tjanster/<service>/<component>/<period:period>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_allocation(pages: Blueprint, regions: Regions) -> None:
    """Add the page of an allocation, its files, and a page for each party's amount."""

    @pages.get(RESULT)
    def result(tenant: str, service: str, component: str, period: Period) -> Response:
        with reading(regions, tenant) as read:
            found = find_result(read, service, component, period, request.args.get("revision"))
            return _result_page(read, found)

    @pages.get(f"{RESULT}/<party>")
    def party_why(tenant: str, service: str, component: str, period: Period, party: str) -> Response:
        with reading(regions, tenant) as read:
            found = find_result(read, service, component, period, request.args.get("revision"))
            return _why_page(read, found, party)

    @pages.get(f"{RESULT}.csv")
    def csv_file(tenant: str, service: str, component: str, period: Period) -> Response:
        with reading(regions, tenant) as read:
            found = find_result(read, service, component, period, request.args.get("revision"))
            rows = sheet(_there(found), read.book.parties.names(), lang=language())
        return _file(f"\ufeff{csv_text(rows)}".encode(), f"{found.name}.csv", "text/csv; charset=utf-8")

    @pages.get(f"{RESULT}.xlsx")
    def xlsx_file(tenant: str, service: str, component: str, period: Period) -> Response:
        with reading(regions, tenant) as read:
            found = find_result(read, service, component, period, request.args.get("revision"))
            data = workbook(_there(found), read.book.parties.names(), digest=_digest(found), lang=language())
        return _file(data, f"{found.name}.xlsx", XLSX)


def _result_page(read: Reading, found: Found) -> Response:
    asked = found.allocation is not None and "kontroll" in request.args
    checks = _checks(read, found) if asked else ()
    parties = {party.key: party for party in read.book.parties.parties}
    years = known_years(read.session, read.book, found.case.period.start.year)
    return render(
        "costs/allocation.html",
        partial="costs/_recheck.html" if asked else "",
        to=read.to,
        book=read.book,
        found=found,
        case=found.case,
        shown=shown(found.allocation, parties, language()) if found.allocation else None,
        years=window(years, found.case.period.start.year),
        checks=checks,
        differences={
            one.revision: difference_words(read_difference(one.difference), read.book.parties.names(), language())
            for one in found.revisions
            if one.difference
        },
        Verdict=Verdict,
        promises=PROMISES,
        Period=Period,
    )


def _checks(read: Reading, found: Found) -> tuple[Recheck, ...]:
    if found.stored is None:
        return recheck_preview(read.session, read.allocator, found.case, _there(found))
    return recheck_stored(read.session, read.allocator, read.registry, found.case, found.stored)


def _why_page(read: Reading, found: Found, party: str) -> Response:
    allocation = _there(found)
    names = read.book.parties.names()
    if party not in allocation.workings.rows:
        name = names.get(party, party)
        what = Text(f"{name} har ingen rad i den här uträkningen.", f"{name} has no row in these workings.")
        raise not_here(what, party, ((key, names.get(key, key)) for key in allocation.parties))
    mark_own([party])
    return render(
        "costs/why.html",
        partial="costs/_why.html",
        to=read.to,
        book=read.book,
        found=found,
        case=found.case,
        party=read.book.parties.party(party),
        why=why(allocation, party, steps(allocation.workings, party, lang=language()), names, language()),
        in_popover=is_partial(),
    )


def _there(found: Found) -> Allocation:
    """Return the allocation.

    Raises:
        NotHereError: there is none, so there is nothing to explain or to download.
    """
    if found.allocation is None:
        what = Text("Här finns ingen uträkning.", "There are no workings here.")
        raise not_here(what, str(found.case.period), ())
    return found.allocation


def _digest(found: Found) -> str:
    return found.made.digest if found.made else ""


def _file(data: bytes, name: str, mimetype: str) -> Response:
    response = Response(data, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
