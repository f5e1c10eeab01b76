"""Logout tokens of providers, so that none is used twice."""

from andel.shared.database.guards import gate_rights
from andel.shared.database.migration import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LOGOUTS = """
CREATE TABLE provider_logout (
    provider_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT provider_logout_pkey PRIMARY KEY (provider_id, token_hash),
    CONSTRAINT provider_logout_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT provider_logout_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider (id)
);
CREATE INDEX provider_logout_expires_at_idx ON provider_logout (expires_at);
COMMENT ON TABLE provider_logout IS 'Logout tokens that were used.';
"""


def upgrade() -> None:
    """Make the table; the gate alone reads and writes it."""
    run((LOGOUTS,))
    run("REVOKE ALL ON provider_logout FROM PUBLIC")
    run(gate_rights("provider_logout", "SELECT, INSERT, DELETE"))
