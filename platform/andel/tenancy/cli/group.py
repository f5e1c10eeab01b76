"""``andel tenant``: the group, and what its commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import click

from andel.host.registry import Registry


class Wiring(Protocol):
    """What ``andel.app`` puts in ``click.Context.obj``."""

    @property
    def registry(self) -> Registry:
        """What is installed."""

    @property
    def tenants_folder(self) -> Path:
        """The folder of all tenants, unless ``--path`` names another."""


@click.group()
def tenant() -> None:
    """Regions as files: check them, apply them to their databases, and write them back."""


in_folder = click.option("--path", "folder", type=click.Path(path_type=Path), help="Folder of all tenants.")
in_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
