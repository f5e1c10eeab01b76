"""Operators of the instance, and the regions they were let into for a while."""

from andel.shared.database.guards import CLOSE_FUNCTION, REFUSE_FUNCTION, closed_once
from andel.shared.database.migration import run
from andel.shared.database.names import CONTROL

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPERATORS = r"""
CREATE TABLE operator (
    id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    display_name text,
    created_at timestamptz DEFAULT now() NOT NULL,
    deactivated_at timestamptz,
    CONSTRAINT operator_pkey PRIMARY KEY (id),
    CONSTRAINT operator_issuer_subject_key UNIQUE (issuer, subject),
    CONSTRAINT operator_subject_check CHECK (subject <> '')
);
COMMENT ON TABLE operator IS 'Who runs the instance.';
CREATE TABLE operator_grant (
    id uuid NOT NULL,
    operator_id uuid NOT NULL,
    tenant text NOT NULL,
    reason text NOT NULL,
    granted_by uuid NOT NULL,
    granted_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT operator_grant_pkey PRIMARY KEY (id),
    CONSTRAINT operator_grant_reason_check CHECK (length(btrim(reason)) >= 10),
    CONSTRAINT operator_grant_until_check CHECK (until > granted_at AND until <= granted_at + interval '24 hours'),
    CONSTRAINT operator_grant_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator (id),
    CONSTRAINT operator_grant_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (key),
    CONSTRAINT operator_grant_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES operator (id)
);
CREATE INDEX operator_grant_operator_id_tenant_idx ON operator_grant (operator_id, tenant);
COMMENT ON TABLE operator_grant IS 'What operators were let into.';
"""

SESSIONS = r"""
CREATE TABLE operator_session (
    token_hash bytea NOT NULL,
    operator_id uuid NOT NULL,
    provider_sid text,
    csrf_secret bytea NOT NULL,
    acr text DEFAULT '' NOT NULL,
    authenticated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    user_agent text DEFAULT '' NOT NULL,
    CONSTRAINT operator_session_pkey PRIMARY KEY (token_hash),
    CONSTRAINT operator_session_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT operator_session_csrf_secret_check CHECK (octet_length(csrf_secret) = 32),
    CONSTRAINT operator_session_expires_at_check CHECK (expires_at > created_at),
    CONSTRAINT operator_session_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator (id)
);
CREATE INDEX operator_session_operator_id_idx ON operator_session (operator_id);
COMMENT ON TABLE operator_session IS 'Which operators are signed in.';
CREATE TABLE operator_sign_in_attempt (
    state_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    nonce_hash bytea NOT NULL,
    verifier bytea NOT NULL,
    next_path text DEFAULT '/' NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT operator_sign_in_attempt_pkey PRIMARY KEY (state_hash),
    CONSTRAINT operator_sign_in_attempt_state_hash_check CHECK (octet_length(state_hash) = 32),
    CONSTRAINT operator_sign_in_attempt_browser_hash_check CHECK (octet_length(browser_hash) = 32),
    CONSTRAINT operator_sign_in_attempt_nonce_hash_check CHECK (octet_length(nonce_hash) = 32),
    CONSTRAINT operator_sign_in_attempt_next_path_check CHECK (next_path ~ '^/([^/\\]|$)'),
    CONSTRAINT operator_sign_in_attempt_expires_at_check CHECK (expires_at > created_at)
);
COMMENT ON TABLE operator_sign_in_attempt IS 'Sign-ins of operators that have begun.';
"""

RIGHTS = f"""
REVOKE ALL ON operator, operator_grant, operator_session, operator_sign_in_attempt FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON operator TO {CONTROL};
GRANT SELECT, INSERT, UPDATE (ended_at) ON operator_grant TO {CONTROL};
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_session, operator_sign_in_attempt TO {CONTROL};
"""


def upgrade() -> None:
    """Make the tables; a grant is ended once and never prolonged."""
    run((REFUSE_FUNCTION, CLOSE_FUNCTION, OPERATORS, SESSIONS, RIGHTS))
    run(closed_once("operator_grant", "ended_at"))
