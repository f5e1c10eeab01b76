"""Allocation runs, allocations, their workings and charges; money conserved by the database."""

from andel.shared.database.guards import closed_once, immutable, private_to_organization, rights
from andel.shared.database.migration import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RUN = """
CREATE TABLE allocation_run (
    id uuid NOT NULL,
    key text NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    purpose text DEFAULT 'charge' NOT NULL,
    state text DEFAULT 'waiting' NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    ordered_by text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT allocation_run_pkey PRIMARY KEY (id),
    CONSTRAINT allocation_run_period_check CHECK (period_end > period_start),
    CONSTRAINT allocation_run_purpose_check CHECK (purpose IN ('charge', 'settlement')),
    CONSTRAINT allocation_run_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled'))
);
CREATE UNIQUE INDEX allocation_run_open_key ON allocation_run (key) WHERE state IN ('waiting', 'running');
COMMENT ON TABLE allocation_run IS 'Orders to allocate the costs of a period.';
"""

# Not compressed: compressing costs ten times what writing costs, and checking the digest would undo it each time.
WORKINGS = """
CREATE TABLE workings (
    digest text NOT NULL,
    canonical bytea NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT workings_pkey PRIMARY KEY (digest),
    CONSTRAINT workings_digest_check CHECK (digest = encode(sha256(canonical), 'hex'))
);
ALTER TABLE workings ALTER canonical SET STORAGE EXTERNAL;
COMMENT ON TABLE workings IS 'Worked tables, by their SHA-256.';
"""

INPUT = """
CREATE TABLE allocation_input (
    digest text NOT NULL,
    canonical bytea NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT allocation_input_pkey PRIMARY KEY (digest),
    CONSTRAINT allocation_input_digest_check CHECK (digest = encode(sha256(canonical), 'hex'))
);
ALTER TABLE allocation_input ALTER canonical SET STORAGE EXTERNAL;
COMMENT ON TABLE allocation_input IS 'Requests and settings that results were made from, by their SHA-256.';
"""

ALLOCATION = """
CREATE TABLE allocation (
    id uuid NOT NULL,
    run_id uuid,
    component_id uuid NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    purpose text DEFAULT 'charge' NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    supersedes_id uuid,
    is_current boolean DEFAULT true NOT NULL,
    kind text NOT NULL,
    currency text DEFAULT 'SEK' NOT NULL,
    total_ore bigint,
    region_ore bigint,
    supplier_cost_ore bigint,
    residual_ore bigint,
    charged_ore bigint NOT NULL,
    charge_count integer NOT NULL,
    plugin text NOT NULL,
    plugin_version text NOT NULL,
    model text NOT NULL,
    model_version text NOT NULL,
    settings_digest text NOT NULL,
    input_digest text NOT NULL,
    workings_digest text NOT NULL,
    digest text NOT NULL,
    difference jsonb,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT allocation_pkey PRIMARY KEY (id),
    CONSTRAINT allocation_run_id_fkey FOREIGN KEY (run_id) REFERENCES allocation_run (id),
    CONSTRAINT allocation_component_id_fkey FOREIGN KEY (component_id) REFERENCES cost_component (id),
    CONSTRAINT allocation_supersedes_id_key UNIQUE (supersedes_id),
    CONSTRAINT allocation_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES allocation (id),
    CONSTRAINT allocation_settings_digest_fkey FOREIGN KEY (settings_digest) REFERENCES allocation_input (digest),
    CONSTRAINT allocation_input_digest_fkey FOREIGN KEY (input_digest) REFERENCES allocation_input (digest),
    CONSTRAINT allocation_workings_digest_fkey FOREIGN KEY (workings_digest) REFERENCES workings (digest),
    CONSTRAINT allocation_period_check CHECK (period_end > period_start),
    CONSTRAINT allocation_kind_check CHECK (kind IN ('split', 'tariff', 'ceiling')),
    CONSTRAINT allocation_purpose_check CHECK (purpose IN ('charge', 'settlement')),
    CONSTRAINT allocation_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT allocation_charge_count_check CHECK (charge_count >= 0),
    CONSTRAINT allocation_split_check CHECK (
        kind <> 'split' OR num_nonnulls(supplier_cost_ore, residual_ore) = 0
        AND num_nulls(total_ore, region_ore) = 0 AND charged_ore + region_ore = total_ore
    ),
    CONSTRAINT allocation_tariff_check CHECK (
        kind = 'split' OR num_nonnulls(total_ore, region_ore) = 0
        AND (num_nulls(supplier_cost_ore, residual_ore) IN (0, 2)
             AND coalesce(charged_ore + residual_ore = supplier_cost_ore, true))
    ),
    CONSTRAINT allocation_ceiling_check CHECK (
        kind <> 'ceiling' OR supplier_cost_ore IS NULL AND charged_ore = 0 AND charge_count = 0
    ),
    CONSTRAINT allocation_revision_check CHECK (
        revision = 1 AND num_nonnulls(supersedes_id, difference) = 0
        OR revision > 1 AND num_nulls(supersedes_id, difference) = 0
    ),
    CONSTRAINT allocation_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT allocation_revision_key UNIQUE (component_id, period_start, period_end, kind, purpose, revision),
    CONSTRAINT allocation_charged_once EXCLUDE USING gist (
        component_id WITH =, purpose WITH =, daterange(period_start, period_end) WITH &&
    ) WHERE (is_current AND kind <> 'ceiling')
);
CREATE UNIQUE INDEX allocation_current_key
    ON allocation (component_id, period_start, period_end, kind, purpose) WHERE is_current;
CREATE INDEX allocation_run_id_idx ON allocation (run_id);
COMMENT ON TABLE allocation IS 'Results, one per component and period.';
"""

CHARGE = """
CREATE TABLE charge (
    organization_id uuid NOT NULL,
    allocation_id uuid NOT NULL,
    workings_row integer NOT NULL,
    payer_id uuid NOT NULL,
    ore bigint NOT NULL,
    CONSTRAINT charge_pkey PRIMARY KEY (organization_id, allocation_id),
    CONSTRAINT charge_allocation_id_workings_row_key UNIQUE (allocation_id, workings_row),
    CONSTRAINT charge_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT charge_allocation_id_fkey FOREIGN KEY (allocation_id) REFERENCES allocation (id),
    CONSTRAINT charge_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES organization (id),
    CONSTRAINT charge_workings_row_check CHECK (workings_row >= 0)
);
COMMENT ON TABLE charge IS 'What an organization pays, in öre.';
"""

ITEM = """
CREATE TABLE run_item (
    run_id uuid NOT NULL,
    component_id uuid NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    state text DEFAULT 'waiting' NOT NULL,
    allocation_id uuid,
    complaints jsonb,
    inputs text DEFAULT '' NOT NULL,
    outdated boolean DEFAULT false NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT run_item_pkey PRIMARY KEY (run_id, component_id, period_start),
    CONSTRAINT run_item_run_id_fkey FOREIGN KEY (run_id) REFERENCES allocation_run (id),
    CONSTRAINT run_item_component_id_fkey FOREIGN KEY (component_id) REFERENCES cost_component (id),
    CONSTRAINT run_item_allocation_id_fkey FOREIGN KEY (allocation_id) REFERENCES allocation (id),
    CONSTRAINT run_item_period_check CHECK (period_end > period_start),
    CONSTRAINT run_item_state_check CHECK (state IN ('waiting', 'done', 'failed')),
    CONSTRAINT run_item_done_check CHECK ((state = 'done') = (allocation_id IS NOT NULL)),
    CONSTRAINT run_item_failed_check CHECK ((state = 'failed') = (complaints IS NOT NULL))
);
COMMENT ON TABLE run_item IS 'How far a run has come, per component and period.';
"""

# Runs as the owner: no application role may update an allocation, and only a next revision may end the earlier.
SUPERSEDES = """
CREATE FUNCTION allocation_supersedes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT NEW.is_current THEN
        RAISE check_violation USING MESSAGE = 'a new allocation is the current one', CONSTRAINT = TG_NAME;
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        UPDATE allocation AS earlier SET is_current = false
        WHERE earlier.id = NEW.supersedes_id AND earlier.is_current
            AND (earlier.component_id, earlier.period_start, earlier.period_end, earlier.purpose, earlier.revision)
                = (NEW.component_id, NEW.period_start, NEW.period_end, NEW.purpose, NEW.revision - 1);
        IF NOT FOUND THEN
            RAISE check_violation USING
                MESSAGE = 'the allocation that this one supersedes is not the current one before it',
                CONSTRAINT = TG_NAME;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_supersedes BEFORE INSERT ON allocation
    FOR EACH ROW EXECUTE FUNCTION allocation_supersedes();
"""

# An INSERT that comes to nothing (ON CONFLICT DO NOTHING) has already ended the earlier one: without a successor at
# commit, nothing of it stands.
SUCCEEDED = """
CREATE FUNCTION allocation_succeeded() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM allocation WHERE supersedes_id = NEW.id) THEN
        RAISE check_violation USING
            MESSAGE = 'an allocation stays the current one until another supersedes it',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allocation_succeeded AFTER UPDATE ON allocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allocation_succeeded();
"""

# One check per allocation at commit, not one per line: 200,000 lines cost what 700 allocations cost.
CONSERVES = """
CREATE FUNCTION allocation_conserves() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    lines bigint;
    ore numeric;
BEGIN
    SELECT count(*), coalesce(sum(charge.ore), 0) INTO lines, ore FROM charge WHERE allocation_id = NEW.id;
    IF lines <> NEW.charge_count OR ore <> NEW.charged_ore THEN
        RAISE check_violation USING
            MESSAGE = format('the allocation charges %s öre in %s lines, its lines hold %s öre in %s',
                             NEW.charged_ore, NEW.charge_count, ore, lines),
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allocation_conserves AFTER INSERT ON allocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allocation_conserves();
"""

# The lines of a committed allocation have taken every row number below charge_count: no further line finds one.
BELONGS = """
CREATE FUNCTION charge_belongs() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN allocation ON allocation.id = added.allocation_id
        WHERE added.workings_row >= allocation.charge_count
    ) THEN
        RAISE check_violation USING
            MESSAGE = 'a charge has no row in the workings of its allocation',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER charge_belongs AFTER INSERT ON charge REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION charge_belongs();
"""


def upgrade() -> None:
    """Make the tables; charges are private to their organization, and no result ever changes."""
    run((RUN, WORKINGS, INPUT, ALLOCATION, CHARGE, ITEM))
    run((SUPERSEDES, SUCCEEDED, CONSERVES, BELONGS))
    for table in ("allocation_run", "run_item"):
        run(rights(table, staff="SELECT, INSERT, UPDATE", member="SELECT"))
    for table in ("workings", "allocation_input", "allocation", "charge"):
        run(rights(table, staff="SELECT, INSERT", member="SELECT"))
    run(immutable("workings"))
    run(immutable("allocation_input"))
    run(immutable("charge"))
    run(closed_once("allocation", "is_current"))
    run(private_to_organization("charge"))
