"""``andel client``: programs that use a region's API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import click

from andel.identity.cli.operators import Places
from andel.identity.model.programs import OVERLAP, TOKEN_LIFE
from andel.identity.service.clients import (
    IssuedSecret,
    KnownClient,
    Registration,
    known_clients,
    register,
    revoke,
    rotate,
)
from andel.shared.audit import Actor, ActorKind
from andel.shared.database import gate_transaction

COMMAND: Final = Actor(ActorKind.SYSTEM, "andel client")
LONGEST_OVERLAP: Final = 90


def client_command(places: Places) -> click.Group:
    """Return ``andel client``."""

    @click.group()
    def client() -> None:
        """Programs that use a region's API: registered for an organization, with a role and scopes."""

    @client.command("create")
    @click.argument("tenant")
    @click.argument("organization")
    @click.option("--title", required=True, help="What it is for, in words that the organization knows.")
    @click.option("--role", required=True, help="What it may do at most: viewer, economist ...")
    @click.option("--scope", "scopes", multiple=True, required=True, help="What its tokens may ask for: costs:read.")
    @click.option("--per-minute", type=int, default=300, show_default=True, help="How often it may ask.")
    def create_command(
        tenant: str, organization: str, title: str, role: str, scopes: tuple[str, ...], per_minute: int
    ) -> None:
        """Register a program of an organization, and show its id and secret. The secret is shown this once."""
        asked = Registration(
            organization=organization, title=title, role=role, scopes=scopes, requests_per_minute=per_minute
        )
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            issued = register(session, asked, actor=COMMAND, now=datetime.now(UTC))
        _show(tenant, issued)

    _add_changes(client, places)
    return client


def _add_changes(group: click.Group, places: Places) -> None:
    @group.command("rotate")
    @click.argument("tenant")
    @click.argument("client", type=click.UUID)
    @click.option(
        "--overlap", type=click.IntRange(0, LONGEST_OVERLAP), default=OVERLAP.days, show_default=True,
        help="Days that the older secret lives on.",
    )  # fmt: skip
    def rotate_command(tenant: str, client: UUID, overlap: int) -> None:
        """Give a program a new secret, shown this once. The older one ends after the overlap."""
        now = datetime.now(UTC)
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            issued = rotate(session, client, actor=COMMAND, now=now, overlap=timedelta(days=overlap))
        _show(tenant, issued)

    @group.command("revoke")
    @click.argument("tenant")
    @click.argument("client", type=click.UUID)
    def revoke_command(tenant: str, client: UUID) -> None:
        """End a program at once, its secrets and its tokens with it."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            revoke(session, client, actor=COMMAND, now=datetime.now(UTC))
        click.echo("revoked")

    @group.command("list")
    @click.argument("tenant")
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def list_command(tenant: str, form: str) -> None:
        """List the programs of a region, with their last use; those that have ended come last."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            known = known_clients(session, datetime.now(UTC))
        for one in known:
            click.echo(json.dumps(_members(one), ensure_ascii=False) if form == "json" else _line(one))


def _show(tenant: str, issued: IssuedSecret) -> None:
    click.echo(f"client_id      {issued.client_id}\nclient_secret  {issued.shown}")
    minutes = int(TOKEN_LIFE.total_seconds()) // 60
    click.echo(
        f"\nThe secret is not shown again. A token of {minutes} minutes:\n"
        f"  curl -u CLIENT_ID:CLIENT_SECRET -d grant_type=client_credentials https://HOST/{tenant}/oauth/token",
        err=True,
    )


def _line(one: KnownClient) -> str:
    used = f"last used {one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never used"
    state = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else used
    return f"{one.id} {one.organization} {one.role} {' '.join(one.scopes)}, {state}: {one.title}"


def _members(one: KnownClient) -> dict[str, object]:
    return {
        "id": str(one.id),
        "organization": one.organization,
        "title": one.title,
        "role": one.role.value,
        "scopes": list(one.scopes),
        "requests_per_minute": one.requests_per_minute,
        "created_at": one.created_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
        "secrets": len(one.secrets),
    }
