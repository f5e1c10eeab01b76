"""Who pays, and by how many inhabitants: municipalities, and the districts of a city in the city's place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from andel.sdk.cost import CostRequest
from andel.sdk.errors import AllocationError, FactError
from andel.sdk.facts import FactNeed, FactSeries, Source
from andel.sdk.party import Party, PartyKind
from andel.sdk.text import Text
from andel_invoice_capped.settings import InvoiceCappedSettings, Rest
from andel_invoice_capped.succession import Lineage

INHABITANTS = "inhabitants"
DISTRICT_INHABITANTS = "district_inhabitants"
_COUNTED = frozenset({PartyKind.MUNICIPALITY, PartyKind.DISTRICT})
PARTS = 10_000
"""A district's share of its city is kept to two decimals of a percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A legal authority that its districts pay for.

    Attributes:
        slug: its key as a name in formulas.
        inhabitants: of the whole city, those without an address in any district included.
        rows: the places of its districts among the payers.
        in_districts: the sum of its districts' inhabitants.
    """

    key: str
    name: str
    slug: str
    inhabitants: int
    rows: tuple[int, ...]
    in_districts: int

    @property
    def rest(self) -> int:
        """Inhabitants without an address in any district."""
        return self.inhabitants - self.in_districts


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The payers and the key they share by.

    Attributes:
        inhabitants: of each payer, as counted.
        rest_parts: each payer's part of its city's rest, of ``PARTS``; empty when no rest is given out.
        basis: inhabitants with the rest; row i is ``basis[i] / below``.
        total: inhabitants of all authorities.
        present: all of the request's parties that exist, those who are not charged with them.
        not_charged: parties of the service that have no inhabitants of their own to be charged for.
        wanted: the day asked for; ``day`` and ``districts_day`` are the days that the figures describe.
    """

    parties: tuple[Party, ...]
    inhabitants: tuple[int, ...]
    cities: tuple[City, ...]
    rest_parts: tuple[int, ...]
    basis: tuple[int, ...]
    below: int
    total: int
    present: tuple[Party, ...]
    not_charged: tuple[Party, ...]
    wanted: date
    day: date
    districts_day: date | None
    source: Source
    city_source: Source

    @property
    def keys(self) -> tuple[str, ...]:
        """The payers' keys, in tie order."""
        return tuple([party.key for party in self.parties])


def take_census(request: CostRequest, settings: InvoiceCappedSettings, *, on: date, population: date) -> Census:
    """Count the inhabitants of those who exist on the day ``on``, by the figures of the day ``population``.

    Raises:
        AllocationError: no one can be charged, or a district does not say which city it belongs to.
        FactError: figures are missing, describe another day, or give a city fewer inhabitants than its districts.
    """
    present = request.payers(on)
    parties = _charged(request, present, on)
    figures = _Figures.of(request, settings, population, districts=any(map(_is_district, parties)))
    lineage = Lineage.of(request, on)
    inhabitants = tuple([figures.of_party(party, lineage) for party in parties])
    cities = _cities(parties, inhabitants, figures, lineage)
    parts = _rest_parts(inhabitants, cities) if cities and settings.rest is Rest.SPREAD else ()
    return Census(
        parties=parties,
        inhabitants=inhabitants,
        cities=cities,
        rest_parts=parts,
        basis=_with_rest(inhabitants, parts, cities) if parts else inhabitants,
        below=PARTS if parts else 1,
        total=sum(inhabitants) + sum(city.rest for city in cities),
        present=present,
        not_charged=tuple(party for party in present if party.kind not in _COUNTED),
        wanted=population,
        day=figures.whole.reference_date,
        districts_day=figures.districts.reference_date if figures.districts else None,
        source=figures.source,
        city_source=_cited(figures.whole),
    )


def no_inhabitants(census: Census) -> AllocationError:
    """Return the refusal of a census that counts no one."""
    message = Text("Ingen part har några invånare.", "No party has any inhabitants.")
    remedy = Text("Kontrollera invånartalen.", "Check the figures of inhabitants.")
    return AllocationError(message, where=census.source.title, remedy=remedy)


def _is_district(party: Party) -> bool:
    return party.authority is not None and party.authority != party.key


def _charged(request: CostRequest, present: tuple[Party, ...], on: date) -> tuple[Party, ...]:
    represented = {party.authority for party in present if _is_district(party)}
    charged = tuple([party for party in present if party.kind in _COUNTED and party.key not in represented])
    if not charged:
        message = Text(f"Ingen kommun eller stadsdel finns den {on}.", f"No municipality or district exists on {on}.")
        remedy = Text("Kontrollera parternas datum.", "Check the dates of the parties.")
        raise AllocationError(message, where=request.service, remedy=remedy)
    for party in charged:
        if party.kind is PartyKind.DISTRICT and not _is_district(party):
            message = Text(f"{party.name} anger inte sin stad.", f"{party.name} does not name its city.")
            remedy = Text("Ange stadsdelens myndighet.", "Give the district's legal authority.")
            raise AllocationError(message, where=party.key, remedy=remedy)
    return charged


@dataclass(frozen=True, slots=True)
class _Figures:
    """The two series of one day."""

    whole: FactSeries
    districts: FactSeries | None

    @classmethod
    def of(cls, request: CostRequest, settings: InvoiceCappedSettings, day: date, *, districts: bool) -> _Figures:
        whole = request.facts.latest(FactNeed(name=INHABITANTS, on=day))
        inner = request.facts.latest(FactNeed(name=DISTRICT_INHABITANTS, on=day)) if districts else None
        for series in (whole, inner):
            if series is not None and series.reference_date != day and not settings.accept_older_population:
                raise _of_another_day(series, day)
        return cls(whole, inner)

    def of_party(self, party: Party, lineage: Lineage) -> int:
        series = self.districts if self.districts is not None and _is_district(party) else self.whole
        if not lineage.successions and party.key in series.values:
            return series.values[party.key]
        return self._sum(party.key, series, lineage)

    def of_city(self, key: str, lineage: Lineage) -> int:
        return self._sum(key, self.whole, lineage)

    @staticmethod
    def _sum(key: str, series: FactSeries, lineage: Lineage) -> int:
        behind = lineage.stands_for(key, series.values, series.reference_date)
        return sum(series.of(name) for name in behind) if behind else series.of(key)

    @property
    def source(self) -> Source:
        whole = _cited(self.whole)
        if self.districts is None:
            return whole
        inner = _cited(self.districts)
        title = whole.title if whole.title == inner.title else f"{whole.title}; {inner.title}"
        if whole.date != inner.date:
            title = f"{whole.title} {whole.date}; {inner.title} {inner.date}"
        return Source(title=title, date=whole.date, example=whole.example or inner.example)


def _cited(series: FactSeries) -> Source:
    return Source(title=series.source.title, date=series.reference_date, example=series.source.example)


def _of_another_day(series: FactSeries, day: date) -> FactError:
    found = series.reference_date
    message = Text(
        f"Det finns inga invånartal ({series.name}) för {day}; de senaste är från {found}.",
        f"There are no figures ({series.name}) of {day}; the last are of {found}.",
    )
    remedy = Text(
        "Läs in invånartal för dagen, eller godta äldre i inställningen accept_older_population.",
        "Load figures of that day, or accept older ones in the setting accept_older_population.",
    )
    return FactError(message, where=series.source.title, remedy=remedy)


def _cities(
    parties: tuple[Party, ...], inhabitants: tuple[int, ...], figures: _Figures, lineage: Lineage
) -> tuple[City, ...]:
    rows: dict[str, list[int]] = {}
    for row, party in enumerate(parties):
        if _is_district(party):
            rows.setdefault(party.legal_authority, []).append(row)
    cities = []
    for key in sorted(rows):
        city = City(
            key=key,
            name=lineage.name(key),
            slug=_slug(key),
            inhabitants=figures.of_city(key, lineage),
            rows=tuple(rows[key]),
            in_districts=sum(inhabitants[row] for row in rows[key]),
        )
        if city.rest < 0 or not city.in_districts:
            raise _does_not_fit(city)
        cities.append(city)
    return tuple(cities)


def _slug(key: str) -> str:
    name = re.sub(r"\W", "_", key)
    return name if name.isidentifier() else f"city_{name}"


def _does_not_fit(city: City) -> FactError:
    message = Text(
        f"{city.name} har {city.inhabitants} invånare, stadsdelarna tillsammans {city.in_districts}.",
        f"{city.name} has {city.inhabitants} inhabitants, its districts together {city.in_districts}.",
    )
    remedy = Text("Läs in båda för samma dag.", "Load both for the same day.")
    return FactError(message, where=city.key, remedy=remedy)


def _rest_parts(inhabitants: tuple[int, ...], cities: tuple[City, ...]) -> tuple[int, ...]:
    parts = [0] * len(inhabitants)
    for city in cities:
        for row in city.rows:
            parts[row] = (2 * PARTS * inhabitants[row] + city.in_districts) // (2 * city.in_districts)
    return tuple(parts)


def _with_rest(inhabitants: tuple[int, ...], parts: tuple[int, ...], cities: tuple[City, ...]) -> tuple[int, ...]:
    basis = [PARTS * count for count in inhabitants]
    for city in cities:
        for row in city.rows:
            basis[row] += city.rest * parts[row]
    return tuple(basis)
