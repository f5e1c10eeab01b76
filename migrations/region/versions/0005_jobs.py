"""The queue of jobs: procrastinate's own schema, kept apart, which staff may only add to."""

from pathlib import Path

from andel.shared.database.migration import run
from andel.shared.database.names import STAFF, WORKER

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "vendor" / "procrastinate" / "schema-3.10.0.sql"

# Its functions name tables without their schema. With a fixed path they find them whoever calls.
APART = """
SET LOCAL search_path = public;
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN SELECT oid FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_temp', function);
    END LOOP;
END $$;
"""

RIGHTS = f"""
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA procrastinate FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA procrastinate FROM PUBLIC;
GRANT USAGE ON SCHEMA procrastinate TO {WORKER}, {STAFF};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO {WORKER};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO {WORKER};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO {WORKER};
ALTER FUNCTION procrastinate.procrastinate_defer_jobs_v1 SECURITY DEFINER;
GRANT EXECUTE ON FUNCTION procrastinate.procrastinate_defer_jobs_v1 TO {STAFF};
"""


def upgrade() -> None:
    """Make the queue. A job is added in the staff's own transaction: it exists if and only if the change does."""
    run("CREATE SCHEMA procrastinate; SET LOCAL search_path = procrastinate")
    run(SCHEMA.read_text(encoding="utf-8"))
    run((APART, RIGHTS))
