"""The audit chain: entries, their links, and personal data under erasable keys."""

from andel.shared.database.guards import immutable, rights
from andel.shared.database.migration import run
from andel.shared.database.names import GATE, MEMBER, STAFF

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ENTRY = """
CREATE TABLE audit_entry (
    id uuid NOT NULL,
    content text NOT NULL,
    seals text DEFAULT '{}' NOT NULL,
    role text NOT NULL,
    event text GENERATED ALWAYS AS ((content::jsonb) ->> 'event') STORED NOT NULL,
    actor text GENERATED ALWAYS AS ((content::jsonb) -> 'actor' ->> 'id') STORED,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (id),
    CONSTRAINT audit_entry_size_check CHECK (octet_length(content) <= 65536)
);
CREATE INDEX audit_entry_event_idx ON audit_entry (event);
CREATE INDEX audit_entry_actor_idx ON audit_entry (actor);
COMMENT ON TABLE audit_entry IS 'What happened in the region.';
"""

LINK = """
CREATE TABLE audit_link (
    sequence bigint NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    previous text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT audit_link_pkey PRIMARY KEY (sequence),
    CONSTRAINT audit_link_entry_id_key UNIQUE (entry_id),
    CONSTRAINT audit_link_previous_key UNIQUE (previous),
    CONSTRAINT audit_link_digest_key UNIQUE (digest),
    CONSTRAINT audit_link_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES audit_entry (id),
    CONSTRAINT audit_link_sequence_check CHECK (sequence > 0),
    CONSTRAINT audit_link_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT audit_link_previous_check CHECK (previous ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE audit_link IS 'The hash chain over what happened.';
"""

PERSONAL = """
CREATE TABLE person_key (
    person_id uuid NOT NULL,
    key bytea,
    created_at timestamptz DEFAULT now() NOT NULL,
    erased_at timestamptz,
    CONSTRAINT person_key_pkey PRIMARY KEY (person_id),
    CONSTRAINT person_key_erased_check CHECK ((key IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT person_key_key_check CHECK (octet_length(key) = 32)
);
COMMENT ON TABLE person_key IS 'Erasable keys that personal data is sealed with.';
CREATE TABLE audit_personal (
    entry_id uuid NOT NULL,
    person_id uuid NOT NULL,
    data text,
    erased_at timestamptz,
    CONSTRAINT audit_personal_pkey PRIMARY KEY (entry_id, person_id),
    CONSTRAINT audit_personal_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES audit_entry (id),
    CONSTRAINT audit_personal_person_id_fkey FOREIGN KEY (person_id) REFERENCES person_key (person_id),
    CONSTRAINT audit_personal_erased_check CHECK ((data IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX audit_personal_person_id_idx ON audit_personal (person_id);
COMMENT ON TABLE audit_personal IS 'Personal data that the chain holds only seals of.';
"""

# HMAC-SHA256 (RFC 2104) under the person's key, which never leaves the database. NULL when there is no key.
SEAL = """
CREATE FUNCTION audit_seal(person uuid, data text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    padded bytea;
    inner_pad bytea := '';
    outer_pad bytea := '';
BEGIN
    SELECT key || decode(repeat('00', 32), 'hex') INTO padded FROM person_key WHERE person_id = person;
    IF padded IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN 0..63 LOOP
        inner_pad := inner_pad || decode(lpad(to_hex(get_byte(padded, place) # 54), 2, '0'), 'hex');
        outer_pad := outer_pad || decode(lpad(to_hex(get_byte(padded, place) # 92), 2, '0'), 'hex');
    END LOOP;
    RETURN encode(sha256(outer_pad || sha256(inner_pad || convert_to(data, 'UTF8'))), 'hex');
END $$;
"""

# The one way in: no application role may INSERT. What a member writes is about an organization that it acts for.
APPEND = """
CREATE FUNCTION audit_append(entry uuid, content text, persons uuid[], told text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    writer text := current_setting('role');
    sealed text;
BEGIN
    IF writer = 'andel_member' AND NOT coalesce(
        (content::jsonb ->> 'organization')::uuid = ANY (viewer_organizations()), false
    ) THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'permission denied: a member writes only of the organizations it acts for';
    END IF;
    INSERT INTO person_key (person_id, key)
        SELECT person, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
        FROM unnest(persons) AS person ORDER BY person
        ON CONFLICT DO NOTHING;
    SELECT string_agg(format('"%s":"%s"', person, audit_seal(person, data)), ',' ORDER BY person::text COLLATE "C")
        INTO sealed FROM unnest(persons, told) AS one (person, data);
    IF EXISTS (SELECT FROM unnest(persons, told) AS one (person, data) WHERE audit_seal(person, data) IS NULL) THEN
        RAISE check_violation USING MESSAGE = 'a person who was erased, or nothing about one, cannot be sealed';
    END IF;
    INSERT INTO audit_entry (id, content, seals, role)
        VALUES (entry, content, '{' || coalesce(sealed, '') || '}', writer);
    INSERT INTO audit_personal (entry_id, person_id, data)
        SELECT entry, person, data FROM unnest(persons, told) AS one (person, data);
END $$;
"""

# Links are made when a transaction commits, one transaction at a time: the lock is held no longer than a commit, no
# matter how long the transaction was. An entry that came with its link, in a restored region, keeps it. A transaction
# that sees one moment alone cannot see the link before its own: it is told to begin again.
CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    place bigint;
    before text;
    moment timestamptz;
    canonical text;
BEGIN
    IF EXISTS (SELECT FROM audit_link WHERE entry_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(418581342580);
    SELECT sequence, digest INTO place, before FROM audit_link ORDER BY sequence DESC LIMIT 1;
    place := coalesce(place, 0) + 1;
    before := coalesce(before, repeat('0', 64));
    moment := clock_timestamp();
    canonical := format(
        '{"at":"%s","entry":%s,"id":"%s","previous":"%s","role":"%s","seals":%s,"sequence":%s}',
        to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.content, NEW.id, before, NEW.role, NEW.seals, place
    );
    INSERT INTO audit_link (sequence, entry_id, at, previous, digest)
        VALUES (place, NEW.id, moment, before, encode(sha256(convert_to(canonical, 'UTF8')), 'hex'));
    RETURN NULL;
EXCEPTION WHEN unique_violation THEN
    RAISE serialization_failure USING
        MESSAGE = 'could not serialize access: the audit chain went on since this transaction began';
END $$;
CREATE CONSTRAINT TRIGGER audit_entry_chained AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""

ERASE = """
CREATE FUNCTION audit_erase(person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE audit_personal SET data = NULL, erased_at = now() WHERE person_id = person AND data IS NOT NULL;
    INSERT INTO person_key (person_id, key, erased_at) VALUES (person, NULL, now())
        ON CONFLICT (person_id) DO UPDATE SET key = NULL, erased_at = now() WHERE person_key.key IS NOT NULL;
END $$;
"""

RIGHTS = f"""
REVOKE ALL ON FUNCTION audit_seal, audit_append, audit_chain, audit_erase FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal TO {STAFF};
GRANT EXECUTE ON FUNCTION audit_append TO {STAFF}, {MEMBER}, {GATE};
GRANT EXECUTE ON FUNCTION audit_erase TO {GATE};
REVOKE ALL ON person_key FROM PUBLIC;
"""


def upgrade() -> None:
    """Make the chain. Functions write it, staff read it, and nobody changes it."""
    run((ENTRY, LINK, PERSONAL, SEAL, APPEND, CHAIN, ERASE, RIGHTS))
    for table in ("audit_entry", "audit_link", "audit_personal"):
        run(rights(table, staff="SELECT"))
    run(immutable("audit_entry"))
    run(immutable("audit_link"))
