"""Many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql
from sqlalchemy import FromClause, LargeBinary, Table
from sqlalchemy.orm import Session

from andel.shared.database.errors import DatabaseError


def insert_many(
    session: Session,
    table: FromClause,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    skip_existing: bool = False,
) -> int:
    """Insert rows, many at a time, in the session's own transaction and as its viewer.

    PostgreSQL refuses COPY on a table with row security, so the rows are copied to a temporary table and
    inserted from there by one statement; policies, constraints and triggers are the same as for any INSERT.

    Args:
        session: a session of ``region_transaction``.
        table: where to, ``Row.__table__``.
        columns: the columns that each row has a value for; the others get their defaults.
        rows: the values, of the very types of the columns (``int``, ``UUID``, ``date``, ``str``, ``bytes``).
        skip_existing: leave out rows that are there already, by any unique key: workings, by their digest.

    Returns:
        How many rows were inserted.
    """
    session.flush()
    if not isinstance(table, Table):
        what = "Rows are inserted into tables only."
        raise DatabaseError(what)
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        what = "The session does not use psycopg."
        raise DatabaseError(what, where=table.name)
    staging = sql.Identifier("pg_temp", f"new_{table.name}")
    target = sql.Identifier(table.schema or "public", table.name)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    parts = {"staging": staging, "target": target, "names": names}
    with driver.cursor() as cursor:
        make = "CREATE TABLE {staging} AS SELECT {names} FROM {target} WITH NO DATA"
        cursor.execute(sql.SQL(make).format(**parts))
        cursor.execute(sql.SQL("SELECT {names} FROM {staging}").format(**parts))
        for column in columns:
            if isinstance(table.columns[column].type, LargeBinary):  # to compress what is thrown away costs most
                uncompressed = "ALTER TABLE {staging} ALTER COLUMN {column} SET STORAGE EXTERNAL"
                cursor.execute(sql.SQL(uncompressed).format(**parts, column=sql.Identifier(column)))
        types = [column.type_code for column in cursor.description or ()]
        with cursor.copy(sql.SQL("COPY {staging} FROM STDIN (FORMAT BINARY)").format(**parts)) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        insert = "INSERT INTO {target} ({names}) SELECT {names} FROM {staging} ON CONFLICT DO NOTHING"
        if not skip_existing:
            insert = "INSERT INTO {target} ({names}) SELECT {names} FROM {staging}"
        cursor.execute(sql.SQL(insert).format(**parts))
        inserted = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {staging}").format(**parts))
    return inserted
