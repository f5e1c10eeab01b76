"""``andel db``: the databases of an instance, made, brought up to date and looked at."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from andel.shared.database.names import CONTROL_REVISION, REGION_REVISION
from andel.tenancy.service.databases import Databases, admin_url
from andel.tenancy.service.migrating import Outcome, RegionStatus, control_status, migrate_all, region_statuses
from andel.tenancy.service.provisioning import orders, prepare_instance, provision_waiting

FAILED = 1
"""The exit code when a database is not as it should be; 2 is for a command that could not be carried out."""

_PATIENCE = 5.0

_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group()
def db() -> None:
    """Databases of the instance: make them, bring them up to date, see how they are.

    init, migrate and provision use the elevated login of ANDEL_ADMIN_DATABASE_URL.
    """


@db.command()
def init() -> None:
    """Make what all regions share: roles, the control database and the template of regions. Can be repeated."""
    prepare_instance(admin_url(), Databases.from_environment())
    click.echo(f"The control database has revision {CONTROL_REVISION}, new regions get {REGION_REVISION}.")


@db.command()
@_form
def migrate(form: str) -> None:
    """Bring the control database and then every region up to date, one after another.

    A region that fails is told and the next one begun. Exit code: 0 when all are up to date, 1 when one is not.
    """
    failed = False
    for outcome in migrate_all(admin_url(), Databases.from_environment()):
        failed = failed or bool(outcome.error)
        click.echo(_json(outcome) if form == "json" else _outcome_line(outcome))
    sys.exit(FAILED if failed else 0)


@db.command()
@_form
def status(form: str) -> None:
    """Try every database as its own login does. Exit code: 0 when all can be used, 1 when one cannot."""
    databases = Databases.from_environment()
    found: list[RegionStatus] = [control_status(databases)]
    if not found[0].error:
        found += region_statuses(databases)
    for one in found:
        click.echo(_json(one) if form == "json" else _status_line(one))
    sys.exit(FAILED if any(one.error for one in found) else 0)


@db.command()
@click.option("--watch", is_flag=True, help="Go on, and provision each region as soon as it is ordered.")
def provision(*, watch: bool) -> None:
    """Make the database of every region that was ordered and waits for it. Exit code: 1 when one could not be."""
    admin, databases = admin_url(), Databases.from_environment()
    failed = False
    for _ in orders(databases, seconds=_PATIENCE):
        for key, error in provision_waiting(admin, databases):
            failed = failed or bool(error)
            click.echo(f"{key}: {click.style(f'failed: {error}', fg='red') if error else 'provisioned'}")
        if not watch:
            break
    sys.exit(FAILED if failed else 0)


def _json(one: Outcome | RegionStatus) -> str:
    return json.dumps(asdict(one), ensure_ascii=False)


def _outcome_line(outcome: Outcome) -> str:
    if outcome.error:
        return f"{outcome.database}: {click.style('failed', fg='red')}: {outcome.error}"
    if outcome.after == outcome.before:
        return f"{outcome.database}: {outcome.after}"
    return f"{outcome.database}: {outcome.before or '-'} -> {click.style(outcome.after, fg='green')}"


def _status_line(one: RegionStatus) -> str:
    words = click.style(one.error, fg="red") if one.error else click.style("can be used", fg="green")
    return f"{one.key}: {one.state}, revision {one.revision or '-'}, {words}"
