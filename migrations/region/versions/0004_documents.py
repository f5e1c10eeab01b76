"""The region's chosen plugins, its document as applied, and a mark of each change of what costs are divided by."""

from andel.shared.database.guards import immutable, rights
from andel.shared.database.migration import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE enabled_plugin (
    plugin text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT enabled_plugin_pkey PRIMARY KEY (plugin)
);
COMMENT ON TABLE enabled_plugin IS 'The plugins that the region has chosen.';
CREATE TABLE document_revision (
    revision integer GENERATED ALWAYS AS IDENTITY,
    digest text NOT NULL,
    canonical bytea NOT NULL,
    applied_by text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT document_revision_pkey PRIMARY KEY (revision),
    CONSTRAINT document_revision_digest_check CHECK (digest = encode(sha256(canonical), 'hex'))
);
COMMENT ON TABLE document_revision IS 'The region''s document, as applied.';
"""

CHANGES = """
CREATE TABLE input_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    mark uuid DEFAULT gen_random_uuid() NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT input_change_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE input_change IS 'One row per transaction that changed what allocations are made from.';
"""

# One row per transaction, and no row that two transactions change: whoever writes waits for nobody. Runs as the
# owner: no role adds a mark without a change. A savepoint that is rolled back takes the setting and the row with it.
MARKS = """
CREATE FUNCTION input_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('andel.input_changed', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        INSERT INTO input_change DEFAULT VALUES;
        PERFORM set_config('andel.input_changed', pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END $$;
"""
INPUTS = (
    "profile",
    "organization",
    "succession",
    "fact_series",
    "fact_value",
    "service",
    "cost_component",
    "component_party",
    "component_settings",
    "cost_amount",
    "enabled_plugin",
)


def upgrade() -> None:
    """Make the tables; a document that was applied never changes."""
    run(TABLES)
    run(rights("enabled_plugin", staff="SELECT, INSERT, DELETE", member="SELECT"))
    run(rights("document_revision", staff="SELECT, INSERT", member="SELECT"))
    run(immutable("document_revision"))
    run((CHANGES, MARKS))
    run(rights("input_change", staff="SELECT", member="SELECT"))
    for table in INPUTS:
        run(
            f"CREATE TRIGGER {table}_input_changed AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION input_changed()"
        )
