"""Dated facts about parties: inhabitants, users, seats, each with its source and control total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from andel.sdk.errors import FactError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure comes from. ``example`` marks a figure that no public source gives.

    A document keeps its own title in every language; where the product itself speaks ("the setting Unit price"),
    ``english`` says the same as ``title``.
    """

    title: str
    date: date | None = None
    example: bool = False
    english: str = ""

    def title_in(self, language: str) -> str:
        """Return the title, in English where that is asked for and there is one."""
        return self.english if self.english and language.lower().startswith("en") else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class FactNeed:
    """A fact that a cost model asks for: its name and the day it should describe.

    An ``optional`` one is taken along where there is one: an earlier count that may stand in for a missing one.
    """

    name: str
    on: date
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class FactSeries:
    """One figure per party, all of the same day and source.

    Attributes:
        name: what is counted, ``"inhabitants"``.
        unit: a unit of the workings, ``"inhabitant"``.
        reference_date: the day that the figures describe.
        values: whole numbers by party key, never negative.
        control_total: the printed sum of the source; None when it prints none.
        corrects: the reason, when the series replaces an earlier one of the same day.
    """

    name: str
    unit: str
    reference_date: date
    source: Source
    values: Mapping[str, int]
    control_total: int | None = None
    corrects: str = ""

    def __post_init__(self) -> None:
        where = f"{self.name} {self.reference_date}"
        for party, value in self.values.items():
            if type(value) is not int or value < 0:
                message = f"{party} has {value!r}, not a whole number from 0."
                raise FactError(message, where=where, remedy="Give a count without decimals or sign.")
        total = sum(self.values.values())
        if self.control_total is not None and total != self.control_total:
            message = f"The rows add up to {total}, the source's control total is {self.control_total}."
            raise FactError(message, where=where, remedy="Find the row that differs; nothing was loaded.")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __reduce__(self) -> tuple[object, ...]:
        arguments = (self.name, self.unit, self.reference_date, self.source)
        return (_series, (*arguments, dict(self.values), self.control_total, self.corrects))

    def of(self, party: str) -> int:
        """Return the party's figure.

        Raises:
            FactError: the series has no row for the party.
        """
        try:
            return self.values[party]
        except KeyError:
            message = f"No figure for {party} in {self.name} of {self.reference_date}."
            raise FactError(message, where=self.source.title, remedy="Add the row, or leave the party out.") from None


def _series(*arguments: object) -> FactSeries:
    names = ("name", "unit", "reference_date", "source", "values", "control_total", "corrects")
    return FactSeries(**dict(zip(names, arguments, strict=True)))  # type: ignore[arg-type]  # undoes __reduce__


@dataclass(frozen=True, slots=True)
class FactBook:
    """The series at hand. For each name and day the last one given counts: it corrects those before."""

    series: tuple[FactSeries, ...] = field(default=())

    def names(self) -> frozenset[str]:
        """Return what is counted."""
        return frozenset(series.name for series in self.series)

    def latest(self, need: FactNeed) -> FactSeries:
        """Return the series of the day asked for, or the last one before it.

        A model that must not accept an earlier day compares ``reference_date`` itself.

        Raises:
            FactError: there is no such fact at or before the day.
        """
        found = self._last(need)
        if found is None:
            known = need.name in self.names()
            hint = "Load one of that day." if known else did_you_mean(need.name, self.names())
            message = f'There is no fact "{need.name}" of {need.on} or earlier.'
            raise FactError(message, remedy=hint)
        return found

    def only(self, needs: Iterable[FactNeed]) -> FactBook:
        """Return a book of just the series that the needs lead to.

        Raises:
            FactError: a need that is not optional leads to none.
        """
        found = {id(self._last(need) if need.optional else self.latest(need)) for need in needs}
        return FactBook(tuple(series for series in self.series if id(series) in found))

    def _last(self, need: FactNeed) -> FactSeries | None:
        found: FactSeries | None = None
        for series in self.series:
            fits = series.name == need.name and series.reference_date <= need.on
            if fits and (found is None or series.reference_date >= found.reference_date):
                found = series
        return found
