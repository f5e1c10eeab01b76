"""Bringing the schema of one database up to date with Alembic, run from code."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from alembic import command, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from andel.shared.database.errors import DatabaseError
from andel.shared.database.names import OWNER

FOLDER_VARIABLE: Final = "ANDEL_MIGRATIONS"
LOCK: Final = 0x616E64656C
"""The advisory lock of a database that lets one migration run at a time: "andel" in ASCII."""
_LOCK_TIMEOUT: Final = "5s"  # a migration that waits for a long transaction makes everybody behind it wait


class Schema(StrEnum):
    """The two kinds of database, and the folder of each one's migrations."""

    REGION = "region"
    CONTROL = "control"


def migrations_folder() -> Path:
    """Return the folder of the migrations: ``ANDEL_MIGRATIONS``, the package's own, or the one beside the platform.

    Raises:
        DatabaseError: it is not there.
    """
    asked = os.environ.get(FOLDER_VARIABLE)
    package = Path(__file__).parents[2] / "_migrations"
    folder = Path(asked) if asked else package if package.is_dir() else Path(__file__).parents[4] / "migrations"
    if not (folder / Schema.REGION / "env.py").is_file():
        what = "The folder of the migrations is not there."
        raise DatabaseError(what, where=str(folder), remedy=f"Point {FOLDER_VARIABLE} at it.")
    return folder


def alembic_config(schema: Schema, connection: Connection | None = None) -> Config:
    """Return what Alembic's commands take, for the databases of one kind."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder() / schema).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def revisions(schema: Schema) -> tuple[str, ...]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config(schema))
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def upgrade(connection: Connection, schema: Schema, revision: str = "head") -> str:
    """Bring a database to the revision, as the owner of its objects, and return the revision it has then.

    The connection is one of the elevated login. Each revision is a transaction: after a failure, those before
    it stay.

    Raises:
        DatabaseError: another migration of the database is running.
    """
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        what = "Another migration of this database is running."
        raise DatabaseError(what, where=str(connection.engine.url.database), remedy="Wait for it.")
    try:
        connection.execute(text(f"SET ROLE {OWNER}"))
        connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
        connection.commit()
        command.upgrade(alembic_config(schema, connection), revision)
        connection.commit()
        return current_revision(connection)
    finally:
        connection.rollback()
        connection.execute(text("RESET ROLE"))
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()


def current_revision(connection: Connection) -> str:
    """Return the revision that a database has; empty when it has none."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return ""
    return str(connection.scalar(text("SELECT version_num FROM public.alembic_version")) or "")


def run(statements: str | Iterable[str]) -> None:
    """Run SQL as it stands, in a migration; one text may hold several statements."""
    bind = op.get_bind()
    for statement in [statements] if isinstance(statements, str) else statements:
        bind.exec_driver_sql(statement, execution_options={"no_parameters": True})
