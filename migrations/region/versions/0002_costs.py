"""Services, cost components, their dated settings and amounts."""

from andel.shared.database.guards import closed_once, rights
from andel.shared.database.migration import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERVICE = """
CREATE TABLE service (
    id uuid NOT NULL,
    key text NOT NULL,
    title_sv text NOT NULL,
    title_en text NOT NULL,
    bearer_sv text NOT NULL,
    bearer_en text NOT NULL,
    summary_sv text DEFAULT '' NOT NULL,
    summary_en text DEFAULT '' NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    source_title text NOT NULL,
    source_date date,
    source_example boolean DEFAULT false NOT NULL,
    CONSTRAINT service_pkey PRIMARY KEY (id),
    CONSTRAINT service_key_key UNIQUE (key)
);
COMMENT ON TABLE service IS 'What is shared, and who bears its cost.';
"""

COMPONENT = """
CREATE TABLE cost_component (
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    key text NOT NULL,
    title_sv text NOT NULL,
    title_en text NOT NULL,
    model text NOT NULL,
    basis text NOT NULL,
    every_party boolean DEFAULT true NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT cost_component_pkey PRIMARY KEY (id),
    CONSTRAINT cost_component_service_id_key_key UNIQUE (service_id, key),
    CONSTRAINT cost_component_service_id_fkey FOREIGN KEY (service_id) REFERENCES service (id),
    CONSTRAINT cost_component_basis_check CHECK (basis IN ('budget', 'invoices', 'price'))
);
COMMENT ON TABLE cost_component IS 'One cost of a service, with one cost model.';
CREATE TABLE component_party (
    component_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT component_party_pkey PRIMARY KEY (component_id, organization_id),
    CONSTRAINT component_party_component_id_fkey FOREIGN KEY (component_id) REFERENCES cost_component (id),
    CONSTRAINT component_party_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id)
);
COMMENT ON TABLE component_party IS 'Who shares a cost that not everybody shares.';
"""

SETTINGS = """
CREATE TABLE component_settings (
    id uuid NOT NULL,
    component_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    model_version text NOT NULL,
    settings jsonb NOT NULL,
    digest text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    source_title text NOT NULL,
    source_date date,
    source_example boolean DEFAULT false NOT NULL,
    CONSTRAINT component_settings_pkey PRIMARY KEY (id),
    CONSTRAINT component_settings_component_id_fkey FOREIGN KEY (component_id) REFERENCES cost_component (id),
    CONSTRAINT component_settings_lasts_a_day_check CHECK (valid_to > valid_from),
    CONSTRAINT component_settings_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT component_settings_one_at_a_time EXCLUDE USING gist (
        component_id WITH =, daterange(valid_from, valid_to) WITH &&
    ) WHERE (superseded_at IS NULL)
);
CREATE INDEX component_settings_component_id_idx ON component_settings (component_id, valid_from);
COMMENT ON TABLE component_settings IS 'Dated settings of a component''s model.';
"""

AMOUNT = """
CREATE TABLE cost_amount (
    id uuid NOT NULL,
    component_id uuid NOT NULL,
    basis text NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    ore bigint NOT NULL,
    currency text DEFAULT 'SEK' NOT NULL,
    reference text DEFAULT '' NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    source_title text NOT NULL,
    source_date date,
    source_example boolean DEFAULT false NOT NULL,
    CONSTRAINT cost_amount_pkey PRIMARY KEY (id),
    CONSTRAINT cost_amount_component_id_fkey FOREIGN KEY (component_id) REFERENCES cost_component (id),
    CONSTRAINT cost_amount_period_check CHECK (period_end > period_start),
    CONSTRAINT cost_amount_basis_check CHECK (basis IN ('budget', 'invoices', 'price')),
    CONSTRAINT cost_amount_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX cost_amount_component_id_idx ON cost_amount (component_id, period_start);
CREATE UNIQUE INDEX cost_amount_reference_key
    ON cost_amount (component_id, basis, period_start, period_end, reference)
    WHERE superseded_at IS NULL AND reference <> '';
COMMENT ON TABLE cost_amount IS 'Budgets and suppliers'' invoices, in öre.';
"""


def upgrade() -> None:
    """Make the tables; all are shared in the region, settings and amounts are superseded and never overwritten."""
    run((SERVICE, COMPONENT, SETTINGS, AMOUNT))
    for table in ("service", "cost_component", "component_party"):
        run(rights(table, staff="SELECT, INSERT, UPDATE, DELETE", member="SELECT"))
    for table in ("component_settings", "cost_amount"):
        run(rights(table, staff="SELECT, INSERT, UPDATE (superseded_at)", member="SELECT"))
        run(closed_once(table, "superseded_at"))
