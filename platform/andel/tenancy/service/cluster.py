"""Roles and databases of one PostgreSQL server, made by its elevated login. Every step can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, NullPool, create_engine

from andel.shared.database import DatabaseError
from andel.shared.database.migration import Schema, current_revision, upgrade
from andel.shared.database.names import GROUP_ROLES, LOGIN_ROLES, OWNER, STAFF, template_database

_MAINTENANCE: Final = ("postgres", "template1")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server, seen by its elevated login: a superuser, or a role with CREATEDB and CREATEROLE.

    The server is the instance's own: ``PUBLIC`` loses its right to connect to the maintenance databases, so that
    a region's login is let into one database and no other.
    """

    connection: psycopg.Connection[Any]
    url: URL

    @classmethod
    @contextmanager
    def connected(cls, url: URL) -> Iterator[Cluster]:
        """Connect as the elevated login.

        Raises:
            DatabaseError: the server cannot be reached, or refuses the login.
        """
        driver = url.set(drivername="postgresql")
        try:
            connection = psycopg.connect(driver.render_as_string(hide_password=False), autocommit=True)
        except psycopg.Error as error:
            what = f"The elevated login cannot connect: {error}"
            remedy = "Check ANDEL_ADMIN_DATABASE_URL, and that the server runs."
            raise DatabaseError(what, where=str(driver), remedy=remedy) from error
        with connection:
            yield cls(connection, url)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Let one process at a time do what the name stands for; it is let go when the process dies."""
        key = self._value("SELECT hashtextextended(%s, 0)", f"andel:{name}")
        self._value("SELECT pg_advisory_lock(%s)", key)
        try:
            yield
        finally:
            if not self.connection.closed:  # else it went with the connection
                self._value("SELECT pg_advisory_unlock(%s)", key)

    def ensure_group_roles(self) -> None:
        """Make the roles that own and that look, and close the maintenance databases to everybody else.

        Raises:
            DatabaseError: a role of that name exists and could pass by row security.
        """
        for role in GROUP_ROLES:
            if not self._exists("SELECT FROM pg_roles WHERE rolname = %s", role):
                self._do("CREATE ROLE {} NOLOGIN", role)
            if self._exists("SELECT FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolbypassrls)", role):
                what = f"The role {role} is a superuser or passes by row security."
                raise DatabaseError(what, where=role, remedy=f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS.")
        if not self._exists("SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper"):
            self._do("GRANT {} TO CURRENT_USER", OWNER)
        owned = "SELECT FROM pg_database WHERE datname = %s AND pg_has_role(datdba, 'USAGE')"
        for database in _MAINTENANCE:
            if self._exists(owned, database):
                self._do("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)

    def ensure_login(self, login: str, password: str, *, becomes: tuple[str, ...] = LOGIN_ROLES) -> None:
        """Make a login, or give it the password again. It inherits nothing: it must become one of the roles."""
        if not self._exists("SELECT FROM pg_roles WHERE rolname = %s", login):
            self._do("CREATE ROLE {} LOGIN NOINHERIT", login)
        # hashed here, so that the password stands in no statement and no log of the server
        hashed = self.connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
        self.run(
            sql.SQL("ALTER ROLE {} LOGIN NOINHERIT PASSWORD {}").format(sql.Identifier(login), sql.Literal(hashed))
        )
        self.let_become(login, becomes)

    def let_become(self, login: str, roles: tuple[str, ...] = LOGIN_ROLES) -> None:
        """Let a login take on the roles: a release may bring a role that older logins have not."""
        for role in roles:
            self._do("GRANT {} TO {}", role, login)

    def ensure_database(self, database: str, *, login: str, template: str = "template0") -> bool:
        """Make a database that the login alone may connect to; return whether it was missing.

        Nobody can connect before the rights are as they must be.

        Raises:
            DatabaseError: there is one of that name that is not Andel's.
        """
        owner = self._value("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", database)
        if owner not in {None, OWNER}:
            what = f"The database {database} exists and belongs to {owner}."
            raise DatabaseError(what, where=database, remedy=f"Rename it, or make {OWNER} its owner.")
        if owner is None:
            self._do("CREATE DATABASE {} TEMPLATE {} OWNER {} ALLOW_CONNECTIONS false", database, template, OWNER)
        self._do("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        self._do("GRANT CONNECT ON DATABASE {} TO {}", database, login)
        self._do("GRANT TEMPORARY ON DATABASE {} TO {}", database, STAFF)
        self._do("ALTER DATABASE {} ALLOW_CONNECTIONS true", database)
        return owner is None

    def ensure_template(self) -> str:
        """Make the database that regions are copied from, at the newest revision, and return its name.

        It is marked as a template only when it is whole: one that a killed process left is made anew.
        """
        name = template_database()
        if self._exists("SELECT FROM pg_database WHERE datname = %s AND datistemplate", name):
            return name
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._do("CREATE DATABASE {} TEMPLATE template0 OWNER {}", name, OWNER)
        self._do("REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        self.upgrade(name, Schema.REGION)
        self._do("ALTER DATABASE {} ALLOW_CONNECTIONS false IS_TEMPLATE true", name)
        return name

    def drop_old_templates(self) -> None:
        """Remove the templates of other revisions."""
        found = self.connection.execute(
            r"SELECT datname FROM pg_database WHERE datname LIKE 'andel\_template\_%%' AND datname <> %s",
            (template_database(),),
        ).fetchall()
        for (name,) in found:
            self._do("ALTER DATABASE {} IS_TEMPLATE false", name)
            self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def upgrade(self, database: str, schema: Schema) -> str:
        """Bring one database to the newest revision, and return it."""
        with self.engine(database).connect() as connection:
            return upgrade(connection, schema)

    def revision(self, database: str) -> str:
        """Return the revision that a database has; empty when it has none."""
        with self.engine(database).connect() as connection:
            return current_revision(connection)

    def engine(self, database: str) -> Engine:
        """Make an engine of the elevated login on another database of the server, which keeps no connection."""
        return create_engine(self.url.set(database=database), poolclass=NullPool, use_native_hstore=False)

    def _do(self, statement: LiteralString, *names: str) -> None:
        self.run(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def run(self, statement: sql.Composed) -> None:
        """Carry out one statement, in a transaction of its own.

        Raises:
            DatabaseError: the server refused it.
        """
        try:
            self.connection.execute(statement)
        except psycopg.Error as error:
            what = f"PostgreSQL refused a step of provisioning: {error}"
            remedy = "The elevated login needs CREATEDB and CREATEROLE, or must be a superuser."
            raise DatabaseError(what, where=str(self.url.database), remedy=remedy) from error

    def _exists(self, query: LiteralString, *values: object) -> bool:
        return self.connection.execute(query, values or None).fetchone() is not None

    def _value(self, query: LiteralString, *values: object) -> Any:  # noqa: ANN401  (whatever the query gives)
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row else None
