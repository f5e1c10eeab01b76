"""The SQL that guards a table: who may do what, whose rows are seen, what never changes.

Migrations run these statements. What is released here keeps its meaning: a migration that ran yesterday must do
the same tomorrow, so a rule that changes gets a new function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from andel.shared.database.names import GATE, MEMBER, STAFF, VIEWER_SETTING

VIEWER_FUNCTION: Final = f"""
CREATE FUNCTION viewer_organizations() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found uuid[] := nullif(current_setting('{VIEWER_SETTING}', true), '')::uuid[];
BEGIN
    IF coalesce(cardinality(found), 0) = 0 OR array_position(found, NULL) IS NOT NULL THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'permission denied: the transaction has no viewer',
            HINT = 'Use region_transaction: it sets the role and its organizations.';
    END IF;
    RETURN found;
END $$
"""
"""The organizations of the transaction. A viewer that is missing, empty or holds a NULL is an error."""

REFUSE_FUNCTION: Final = """
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE restrict_violation USING
        MESSAGE = format('%s refused: rows of %I never change', TG_OP, TG_TABLE_NAME),
        HINT = 'A correction is a new row.', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$
"""
"""Refuses whatever statement it is put on, whoever gives it."""

CLOSE_FUNCTION: Final = """
CREATE FUNCTION refuse_more_than_closing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    closing text := TG_ARGV[0];
BEGIN
    IF before - closing <> after - closing
        OR before -> closing NOT IN ('null', 'true') OR after -> closing IN ('null', 'true') THEN
        RAISE restrict_violation USING
            MESSAGE = format('UPDATE refused: of a row of %I only %I may change, once', TG_TABLE_NAME, closing),
            HINT = 'A correction is a new row.', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$
"""
"""Lets one column go from NULL to a value, or from true to false, and refuses every other change."""


def rights(table: str, *, staff: str, member: str = "") -> Iterator[str]:
    """Grant each role its privileges, ``"SELECT, INSERT"``, and nobody else any."""
    yield f"REVOKE ALL ON {table} FROM PUBLIC"
    yield f"GRANT {staff} ON {table} TO {STAFF}"
    if member:
        yield f"GRANT {member} ON {table} TO {MEMBER}"


def gate_rights(table: str, allowed: str, *, past_row_security: bool = False) -> Iterator[str]:
    """Grant the role that signs people in its privileges; ``past_row_security`` on a table of organizations."""
    yield f"GRANT {allowed} ON {table} TO {GATE}"
    if past_row_security:
        yield f"CREATE POLICY {table}_gate ON {table} FOR ALL TO {GATE} USING (true) WITH CHECK (true)"


def private_to_organization(table: str, *, member_writes: bool = False) -> Iterator[str]:
    """Hide each row from the members of other organizations, by its ``organization_id``.

    One policy per role: a single policy with an OR loses the index. The sub-select is evaluated once per
    statement, and the cast inside it keeps the comparison one that an index can serve.
    """
    own = "organization_id = ANY ((SELECT viewer_organizations())::uuid[])"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY {table}_staff ON {table} FOR ALL TO {STAFF} USING (true) WITH CHECK (true)"
    if member_writes:
        yield f"CREATE POLICY {table}_member ON {table} FOR ALL TO {MEMBER} USING ({own}) WITH CHECK ({own})"
    else:
        yield f"CREATE POLICY {table}_member ON {table} FOR SELECT TO {MEMBER} USING ({own})"


def immutable(table: str) -> Iterator[str]:
    """Refuse every change of the table's rows, to the owner as well, and also when no row would be touched."""
    yield (
        f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def closed_once(table: str, column: str) -> Iterator[str]:
    """Refuse every change but the one that closes a row: the column from NULL to a value, or from true to false."""
    yield (
        f"CREATE TRIGGER {table}_immutable BEFORE DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    yield (
        f"CREATE TRIGGER {table}_closed_once BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_more_than_closing('{column}')"
    )
