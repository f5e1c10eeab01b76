"""The pages of a region's costs: overview, services, allocations and why, models, runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from andel.costs.pages.addresses import PeriodConverter
from andel.costs.pages.allocation import add_allocation
from andel.costs.pages.home import add_home
from andel.costs.pages.models import add_models
from andel.costs.pages.overview import add_overview
from andel.costs.pages.party import add_party
from andel.costs.pages.runs import Ordering, add_runs
from andel.costs.pages.service import add_service
from andel.parties.pages import Regions, TenantConverter

__all__ = ["Ordering", "cost_pages"]


def cost_pages(
    regions: Regions, *, now: Callable[[], datetime], ordering: Ordering | None = None, home_tells: bool = True
) -> Blueprint:
    """Return the pages of costs.

    Args:
        regions: the way into each region's data, as whoever makes the request may see it.
        now: the clock of the pages, in Swedish time.
        ordering: who orders runs; by default anybody may, and nobody is named.
        home_tells: whether the first page, which has no region, tells what each region shares.
    """
    pages = Blueprint("costs", __name__)
    pages.record_once(_understand)
    add_home(pages, regions, now, costs=home_tells)
    add_overview(pages, regions, now)
    add_service(pages, regions, now)
    add_allocation(pages, regions)
    add_party(pages, regions, now)
    add_models(pages, regions, now)
    add_runs(pages, regions, now, ordering or Ordering())
    return pages


def _understand(state: BlueprintSetupState) -> None:
    """Teach the application the words of the addresses, before the pages are added to it."""
    state.app.url_map.converters.update(tenant=TenantConverter, period=PeriodConverter)
