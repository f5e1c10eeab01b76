"""``andel keys``: the keys that secrets are sealed with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from andel.shared.secretbox import FOLDER_VARIABLE, add_key


@click.group()
def keys() -> None:
    """Keys that secrets in databases are sealed with, kept in files outside them."""


@keys.command("add")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    envvar=FOLDER_VARIABLE,
    required=True,
    show_envvar=True,
    help="The folder of keys.",
)
def add_command(folder: Path) -> None:
    """Add a key, the newest from now on: what is sealed anew is sealed with it. The older ones still open."""
    click.echo(str(add_key(folder, datetime.now(UTC))))
