"""``andel tenant plan``, ``diff`` and ``apply``: from a region's folder to its database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from andel.tenancy.cli.group import Wiring, in_folder, in_format, styled
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.plan import Plan, plan_of
from andel.tenancy.model.plan_text import plan_data, plan_lines, summary
from andel.tenancy.service.applying import Applied, plan_for
from andel.tenancy.service.applying import apply as apply_document
from andel.tenancy.service.applying.regions import announce, ensure_region, region_session, registered_region
from andel.tenancy.service.databases import Databases, admin_url
from andel.tenancy.service.loading import load_tenant

DIFFERS = 1
"""The exit code of ``diff`` when a region differs; 2 is for a command that could not be carried out."""

REFUSED = 2
"""The exit code when a plan cannot be applied."""

_names = click.argument("names", nargs=-1, required=True, metavar="NAME...")


@click.command()
@_names
@in_folder
@in_format
@click.pass_obj
def plan(wiring: Wiring, names: tuple[str, ...], folder: Path | None, form: str) -> None:
    """Show what applying the regions would change in their databases. Nothing is written.

    What was changed in a database since the last apply is shown as such. Exit code: 0, or 2 when a region cannot
    be applied.
    """
    plans = _plans(wiring, names, folder)
    _show(plans, form)
    sys.exit(REFUSED if any(one.refusals for one in plans) else 0)


@click.command()
@_names
@in_folder
@in_format
@click.pass_obj
def diff(wiring: Wiring, names: tuple[str, ...], folder: Path | None, form: str) -> None:
    """Tell whether the regions' databases are as their folders say. Nothing is written.

    Exit code: 0 when they are the same, 1 when any differs, 2 when that could not be found out.
    """
    plans = _plans(wiring, names, folder)
    _show(plans, form)
    sys.exit(DIFFERS if any(one.changes for one in plans) else 0)


@click.command()
@_names
@in_folder
@in_format
@click.option("--allow-deletion", is_flag=True, help="Remove what the folder does not have.")
@click.pass_obj
def apply(wiring: Wiring, names: tuple[str, ...], folder: Path | None, form: str, *, allow_deletion: bool) -> None:
    """Make the regions' databases as their folders say; a database that does not exist is provisioned.

    Each region is one transaction: all of it is done, or nothing. The same again writes nothing. Provisioning uses
    the elevated login of ANDEL_ADMIN_DATABASE_URL.
    """
    databases = Databases.from_environment()
    documents = _documents(wiring, names, folder)
    results = []
    for document in documents:
        region = ensure_region(databases, document, admin=admin_url)
        with region_session(databases, region) as session:
            applied = apply_document(
                session,
                document,
                registry=wiring.registry,
                applied_by="andel tenant apply",
                allow_deletion=allow_deletion,
            )
        announce(databases, region, document.region)
        results.append(applied)
        if form == "text":
            click.echo("\n".join(_applied_lines(applied)))
    if form == "json":
        click.echo(_json([{**plan_data(one.plan), **_applied_data(one)} for one in results]))


def _documents(wiring: Wiring, names: tuple[str, ...], folder: Path | None) -> list[TenantDocument]:
    """Load all of the regions before anything is done with one of them."""
    tenants = wiring.tenants_folder if folder is None else folder
    chosen = dict.fromkeys(names)
    return [load_tenant(tenants, name, wiring.registry, trial=True).valid_document() for name in chosen]


def _plans(wiring: Wiring, names: tuple[str, ...], folder: Path | None) -> list[Plan]:
    databases = Databases.from_environment()
    return [_plan(databases, document) for document in _documents(wiring, names, folder)]


def _plan(databases: Databases, document: TenantDocument) -> Plan:
    region = registered_region(databases, document.region.key)
    if region is None or not region.provisioned:
        return plan_of(document, database=None, applied=None)
    with region_session(databases, region, read_only=True) as session:
        return plan_for(session, document)


# ---- output -------------------------------------------------------------------------------------------------
def _show(plans: list[Plan], form: str) -> None:
    if form == "json":
        click.echo(_json([plan_data(one) for one in plans]))
    else:
        click.echo("\n".join(line for one in plans for line in _plan_lines(one)))


def _json(tenants: list[dict[str, Any]]) -> str:
    return json.dumps({"tenants": tenants}, ensure_ascii=False, indent=2)


def _plan_lines(one: Plan) -> Iterable[str]:
    yield f"{one.tenant}: {summary(one)}"
    if one.earlier is not None:
        yield f"  The files are as they were applied in revision {one.earlier}; applying them goes back to it."
    yield from (f"  {styled(line)}" for line in plan_lines(one))
    if one.removals:
        yield "  What is removed needs --allow-deletion."


def _applied_lines(applied: Applied) -> Iterable[str]:
    if not applied.written:
        yield f"{applied.plan.tenant}: nothing to do, it is as the folder says (revision {applied.revision})"
        return
    rows = sum(applied.written.values())
    yield f"{applied.plan.tenant}: {summary(applied.plan)}; revision {applied.revision}, {rows} rows written"
    yield from (f"  {styled(line)}" for line in plan_lines(applied.plan))


def _applied_data(applied: Applied) -> dict[str, Any]:
    return {"revision": applied.revision, "written": dict(sorted(applied.written.items()))}
