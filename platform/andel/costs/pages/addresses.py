"""Where the pages of a region are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from werkzeug.routing import BaseConverter, ValidationError

from andel.costs.service.stored import Part
from andel.sdk.period import Period

_YEAR: Final = re.compile(r"[12][0-9]{3}")
_DAYS: Final = re.compile(r"([12][0-9]{3}-[0-9]{2}-[0-9]{2})--([12][0-9]{3}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one region's pages, by the region's key."""

    tenant: str

    @property
    def home(self) -> str:
        """The overview."""
        return f"/{self.tenant}/"

    def overview(self, year: int) -> str:
        """The overview of a year."""
        return f"{self.home}?ar={year}"

    def services(self, year: int) -> str:
        """The services, with their costs of a year."""
        return f"{self.home}tjanster?ar={year}"

    def service(self, service: str) -> str:
        """A service."""
        return f"{self.home}tjanster/{service}"

    def result(self, part: Part, period: Period) -> str:
        """The allocation of a component for a period."""
        return f"{self.service(part[0])}/{part[1]}/{period_word(period)}"

    def row(self, part: Part, period: Period, party: str) -> str:
        """A party's row of the worked table."""
        return f"{self.result(part, period)}#rad-{party}"

    def why(self, part: Part, period: Period, party: str) -> str:
        """The steps behind a party's amount."""
        return f"{self.result(part, period)}/{party}"

    def party(self, party: str, year: int | None = None) -> str:
        """An organization, in a year."""
        return f"{self.home}parter/{party}" + (f"?ar={year}" if year else "")

    def plugin(self, plugin: str) -> str:
        """A plugin of the region."""
        return f"{self.home}modeller/{plugin}"

    def runs(self) -> str:
        """The runs."""
        return f"{self.home}korningar"

    def run(self, run: object) -> str:
        """One run."""
        return f"{self.runs()}/{run}"


def period_word(period: Period) -> str:
    """Write a period for an address: the year, or its first and last day as ``2026-01-01--2026-06-30``."""
    year = Period.year(period.start.year)
    return str(period.start.year) if period == year else f"{period.start}--{period.last_day}"


def read_period(word: str) -> Period | None:
    """Read what ``period_word`` wrote; None for anything else."""
    if _YEAR.fullmatch(word):
        return Period.year(int(word))
    days = _DAYS.fullmatch(word)
    if days is None:
        return None
    try:
        first, last = date.fromisoformat(days[1]), date.fromisoformat(days[2])
        return Period(first, last + timedelta(days=1)) if first <= last else None
    except ValueError:
        return None


class PeriodConverter(BaseConverter):
    """A period in an address."""

    regex = r"[12][0-9]{3}(?:-[0-9]{2}-[0-9]{2}--[12][0-9]{3}-[0-9]{2}-[0-9]{2})?"

    def to_python(self, value: str) -> Period:
        """Read the word; a word that is no period leads nowhere."""
        period = read_period(value)
        if period is None:
            raise ValidationError
        return period

    def to_url(self, value: Period) -> str:
        """Write the period."""
        return period_word(value)
