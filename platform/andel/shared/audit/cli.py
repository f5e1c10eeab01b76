"""``andel audit``: whether a region's chain is whole, and its head kept outside."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import click
from sqlalchemy.orm import Session

from andel.shared.audit.anchors import add_anchor, head, read_anchors
from andel.shared.audit.verifying import Verdict, verify

DAMAGED = 2
"""The exit code when something is wrong with the chain, or it cannot be read."""


class Regions(Protocol):
    """The way into the regions of the instance."""

    def reading(self, tenant: str) -> AbstractContextManager[Session]:
        """Open a transaction of the region's staff that reads only.

        Raises:
            AndelError: there is no such region, or its database cannot be reached.
        """


def audit_command(regions: Regions) -> click.Group:
    """Return ``andel audit``."""

    @click.group()
    def audit() -> None:
        """The audit chain of a region: verify it, and keep its head outside the database."""

    @audit.command("verify")
    @click.argument("tenant")
    @click.option("--anchor", "file", type=click.Path(path_type=Path), help="Heads that andel audit anchor kept.")
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def verify_command(tenant: str, file: Path | None, form: str) -> None:
        """Compute every link of the chain again.

        Finds what was changed and what is missing; what was cut off at the end, only against an anchor. Exit code:
        0 when the chain is whole, 2 when it is not.
        """
        anchors = read_anchors(file, tenant) if file else ()
        with regions.reading(tenant) as session:
            verdict = verify(session, anchors)
        _tell(verdict, form)
        sys.exit(0 if verdict.whole else DAMAGED)

    @audit.command("anchor")
    @click.argument("tenant")
    @click.option("--file", type=click.Path(path_type=Path), required=True, help="The file that the head is added to.")
    def anchor_command(tenant: str, file: Path) -> None:
        """Add the head of the chain to a file, to be kept where no administrator of the database can change it.

        The chain is verified first, against the anchors that the file has already. Exit code: 0 when it was added,
        2 when the chain is not whole.
        """
        anchors = read_anchors(file, tenant) if file.exists() else ()
        with regions.reading(tenant) as session:
            verdict = verify(session, anchors)
            found = head(session, tenant)
        if not verdict.whole:
            _tell(verdict, "text")
            sys.exit(DAMAGED)
        add_anchor(file, found)
        click.echo(f"{found.sequence} {found.digest}")

    return audit


def _tell(verdict: Verdict, form: str) -> None:
    if form == "json":
        click.echo(json.dumps({"whole": verdict.whole} | asdict(verdict)))
        return
    for finding in verdict.findings:
        place = f"link {finding.sequence}" if finding.sequence else "no link"
        click.echo(f"{click.style(finding.damage.value, fg='red')}, {place}: {finding.what}")
    state = click.style("whole", fg="green") if verdict.whole else click.style("not whole", fg="red")
    against = f", compared with {verdict.anchors} anchors" if verdict.anchors else ", without an anchor to compare with"
    click.echo(f"{verdict.links} links: {state}{against}.")
