"""The edge's own tables: keys of requests, persons, credentials, CRM connections, the directory."""

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

# What was done to credentials and connections and is not on the log yet: written in the transaction of the act,
# deleted once the log has the fact.
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
        _CREDENTIAL,
        _CREDENTIAL_VENDOR,
        _CREDENTIAL_REPLACES,
        _CRM_CONNECTION,
        _CRM_SIGNING,
        _CRM_SIGNING_INDEX,
        _ADMINISTRATION,
        *_DIRECTORY,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA registration CASCADE")
