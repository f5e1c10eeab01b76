"""The key in workings: the scalars and columns that lead from counted inhabitants to inhabitants with the rest."""

from __future__ import annotations

from fractions import Fraction

from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Scalar
from andel_invoice_capped.census import PARTS, Census, City

BASIS = "inhabitants_with_rest"


def city_scalars(census: Census) -> tuple[Scalar, ...]:
    """Return each city's inhabitants, those of its districts, and the rest between them."""
    return tuple(scalar for city in census.cities for scalar in _city(census, city))


def key_columns(census: Census) -> tuple[Column, ...]:
    """Return inhabitants, the membership of each city, the share of its rest, and inhabitants with the rest."""
    inhabitants = Column(
        name="inhabitants",
        label=Text("Invånare", "Inhabitants"),
        numerators=census.inhabitants,
        unit="inhabitant",
        source=census.source,
    )
    basis = Column(
        name=BASIS,
        label=Text("Invånare inkl. rest", "Inhabitants with rest"),
        numerators=census.basis,
        denominator=census.below,
        unit="inhabitant",
        formula=_basis_formula(census),
        role=Role.BASIS,
    )
    members = tuple(_members(census, city) for city in census.cities)
    return (inhabitants, *members, *_rest_share(census), basis)


def _city(census: Census, city: City) -> tuple[Scalar, Scalar, Scalar]:
    slug = city.slug
    return (
        Scalar(
            name=f"{slug}_inhabitants",
            label=Text(f"{city.name}, invånare", f"{city.name}, inhabitants"),
            value=Fraction(city.inhabitants),
            unit="inhabitant",
            source=census.city_source,
        ),
        Scalar(
            name=f"{slug}_in_districts",
            label=Text(f"{city.name}, invånare i stadsdelar", f"{city.name}, inhabitants in districts"),
            value=Fraction(city.in_districts),
            unit="inhabitant",
            formula=f"sum(inhabitants * in_{slug})",
        ),
        Scalar(
            name=f"{slug}_rest",
            label=Text(f"{city.name}, utan adress (rest)", f"{city.name}, without address (rest)"),
            value=Fraction(city.rest),
            unit="inhabitant",
            formula=f"{slug}_inhabitants - {slug}_in_districts",
        ),
    )


def _members(census: Census, city: City) -> Column:
    inside = set(city.rows)
    return Column(
        name=f"in_{city.slug}",
        label=Text(f"Stadsdel i {city.name}", f"District of {city.name}"),
        numerators=tuple(int(row in inside) for row in range(len(census.parties))),
        unit="number",
        source=Source(title="Partens rättsliga myndighet", english="The legal authority of the party"),
    )


def _rest_share(census: Census) -> tuple[Column, ...]:
    if not census.rest_parts:
        return ()
    parts = [f"inhabitants * in_{city.slug} / {city.slug}_in_districts" for city in census.cities]
    share = Column(
        name="rest_share",
        label=Text("Andel av staden", "Share of the city"),
        numerators=census.rest_parts,
        denominator=PARTS,
        unit="share",
        formula=f"half_up({' + '.join(parts)}, 4)",
        rounding=Rounding.HALF_UP,
    )
    return (share,)


def _basis_formula(census: Census) -> str:
    if not census.rest_parts:
        return "inhabitants"
    return " + ".join(["inhabitants", *(f"{city.slug}_rest * in_{city.slug} * rest_share" for city in census.cities)])
