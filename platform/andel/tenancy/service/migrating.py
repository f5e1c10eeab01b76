"""Bringing every database of the instance up to date, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy import URL, Engine, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError

from andel.sdk.errors import AndelError
from andel.shared.database import control_transaction, region_engine
from andel.shared.database.errors import RegionUnavailableError
from andel.shared.database.migration import Schema, current_revision
from andel.shared.database.names import CONTROL, CONTROL_REVISION
from andel.tenancy.service.cluster import Cluster
from andel.tenancy.service.databases import Databases
from andel.tenancy.tables import Lifecycle, TenantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one database: its revisions before and after, or why it could not be brought there."""

    database: str
    before: str
    after: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStatus:
    """How one region's database is, seen by the region's own login. ``error`` is empty when it can be used."""

    key: str
    state: str
    revision: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Region:
    key: str
    state: str
    database: str
    login: str
    placement: str
    revision: str


def migrate_all(admin: URL, databases: Databases) -> Iterator[Outcome]:
    """Migrate the control database, then each region; yield each outcome when it is known.

    A region that fails is reported and the next one begun; only a failure of the control database ends it all.
    Alembic is not made for threads, so they go one after another: 0.05 seconds each when there is nothing to do.

    Args:
        admin: the elevated login; for a region that is placed on a server of its own, its user and password
            are used there as well.
        databases: those of the instance.
    """
    with Cluster.connected(admin) as cluster:
        with cluster.locked("instance"):
            cluster.ensure_group_roles()
        control = _migrated(cluster, CONTROL, Schema.CONTROL)
        yield control
        if control.error:
            return
        engine = databases.control_engine()
        try:
            whole = True
            for region in _regions(engine):
                outcome = _migrate_region(admin, engine, region)
                whole = whole and not outcome.error
                yield outcome
        finally:
            engine.dispose()
        with cluster.locked("instance"):
            cluster.ensure_template()
            if whole:
                cluster.drop_old_templates()


def region_statuses(databases: Databases) -> Iterator[RegionStatus]:
    """Try every region that has a database, as its own login does, and yield how each is."""
    engine = databases.control_engine()
    try:
        for region in _regions(engine):
            yield _status(databases, region)
    finally:
        engine.dispose()


def control_status(databases: Databases) -> RegionStatus:
    """Try the control database as its own login does, and return how it is."""
    revision = error = ""
    try:
        engine = databases.control_engine()
        try:
            with engine.connect() as connection:
                revision = current_revision(connection)
        finally:
            engine.dispose()
        if revision < CONTROL_REVISION:
            error = f"Revision {CONTROL_REVISION} is needed. Run andel db migrate."
    except (AndelError, SQLAlchemyError) as failure:
        error = str(failure)
    return RegionStatus(key=CONTROL, state="control", revision=revision, error=error)


def _regions(engine: Engine) -> tuple[_Region, ...]:
    statement = (
        select(TenantRow)
        .where(TenantRow.provisioned_at.is_not(None), TenantRow.state != Lifecycle.CLOSED)
        .order_by(TenantRow.key)
    )
    with control_transaction(engine) as session:
        return tuple(
            _Region(row.key, row.state, row.database, row.login, row.placement, row.schema_revision)
            for row in session.scalars(statement)
        )


def _migrate_region(admin: URL, engine: Engine, region: _Region) -> Outcome:
    server = admin
    if region.placement:
        own = make_url(region.placement)
        server = admin.set(host=own.host, port=own.port, query=own.query)
    try:
        with Cluster.connected(server) as cluster:
            with cluster.locked("instance"):
                cluster.ensure_group_roles()
            cluster.let_become(region.login)
            outcome = _migrated(cluster, region.database, Schema.REGION)
    except AndelError as error:
        return Outcome(database=region.database, before=region.revision, error=str(error))
    if outcome.after:
        with control_transaction(engine) as session:
            session.execute(update(TenantRow).where(TenantRow.key == region.key).values(schema_revision=outcome.after))
    return outcome


def _migrated(cluster: Cluster, database: str, schema: Schema) -> Outcome:
    before = ""
    try:
        before = cluster.revision(database)
        return Outcome(database=database, before=before, after=cluster.upgrade(database, schema))
    except (AndelError, SQLAlchemyError, psycopg.Error) as error:
        return Outcome(database=database, before=before, error=str(error))


def _status(databases: Databases, region: _Region) -> RegionStatus:
    error = ""
    try:
        engine = region_engine(databases.region_address(region.key, placement=region.placement))
        try:
            engine.connect().close()
        finally:
            engine.dispose()
    except RegionUnavailableError as failure:
        error = failure.reason or str(failure)
    except AndelError as failure:
        error = " ".join(str(complaint.in_language("en")) for complaint in failure.complaints)
    return RegionStatus(key=region.key, state=region.state, revision=region.revision, error=error)
