"""``andel demo``: the regions of ``tenants/`` on an embedded PostgreSQL, their year in tables, and the pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import URL

from andel.app.api import TokenGate
from andel.app.installation import ROOT, Installation
from andel.app.serving import Site
from andel.app.web import DatabaseRegions, create_app
from andel.app.working import Regions
from andel.costs.model import RegionBook
from andel.costs.model.table import region_bears
from andel.costs.service.allocating import Allocator
from andel.costs.service.running import execute_run, order_run
from andel.host.view import TenantView
from andel.sdk.cost import Ceiling
from andel.sdk.errors import AndelError
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction
from andel.shared.database.secrets import FOLDER_VARIABLE, Secrets
from andel.shared.logs import configure_logs
from andel.shared.postgres import Server
from andel.shared.units import written
from andel.tenancy.service.applying import apply
from andel.tenancy.service.applying.regions import announce, ensure_region, region_session
from andel.tenancy.service.databases import URL_VARIABLE, Databases
from andel.tenancy.service.provisioning import prepare_instance

PORT = 8000
HOST = "127.0.0.1"
"""The demo has no sign-in, so nobody but this machine may reach it."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--year", type=click.IntRange(1990, 2100), help="The year to show; by default the current one.")
@click.option("--state", type=click.Path(path_type=Path), default=ROOT / "var", help="Where databases are kept.")
@click.option("--once", is_flag=True, help="Set up, print the tables and end, without serving pages.")
@click.option("--fresh", is_flag=True, help="Throw the demo's databases away first.")
@click.pass_obj
def demo(
    installation: Installation,
    port: int,
    year: int | None,
    state: Path,
    once: bool,  # noqa: FBT001  (a flag)
    fresh: bool,  # noqa: FBT001  (a flag)
) -> None:
    """Set up every region of the tenants folder, print what each costs, and serve the pages on this machine."""
    configure_logs(level=os.environ.get("ANDEL_LOG_LEVEL", "warning"))
    console = Console()
    server = Server(state / "postgres")
    if fresh:
        server.destroy()
        shutil.rmtree(state / "secrets", ignore_errors=True)
    with server:
        databases = _databases(server, state)
        shown = year or datetime.now(UTC).year
        _set_up(console, installation, server.address(tcp=True).sqlalchemy_url(), databases)
        _run_year(console, installation, databases, shown)
        for name in installation.names():
            console.print(_year(installation.book(name), installation.view(name), shown))
        if not once:
            _where_to_look(console, port)
            _serve(databases, port)


def _databases(server: Server, state: Path) -> Databases:
    address = server.address(tcp=True).sqlalchemy_url()
    return Databases(address.set(username=None, password=None), Secrets(state / "secrets"))


def _set_up(console: Console, installation: Installation, admin: URL, databases: Databases) -> None:
    """Make the databases and apply every region's folder; what is there already is left as it is."""
    with _progress(console) as progress:
        task = progress.add_task("PostgreSQL", total=len(installation.names()) + 1)
        prepare_instance(admin, databases)
        progress.advance(task)
        for name in installation.names():
            progress.update(task, description=name)
            document = installation.loaded(name).valid_document()
            region = ensure_region(databases, document, admin=lambda: admin)
            with region_session(databases, region) as session:
                apply(session, document, registry=installation.registry, applied_by="andel demo")
            announce(databases, region, document.region)
            progress.advance(task)


def _run_year(console: Console, installation: Installation, databases: Databases, year: int) -> None:
    """Store what the year costs, in every region that has costs for it; what is stored stays as it is."""
    regions = Regions(lambda: installation.registry, lambda: databases)
    with _progress(console) as progress:
        task = progress.add_task(f"{year}", total=len(installation.names()))
        for name in installation.names():
            progress.update(task, description=f"{name} {year}")
            with regions.place(name) as place:
                with region_transaction(place.engine, Viewer.staff()) as session:
                    ordered = order_run(session, Period.year(year), view=place.view, ordered_by="andel demo")
                execute_run(place, ordered.run.id)
            progress.advance(task)


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)


def _year(book: RegionBook, view: TenantView, year: int) -> Table:
    """Return what each service of the region costs, who bears it, and who pays most."""
    table = Table(title=f"\n{book.title} {year}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for head, right in (("Tjänst", False), ("Så räknas det", False), ("Parterna", True), ("Regionen", True)):
        table.add_column(head, justify="right" if right else "left")
    table.add_column("Betalar mest")
    allocator, names = Allocator(book, view), book.parties.names()
    for service, component in book.applying(Period.year(year)):
        title = f"{service.title.sv}\n{component.title.sv}"
        try:
            result = allocator.allocate(service, component, Period.year(year))
        except AndelError as error:
            table.add_row(title, component.model, "–", "–", str(error.complaints[0].in_language("sv").what))
            continue
        allocation = result.allocation
        own = region_bears(allocation)
        most = max(zip(allocation.amounts, allocation.parties, strict=True), default=(0, ""))
        charged = "tak" if isinstance(allocation, Ceiling) else written(Fraction(sum(allocation.amounts)), "ore")
        payer = f"{names.get(most[1], '')}, {written(Fraction(most[0]), 'ore')}"
        table.add_row(title, result.model, charged, "–" if own is None else written(Fraction(own), "ore"), payer)
    return table


def _where_to_look(console: Console, port: int) -> None:
    console.print(
        f"\nPages: http://{HOST}:{port}/ (this machine only, without sign-in; Ctrl-C ends)\n"
        "In another terminal:\n"
        "  .venv/bin/andel explain stockholm samverkan-vardovergangar botkyrka --year 2026\n"
        "  .venv/bin/andel allocate dalarna --year 2026\n"
        "  .venv/bin/andel plugins\n"
    )


def _serve(databases: Databases, port: int) -> None:
    where = {URL_VARIABLE: databases.server.render_as_string(), FOLDER_VARIABLE: str(databases.secrets.folder)}
    code = f"from andel.app.working import work_beside; work_beside({os.getpid()})"
    subprocess.Popen([sys.executable, "-c", code], env=os.environ | where)  # noqa: S603  (our own code; it ends itself)
    regions = DatabaseRegions(databases)
    programs = TokenGate(engine_of=regions.region)
    Site(lambda: create_app(regions, check=regions.check, programs=programs), host=HOST, port=port, workers=2).run()
