"""``andel tenant validate``: everything that is wrong with regions kept as files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from andel.tenancy.cli.group import Wiring, in_folder, in_format
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import Fault
from andel.tenancy.service.loading import LoadedTenant, load_tenant, tenant_names

INVALID = 2
"""The exit code when something is wrong with a tenant."""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@in_folder
@in_format
@click.pass_obj
def validate(wiring: Wiring, names: tuple[str, ...], folder: Path | None, form: str) -> None:
    """Check regions, all of them unless named, and tell everything that is wrong.

    Each fault comes with its file, line, key and remedy. Exit code: 0 when all are valid, 2 when any is not.
    """
    tenants = wiring.tenants_folder if folder is None else folder
    chosen = tuple(dict.fromkeys(names)) or tenant_names(tenants)
    loaded = [load_tenant(tenants, name, wiring.registry, trial=True) for name in chosen]
    click.echo(_as_json(loaded) if form == "json" else _as_text(loaded, tenants))
    sys.exit(INVALID if not loaded or any(one.faults for one in loaded) else 0)


def _as_json(loaded: Iterable[LoadedTenant]) -> str:
    tenants = [
        {"name": one.name, "valid": not one.faults, "faults": [_fault_data(fault) for fault in one.faults]}
        for one in loaded
    ]
    return json.dumps({"tenants": tenants}, ensure_ascii=False, indent=2)


def _fault_data(fault: Fault) -> dict[str, object]:
    return {
        "what": fault.what,
        "file": fault.place.file,
        "line": fault.place.line,
        "key": fault.key,
        "remedy": fault.remedy,
    }


def _as_text(loaded: list[LoadedTenant], tenants: Path) -> str:
    if not loaded:
        return f"There is no region in {tenants}. A region is a folder that holds tenant.toml."
    return "\n".join(line for one in loaded for line in _tenant_lines(one))


def _tenant_lines(one: LoadedTenant) -> Iterable[str]:
    if not one.faults and one.document is not None:
        yield f"{one.name}: {click.style('valid', fg='green')}, {_summary(one.document)}"
        return
    count = len(one.faults)
    yield f"{one.name}: {click.style('1 fault' if count == 1 else f'{count} faults', fg='red')}"
    for file, faults in groupby(one.faults, key=lambda fault: fault.place.file):
        yield f"  {file}"
        for fault in faults:
            line = str(fault.place.line or "-")
            yield f"  {line:>6}  {click.style(fault.key, bold=True)}" if fault.key else f"  {line:>6}"
            yield f"          {fault.what}"
            if fault.remedy:
                yield f"          {fault.remedy}"


def _summary(document: TenantDocument) -> str:
    components = sum(len(service.components) for service in document.services)
    return ", ".join(
        (
            _counted(len(document.organizations) + 1, "organization", "organizations"),
            _counted(len(document.facts), "series of figures", "series of figures"),
            _counted(len(document.services), "service", "services"),
            _counted(components, "cost component", "cost components"),
        )
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
