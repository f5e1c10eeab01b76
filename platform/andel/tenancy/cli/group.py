"""``andel tenant``: the group, and what its commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import click

from andel.host.registry import Registry
from andel.tenancy.model.plan import Action
from andel.tenancy.model.plan_text import Line

_COLOURS = {Action.ADDED: "green", Action.CHANGED: "yellow", Action.CORRECTED: "yellow", Action.REMOVED: "red"}


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


def styled(line: Line) -> str:
    """Return a line of a plan in the colour of what happens."""
    action, text = line
    return text if action is None else click.style(text, fg=_COLOURS[action])
