"""The commands themselves: read what is asked, allocate all of it, and only then write."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click
from rich.console import Console

from andel.costs.cli.answers import answers_to
from andel.costs.cli.writing import explanation, print_whole, verdicts, without_cost, worked
from andel.costs.model import CostComponent, CostError, RegionBook, Service
from andel.costs.model.result import Result
from andel.costs.model.sheet import Cell, csv_text, sheet
from andel.costs.model.table import region_bears
from andel.costs.service.allocating import Allocator
from andel.costs.service.verifying import verify
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.errors import AndelError
from andel.sdk.money import kronor_text
from andel.sdk.period import Period
from andel.shared.formats import Language

WRONG = 2
"""The exit code for bad input, and for a result that does not verify."""

LARGEST_FILE = 64 * 1024 * 1024

FIRST_YEAR, LAST_YEAR = 1990, 2100

_language = click.option("--lang", type=click.Choice(["sv", "en"]), default="sv", show_default=True)
_component = click.option("--component", help="Only this cost component of the service.")
_form = click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
_year = click.option(
    "--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), required=True, help="The calendar year to allocate."
)


class Wiring(Protocol):
    """What ``andel.app`` puts in ``click.Context.obj``."""

    @property
    def registry(self) -> Registry:
        """What is installed."""

    def book(self, tenant: str) -> RegionBook:
        """Return what the region's allocations are made from."""

    def view(self, tenant: str) -> TenantView:
        """Return what the region may use."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The allocations that a command speaks of, all of them made."""

    book: RegionBook
    period: Period
    results: list[tuple[Service, CostComponent, Result]]


@click.command()
@click.argument("tenant")
@click.argument("service", required=False)
@_year
@_component
@_form
@click.option("--worked", is_flag=True, help="With --format csv: the whole worked table of one component.")
@_language
@click.pass_obj
def allocate(  # noqa: PLR0913, PLR0917  (one argument per option)
    wiring: Wiring,
    tenant: str,
    service: str | None,
    year: int,
    component: str | None,
    form: str,
    worked: bool,  # noqa: FBT001  (a flag)
    lang: Language,
) -> None:
    """Show what each party of TENANT pays for SERVICE, or for all services, and how it was computed.

    Nothing is stored. All is computed before anything is written: when one cost cannot be allocated,
    the exit code is 2 and no amounts are shown.
    """
    made = _make(wiring, tenant, year, service, component)
    match form:
        case "json":
            saved = [result.saved() for _, _, result in made.results]
            click.echo(json.dumps({"tenant": tenant, "allocations": saved}, ensure_ascii=False, indent=1))
        case "csv":
            rows = _worked_rows(made, lang) if worked else _amount_rows(made)
            click.echo(csv_text(rows), nl=False)
        case _:
            _print_tables(made, service if component is None else None, lang)


@click.command()
@click.argument("tenant")
@click.argument("service")
@click.argument("party")
@_year
@_component
@_form
@_language
@click.pass_obj
def explain(  # noqa: PLR0913, PLR0917  (one argument per option)
    wiring: Wiring, tenant: str, service: str, party: str, year: int, component: str | None, form: str, lang: Language
) -> None:
    """Show why PARTY pays what it pays for SERVICE: every value its amount rests on, with source and rounding.

    PARTY may be the region itself, and a payer that is invoiced in others' place.
    """
    made = _make(wiring, tenant, year, service, component)
    answers = answers_to(made.book, made.results, party, lang=lang)
    match form:
        case "json":
            data = {"tenant": tenant, "party": party, "answers": [answer.plain() for answer in answers]}
            click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        case "csv":
            head: list[Cell] = ["service", "component", "period", "step", "label", "value", "formula", "note", "source"]
            click.echo(csv_text([head, *(row for answer in answers for row in answer.rows())]), nl=False)
        case _:
            console = Console()
            for answer in answers:
                print_whole(console, explanation(answer, lang=lang))


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def verify_file(wiring: Wiring, file: Path) -> None:
    """Compute the results saved in FILE again and compare.

    FILE is what ``andel allocate --format json`` wrote. Exit code 0 when all are the same, 2 when any differs
    or cannot be computed again.
    """
    saved = _saved(file)
    try:
        verifications = [verify(one, wiring.registry) for one in saved]
    except AndelError as error:
        raise CostError(error.what, where=str(file), remedy=error.remedy) from error
    console = Console()
    for verification in verifications:
        print_whole(console, verdicts(verification))
    sys.exit(0 if all(verification.holds for verification in verifications) else WRONG)


def _make(wiring: Wiring, tenant: str, year: int, service: str | None, component: str | None) -> _Made:
    book, period = wiring.book(tenant), Period.year(year)
    allocator = Allocator(book, wiring.view(tenant))
    chosen = _chosen(book, period, service, component)
    return _Made(book, period, [(one, part, allocator.allocate(one, part, period)) for one, part in chosen])


def _chosen(
    book: RegionBook, period: Period, service: str | None, component: str | None
) -> tuple[tuple[Service, CostComponent], ...]:
    if component is None:
        return book.applying(period, service)
    if service is None:
        message = "A component is named without its service."
        raise CostError(message, where="--component", remedy="Name the service before it.")
    return ((book.service(service), book.service(service).component(component)),)


def _print_tables(made: _Made, service: str | None, lang: Language) -> None:
    console = Console()
    for one, part, result in made.results:
        print_whole(console, worked(made.book, one, part, result, lang=lang))
    left_out = made.book.without_cost(made.period, service)
    if left_out:
        console.print(without_cost(left_out, made.period, lang=lang))


def _worked_rows(made: _Made, lang: Language) -> list[list[Cell]]:
    if len(made.results) != 1:
        keys = ", ".join(f"{one.key} --component {part.key}" for one, part, _ in made.results)
        message = "A worked table is of one component, and several were allocated."
        raise CostError(message, where="--worked", remedy=f"Choose one: {keys}.")
    return sheet(made.results[0][2].allocation, made.book.parties.names(), lang=lang)


def _amount_rows(made: _Made) -> list[list[Cell]]:
    """Return one row per party and component, and the region's own."""
    names: Mapping[str, str] = made.book.parties.names()
    rows: list[list[Cell]] = [["service", "component", "period", "kind", "party", "name", "amount", "payer"]]
    for service, component, result in made.results:
        allocation = result.allocation
        where: list[Cell] = [service.key, component.key, str(result.request.period), allocation.kind]
        for share in allocation.shares:
            amount = kronor_text(share.amount.ore)
            rows.append([*where, share.party, names.get(share.party, share.party), amount, share.payer])
        own, region = region_bears(allocation), result.request.region
        if own is not None:
            rows.append([*where, region, names.get(region, region), kronor_text(own), region])
    return rows


def _saved(file: Path) -> list[dict[str, Any]]:
    remedy = "Give a file written by andel allocate --format json."
    if file.stat().st_size > LARGEST_FILE:
        message = f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB."
        raise CostError(message, where=str(file), remedy=remedy)
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        message = f"The file is not JSON: {error}."
        raise CostError(message, where=str(file), remedy=remedy) from error
    found = data.get("allocations", [data]) if isinstance(data, dict) else data
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        message = "The file holds no saved allocation."
        raise CostError(message, where=str(file), remedy=remedy)
    return found
