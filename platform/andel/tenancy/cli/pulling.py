"""``andel tenant pull``: from a region's database back to its folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from andel.tenancy.cli.group import Wiring, in_folder, in_format, styled
from andel.tenancy.model.plan import Change
from andel.tenancy.model.plan_text import change_lines, changes_data
from andel.tenancy.model.words import is_key
from andel.tenancy.service.applying.regions import region_session, registered_region
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.pulling import Outcome, Pulled, PullError
from andel.tenancy.service.pulling import pull as pull_folder

REFUSED = 2
"""The exit code when the folder was changed by hand and is left alone."""


@click.command()
@click.argument("name")
@in_folder
@in_format
@click.option("--force", is_flag=True, help="Write over what was changed by hand.")
@click.pass_obj
def pull(wiring: Wiring, name: str, folder: Path | None, form: str, *, force: bool) -> None:
    """Make the folder of region NAME say what its database amounts to.

    Order, comments and names of files are kept. A folder that was changed by hand since it was applied is left
    alone unless --force is given. Exit code: 0, or 2 when it was left alone.
    """
    tenants = wiring.tenants_folder if folder is None else folder
    databases = Databases.from_environment()
    region = registered_region(databases, name) if is_key(name) else None
    if region is None or not region.provisioned:
        what = f'The instance has no region "{name}" with a database.'
        raise PullError(what, where=name, remedy="Apply its folder first: andel tenant apply.")
    with region_session(databases, region, read_only=True) as session:
        pulled = pull_folder(session, tenants / name, force=force)
    click.echo(_as_json(pulled) if form == "json" else "\n".join(_lines(pulled, tenants / name)))
    sys.exit(REFUSED if pulled.outcome is Outcome.REFUSED else 0)


def _as_json(pulled: Pulled) -> str:
    data = {
        "tenant": pulled.tenant,
        "outcome": pulled.outcome.value,
        "changes": changes_data(pulled.changes),
        "by_hand": changes_data(pulled.by_hand),
        "by_command": changes_data(pulled.by_command),
        "files": list(pulled.files),
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _lines(pulled: Pulled, root: Path) -> Iterator[str]:
    match pulled.outcome:
        case Outcome.SAME:
            yield f"{pulled.tenant}: nothing to do, the folder says what the database amounts to"
        case Outcome.WRITTEN:
            yield f"{pulled.tenant}: {len(pulled.files)} {'file' if len(pulled.files) == 1 else 'files'} written"
            yield from (f"  {root.as_posix()}/{name}" for name in pulled.files)
            yield from _told("", pulled.changes)
        case Outcome.REFUSED:
            what = (
                "holds what was never applied" if pulled.readable else "cannot be read (andel tenant validate says why)"
            )
            yield f"{pulled.tenant}: the folder {what}, and is left alone"
            yield from _told("Changed by hand in the folder since the last apply:", pulled.by_hand)
            yield from _told("Changed in the database since the last apply:", pulled.by_command)
            yield from _told("What pulling would do to the folder:", pulled.changes)
            yield "  Apply the folder, or write over it with --force."


def _told(heading: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield from [f"  {heading}"] if heading else []
        yield from (f"  {styled(line)}" for line in change_lines(changes, indent="  "))
