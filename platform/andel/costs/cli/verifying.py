"""``andel verify``: results computed again, those saved in a file and those stored in a region's database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import click
from rich.console import Console
from rich.progress import track

from andel.costs.cli.options import YEARS, Places
from andel.costs.cli.told import stored_verdicts
from andel.costs.cli.writing import verdicts
from andel.costs.model import CostError
from andel.costs.service.running import Workplace
from andel.costs.service.verifying import verify
from andel.costs.service.verifying_stored import StoredVerification, stored_results, verify_stored
from andel.host.registry import Registry
from andel.sdk.errors import AndelError
from andel.sdk.period import Period
from andel.shared.database import Viewer, region_transaction

WRONG = 2
"""The exit code for bad input, and for a result that does not verify."""

LARGEST_FILE = 64 * 1024 * 1024
_AT_ONCE = 50


class Wiring(Protocol):
    """What ``andel.app`` puts in ``click.Context.obj``."""

    @property
    def registry(self) -> Registry:
        """What is installed."""


def verify_command(places: Places) -> click.Command:
    """Return ``andel verify``."""

    @click.command("verify")
    @click.argument("target", metavar="FILE|TENANT")
    @click.option("--year", type=click.IntRange(*YEARS), help="Only what was stored for this year.")
    @click.pass_obj
    def verify_results(wiring: Wiring, target: str, year: int | None) -> None:
        """Compute results again and compare: those saved in FILE, or all that are stored of TENANT.

        FILE is what andel allocate --format json wrote. Of a region, superseded results are verified too, and each
        line that is charged against its row of the workings. Exit code 0 when all are the same, 2 when any differs
        or cannot be computed again.
        """
        file = Path(target)
        if file.is_file() or file.suffix:
            holds = _verify_file(file, wiring.registry)
        else:
            with places.place(target) as place:
                holds = _verify_stored(place, wiring.registry, Period.year(year) if year else None)
        sys.exit(0 if holds else WRONG)

    return verify_results


def _verify_file(file: Path, registry: Registry) -> bool:
    saved = _saved(file)
    try:
        verifications = [verify(one, registry) for one in saved]
    except AndelError as error:
        raise CostError(error.what, where=str(file), remedy=error.remedy) from error
    console = Console()
    for verification in verifications:
        console.print(verdicts(verification))
    return all(verification.holds for verification in verifications)


def _verify_stored(place: Workplace, registry: Registry, period: Period | None) -> bool:
    console = Console()
    wrong = []
    count = 0
    for verification in _verifications(place, registry, period):
        count += 1
        if not verification.holds:
            wrong.append(verification)
            console.print(stored_verdicts(verification))
    console.print(f"{count} stored results verified, {len(wrong)} differ." if count else "No result is stored.")
    return not wrong


def _verifications(place: Workplace, registry: Registry, period: Period | None) -> Iterator[StoredVerification]:
    """Verify in transactions of a few results each, with a bar for whoever waits."""
    reader = Viewer.staff(read_only=True)
    with region_transaction(place.engine, reader) as session:
        ids = stored_results(session, period)
    parts = [ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE)]
    shown = Console(stderr=True)
    for part in track(parts, "Verifying", console=shown, transient=True, disable=not shown.is_terminal):
        with region_transaction(place.engine, reader) as session:
            found = [verify_stored(session, one, registry, place.facade) for one in part]
        yield from found


def _saved(file: Path) -> list[dict[str, Any]]:
    remedy = "Give a file written by andel allocate --format json."
    if not file.is_file():
        message = "There is no such file."
        raise CostError(message, where=str(file), remedy=remedy)
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
