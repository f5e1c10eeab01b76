"""The address of one database, for SQLAlchemy and for psycopg."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from andel.shared.postgres.errors import PostgresError


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where a database is and who connects to it. ``host`` is a name, or the absolute folder of a socket.

    Any character may stand in the names and the password but NUL, which libpq would cut at. A comma in the
    host is refused: libpq reads it as a list of hosts.

    Raises:
        PostgresError: A value is empty or has a character that cannot be passed on.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        values = {name: getattr(self, name) for name in ("host", "database", "user", "password")}
        bad = [name for name, value in values.items() if not value or "\0" in value]
        if bad or "," in self.host:
            what = f"A database address cannot have this {bad[0] if bad else 'host'}: empty, or with NUL or a comma."
            raise PostgresError(what, where=f"database {self.database!r}", remedy="Give it another value.")

    def conninfo(self) -> str:
        """Return libpq's connection string, quoted, with the password."""
        return make_conninfo(
            host=self.host, port=self.port, dbname=self.database, user=self.user, password=self.password
        )

    def sqlalchemy_url(self) -> URL:
        """Return SQLAlchemy's URL (``postgresql+psycopg``), which hides the password when it is printed."""
        by_socket = self.host.startswith("/")
        return URL.create(
            "postgresql+psycopg",
            username=self.user,
            password=self.password,
            host=None if by_socket else self.host,
            port=None if by_socket else self.port,
            database=self.database,
            query={"host": self.host, "port": str(self.port)} if by_socket else {},
        )

    def url_text(self) -> str:
        """Return SQLAlchemy's URL as text with the password, as ``ANDEL_DATABASE_URL`` has it."""
        return self.sqlalchemy_url().render_as_string(hide_password=False)

    def with_database(self, database: str) -> DatabaseAddress:
        """Return the address of another database on the same server."""
        return replace(self, database=database)

    def with_login(self, user: str, password: str) -> DatabaseAddress:
        """Return the address of the same database for another role."""
        return replace(self, user=user, password=password)
