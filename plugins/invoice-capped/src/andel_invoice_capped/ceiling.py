"""The table of the most a party can ever pay: Bilaga 3 of the agreement, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from andel.sdk.building import whole_scalar
from andel.sdk.cost import Ceiling, CostRequest
from andel.sdk.facts import Source
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Scalar, Workings
from andel_invoice_capped.census import PARTS, take_census
from andel_invoice_capped.findings import of_ceiling
from andel_invoice_capped.key import BASIS, city_scalars, key_columns
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
    return ceiling_of(Table.of(census, settings), settings)


def ceiling_of(table: Table, settings: InvoiceCappedSettings) -> Ceiling:
    """Return the table as a result, with its workings."""
    census = table.census
    workings = Workings(
        parties=census.keys,
        scalars=(
            *price_scalars(table),
            *city_scalars(census),
            *_term_scalars(table),
            *_row_scalars(table),
        ),
        columns=(*key_columns(census), *_columns(table)),
        findings=of_ceiling(table, settings),
    )
    return Ceiling(parties=census.keys, amounts=table.totals, workings=workings)


def limit_scalar(table: Table) -> Scalar:
    """Return the limit, with the row of the dated table it stands in."""
    label = Text("Gränsbelopp per part", "Limit per party")
    return whole_scalar("limit", label, table.limit.amount, "ore", source=table.limit.cited())


def total_formula(basis: str = BASIS) -> str:
    """Return the formula of a ceiling: whole kronor from the unrounded price."""
    return _TOTAL.format(basis)


def price_scalars(table: Table, basis: str = BASIS) -> tuple[Scalar, Scalar, Scalar]:
    """Return the limit, the largest party's inhabitants, and the price per inhabitant that they give."""
    largest = Fraction(table.largest, table.census.below)
    return (
        limit_scalar(table),
        Scalar(
            name="largest",
            label=Text("Största part, invånare", "Largest party, inhabitants"),
            value=largest,
            unit="inhabitant",
            formula=f"max({basis})",
        ),
        Scalar(
            name="price",
            label=Text("Pris per invånare, hela avtalstiden", "Price per inhabitant, whole term"),
            value=table.price,
            unit="ore/inhabitant",
            formula="limit / largest",
        ),
    )


def _term_scalars(table: Table) -> tuple[Scalar, Scalar, Scalar]:
    everyone = " + ".join(["sum(inhabitants)", *(f"{city.slug}_rest" for city in table.census.cities)])
    term = Source(title="Inställningen Avtalstid i år", english="The setting Term in years")
    return (
        whole_scalar("term_years", Text("Avtalstid", "Term"), table.years, "year", source=term),
        Scalar(
            name="price_per_year",
            label=Text("Pris per invånare och år", "Price per inhabitant and year"),
            value=table.price / table.years,
            unit="ore/inhabitant",
            formula="price / term_years",
        ),
        whole_scalar(
            "all_inhabitants",
            Text("Alla invånare", "All inhabitants"),
            table.census.total,
            "inhabitant",
            formula=everyone,
        ),
    )


def _row_scalars(table: Table) -> tuple[Scalar, ...]:
    """Return the rows of the cities and of all, which the printed table computes on their own inhabitants.

    When the districts of a city share one limit, the rows are the sums of the columns.
    """
    per_year = table.per_year() if table.parts else ()
    found: list[Scalar] = []
    for city in table.census.cities:
        row, members = table.of_city(city), f" * in_{city.slug}"
        if table.parts:
            row = Row(row.share, _sum(per_year, city.rows), _sum(table.totals, city.rows))
        found += _row(city.slug, city.name, row, members if table.parts else None)
    row = table.of_all()
    if table.parts:
        row = Row(row.share, sum(per_year), sum(table.totals))
    return (*_row("all", "Totalt", row, "" if table.parts else None), *found)


def _row(slug: str, name: str, row: Row, summed: str | None) -> tuple[Scalar, ...]:
    own = f"{slug}_inhabitants"
    formulas = (_SHARE.format(own), _PER_YEAR.format(own), _TOTAL.format(own))
    if summed is not None:
        formulas = (formulas[0], f"sum(per_year{summed})", f"sum(total{summed})")
    words = (("andel av alla", "share of all"), ("per år", "per year"), ("hela avtalstiden", "whole term"))
    values = (Fraction(row.share, PARTS), Fraction(row.per_year), Fraction(row.total))
    return tuple(
        Scalar(
            name=f"{slug}_{ending}",
            label=Text(f"{name}, {sv}", f"{name}, {en}"),
            value=value,
            unit=unit,
            formula=formula,
            rounding=Rounding.HALF_UP,
        )
        for ending, (sv, en), value, unit, formula in zip(
            ("share", "per_year", "total"), words, values, ("share", "ore", "ore"), formulas, strict=True
        )
    )


def _sum(values: Sequence[int], rows: Sequence[int]) -> int:
    return sum(values[row] for row in rows)


def _columns(table: Table) -> tuple[Column, ...]:
    share = Column(
        name="share",
        label=Text("Andel av alla", "Share of all"),
        numerators=table.shares(),
        denominator=PARTS,
        unit="share",
        formula=_SHARE.format(BASIS),
        rounding=Rounding.HALF_UP,
    )
    per_year, total = _PER_YEAR.format(BASIS), total_formula()
    if table.parts:
        per_year = f"lesser({per_year}, half_up(part_of_limit / term_years / 100) * 100)"
        total = f"lesser({total}, part_of_limit)"
    return (
        share,
        *_part_of_limit(table),
        _amounts("per_year", Text("Per år", "Per year"), table.per_year(), per_year),
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
