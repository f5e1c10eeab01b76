"""The pages of a region's costs: overview, services, allocations and why, models, runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint

from andel.costs.pages.overview import add_overview
from andel.parties.pages import Regions

__all__ = ["cost_pages"]


def cost_pages(regions: Regions, *, now: Callable[[], datetime]) -> Blueprint:
    """Return the pages of costs.

    Args:
        regions: the way into each region's data, as whoever makes the request may see it.
        now: the clock of the pages, in Swedish time.
    """
    pages = Blueprint("costs", __name__)
    add_overview(pages, regions, now)
    return pages
