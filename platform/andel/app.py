"""The wiring: the only place that knows every room."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import click

from andel.costs.cli import allocate, explain, verify_file
from andel.costs.model import RegionBook
from andel.host.cli import plugins_command
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.sdk.errors import AndelError
from andel.tenancy.cli import tenant
from andel.tenancy.service.loading import LoadedTenant, load_tenant, tenant_names

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder: tenants, templates and migrations stand beside ``platform``."""

WRONG = 2


@dataclass(frozen=True)
class Instance:
    """What the commands work on: the installed plugins and the regions kept as files."""

    tenants_folder: Path = field(default_factory=lambda: Path(os.environ.get("ANDEL_TENANTS", ROOT / "tenants")))

    @cached_property
    def registry(self) -> Registry:
        """What is installed, found when it is first asked for."""
        return build_registry()

    def loaded(self, name: str) -> LoadedTenant:
        """Return a region's folder as it was found."""
        return load_tenant(self.tenants_folder, name, self.registry)

    def book(self, name: str) -> RegionBook:
        """Return what the region's allocations are made from."""
        return self.loaded(name).book()

    def view(self, name: str) -> TenantView:
        """Return what the region may use."""
        return TenantView.of(self.registry, name, self.loaded(name).valid_document().plugins)

    def enabled(self) -> dict[str, list[str]]:
        """Return the regions that enable a plugin, by the plugin's name."""
        found: dict[str, list[str]] = {}
        for name in tenant_names(self.tenants_folder):
            document = self.loaded(name).document
            for plugin in document.plugins if document else ():
                found.setdefault(plugin, []).append(name)
        return found


@dataclass(frozen=True)
class _Installation:
    instance: Instance

    def registry(self) -> Registry:
        return self.instance.registry

    def enabled(self) -> dict[str, list[str]]:
        return self.instance.enabled()


def build_cli(instance: Instance) -> click.Group:
    """Return the command line of an instance."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="andel")
    @click.pass_context
    def andel(context: click.Context) -> None:
        """Shared IT services of Swedish regions: what each party pays, and why."""
        context.obj = instance

    for command in (allocate, explain, verify_file, tenant, plugins_command(_Installation(instance))):
        andel.add_command(command)
    return andel


def cli() -> None:
    """Run the command line: what a person can mend is told without a traceback, with exit code 2."""
    try:
        build_cli(Instance())(standalone_mode=True)
    except AndelError as error:
        for complaint in error.complaints:
            click.echo(f"andel: {complaint}", err=True)
        sys.exit(WRONG)
