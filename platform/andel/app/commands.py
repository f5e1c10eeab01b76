"""The command line ``andel``: every room's commands in one place."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from andel.app.demo import demo
from andel.app.installation import Installation
from andel.app.serving import serve
from andel.app.working import Regions, worker
from andel.costs.cli import allocate, explain, run_command, verify_command
from andel.host.cli import plugins_command
from andel.host.registry import Registry
from andel.identity.cli import client_command, directory_command, keys, operator_command
from andel.sdk.errors import AndelError
from andel.shared.audit.cli import audit_command
from andel.shared.database import DatabaseError, Viewer, region_engine, region_transaction
from andel.tenancy.cli import db, tenant
from andel.tenancy.service.applying.regions import registered_region
from andel.tenancy.service.databases import Databases

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


class _Places:
    """The databases of the instance, for the commands that change one region."""

    @contextmanager
    def reading(self, tenant: str) -> Iterator[Session]:
        with self.region(tenant) as engine, region_transaction(engine, Viewer.staff(read_only=True)) as session:
            yield session

    @contextmanager
    def region(self, tenant: str) -> Iterator[Engine]:
        databases = Databases.from_environment()
        region = registered_region(databases, tenant)
        if region is None or not region.provisioned:
            what = f'There is no region "{tenant}" with a database.'
            raise DatabaseError(what, where=tenant, remedy="Ask andel db status which regions there are.")
        engine = region_engine(databases.region_address(tenant, placement=region.placement))
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def control(self) -> Iterator[Engine]:
        engine = Databases.from_environment().control_engine()
        try:
            yield engine
        finally:
            engine.dispose()


def build_cli(installation: Installation) -> click.Group:
    """Return the command line of an instance."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="andel")
    @click.pass_context
    def andel(context: click.Context) -> None:
        """Shared IT services of Swedish regions: what each party pays, and why."""
        context.obj = installation

    regions = Regions(lambda: installation.registry)
    costs = (allocate, explain, run_command(regions), verify_command(regions))
    places = _Places()
    own = (plugins_command(_Plugins(installation)), audit_command(places), operator_command(places), keys)
    programs = (client_command(places), directory_command(places))
    for command in (*costs, worker, tenant, db, demo, serve, *own, *programs):
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
