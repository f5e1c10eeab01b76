"""The region's chosen plugins, and its document as applied."""

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


def upgrade() -> None:
    """Make the tables; a document that was applied never changes."""
    run(TABLES)
    run(rights("enabled_plugin", staff="SELECT, INSERT, DELETE", member="SELECT"))
    run(rights("document_revision", staff="SELECT, INSERT", member="SELECT"))
    run(immutable("document_revision"))
