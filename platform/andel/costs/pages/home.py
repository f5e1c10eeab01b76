"""The first page: which regions there are, how each is made up, and what it shares this year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, Response

from andel.costs.service.stored import Totals, totals_of
from andel.parties.pages import RegionEmptyError, Regions
from andel.parties.pages.visiting import palette_of, profile_of
from andel.parties.service import Profile, count_parties, read_weights
from andel.sdk.errors import AndelError
from andel.sdk.period import Period
from andel.shared.charts import Segment
from andel.shared.web import render

_NEUTRAL = "#7d8a95"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """One region of the list; without a profile its database does not answer, or it is ``empty`` yet.

    Attributes:
        totals: what the stored results of the year come to; None where anybody reads and nobody has signed in.
        strip: the region cut by inhabitants, in its own colour.
    """

    key: str
    profile: Profile | None
    empty: bool = False
    parties: int = 0
    inhabitants: int = 0
    totals: Totals | None = None
    strip: tuple[Segment, ...] = ()


def add_home(pages: Blueprint, regions: Regions, now: Callable[[], datetime], *, costs: bool = True) -> None:
    """Add the first page; ``costs``: whether it tells what each region shares."""

    @pages.get("/")
    def home() -> Response:
        year = now().year
        lines = [_line(regions, name, Period.year(year), costs=costs) for name in regions.names()]
        return render("costs/home.html", lines=lines, year=year, told=costs, strip=_together(lines))


def _line(regions: Regions, name: str, period: Period, *, costs: bool) -> RegionLine:
    """Read one region; one that is gone is told of, and the others are shown."""
    try:
        with regions.open(name) as session:
            profile, weights = profile_of(session, name), read_weights(session)
            parties = count_parties(session, period.start)
            totals = totals_of(session, period) if costs else None
    except RegionEmptyError:
        return RegionLine(key=name, profile=None, empty=True)
    except AndelError as error:
        _log.warning("region not shown", region=name, reason=error.what)
        return RegionLine(key=name, profile=None)
    return RegionLine(
        key=name,
        profile=profile,
        parties=parties,
        inhabitants=sum(weights.values()),
        totals=totals,
        strip=tuple(Segment(count, "", _fill(profile)) for count in weights.values()),
    )


def _together(lines: list[RegionLine]) -> tuple[Segment, ...]:
    return tuple(
        Segment(line.inhabitants, "", _fill(line.profile)) for line in lines if line.profile and line.inhabitants
    )


def _fill(profile: Profile) -> str:
    palette = palette_of(profile)
    return palette.fill if palette else _NEUTRAL
