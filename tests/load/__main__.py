"""``python -m tests.load``: measure the figures of docs/figures.md, each as a ratio within this run."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from tests.load.bench import opened
from tests.load.figures import REGISTER, Figure

MODULES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in {"__main__", "bench", "figures"}
)


def main() -> None:
    """Measure and print; the exit code tells only whether everything could be measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--soak", action="store_true", help="the large sizes too")
    asked.add_argument("--only", action="append", default=[], help="only the benchmark of this name")
    options = asked.parse_args()
    for module in MODULES:
        importlib.import_module(f"tests.load.{module}")
    console = Console(width=max(Console().width, 150))
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    chosen = [one for one in REGISTER if not options.only or one.name in options.only]
    started = time.monotonic()
    figures: list[Figure] = []
    with opened(soak=options.soak) as bench:
        for one in chosen:
            if one.soak_only and not options.soak:
                continue
            with console.status(f"measuring {one.name}"):
                figures += one.run(bench)
    console.print(_table(figures))
    console.print(f"{time.monotonic() - started:.0f} s; load {os.getloadavg()[0]:.1f}")
    sys.exit(0 if figures else 1)


def _table(figures: list[Figure]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for head in ("what", "measured", "reach", ""):
        table.add_column(head)
    marks = {True: "[green]reached[/]", False: "[red]not reached[/]", None: ""}
    for one in figures:
        table.add_row(one.what, one.measured, one.reach, marks[one.reached])
    return table


if __name__ == "__main__":
    main()
