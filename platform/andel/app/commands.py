"""The command line ``andel``: every room's commands in one place."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from andel.app.demo import demo
from andel.app.installation import Installation
from andel.app.serving import serve
from andel.costs.cli import allocate, explain, verify_file
from andel.host.cli import plugins_command
from andel.host.registry import Registry
from andel.sdk.errors import AndelError
from andel.tenancy.cli import db, tenant

WRONG = 2
"""The exit code for what a person can mend."""


@dataclass(frozen=True)
class _Plugins:
    """What ``andel plugins`` asks of the instance."""

    installation: Installation

    def registry(self) -> Registry:
        return self.installation.registry

    def enabled(self) -> Mapping[str, Sequence[str]]:
        return self.installation.enabled()


def build_cli(installation: Installation) -> click.Group:
    """Return the command line of an instance."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="andel")
    @click.pass_context
    def andel(context: click.Context) -> None:
        """Shared IT services of Swedish regions: what each party pays, and why."""
        context.obj = installation

    for command in (allocate, explain, verify_file, tenant, db, demo, serve, plugins_command(_Plugins(installation))):
        andel.add_command(command)
    return andel


def cli() -> None:
    """Run the command line: what a person can mend is told without a traceback, with exit code 2."""
    try:
        build_cli(Installation())(standalone_mode=True)
    except AndelError as error:
        for complaint in error.complaints:
            click.echo(f"andel: {complaint}", err=True)
        sys.exit(WRONG)
