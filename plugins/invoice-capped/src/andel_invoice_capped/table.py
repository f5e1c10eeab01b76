"""The arithmetic of the ceilings, in whole öre: the largest unit pays the limit, all the same price per inhabitant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.apportionment import largest_remainder
from andel.sdk.money import ORE_PER_KRONA
from andel_invoice_capped.census import PARTS, Census, City, no_inhabitants
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
        parts: öre of the limit that are each payer's, when the districts of a city share one; else empty.
        totals: each payer's ceiling in öre, whole kronor.
    """

    census: Census
    limit: Limit
    years: int
    largest: int
    parts: tuple[int, ...]
    totals: tuple[int, ...]

    @classmethod
    def of(cls, census: Census, settings: InvoiceCappedSettings) -> Table:
        """Compute the ceilings.

        Raises:
            AllocationError: no one has any inhabitants.
        """
        largest = max(census.basis)
        if not largest:
            raise no_inhabitants(census)
        limit = settings.limit
        totals = whole_kronor(census.basis, limit.amount, largest)
        parts = _parts(census, limit.amount) if settings.cap_per is CapPer.AUTHORITY and census.cities else ()
        return cls(
            census=census,
            limit=limit,
            years=settings.term_years,
            largest=largest,
            parts=parts,
            totals=tuple(map(min, totals, parts)) if parts else totals,
        )

    @property
    def price(self) -> Fraction:
        """Öre per inhabitant for the whole term, unrounded."""
        return Fraction(self.limit.amount * self.census.below, self.largest)

    def shares(self) -> tuple[int, ...]:
        """Return each payer's share of all inhabitants, of ``PARTS``."""
        everyone = self.census.total * self.census.below
        return tuple(half_up_whole(count * PARTS, everyone) for count in self.census.basis)

    def per_year(self) -> tuple[int, ...]:
        """Return each payer's ceiling for one year of the term, from the unrounded price."""
        yearly = whole_kronor(self.census.basis, self.limit.amount, self.largest * self.years)
        return tuple(map(min, yearly, whole_kronor(self.parts, 1, self.years))) if self.parts else yearly

    def of_city(self, city: City) -> Row:
        """Return the row of a city by its own inhabitants."""
        return self._row(city.inhabitants)

    def of_all(self) -> Row:
        """Return the row of all by their own number."""
        return self._row(self.census.total)

    def _row(self, inhabitants: int) -> Row:
        [per_year] = whole_kronor([inhabitants * self.census.below], self.limit.amount, self.largest * self.years)
        [total] = whole_kronor([inhabitants * self.census.below], self.limit.amount, self.largest)
        return Row(half_up_whole(inhabitants * PARTS, self.census.total), per_year, total)


def half_up_whole(above: int, below: int) -> int:
    """Round ``above / below``, neither negative, to a whole number, halves up."""
    return (2 * above + below) // (2 * below)


def whole_kronor(counts: Sequence[int], above: int, below: int) -> tuple[int, ...]:
    """Round each ``count x above / below`` öre to whole kronor, halves up; returns öre."""
    kronor, twice, double = below * ORE_PER_KRONA, 2 * above, 2 * below * ORE_PER_KRONA
    return tuple([(count * twice + kronor) // double * ORE_PER_KRONA for count in counts])


def _parts(census: Census, limit: int) -> tuple[int, ...]:
    parts = [limit] * len(census.parties)
    for city in census.cities:
        weights = [census.basis[row] for row in city.rows]
        for row, kronor in zip(city.rows, largest_remainder(limit // ORE_PER_KRONA, weights).shares, strict=True):
            parts[row] = kronor * ORE_PER_KRONA
    return tuple(parts)
