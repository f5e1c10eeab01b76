"""The arithmetic of the ceilings, in whole öre: the largest unit pays the limit, all the same price per inhabitant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.apportionment import largest_remainder
from andel.sdk.errors import AllocationError
from andel.sdk.money import ORE_PER_KRONA
from andel.sdk.text import Text
from andel_invoice_capped.census import PARTS, Census
from andel_invoice_capped.limits import Limit
from andel_invoice_capped.settings import CapPer, InvoiceCappedSettings


@dataclass(frozen=True, slots=True)
class Row:
    """What a number of inhabitants comes to: share of all (of ``PARTS``), öre per year and öre for the term."""

    share: int
    per_year: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The ceilings of a census.

    Attributes:
        largest: the largest payer's basis, over the census's denominator.
        rows: each payer's row by its own inhabitants.
        parts: öre of the limit that are each payer's, when the districts of a city share one; else empty.
        totals: each payer's ceiling in öre, whole kronor.
        cities, whole: the rows of the cities and of all, by their own inhabitants.
    """

    census: Census
    limit: Limit
    years: int
    largest: int
    rows: tuple[Row, ...]
    parts: tuple[int, ...]
    cities: tuple[Row, ...]
    whole: Row

    @classmethod
    def of(cls, census: Census, settings: InvoiceCappedSettings) -> Table:
        """Compute the table.

        Raises:
            AllocationError: no one has any inhabitants.
        """
        largest = max(census.basis)
        if not largest:
            message = Text("Ingen part har några invånare.", "No party has any inhabitants.")
            remedy = Text("Kontrollera invånartalen.", "Check the figures of inhabitants.")
            raise AllocationError(message, where=census.source.title, remedy=remedy)
        price = _Price(limit=settings.limit.amount, largest=largest, years=settings.term_years)
        everyone = census.total * census.below
        shared = settings.cap_per is CapPer.AUTHORITY and census.cities
        return cls(
            census=census,
            limit=settings.limit,
            years=settings.term_years,
            largest=largest,
            rows=tuple(price.row(count, everyone) for count in census.basis),
            parts=_parts(census, settings.limit.amount) if shared else (),
            cities=tuple(price.row(city.inhabitants * census.below, everyone) for city in census.cities),
            whole=price.row(everyone, everyone),
        )

    @property
    def price(self) -> Fraction:
        """Öre per inhabitant for the whole term, unrounded."""
        return Fraction(self.limit.amount * self.census.below, self.largest)

    @property
    def shares(self) -> tuple[int, ...]:
        """Each payer's share of all inhabitants, of ``PARTS``."""
        return tuple(row.share for row in self.rows)

    @property
    def totals(self) -> tuple[int, ...]:
        """Each payer's ceiling for the term."""
        if not self.parts:
            return tuple(row.total for row in self.rows)
        return tuple(min(row.total, part) for row, part in zip(self.rows, self.parts, strict=True))

    @property
    def per_year(self) -> tuple[int, ...]:
        """Each payer's ceiling divided by the years of the term."""
        if not self.parts:
            return tuple(row.per_year for row in self.rows)
        yearly = (whole_kronor(part, self.years) for part in self.parts)
        return tuple(min(row.per_year, part) for row, part in zip(self.rows, yearly, strict=True))


@dataclass(frozen=True, slots=True)
class _Price:
    limit: int
    largest: int
    years: int

    def row(self, count: int, everyone: int) -> Row:
        exact = count * self.limit
        return Row(
            share=half_up_whole(count * PARTS, everyone),
            per_year=whole_kronor(exact, self.largest * self.years),
            total=whole_kronor(exact, self.largest),
        )


def half_up_whole(above: int, below: int) -> int:
    """Round ``above / below``, neither negative, to a whole number, halves up."""
    return (2 * above + below) // (2 * below)


def whole_kronor(above: int, below: int) -> int:
    """Round ``above / below`` öre to whole kronor, halves up; returns öre."""
    return half_up_whole(above, below * ORE_PER_KRONA) * ORE_PER_KRONA


def _parts(census: Census, limit: int) -> tuple[int, ...]:
    parts = [limit] * len(census.parties)
    for city in census.cities:
        weights = [census.basis[row] for row in city.rows]
        for row, kronor in zip(city.rows, largest_remainder(limit // ORE_PER_KRONA, weights).shares, strict=True):
            parts[row] = kronor * ORE_PER_KRONA
    return tuple(parts)
