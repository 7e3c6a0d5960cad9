"""The edge's own tables: keys of requests, persons, credentials, CRM connections, identity providers, the directory."""

from __future__ import annotations

from alembic import op

revision = "0201"
down_revision = "0200"
branch_labels = None
depends_on = None

# A fact id derives from (vendor, principal, key), so one unique index on it guards the key and serves receipts:
# a second index on the three columns would cost a fifth of the edge's insert rate and guard nothing more.
_IDEMPOTENCY = """
CREATE TABLE registration.idempotency (
    vendor      text COLLATE "C" NOT NULL,
    fact_id     text COLLATE "C" NOT NULL,
    principal   text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    partner     text COLLATE "C",
    body_hash   bytea NOT NULL,
    status      text COLLATE "C" NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'appended')),
    location    text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    importing   boolean NOT NULL,
    signed_at   bigint,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (vendor, fact_id)
) WITH (fillfactor = 85)
"""
# Rows arrive in the order of seen_at, so the smallest of indexes finds the old ones.
_IDEMPOTENCY_AGE = "CREATE INDEX idempotency_seen_at ON registration.idempotency USING brin (seen_at)"

# An erased person keeps its row without key and without look-up hash: its ciphertexts answer "erased", and the
# same address may begin again as somebody new.
_PERSON = """
CREATE TABLE registration.person (
    vendor      text COLLATE "C" NOT NULL,
    person_id   text COLLATE "C" NOT NULL,
    lookup_hash bytea,
    wrapped_key bytea,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at   timestamptz,
    PRIMARY KEY (vendor, person_id),
    UNIQUE (vendor, lookup_hash),
    CHECK ((erased_at IS NULL) = (wrapped_key IS NOT NULL AND lookup_hash IS NOT NULL))
)
"""
_ERASED = "CREATE INDEX person_erased ON registration.person (erased_at) WHERE erased_at IS NOT NULL"

# Name and parameters are in the box, sealed under the person's key; the name's hash keeps it unique among the
# person's on a page. No column names the principal: the person's look-up hash leads here.
_SAVED_VIEW = """
CREATE TABLE registration.saved_view (
    vendor     text COLLATE "C" NOT NULL,
    person_id  text COLLATE "C" NOT NULL,
    partner    text COLLATE "C",
    saved_view text COLLATE "C" NOT NULL,
    page       text COLLATE "C" NOT NULL,
    name_hash  bytea NOT NULL,
    box        text COLLATE "C" NOT NULL,
    saved_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (vendor, person_id, saved_view),
    UNIQUE NULLS NOT DISTINCT (vendor, person_id, partner, name_hash),
    FOREIGN KEY (vendor, person_id) REFERENCES registration.person
)
"""

# One call accepts a batch where the log is in the same database: the keys of persons and of requests and the facts are
# one transaction, so that a key is stored if and only if the log has its fact. Arrays have an element a request; those
# of persons are sorted by vendor and look-up hash, and `person_of` numbers each request's person. Persons come before
# keys and keys before the log, each in an order of its own, so that no two calls wait for each other in a circle.
#
# A text is sealed before the call. Where another key belongs to its person, nothing but new persons is stored, and the
# right keys are the answer (no id where the person was erased meanwhile): the caller seals again, though not for a
# request that was accepted before. A header is whole where the request brings its time; elsewhere the time of
# acceptance stands between it and the trailer. A fact without header cannot be written: its key is stored alone.
#
# The answer: a row for each person to be sealed for again; or `place` 0 with the time of acceptance, and a row for each
# request whose key was known, with what is stored under it.
_ACCEPT = """
CREATE FUNCTION registration.accept(
    vendors text[], facts text[], principals text[], keys text[], partners text[], hashes bytea[], locations text[],
    times timestamptz[], signings bigint[], partitions integer[], headers bytea[], trailers bytea[], payloads bytea[],
    person_of integer[], person_vendors text[], lookups bytea[], persons text[], wrapped bytea[]
)
RETURNS TABLE (
    place integer, recorded_at timestamptz, appended boolean, body_hash bytea, importing boolean, signed_at bigint,
    person_id text, wrapped_key bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    stored integer;
    fresh  text[];
    at     timestamptz;
    stamp  bytea;
BEGIN
    IF cardinality(persons) > 0 THEN
        INSERT INTO registration.person (vendor, lookup_hash, person_id, wrapped_key)
        SELECT w.vendor, w.lookup_hash, w.person_id, w.wrapped_key
        FROM unnest(person_vendors, lookups, persons, wrapped) AS w (vendor, lookup_hash, person_id, wrapped_key)
        WHERE NOT EXISTS (
            SELECT FROM registration.person p WHERE p.vendor = w.vendor AND p.lookup_hash = w.lookup_hash
        )
        ORDER BY w.vendor, w.lookup_hash
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS stored = ROW_COUNT;

        IF stored < cardinality(persons) THEN
            -- A statement of its own sees the persons that the insert waited for.
            RETURN QUERY
            SELECT w.place::integer, NULL::timestamptz, NULL::boolean, NULL::bytea, NULL::boolean, NULL::bigint,
                p.person_id, p.wrapped_key
            FROM unnest(person_vendors, lookups, persons) WITH ORDINALITY AS w (vendor, lookup_hash, person_id, place)
            LEFT JOIN registration.person p ON p.vendor = w.vendor AND p.lookup_hash = w.lookup_hash
            WHERE p.person_id IS DISTINCT FROM w.person_id AND EXISTS (
                SELECT FROM unnest(vendors, facts, person_of) AS s (vendor, fact_id, person)
                LEFT JOIN registration.idempotency i
                    ON i.vendor = s.vendor AND i.fact_id = s.fact_id AND i.status = 'appended'
                WHERE s.person = w.place AND i.fact_id IS NULL
            );
            IF FOUND THEN
                -- Made durable by the call that comes next; until then nobody needs these persons.
                PERFORM set_config('synchronous_commit', 'off', true);
                RETURN;
            END IF;
        END IF;
    END IF;

    at := clock_timestamp();
    WITH made AS (
        INSERT INTO registration.idempotency (
            vendor, fact_id, principal, key, partner, body_hash, status, location, recorded_at, importing, signed_at,
            seen_at
        )
        SELECT s.vendor, s.fact_id, s.principal, s.key, s.partner, s.body_hash,
            CASE WHEN s.header IS NULL THEN 'pending' ELSE 'appended' END, s.location,
            coalesce(s.recorded_at, at), s.recorded_at IS NOT NULL, s.signed_at, at
        FROM unnest(vendors, facts, principals, keys, partners, hashes, locations, times, signings, headers)
            AS s (vendor, fact_id, principal, key, partner, body_hash, location, recorded_at, signed_at, header)
        ORDER BY s.vendor, s.fact_id
        ON CONFLICT (vendor, fact_id) DO NOTHING
        RETURNING fact_id
    )
    SELECT array_agg(fact_id) INTO fresh FROM made;
    stored := coalesce(cardinality(fresh), 0);

    IF stored > 0 THEN
        stamp := convert_to(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8');
        PERFORM FROM (
            SELECT array_agg(s.partition ORDER BY s.place) AS partitions, array_agg(s.vendor ORDER BY s.place) AS keys,
                array_agg(coalesce(s.header || stamp || s.trailer, s.header) ORDER BY s.place) AS headers,
                array_agg(s.payload ORDER BY s.place) AS payloads
            FROM unnest(partitions, vendors, headers, trailers, payloads, facts) WITH ORDINALITY
                AS s (partition, vendor, header, trailer, payload, fact_id, place)
            WHERE s.header IS NOT NULL AND (stored = cardinality(facts) OR s.fact_id = ANY (fresh))
        ) AS given, log.append_facts(given.partitions, given.keys, given.headers, given.payloads)
        WHERE given.partitions IS NOT NULL;
    END IF;

    RETURN QUERY
    SELECT 0, at, NULL::boolean, NULL::bytea, NULL::boolean, NULL::bigint, NULL::text, NULL::bytea;
    IF stored < cardinality(facts) THEN
        RETURN QUERY
        SELECT s.place::integer, i.recorded_at, i.status = 'appended', i.body_hash, i.importing, i.signed_at,
            NULL::text, NULL::bytea
        FROM unnest(vendors, facts) WITH ORDINALITY AS s (vendor, fact_id, place)
        JOIN registration.idempotency i ON i.vendor = s.vendor AND i.fact_id = s.fact_id
        WHERE fresh IS NULL OR s.fact_id <> ALL (fresh);
    END IF;
END $$
"""

# Vendors whose keys must say that they are a sandbox's before the directory knows them.
_SANDBOX = """
CREATE TABLE registration.sandbox (
    vendor     text COLLATE "C" PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
_CREDENTIAL = """
CREATE TABLE registration.credential (
    credential_id text COLLATE "C" PRIMARY KEY,
    vendor        text COLLATE "C" NOT NULL,
    principal     text COLLATE "C" NOT NULL,
    partner       text COLLATE "C",
    scopes        text[] NOT NULL,
    label         text,
    secret_hash   bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz,
    revoked_at    timestamptz,
    last_used_at  timestamptz,
    replaces      text COLLATE "C"
)
"""
_CREDENTIAL_VENDOR = "CREATE INDEX credential_vendor ON registration.credential (vendor, created_at, credential_id)"
# One line of keys: nothing has two successors.
_CREDENTIAL_REPLACES = (
    "CREATE UNIQUE INDEX credential_replaces ON registration.credential (replaces) WHERE replaces IS NOT NULL"
)

_CRM_CONNECTION = """
CREATE TABLE registration.crm_connection (
    connection text COLLATE "C" PRIMARY KEY,
    vendor     text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
)
"""
_CRM_SIGNING = """
CREATE TABLE registration.crm_signing (
    signing_id    text COLLATE "C" PRIMARY KEY,
    connection    text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    sealed_secret bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz
)
"""
_CRM_SIGNING_INDEX = "CREATE INDEX crm_signing_connection ON registration.crm_signing (connection)"

# `number` is another after each change: what was read by an older mapping is read again. Tokens name issuer and
# audience and no vendor, so the two have one provider in the whole installation.
_IDENTITY_PROVIDER = (
    "CREATE SEQUENCE registration.identity_provider_number",
    """
CREATE TABLE registration.identity_provider (
    vendor        text COLLATE "C" NOT NULL,
    provider      text COLLATE "C" NOT NULL,
    issuer        text COLLATE "C" NOT NULL,
    audience      text COLLATE "C",
    offered       boolean NOT NULL,
    document      text NOT NULL,
    sealed_secret bytea,
    number        bigint NOT NULL DEFAULT nextval('registration.identity_provider_number'),
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (vendor, provider),
    UNIQUE (issuer, audience)
)
""",
    "CREATE INDEX identity_provider_offered ON registration.identity_provider (vendor, provider) WHERE offered",
)
# Somebody who came by a provider: issuer and subject are the person, and the id derives from them.
_IDENTITY = """
CREATE TABLE registration.identity (
    vendor        text COLLATE "C" NOT NULL,
    identity      text COLLATE "C" NOT NULL,
    issuer        text COLLATE "C" NOT NULL,
    subject       text COLLATE "C" NOT NULL,
    provider      text COLLATE "C" NOT NULL,
    partner       text COLLATE "C",
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    blocked_at    timestamptz,
    PRIMARY KEY (vendor, identity)
)
"""

# What was done to credentials, connections, providers and identities and is not on the log yet: written in the
# transaction of the act, deleted once the log has the fact.
_ADMINISTRATION = """
CREATE TABLE registration.administration (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor    text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    type      text COLLATE "C" NOT NULL,
    content   bytea NOT NULL
)
"""

_DIRECTORY = (
    """
CREATE TABLE registration.directory_vendor (
    vendor   text COLLATE "C" PRIMARY KEY,
    name     text NOT NULL,
    mode     text NOT NULL,
    document jsonb NOT NULL,
    retired  jsonb NOT NULL,
    seq      bigint NOT NULL
)
""",
    """
CREATE TABLE registration.directory_partner (
    vendor       text COLLATE "C" NOT NULL,
    partner      text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    partner_type text,
    tier         text,
    segments     jsonb NOT NULL,
    territories  jsonb NOT NULL DEFAULT '[]',
    scores       jsonb NOT NULL DEFAULT '{}',
    certifications jsonb NOT NULL DEFAULT '{}',
    targets      jsonb NOT NULL DEFAULT '{}',
    status       text NOT NULL,
    seq          bigint NOT NULL,
    PRIMARY KEY (vendor, partner)
)
""",
    """
CREATE TABLE registration.directory_program (
    vendor    text COLLATE "C" NOT NULL,
    program   text COLLATE "C" NOT NULL,
    number    integer NOT NULL,
    policy    jsonb NOT NULL,
    in_effect bigint,
    withdrawn boolean NOT NULL,
    seq       bigint NOT NULL,
    PRIMARY KEY (vendor, program, number)
)
""",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA registration")
    for statement in (
        _IDEMPOTENCY,
        _IDEMPOTENCY_AGE,
        _PERSON,
        _ERASED,
        _SAVED_VIEW,
        _ACCEPT,
        _SANDBOX,
        _CREDENTIAL,
        _CREDENTIAL_VENDOR,
        _CREDENTIAL_REPLACES,
        _CRM_CONNECTION,
        _CRM_SIGNING,
        _CRM_SIGNING_INDEX,
        *_IDENTITY_PROVIDER,
        _IDENTITY,
        _ADMINISTRATION,
        *_DIRECTORY,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA registration CASCADE")
