"""The tenants of the instance."""

from andel.shared.database.migration import run
from andel.shared.database.names import CONTROL

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT = """
CREATE TABLE tenant (
    key text NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    state text DEFAULT 'onboarding' NOT NULL,
    database text NOT NULL,
    login text NOT NULL,
    placement text DEFAULT '' NOT NULL,
    schema_revision text DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    provisioned_at timestamptz,
    state_since timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT tenant_pkey PRIMARY KEY (key),
    CONSTRAINT tenant_database_key UNIQUE (database),
    CONSTRAINT tenant_login_key UNIQUE (login),
    CONSTRAINT tenant_key_check CHECK (key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'),
    CONSTRAINT tenant_state_check CHECK (state IN ('onboarding', 'active', 'suspended', 'closing', 'closed')),
    CONSTRAINT tenant_placement_without_password_check CHECK (placement !~ '://[^/@]*:[^/@]*@')
);
COMMENT ON TABLE tenant IS 'The regions of the instance.';
REVOKE ALL ON tenant FROM PUBLIC;
"""


def upgrade() -> None:
    """Make the table, which the control login may read and write but not empty."""
    run(TENANT)
    run(f"GRANT SELECT, INSERT, UPDATE ON tenant TO {CONTROL}; GRANT SELECT ON alembic_version TO {CONTROL}")
