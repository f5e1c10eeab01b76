"""Swedish time: days begin and end as they do in Sweden, whatever the clock of the server says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def swedish_day(moment: datetime) -> date:
    """Return the day that a moment, of any time zone, is in Sweden.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.utcoffset() is None:
        message = f"{moment} has no time zone."
        raise ValueError(message)
    return moment.astimezone(SWEDEN).date()
