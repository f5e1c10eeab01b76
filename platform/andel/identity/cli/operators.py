"""``andel operator``: who operates the instance, and which regions they may look into for a while."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import click
from sqlalchemy import Engine

from andel.identity.service.operators import (
    LONGEST,
    Access,
    acts,
    add_operator,
    end_access,
    give_access,
    open_grants,
    tenant_of,
)
from andel.shared.database import Viewer, control_transaction, region_transaction

_HOURS = int(LONGEST.total_seconds()) // 3600


class Places(Protocol):
    """The databases of the instance. Each engine is closed with its block."""

    def control(self) -> AbstractContextManager[Engine]:
        """Lend the engine of the control database."""

    def region(self, tenant: str) -> AbstractContextManager[Engine]:
        """Lend the engine of a region.

        Raises:
            AndelError: there is no such region with a database.
        """


def operator_command(places: Places) -> click.Group:
    """Return ``andel operator``."""

    @click.group()
    def operator() -> None:
        """Operators of the instance. They see no region's data but for a while, with a reason the region reads."""

    @operator.command("add")
    @click.argument("issuer")
    @click.argument("subject")
    @click.option("--name", default="", help="What they are called in the region's log; never needed.")
    def add_command(issuer: str, subject: str, name: str) -> None:
        """Add an operator, known by the provider's issuer and its key for them, and print their id."""
        with places.control() as control, control_transaction(control) as session:
            click.echo(str(add_operator(session, issuer, subject, name)))

    _add_access(operator, places)
    return operator


def _add_access(group: click.Group, places: Places) -> None:
    @group.command("grant")
    @click.argument("tenant")
    @click.option("--operator", type=click.UUID, required=True, help="Who is let in.")
    @click.option("--by", type=click.UUID, help="Who lets them in; themselves unless named.")
    @click.option("--reason", required=True, help="Why, in words that the region reads.")
    @click.option("--hours", type=click.IntRange(1, _HOURS), default=2, show_default=True)
    def grant_command(tenant: str, operator: UUID, by: UUID | None, reason: str, hours: int) -> None:
        """Let an operator read a region's data for a while. It stands in the region's log, and so does each read."""
        now = datetime.now(UTC)
        until = now + timedelta(hours=hours)
        access = Access(operator=operator, tenant=tenant, reason=reason, until=until, granted_by=by or operator)
        with places.region(tenant) as region, places.control() as control:
            grant = give_access(control, region, access, now=now)
        click.echo(f"{grant} until {until:%Y-%m-%d %H:%M} UTC")

    @group.command("end")
    @click.argument("grant", type=click.UUID)
    @click.option("--by", type=click.UUID, required=True, help="Who ends it.")
    def end_command(grant: UUID, by: UUID) -> None:
        """End a grant before its time."""
        with places.control() as control:
            with control_transaction(control) as session:
                tenant = tenant_of(session, grant)
            with places.region(tenant) as region:
                ended = end_access(control, region, grant, by=by, now=datetime.now(UTC))
        click.echo("ended" if ended else "had ended already")

    @group.command("grants")
    def grants_command() -> None:
        """List the grants that hold now."""
        with places.control() as control, control_transaction(control) as session:
            for one in open_grants(session, datetime.now(UTC)):
                click.echo(
                    f"{one.id} {one.tenant} {one.operator_id} until {one.until:%Y-%m-%d %H:%M} UTC: {one.reason}"
                )

    @group.command("log")
    @click.argument("tenant")
    def log_command(tenant: str) -> None:
        """Show what operators did in a region, as the region reads it: one JSON object a line, the last first."""
        with places.region(tenant) as region, region_transaction(region, Viewer.staff(read_only=True)) as session:
            for act in acts(session):
                said = json.loads(act.content)
                click.echo(json.dumps({"at": act.at.isoformat()} | said, ensure_ascii=False))
