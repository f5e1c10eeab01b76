"""``andel run``: order the allocation of a year, and, on request, carry it out."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from andel.costs.cli.options import YEARS, Places
from andel.costs.cli.told import run_words
from andel.costs.service.running import Run, Workplace, execute_run, order_run
from andel.costs.tables import RunState
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction

FAILED = 1
"""The exit code when a part of a run could not be allocated; 2 is for an order that could not be given."""

ORDERED_BY = "andel run"


def run_command(places: Places) -> click.Command:
    """Return ``andel run``."""

    @click.command("run")
    @click.argument("tenant")
    @click.option("--year", type=click.IntRange(*YEARS), required=True, help="The calendar year to allocate.")
    @click.option("--service", "services", multiple=True, help="Only this service; can be given several times.")
    @click.option("--wait", is_flag=True, help="Carry it out here and now, together with any worker.")
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def run(tenant: str, year: int, services: tuple[str, ...], *, wait: bool, form: str) -> None:
        """Order the allocation of a year's costs of TENANT: what each party pays is stored.

        The same order again is the same run as long as it is waiting or begun. What was made from the same figures,
        costs and settings stands as it is; what changed is stored as the next revision, with the difference.
        Without --wait a worker carries it out (andel worker). Exit code: 0, or 1 when a part has failed.
        """
        with places.place(tenant) as place:
            with region_transaction(place.engine, Viewer.staff()) as session:
                ordered = order_run(
                    session, Period.year(year), view=place.view, ordered_by=ORDERED_BY, services=services or None
                )
            ended = _carry_out(place, ordered.run) if wait else ordered.run
        if form == "json":
            click.echo(json.dumps(_data(ended, is_new=ordered.is_new), ensure_ascii=False, indent=1))
        else:
            console = Console()
            if not ordered.is_new:
                console.print("The same run was ordered already and is open: this is it.")
            console.print(run_words(ended))
        sys.exit(FAILED if ended.state is RunState.FAILED else 0)

    return run


def _carry_out(place: Workplace, run: Run) -> Run:
    shown = Console(stderr=True)
    with Progress(console=shown, transient=True, disable=not shown.is_terminal) as progress:
        bar = progress.add_task("Allocating", total=len(run.waiting))
        return execute_run(place, run.id, told=lambda: progress.advance(bar))


def _data(run: Run, *, is_new: bool) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "key": run.key,
        "is_new": is_new,
        "state": run.state.value,
        "items": [
            {
                "service": item.service,
                "component": item.component,
                "period": str(item.period),
                "state": item.state.value,
                "allocation": str(item.allocation) if item.allocation else None,
                "is_new": item.is_new,
                "revision": item.revision,
                "outdated": item.outdated,
                "complaints": [str(complaint.in_language("en")) for complaint in item.complaints],
            }
            for item in run.items
        ],
    }
