"""The commands themselves: read what is asked, allocate all of it, and only then write."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Protocol

import click
from rich.console import Console

from andel.costs.cli.writing import explanation, verdicts, worked
from andel.costs.model import CostComponent, CostError, RegionBook, Service
from andel.costs.model.result import Result
from andel.costs.model.sheet import Cell, csv_text, sheet
from andel.costs.service.allocating import Allocator
from andel.costs.service.verifying import verify
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.cost import Ceiling
from andel.sdk.money import kronor_text
from andel.sdk.party import PartyError
from andel.sdk.period import Period
from andel.shared.formats import Language

WRONG = 2
"""The exit code for bad input, and for a result that does not verify."""

LARGEST_FILE = 64 * 1024 * 1024

FIRST_YEAR, LAST_YEAR = 1990, 2100

_language = click.option("--lang", type=click.Choice(["sv", "en"]), default="sv", show_default=True)
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


@click.command()
@click.argument("tenant")
@click.argument("service", required=False)
@_year
@click.option("--component", help="Only this cost component of the service.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@_language
@click.pass_obj
def allocate(  # noqa: PLR0913, PLR0917  (one argument per option)
    wiring: Wiring, tenant: str, service: str | None, year: int, component: str | None, form: str, lang: Language
) -> None:
    """Show what each party of TENANT pays for SERVICE, or for all services, and how it was computed.

    Nothing is stored. All is computed before anything is written: when one cost cannot be allocated,
    the exit code is 2 and no amounts are shown.
    """
    book = wiring.book(tenant)
    allocator = Allocator(book, wiring.view(tenant))
    chosen = _chosen(book, Period.year(year), service, component)
    results = [(one, part, allocator.allocate(one, part, Period.year(year))) for one, part in chosen]
    names = book.parties.names()
    match form:
        case "json":
            saved = [result.saved() for _, _, result in results]
            click.echo(json.dumps({"tenant": tenant, "allocations": saved}, ensure_ascii=False, indent=1))
        case "csv":
            click.echo(csv_text(_csv(results, names, lang)), nl=False)
        case _:
            console = Console()
            for one, part, result in results:
                console.print(worked(book, one, part, result, lang=lang))


@click.command()
@click.argument("tenant")
@click.argument("service")
@click.argument("party")
@_year
@click.option("--component", help="Only this cost component of the service.")
@_language
@click.pass_obj
def explain(  # noqa: PLR0913, PLR0917  (one argument per option)
    wiring: Wiring, tenant: str, service: str, party: str, year: int, component: str | None, lang: Language
) -> None:
    """Show why PARTY pays what it pays for SERVICE: every value its amount rests on, with source and rounding."""
    book = wiring.book(tenant)
    organization = book.parties.party(party)
    allocator = Allocator(book, wiring.view(tenant))
    chosen = _chosen(book, Period.year(year), service, component)
    results = [(one, part, allocator.allocate(one, part, Period.year(year))) for one, part in chosen]
    rows = [(one, part, result) for one, part, result in results if party in result.allocation.workings.rows]
    if not rows:
        message = f"{organization.name} has no row in the allocations of {service} for {year}."
        sharing = sorted({key for _, _, result in results for key in result.allocation.parties})
        raise PartyError(message, where=tenant, remedy=f"Those that have: {', '.join(sharing)}.")
    console = Console()
    for one, part, result in rows:
        console.print(explanation(book, one, part, result, party, lang=lang))


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def verify_file(wiring: Wiring, file: Path) -> None:
    """Compute the results saved in FILE again and compare.

    FILE is what ``andel allocate --format json`` wrote. Exit code 0 when all are the same, 2 when any differs
    or cannot be computed again.
    """
    verifications = [verify(saved, wiring.registry) for saved in _saved(file)]
    console = Console()
    for verification in verifications:
        console.print(verdicts(verification))
    sys.exit(0 if all(verification.holds for verification in verifications) else WRONG)


def _chosen(
    book: RegionBook, period: Period, service: str | None, component: str | None
) -> tuple[tuple[Service, CostComponent], ...]:
    if component is None:
        return book.applying(period, service)
    if service is None:
        message = "A component is named without its service."
        raise CostError(message, where="--component", remedy="Name the service before it.")
    wanted = book.service(service).component(component)
    return tuple(pair for pair in book.applying(period, service) if pair[1] is wanted) or (
        (book.service(service), wanted),
    )


def _csv(
    results: list[tuple[Service, CostComponent, Result]], names: dict[str, str], lang: Language
) -> list[list[Cell]]:
    """Return the whole worked table of one component, or the amounts alone of several."""
    if len(results) == 1:
        return sheet(results[0][2].allocation, names, lang=lang)
    rows: list[list[Cell]] = [["service", "component", "period", "kind", "party", "name", "amount", "payer"]]
    for service, component, result in results:
        allocation = result.allocation
        where: list[Cell] = [service.key, component.key, str(result.request.period), allocation.kind]
        for share in allocation.shares:
            amount = kronor_text(share.amount.ore)
            rows.append([*where, share.party, names.get(share.party, share.party), amount, share.payer])
        own = getattr(allocation, "region", getattr(allocation, "residual", None))
        if not isinstance(allocation, Ceiling) and own is not None:
            region = result.request.region
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
