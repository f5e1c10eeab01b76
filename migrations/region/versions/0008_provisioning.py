"""Groups that directories tell of, and how often programs may ask."""

from andel.shared.database.guards import gate_rights, private_to_organization
from andel.shared.database.migration import run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GROUPS = """
ALTER TABLE scim_user ADD CONSTRAINT scim_user_person_id_organization_id_key UNIQUE (person_id, organization_id);
CREATE TABLE scim_group (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    display_name text NOT NULL,
    external_id text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT scim_group_pkey PRIMARY KEY (id),
    CONSTRAINT scim_group_id_organization_id_key UNIQUE (id, organization_id),
    CONSTRAINT scim_group_provider_id_organization_id_fkey
        FOREIGN KEY (provider_id, organization_id) REFERENCES identity_provider (id, organization_id),
    CONSTRAINT scim_group_display_name_check CHECK (display_name <> ''),
    CONSTRAINT scim_group_version_check CHECK (version > 0)
);
CREATE INDEX scim_group_organization_id_idx ON scim_group (organization_id);
CREATE UNIQUE INDEX scim_group_display_name_key ON scim_group (provider_id, lower(display_name));
COMMENT ON TABLE scim_group IS 'Groups as directories tell them.';
CREATE TABLE scim_group_member (
    organization_id uuid NOT NULL,
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    CONSTRAINT scim_group_member_pkey PRIMARY KEY (organization_id, group_id, person_id),
    CONSTRAINT scim_group_member_group_id_organization_id_fkey
        FOREIGN KEY (group_id, organization_id) REFERENCES scim_group (id, organization_id),
    CONSTRAINT scim_group_member_person_id_organization_id_fkey
        FOREIGN KEY (person_id, organization_id) REFERENCES scim_user (person_id, organization_id)
);
CREATE INDEX scim_group_member_person_id_idx ON scim_group_member (person_id);
COMMENT ON TABLE scim_group_member IS 'Who is in which group of a directory.';
"""

# UNLOGGED: every request writes it, and after a crash everybody begins with a full bucket.
RATES = """
CREATE UNLOGGED TABLE api_rate (
    id uuid NOT NULL,
    level bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT api_rate_pkey PRIMARY KEY (id),
    CONSTRAINT api_rate_level_check CHECK (level >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE api_rate IS 'How often programs have asked of late.';
ALTER TABLE api_client ADD COLUMN requests_per_minute integer DEFAULT 300 NOT NULL,
    ADD CONSTRAINT api_client_requests_per_minute_check CHECK (requests_per_minute BETWEEN 1 AND 60000);
"""

KEY = """
ALTER TABLE identity_provider ADD COLUMN scim_key text DEFAULT 'externalId' NOT NULL,
    ADD CONSTRAINT identity_provider_scim_key_check CHECK (scim_key IN ('externalId', 'userName'));
"""


def upgrade() -> None:
    """Make the tables. The gate alone reads and writes them, as it does the people of directories."""
    run((GROUPS, RATES, KEY))
    for table in ("scim_group", "scim_group_member"):
        run(f"REVOKE ALL ON {table} FROM PUBLIC")
        run(private_to_organization(table))
        run(gate_rights(table, "SELECT, INSERT, UPDATE, DELETE", past_row_security=True))
    run("REVOKE ALL ON api_rate FROM PUBLIC")
    run(gate_rights("api_rate", "SELECT, INSERT, UPDATE, DELETE"))
