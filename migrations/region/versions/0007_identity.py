"""People, memberships, identity providers, sessions and clients; what an organization sees besides its own."""

from andel.shared.database.guards import closed_once, gate_rights, private_to_organization, rights
from andel.shared.database.migration import run
from andel.shared.database.names import MEMBER, STAFF

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PROVIDERS = r"""
CREATE TABLE identity_provider (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_authentication text DEFAULT 'secret' NOT NULL,
    scopes text DEFAULT 'openid profile' NOT NULL,
    key_claim text DEFAULT 'sub' NOT NULL,
    name_claim text DEFAULT 'name' NOT NULL,
    organization_claim text DEFAULT '' NOT NULL,
    organization_number text DEFAULT '' NOT NULL,
    role_claim text DEFAULT 'roles' NOT NULL,
    role_map jsonb DEFAULT '{}' NOT NULL,
    accepted_acr text[] DEFAULT '{}' NOT NULL,
    step_up_acr text[] DEFAULT '{}' NOT NULL,
    max_age_seconds integer,
    end_session boolean DEFAULT true NOT NULL,
    front_channel_logout boolean DEFAULT false NOT NULL,
    back_channel_logout boolean DEFAULT false NOT NULL,
    enabled boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT identity_provider_pkey PRIMARY KEY (id),
    CONSTRAINT identity_provider_id_organization_id_key UNIQUE (id, organization_id),
    CONSTRAINT identity_provider_key_check CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT identity_provider_client_authentication_check
        CHECK (client_authentication IN ('secret', 'private_key_jwt')),
    CONSTRAINT identity_provider_issuer_check
        CHECK (issuer ~ '^https://[^/@]+' OR issuer ~ '^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$)'),
    CONSTRAINT identity_provider_organization_claim_check
        CHECK ((organization_claim = '') = (organization_number = '')),
    CONSTRAINT identity_provider_key_claim_check CHECK (key_claim NOT IN ('', 'email')),
    CONSTRAINT identity_provider_max_age_seconds_check CHECK (max_age_seconds > 0),
    CONSTRAINT identity_provider_role_map_check CHECK (jsonb_typeof(role_map) = 'object'),
    CONSTRAINT identity_provider_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT identity_provider_key_key UNIQUE (key)
);
CREATE INDEX identity_provider_organization_id_idx ON identity_provider (organization_id);
COMMENT ON TABLE identity_provider IS 'Where people sign in.';
CREATE TABLE provider_secret (
    provider_id uuid NOT NULL,
    reference text,
    sealed bytea,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT provider_secret_pkey PRIMARY KEY (provider_id),
    CONSTRAINT provider_secret_one_place_check CHECK (num_nonnulls(reference, sealed) = 1),
    CONSTRAINT provider_secret_reference_check CHECK (reference ~ '^(file|env):[A-Za-z0-9_.-]+$'),
    CONSTRAINT provider_secret_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider (id)
);
COMMENT ON TABLE provider_secret IS 'Secrets of identity providers.';
CREATE TABLE verified_domain (
    domain text NOT NULL,
    organization_id uuid NOT NULL,
    provider_id uuid,
    subdomains boolean DEFAULT false NOT NULL,
    challenge text DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    verified_at timestamptz,
    CONSTRAINT verified_domain_pkey PRIMARY KEY (domain),
    CONSTRAINT verified_domain_domain_check CHECK (domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'),
    CONSTRAINT verified_domain_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT verified_domain_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider (id)
);
CREATE INDEX verified_domain_organization_id_idx ON verified_domain (organization_id);
COMMENT ON TABLE verified_domain IS 'Domains that lead to an organization.';
"""

PEOPLE = r"""
CREATE TABLE person (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    provider_id uuid,
    subject text,
    display_name text,
    created_at timestamptz DEFAULT now() NOT NULL,
    signed_in_at timestamptz,
    deactivated_at timestamptz,
    deactivated_by text,
    erased_at timestamptz,
    CONSTRAINT person_pkey PRIMARY KEY (id),
    CONSTRAINT person_provider_id_subject_key UNIQUE (provider_id, subject),
    CONSTRAINT person_id_organization_id_key UNIQUE (id, organization_id),
    CONSTRAINT person_provider_id_organization_id_fkey
        FOREIGN KEY (provider_id, organization_id) REFERENCES identity_provider (id, organization_id),
    CONSTRAINT person_subject_check CHECK (subject <> ''),
    CONSTRAINT person_erased_check CHECK (erased_at IS NULL OR num_nonnulls(subject, display_name) = 0),
    CONSTRAINT person_deactivated_check CHECK ((deactivated_at IS NULL) = (deactivated_by IS NULL)),
    CONSTRAINT person_deactivated_by_check CHECK (deactivated_by IN ('oidc', 'scim', 'manual')),
    CONSTRAINT person_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id)
);
CREATE INDEX person_organization_id_idx ON person (organization_id);
COMMENT ON TABLE person IS 'People, by their provider''s key.';
CREATE TABLE membership (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    source text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT membership_pkey PRIMARY KEY (id),
    CONSTRAINT membership_id_person_id_key UNIQUE (id, person_id),
    CONSTRAINT membership_role_check
        CHECK (role IN ('viewer', 'administrator', 'license-contact', 'signatory', 'economist',
            'license-manager', 'secretary', 'manager', 'auditor')),
    CONSTRAINT membership_source_check CHECK (source IN ('oidc', 'scim', 'manual')),
    CONSTRAINT membership_lasts_a_day_check CHECK (valid_to > valid_from),
    CONSTRAINT membership_one_at_a_time EXCLUDE USING gist (
        organization_id WITH =, person_id WITH =, role WITH =, daterange(valid_from, valid_to) WITH &&
    ) WHERE (superseded_at IS NULL),
    CONSTRAINT membership_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT membership_person_id_fkey FOREIGN KEY (person_id) REFERENCES person (id)
);
CREATE INDEX membership_organization_id_idx ON membership (organization_id);
CREATE INDEX membership_person_id_idx ON membership (person_id);
COMMENT ON TABLE membership IS 'What people are in which organization, and when.';
"""

SIGHT = r"""
CREATE TABLE acting_for (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    for_id uuid NOT NULL,
    valid_from date DEFAULT '0001-01-01' NOT NULL,
    valid_to date,
    source text NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT acting_for_pkey PRIMARY KEY (id),
    CONSTRAINT acting_for_two_organizations_check CHECK (for_id <> organization_id),
    CONSTRAINT acting_for_lasts_a_day_check CHECK (valid_to > valid_from),
    CONSTRAINT acting_for_one_at_a_time EXCLUDE USING gist (
        organization_id WITH =, for_id WITH =, daterange(valid_from, valid_to) WITH &&
    ) WHERE (superseded_at IS NULL),
    CONSTRAINT acting_for_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT acting_for_for_id_fkey FOREIGN KEY (for_id) REFERENCES organization (id)
);
CREATE INDEX acting_for_organization_id_idx ON acting_for (organization_id);
COMMENT ON TABLE acting_for IS 'Which organization sees the rows of which other.';
CREATE TABLE region_sharing (
    id uuid NOT NULL,
    subject text NOT NULL,
    is_open boolean NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT region_sharing_pkey PRIMARY KEY (id),
    CONSTRAINT region_sharing_subject_check CHECK (subject IN ('allocations', 'seats', 'users'))
);
CREATE UNIQUE INDEX region_sharing_current_key ON region_sharing (subject) WHERE superseded_at IS NULL;
COMMENT ON TABLE region_sharing IS 'What the members see of each other.';
"""

SESSIONS = r"""
CREATE TABLE web_session (
    token_hash bytea NOT NULL,
    person_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    provider_id uuid,
    provider_sid text,
    provider_subject text,
    id_token bytea,
    csrf_secret bytea NOT NULL,
    acr text DEFAULT '' NOT NULL,
    authenticated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    user_agent text DEFAULT '' NOT NULL,
    CONSTRAINT web_session_pkey PRIMARY KEY (token_hash),
    CONSTRAINT web_session_membership_id_person_id_fkey
        FOREIGN KEY (membership_id, person_id) REFERENCES membership (id, person_id),
    CONSTRAINT web_session_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT web_session_csrf_secret_check CHECK (octet_length(csrf_secret) = 32),
    CONSTRAINT web_session_expires_at_check CHECK (expires_at > created_at),
    CONSTRAINT web_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT web_session_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider (id)
);
CREATE INDEX web_session_expires_at_idx ON web_session (expires_at);
CREATE INDEX web_session_person_id_idx ON web_session (person_id);
CREATE INDEX web_session_provider_id_provider_sid_idx ON web_session (provider_id, provider_sid);
COMMENT ON TABLE web_session IS 'Who is signed in.';
CREATE TABLE sign_in_attempt (
    state_hash bytea NOT NULL,
    provider_id uuid NOT NULL,
    browser_hash bytea NOT NULL,
    nonce_hash bytea NOT NULL,
    verifier bytea NOT NULL,
    purpose text DEFAULT 'sign-in' NOT NULL,
    token_hash bytea,
    requested_acr text[] DEFAULT '{}' NOT NULL,
    max_age_seconds integer,
    next_path text DEFAULT '/' NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (state_hash),
    CONSTRAINT sign_in_attempt_state_hash_check CHECK (octet_length(state_hash) = 32),
    CONSTRAINT sign_in_attempt_browser_hash_check CHECK (octet_length(browser_hash) = 32),
    CONSTRAINT sign_in_attempt_nonce_hash_check CHECK (octet_length(nonce_hash) = 32),
    CONSTRAINT sign_in_attempt_purpose_check CHECK (purpose IN ('sign-in', 'step-up', 'trial')),
    CONSTRAINT sign_in_attempt_next_path_check CHECK (next_path ~ '^/([^/\\]|$)'),
    CONSTRAINT sign_in_attempt_expires_at_check CHECK (expires_at > created_at),
    CONSTRAINT sign_in_attempt_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES identity_provider (id)
);
CREATE INDEX sign_in_attempt_expires_at_idx ON sign_in_attempt (expires_at);
COMMENT ON TABLE sign_in_attempt IS 'Sign-ins that have begun.';
"""

CLIENTS = r"""
CREATE TABLE api_client (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    title text NOT NULL,
    role text NOT NULL,
    scopes text[] DEFAULT '{}' NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_by uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    CONSTRAINT api_client_pkey PRIMARY KEY (id),
    CONSTRAINT api_client_role_check
        CHECK (role IN ('viewer', 'administrator', 'license-contact', 'signatory', 'economist',
            'license-manager', 'secretary', 'manager', 'auditor')),
    CONSTRAINT api_client_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT api_client_created_by_fkey FOREIGN KEY (created_by) REFERENCES person (id)
);
CREATE INDEX api_client_organization_id_idx ON api_client (organization_id);
COMMENT ON TABLE api_client IS 'Programs that use the API.';
CREATE TABLE api_client_secret (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_client_secret_pkey PRIMARY KEY (id),
    CONSTRAINT api_client_secret_secret_hash_check CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_client_secret_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client (id),
    CONSTRAINT api_client_secret_secret_hash_key UNIQUE (secret_hash)
);
CREATE INDEX api_client_secret_client_id_idx ON api_client_secret (client_id);
COMMENT ON TABLE api_client_secret IS 'Secrets of programs, hashed.';
CREATE TABLE api_token (
    token_hash bytea NOT NULL,
    client_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    scopes text[] DEFAULT '{}' NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT api_token_pkey PRIMARY KEY (token_hash),
    CONSTRAINT api_token_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT api_token_expires_at_check CHECK (expires_at > created_at),
    CONSTRAINT api_token_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client (id),
    CONSTRAINT api_token_secret_id_fkey FOREIGN KEY (secret_id) REFERENCES api_client_secret (id)
);
CREATE INDEX api_token_client_id_idx ON api_token (client_id);
CREATE INDEX api_token_expires_at_idx ON api_token (expires_at);
COMMENT ON TABLE api_token IS 'Access tokens, hashed.';
"""

DIRECTORIES = r"""
CREATE TABLE scim_token (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT scim_token_pkey PRIMARY KEY (id),
    CONSTRAINT scim_token_provider_id_organization_id_fkey
        FOREIGN KEY (provider_id, organization_id) REFERENCES identity_provider (id, organization_id),
    CONSTRAINT scim_token_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT scim_token_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT scim_token_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX scim_token_organization_id_idx ON scim_token (organization_id);
COMMENT ON TABLE scim_token IS 'Tokens of directories, hashed.';
CREATE TABLE scim_user (
    person_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_name text NOT NULL,
    external_id text,
    resource jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT scim_user_pkey PRIMARY KEY (person_id),
    CONSTRAINT scim_user_person_id_organization_id_fkey
        FOREIGN KEY (person_id, organization_id) REFERENCES person (id, organization_id),
    CONSTRAINT scim_user_user_name_check CHECK (user_name <> ''),
    CONSTRAINT scim_user_version_check CHECK (version > 0)
);
CREATE INDEX scim_user_external_id_idx ON scim_user (organization_id, external_id);
CREATE UNIQUE INDEX scim_user_user_name_key ON scim_user (organization_id, lower(user_name));
COMMENT ON TABLE scim_user IS 'People as directories tell them.';
"""

# A municipality's provider may claim what it will: roles of the region's staff come from the region alone.
ROLES = """
CREATE FUNCTION role_within_organization() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.role IN ('economist', 'license-manager', 'secretary', 'manager', 'auditor')
        AND NOT EXISTS (SELECT FROM profile WHERE organization_id = NEW.organization_id) THEN
        RAISE check_violation USING
            MESSAGE = 'only the region itself gives the roles of its staff',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER membership_role BEFORE INSERT OR UPDATE OF role, organization_id ON membership
    FOR EACH ROW EXECUTE FUNCTION role_within_organization();
CREATE TRIGGER api_client_role BEFORE INSERT OR UPDATE OF role, organization_id ON api_client
    FOR EACH ROW EXECUTE FUNCTION role_within_organization();
"""

REACH = """
CREATE FUNCTION membership_within_reach() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM person
        WHERE person.id = NEW.person_id AND (
            person.organization_id = NEW.organization_id
            OR person.organization_id = (SELECT authority_id FROM organization WHERE id = NEW.organization_id)
            OR person.organization_id = (SELECT organization_id FROM profile)
        )
    ) THEN
        RAISE check_violation USING
            MESSAGE = 'whoever vouches for a person gives memberships of itself and its districts',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER membership_reach BEFORE INSERT OR UPDATE OF person_id, organization_id ON membership
    FOR EACH ROW EXECUTE FUNCTION membership_within_reach();
"""

KNOWN = "id, organization_id, provider_id, display_name, created_at, signed_in_at, deactivated_at, erased_at"
"""Of a person, what staff and their own organization may know: not the key that the provider knows them by."""

OPEN = {
    "identity_provider": "SELECT, INSERT, UPDATE",
    "verified_domain": "SELECT, INSERT, UPDATE, DELETE",
    "membership": "SELECT, INSERT, UPDATE (superseded_at)",
    "api_client": "SELECT, INSERT, UPDATE",
}
ALONE = {
    "provider_secret": "SELECT, INSERT, UPDATE, DELETE",
    "web_session": "SELECT, INSERT, UPDATE, DELETE",
    "sign_in_attempt": "SELECT, INSERT, UPDATE, DELETE",
    "api_client_secret": "SELECT, INSERT, UPDATE (expires_at, revoked_at, last_used_at)",
    "api_token": "SELECT, INSERT, UPDATE (revoked_at), DELETE",
    "scim_token": "SELECT, INSERT, UPDATE (expires_at, revoked_at, last_used_at)",
}


def upgrade() -> None:
    """Make the tables. The gate writes them, and alone reads what could let somebody in."""
    run((PROVIDERS, PEOPLE, SIGHT, SESSIONS, CLIENTS, DIRECTORIES, ROLES, REACH))
    for table, allowed in OPEN.items():
        run(rights(table, staff="SELECT", member="SELECT"))
        run(private_to_organization(table))
        run(gate_rights(table, allowed, past_row_security=True))
    run(f"REVOKE ALL ON person FROM PUBLIC; GRANT SELECT ({KNOWN}) ON person TO {STAFF}, {MEMBER}")
    run(private_to_organization("person"))
    changes = "display_name, subject, signed_in_at, deactivated_at, deactivated_by, erased_at"
    run(gate_rights("person", f"SELECT, INSERT, UPDATE ({changes})", past_row_security=True))
    for table, allowed in ALONE.items():
        run(f"REVOKE ALL ON {table} FROM PUBLIC")
        run(gate_rights(table, allowed))
    run("REVOKE ALL ON scim_user FROM PUBLIC")
    run(private_to_organization("scim_user"))
    run(gate_rights("scim_user", "SELECT, INSERT, UPDATE, DELETE", past_row_security=True))
    run(closed_once("membership", "superseded_at"))
    for table in ("acting_for", "region_sharing"):
        run(rights(table, staff="SELECT, INSERT, UPDATE (superseded_at)", member="SELECT"))
        run(closed_once(table, "superseded_at"))
        run(gate_rights(table, "SELECT"))
    for table in ("organization", "profile"):
        run(gate_rights(table, "SELECT"))
