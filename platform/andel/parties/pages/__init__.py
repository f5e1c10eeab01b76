"""The pages of a region's organizations and figures, and the way into a region that the pages of other rooms share."""

from andel.parties.pages.regions import (
    PROBLEMS,
    RESERVED,
    NotHereError,
    Regions,
    TenantConverter,
    UnknownRegionError,
)
from andel.parties.pages.visiting import Surroundings, Visit, mark_own, marked, not_here, surroundings, visiting

__all__ = [
    "PROBLEMS",
    "RESERVED",
    "NotHereError",
    "Regions",
    "Surroundings",
    "TenantConverter",
    "UnknownRegionError",
    "Visit",
    "mark_own",
    "marked",
    "not_here",
    "surroundings",
    "visiting",
]
