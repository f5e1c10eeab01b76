"""Answers of the API that are found again under the asker's own key."""

from andel.shared.database.guards import private_to_organization, rights
from andel.shared.database.migration import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ANSWERS = """
CREATE TABLE api_answer (
    client_id uuid NOT NULL,
    key text NOT NULL,
    organization_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    location text NOT NULL,
    body bytea NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT api_answer_pkey PRIMARY KEY (client_id, key),
    CONSTRAINT api_answer_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
    CONSTRAINT api_answer_request_hash_check CHECK (octet_length(request_hash) = 32),
    CONSTRAINT api_answer_key_check CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT api_answer_status_check CHECK (status BETWEEN 200 AND 299)
);
CREATE INDEX api_answer_organization_id_idx ON api_answer (organization_id);
CREATE INDEX api_answer_expires_at_idx ON api_answer (expires_at);
COMMENT ON TABLE api_answer IS 'Answers to programs, by their idempotency keys.';
"""


def upgrade() -> None:
    """Make the table. A program writes its organization's answers, and removes those that have ended."""
    run((ANSWERS,))
    run(rights("api_answer", staff="SELECT, INSERT, DELETE", member="SELECT, INSERT, DELETE"))
    run(private_to_organization("api_answer", member_writes=True))
