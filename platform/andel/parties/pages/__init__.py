"""The pages of a region's organizations and figures, and the way into a region that the pages of other rooms share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from andel.parties.pages.facts import add_facts
from andel.parties.pages.parties import add_parties
from andel.parties.pages.regions import (
    PROBLEMS,
    RESERVED,
    NotHereError,
    RegionEmptyError,
    Regions,
    TenantConverter,
    UnknownRegionError,
)
from andel.parties.pages.visiting import Surroundings, Visit, mark_own, marked, not_here, surroundings, visiting

__all__ = [
    "PROBLEMS",
    "RESERVED",
    "NotHereError",
    "RegionEmptyError",
    "Regions",
    "Surroundings",
    "TenantConverter",
    "UnknownRegionError",
    "Visit",
    "mark_own",
    "marked",
    "not_here",
    "party_pages",
    "surroundings",
    "visiting",
]


def party_pages(regions: Regions, *, now: Callable[[], datetime]) -> Blueprint:
    """Return the pages of organizations and figures.

    Args:
        regions: the way into each region's data, as whoever makes the request may see it.
        now: the clock of the pages, in Swedish time.
    """
    pages = Blueprint("parties", __name__)
    pages.record_once(_understand)
    add_parties(pages, regions, now)
    add_facts(pages, regions)
    return pages


def _understand(state: BlueprintSetupState) -> None:
    """Teach the application the words of the addresses, before the pages are added to it."""
    state.app.url_map.converters["tenant"] = TenantConverter
