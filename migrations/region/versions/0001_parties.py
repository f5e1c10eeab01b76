"""Organizations, groups, successions and facts; the functions that guards stand on."""

from andel.shared.database.guards import (
    CLOSE_FUNCTION,
    REFUSE_FUNCTION,
    VIEWER_FUNCTION,
    closed_once,
    immutable,
    rights,
)
from andel.shared.database.migration import run
from andel.shared.database.names import STAFF

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ORGANIZATION = """
CREATE TABLE organization (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    organization_number text,
    code text,
    authority_id uuid,
    source text NOT NULL,
    valid_from date DEFAULT '0001-01-01' NOT NULL,
    valid_to date,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT organization_pkey PRIMARY KEY (id),
    CONSTRAINT organization_key_key UNIQUE (key),
    CONSTRAINT organization_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES organization (id),
    CONSTRAINT organization_kind_check
        CHECK (kind IN ('region', 'municipality', 'district', 'federation', 'association', 'provider')),
    CONSTRAINT organization_exists_some_day_check CHECK (valid_to > valid_from),
    CONSTRAINT organization_organization_number_check CHECK (organization_number ~ '^[0-9]{6}-[0-9]{4}$'),
    CONSTRAINT organization_authority_check CHECK (authority_id <> id)
);
COMMENT ON TABLE organization IS 'Who can bear a part of a cost.';
"""

PROFILE = """
CREATE TABLE profile (
    id smallint DEFAULT 1 NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    language text DEFAULT 'sv' NOT NULL,
    colours jsonb NOT NULL,
    source text NOT NULL,
    organization_id uuid NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT profile_pkey PRIMARY KEY (id),
    CONSTRAINT profile_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT profile_one_row_check CHECK (id = 1),
    CONSTRAINT profile_language_check CHECK (language IN ('sv', 'en'))
);
COMMENT ON TABLE profile IS 'Who the region is: one row.';
"""

GROUPS = """
CREATE TABLE organization_group (
    id uuid NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    source text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT organization_group_pkey PRIMARY KEY (id),
    CONSTRAINT organization_group_key_key UNIQUE (key)
);
COMMENT ON TABLE organization_group IS 'Organizations that are named together.';
CREATE TABLE group_member (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    valid_from date DEFAULT '0001-01-01' NOT NULL,
    valid_to date,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT group_member_pkey PRIMARY KEY (id),
    CONSTRAINT group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES organization_group (id),
    CONSTRAINT group_member_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT group_member_lasts_a_day_check CHECK (valid_to > valid_from),
    CONSTRAINT group_member_one_at_a_time EXCLUDE USING gist (
        group_id WITH =, organization_id WITH =, daterange(valid_from, valid_to) WITH &&
    ) WHERE (superseded_at IS NULL)
);
COMMENT ON TABLE group_member IS 'Who belongs to a group, and when.';
"""

SUCCESSION = """
CREATE TABLE succession (
    predecessor_id uuid NOT NULL,
    successor_id uuid NOT NULL,
    on_day date NOT NULL,
    source text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT succession_pkey PRIMARY KEY (predecessor_id, successor_id, on_day),
    CONSTRAINT succession_predecessor_id_fkey FOREIGN KEY (predecessor_id) REFERENCES organization (id),
    CONSTRAINT succession_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES organization (id),
    CONSTRAINT succession_two_parties_check CHECK (predecessor_id <> successor_id)
);
COMMENT ON TABLE succession IS 'Which organization stands in whose place, and since when.';
"""

FACTS = """
CREATE TABLE fact_series (
    id uuid NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    reference_date date NOT NULL,
    control_total bigint,
    revision integer DEFAULT 1 NOT NULL,
    corrects text DEFAULT '' NOT NULL,
    corrects_id uuid,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    source_title text NOT NULL,
    source_date date,
    source_example boolean DEFAULT false NOT NULL,
    CONSTRAINT fact_series_pkey PRIMARY KEY (id),
    CONSTRAINT fact_series_name_reference_date_revision_key UNIQUE (name, reference_date, revision),
    CONSTRAINT fact_series_corrects_id_key UNIQUE (corrects_id),
    CONSTRAINT fact_series_corrects_id_fkey FOREIGN KEY (corrects_id) REFERENCES fact_series (id),
    CONSTRAINT fact_series_revision_check CHECK (revision >= 1),
    CONSTRAINT fact_series_corrects_check CHECK ((revision = 1) = (corrects_id IS NULL)),
    CONSTRAINT fact_series_reason_check CHECK ((revision = 1) = (corrects = ''))
);
COMMENT ON TABLE fact_series IS 'What was counted, of which day and source.';
CREATE TABLE fact_value (
    series_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT fact_value_pkey PRIMARY KEY (series_id, organization_id),
    CONSTRAINT fact_value_series_id_fkey FOREIGN KEY (series_id) REFERENCES fact_series (id),
    CONSTRAINT fact_value_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT fact_value_value_check CHECK (value >= 0)
);
CREATE INDEX fact_value_organization_id_idx ON fact_value (organization_id);
COMMENT ON TABLE fact_value IS 'One organization''s figure in a series.';
"""


def upgrade() -> None:
    """Make the tables; all are shared in the region, and what is dated or counted is never overwritten."""
    run("CREATE EXTENSION IF NOT EXISTS btree_gist")
    run((VIEWER_FUNCTION, REFUSE_FUNCTION, CLOSE_FUNCTION))
    run((ORGANIZATION, PROFILE, GROUPS, SUCCESSION, FACTS))
    for table in ("organization", "profile", "organization_group", "succession"):
        run(rights(table, staff="SELECT, INSERT, UPDATE, DELETE", member="SELECT"))
    for table in ("fact_series", "fact_value"):
        run(rights(table, staff="SELECT, INSERT", member="SELECT"))
        run(immutable(table))
    run(rights("group_member", staff="SELECT, INSERT, UPDATE (superseded_at)", member="SELECT"))
    run(closed_once("group_member", "superseded_at"))
    run(f"GRANT SELECT ON alembic_version TO {STAFF}")
