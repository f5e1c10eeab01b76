"""What a run would make of a component now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from andel.costs.api.examples import PREVIEW
from andel.costs.api.finding import component_row
from andel.costs.api.schemas.results import PreviewAnswer, PreviewQuery
from andel.costs.api.sharing import Seen, seen_by
from andel.costs.model.table import region_bears
from andel.costs.service.allocating import Allocator
from andel.costs.service.previewing import Case, Preview, preview
from andel.costs.service.reading import read_book
from andel.costs.service.stored import StoredAllocation, current_results
from andel.costs.tables import Purpose
from andel.parties.pages import Regions
from andel.sdk.cost import Allocation, Ceiling, Split, Tariff
from andel.sdk.money import Money
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.shared.api import Answered, Inside, InvalidError, Resources
from andel.shared.clock import swedish_day

READ: Final = "costs:read"


def add_previews(resources: Resources, regions: Regions) -> None:
    """Add the operation that previews an allocation."""

    @resources.get(
        "/<tenant>/services/<service>/components/<component>/preview",
        scope=READ,
        sv="Förhandsgranska en fördelning",
        answers=PreviewAnswer,
        example=PREVIEW,
        query=PreviewQuery,
    )
    def preview_allocation(inside: Inside, query: Mapping[str, Any], service: str, component: str) -> Answered:
        """Preview an allocation.

        Computes what a run would make of the component now; nothing is stored. The same pure function makes both:
        as long as nothing is changed, the run's allocation has the same `digest`.
        """
        component_row(inside.session, service, component)
        period = _period(query, swedish_day(inside.now))
        book = read_book(inside.session)
        found = book.service(service)
        case = Case(found, found.component(component), period)
        allocator = Allocator(book, regions.view(inside.tenant, inside.session))
        made = preview(inside.session, allocator, case)
        stored = [
            one
            for one in current_results(inside.session, period)
            if one.part == case.part and one.period == period and one.purpose is Purpose.CHARGE
        ]
        return Answered(body=_answer(case, made, stored[0] if stored else None, seen_by(inside)))


def _period(query: Mapping[str, Any], today: date) -> Period:
    """Return the days that are asked for.

    Raises:
        InvalidError: a year as well as days, or one day alone.
        PeriodError: the days are none.
    """
    days = "start" in query, "end" in query
    if days == (True, True) and "year" not in query:
        return Period(query["start"], query["end"])
    if any(days):
        what = Text("Perioden är inte en.", "There is not one period.")
        remedy = Text("Ge year, eller både start och end.", "Give year, or both start and end.")
        raise InvalidError(what, where="query.start", remedy=remedy)
    return Period.year(query.get("year", today.year))


def _answer(case: Case, made: Preview, stored: StoredAllocation | None, seen: Seen) -> dict[str, Any]:
    result = made.result
    allocation = result.allocation
    ceiling = isinstance(allocation, Ceiling)
    return {
        "service": case.service.key,
        "component": case.component.key,
        "period": case.period,
        "kind": allocation.kind,
        "whole": _money(_whole(allocation), allocation.currency),
        "charged": Money(0 if ceiling else sum(allocation.amounts), allocation.currency),
        "region_bears": _money(region_bears(allocation), allocation.currency),
        "model": result.model,
        "model_version": result.version,
        "settings_digest": result.settings_digest,
        "workings_digest": allocation.workings.digest,
        "digest": result.digest,
        "amounts": [
            {"organization": share.party, "payer": share.payer, "amount": share.amount}
            for share in allocation.shares
            if seen.sees(share.party)
        ],
        "stored": stored.id if stored else None,
        "is_stored": stored is not None and stored.digest == result.digest,
    }


def _whole(allocation: Allocation) -> int | None:
    match allocation:
        case Split(total=total):
            return total
        case Tariff(supplier_cost=cost):
            return cost
        case _:
            return None


def _money(ore: int | None, currency: str) -> Money | None:
    return None if ore is None else Money(ore, currency)
