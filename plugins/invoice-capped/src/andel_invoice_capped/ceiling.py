"""The table of the most a party can ever pay: Bilaga 3 of the agreement, number by number."""

from __future__ import annotations

from fractions import Fraction

from andel.sdk.cost import Ceiling, CostRequest
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Scalar, Workings
from andel_invoice_capped.census import PARTS, take_census
from andel_invoice_capped.findings import of_ceiling
from andel_invoice_capped.key import BASIS, city_scalars, key_columns, setting
from andel_invoice_capped.settings import InvoiceCappedSettings
from andel_invoice_capped.table import Row, Table

_SHARE = "half_up({} / all_inhabitants, 4)"
_PER_YEAR = "half_up({} * price / term_years / 100) * 100"
_TOTAL = "half_up({} * price / 100) * 100"


def make_ceiling(request: CostRequest, settings: InvoiceCappedSettings) -> Ceiling:
    """Compute the table on the parties and inhabitants of the population date.

    Raises:
        AllocationError: no one can be charged, or no one has inhabitants.
        FactError: figures are missing or describe another day.
    """
    census = take_census(request, settings, on=settings.population_date, population=settings.population_date)
    table = Table.of(census, settings)
    workings = Workings(
        parties=census.keys,
        scalars=(*_price_scalars(table), *_row_scalars(table)),
        columns=(*key_columns(census), *_columns(table)),
        findings=of_ceiling(table, settings),
    )
    return Ceiling(parties=census.keys, amounts=table.totals, workings=workings)


def limit_scalar(table: Table) -> Scalar:
    """Return the limit, with the row of the dated table it stands in."""
    label = Text("Gränsbelopp per part", "Limit per party")
    return Scalar(name="limit", label=label, value=Fraction(table.limit.amount), unit="ore", source=table.limit.cited())


def _price_scalars(table: Table) -> tuple[Scalar, ...]:
    census = table.census
    everyone = " + ".join(["sum(inhabitants)", *(f"{city.slug}_rest" for city in census.cities)])
    return (
        limit_scalar(table),
        setting("term_years", Text("Avtalstid", "Term"), table.years, "year"),
        *city_scalars(census),
        _scalar("all_inhabitants", Text("Alla invånare", "All inhabitants"), census.total, "inhabitant", everyone),
        _scalar(
            "largest",
            Text("Största part, invånare", "Largest party, inhabitants"),
            Fraction(table.largest, census.below),
            "inhabitant",
            f"max({BASIS})",
        ),
        _scalar(
            "price",
            Text("Pris per invånare, hela avtalstiden", "Price per inhabitant, whole term"),
            table.price,
            "ore/inhabitant",
            "limit / largest",
        ),
        _scalar(
            "price_per_year",
            Text("Pris per invånare och år", "Price per inhabitant and year"),
            table.price / table.years,
            "ore/inhabitant",
            "price / term_years",
        ),
    )


def _row_scalars(table: Table) -> tuple[Scalar, ...]:
    """Return the rows of the cities and of all, which the printed table computes on their own inhabitants."""
    named = [("all", Text("Totalt", "Total"), "1", table.whole)]
    for city, row in zip(table.census.cities, table.cities, strict=True):
        named.append((city.slug, Text(city.name, city.name), f"in_{city.slug}", row))
    return tuple(scalar for slug, name, rows, row in named for scalar in _row(table, slug, name, rows, row))


def _row(table: Table, slug: str, name: Text, rows: str, row: Row) -> tuple[Scalar, Scalar, Scalar]:
    per_year, total = _PER_YEAR.format(f"{slug}_inhabitants"), _TOTAL.format(f"{slug}_inhabitants")
    if table.parts:
        inside = _inside(table, slug)
        row = Row(row.share, _sum(table.per_year, inside), _sum(table.totals, inside))
        per_year, total = f"sum(per_year * {rows})", f"sum(total * {rows})"
    share = _SHARE.format(f"{slug}_inhabitants")
    labels = [
        Text(f"{name.sv}, {sv}", f"{name.en}, {en}")
        for sv, en in (("andel av alla", "share of all"), ("per år", "per year"), ("hela avtalstiden", "whole term"))
    ]
    return (
        _scalar(f"{slug}_share", labels[0], Fraction(row.share, PARTS), "share", share, Rounding.HALF_UP),
        _scalar(f"{slug}_per_year", labels[1], row.per_year, "ore", per_year, Rounding.HALF_UP),
        _scalar(f"{slug}_total", labels[2], row.total, "ore", total, Rounding.HALF_UP),
    )


def _inside(table: Table, slug: str) -> tuple[int, ...]:
    found = [city.rows for city in table.census.cities if city.slug == slug]
    return found[0] if found else tuple(range(len(table.rows)))


def _sum(values: tuple[int, ...], rows: tuple[int, ...]) -> int:
    return sum(values[row] for row in rows)


def _scalar(
    name: str, label: Text, value: Fraction | int, unit: str, formula: str, rounding: Rounding = Rounding.EXACT
) -> Scalar:
    return Scalar(name=name, label=label, value=Fraction(value), unit=unit, formula=formula, rounding=rounding)


def _columns(table: Table) -> tuple[Column, ...]:
    share = Column(
        name="share",
        label=Text("Andel av alla", "Share of all"),
        numerators=table.shares,
        denominator=PARTS,
        unit="share",
        formula=_SHARE.format(BASIS),
        rounding=Rounding.HALF_UP,
    )
    per_year, total = _PER_YEAR.format(BASIS), _TOTAL.format(BASIS)
    if table.parts:
        per_year = f"lesser({per_year}, half_up(part_of_limit / term_years / 100) * 100)"
        total = f"lesser({total}, part_of_limit)"
    return (
        share,
        *_part_of_limit(table),
        _amounts("per_year", Text("Per år", "Per year"), table.per_year, per_year),
        _amounts("total", Text("Totalt för avtalstiden", "Total for the term"), table.totals, total, Role.AMOUNT),
    )


def _amounts(name: str, label: Text, values: tuple[int, ...], formula: str, role: Role | None = None) -> Column:
    return Column(
        name=name,
        label=label,
        numerators=values,
        unit="ore",
        formula=formula,
        rounding=Rounding.HALF_UP,
        role=role,
    )


def _part_of_limit(table: Table) -> tuple[Column, ...]:
    if not table.parts:
        return ()
    members = [f"in_{city.slug}" for city in table.census.cities]
    shared = " + ".join(f"largest_remainder(limit / 100, {BASIS} * {member}) * 100" for member in members)
    part = Column(
        name="part_of_limit",
        label=Text("Del av gränsbeloppet", "Part of the limit"),
        numerators=table.parts,
        unit="ore",
        formula=f"{shared} + (1 - {' - '.join(members)}) * limit",
        rounding=Rounding.LARGEST_REMAINDER,
    )
    return (part,)
