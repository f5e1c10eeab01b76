"""Runs and stored results written for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from andel.costs.service.running import Run, RunItem
from andel.costs.service.verifying import Check, Verdict
from andel.costs.service.verifying_stored import StoredVerification
from andel.costs.tables import ItemState
from andel.sdk.money import kronor_text

_MARKS = {Verdict.SAME: "✔ same", Verdict.DIFFERENT: "✘ differs", Verdict.UNKNOWN: "? unknown"}
_COLOURS = {Verdict.SAME: "green", Verdict.DIFFERENT: "red", Verdict.UNKNOWN: "yellow"}


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_header=False)


def stored_verdicts(verification: StoredVerification) -> RenderableType:
    """Write what each check of a stored result came to."""
    part = f"{verification.service} {verification.component} {verification.period}"
    return _verdicts(f"{part}, revision {verification.revision}, {verification.id}", verification.checks)


def _verdicts(title: str, checks: Iterable[Check]) -> RenderableType:
    table = _table()
    for check in checks:
        table.add_row(check.name, Styled(_MARKS[check.verdict], style=_COLOURS[check.verdict]), check.words)
    return Group(Styled(f"\n{title}", style="bold"), table)


def run_words(run: Run) -> RenderableType:
    """Write how far a run has come, and why parts of it failed."""
    table = _table()
    for item in run.items:
        table.add_row(f"{item.service} {item.component}", str(item.period), *_item_words(item))
    head = Styled(f"\n{run.key}: {run.state.value}", style="bold")
    changed = [f"{one.service} {one.component} {one.period}" for one in run.outdated]
    told = f"Figures or settings changed during the run, order it again for: {', '.join(changed)}." if changed else ""
    return Group(head, table, Styled(told)) if told else Group(head, table)


def _item_words(item: RunItem) -> tuple[str, str]:
    if item.state is ItemState.FAILED:
        complaints = [complaint.in_language("en") for complaint in item.complaints]
        return "failed", "\n".join(str(complaint) for complaint in complaints)
    if item.state is ItemState.WAITING:
        return "waiting", ""
    charged = f"{kronor_text(item.charged)} kr"
    return ("stored" if item.is_new else "stands", f"{charged}, revision {item.revision}")
