"""``andel directory``: directories that provision the people of an organization by SCIM."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import click
from sqlalchemy import select

from andel.identity.cli.operators import Places
from andel.identity.service.scim import (
    find_provider,
    issue_token,
    known_tokens,
    revoke_tokens,
    user_counts,
)
from andel.identity.service.scim.directories import OVERLAP
from andel.parties.tables import OrganizationRow
from andel.shared.audit import Actor, ActorKind
from andel.shared.database import gate_transaction

COMMAND: Final = Actor(ActorKind.SYSTEM, "andel directory")
LONGEST_OVERLAP: Final = 90


def directory_command(places: Places) -> click.Group:
    """Return ``andel directory``."""

    @click.group()
    def directory() -> None:
        """Directories that provision an organization's people: their tokens, and how many users they tell of."""

    @directory.command("issue")
    @click.argument("tenant")
    @click.argument("provider")
    @click.option(
        "--overlap", type=click.IntRange(0, LONGEST_OVERLAP), default=OVERLAP.days, show_default=True,
        help="Days that the older token lives on.",
    )  # fmt: skip
    def issue_command(tenant: str, provider: str, overlap: int) -> None:
        """Make a token for the directory behind an identity provider, by its key. It is shown this once."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            found = find_provider(session, provider)
            lasting = timedelta(days=overlap)
            issued = issue_token(session, found.id, actor=COMMAND, now=datetime.now(UTC), overlap=lasting)
        click.echo(f"address  https://HOST/{tenant}/scim/v2/{found.organization}\ntoken    {issued.shown}")
        click.echo("\nThe token is not shown again.", err=True)

    @directory.command("revoke")
    @click.argument("tenant")
    @click.argument("provider")
    def revoke_command(tenant: str, provider: str) -> None:
        """End every token of a provider's directory at once. Its people stay as they are."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            found = find_provider(session, provider)
            count = revoke_tokens(session, found.id, actor=COMMAND, now=datetime.now(UTC))
        click.echo(f"revoked {count}")

    @directory.command("list")
    @click.argument("tenant")
    def list_command(tenant: str) -> None:
        """List the tokens that let directories in, with their last use."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            known = known_tokens(session, None, datetime.now(UTC))
        for one in known:
            used = f"last used {one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never used"
            until = f", until {one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else ""
            click.echo(f"{one.provider} made {one.created_at:%Y-%m-%d}{until}, {used}")

    @directory.command("counts")
    @click.argument("tenant")
    def counts_command(tenant: str) -> None:
        """Count the users that each organization's directory lets in: a proposal for the census of users."""
        with places.region(tenant) as engine, gate_transaction(engine) as session:
            everybody = session.scalars(select(OrganizationRow.id)).all()
            counts = user_counts(session, everybody, datetime.now(UTC))
        for one in counts:
            heard = f"{one.heard_at:%Y-%m-%d %H:%M} UTC" if one.heard_at else "never"
            click.echo(f"{one.on} {one.key} {one.users} users, directory last heard {heard}")

    return directory
