"""What connections to CRMs need: settings, secrets, sealed bodies, what is to be read, and what was told."""

from __future__ import annotations

from alembic import op

revision = "0207"
down_revision = "0206"
branch_labels = None
depends_on = None

# Every revision is kept: a fact that an older mapping made can be explained.
_SETTINGS = """
CREATE TABLE crm.settings (
    connection    text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    revision      integer NOT NULL,
    document      jsonb NOT NULL,
    configured_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection, revision)
)
"""
_SECRETS = """
CREATE TABLE crm.secret (
    secret_id  text COLLATE "C" PRIMARY KEY,
    connection text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('client_secret', 'access_token')),
    sealed     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz
)
"""
# Bodies as they came and as they were fetched, each sealed under a key of its own. `subjects` are the deals and
# contacts that one speaks of, by which it is erased.
_BODY = """
CREATE TABLE crm.body (
    body_id    text COLLATE "C" PRIMARY KEY,
    connection text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('delivery', 'record')),
    hash       text COLLATE "C" NOT NULL,
    sealed     bytea NOT NULL,
    subjects   text[] COLLATE "C" NOT NULL,
    stored_at  timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
# Deals to read and contacts to erase. Hints of one subject are one row, `asked` counts them: a hint that comes while
# the subject is read is not lost by the end of that reading.
_TASK = """
CREATE TABLE crm.task (
    connection   text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    subject      text COLLATE "C" NOT NULL,
    asked        bigint NOT NULL DEFAULT 1,
    merged       text[] COLLATE "C" NOT NULL DEFAULT '{}',
    deleted_at   timestamptz,
    due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts     integer NOT NULL DEFAULT 0,
    failure      text,
    lease        text COLLATE "C",
    leased_until timestamptz,
    PRIMARY KEY (connection, subject)
)
"""
# What the log was last told of each deal.
_DEAL = """
CREATE TABLE crm.deal (
    connection   text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    deal         text COLLATE "C" NOT NULL,
    state        text COLLATE "C",
    told         integer NOT NULL,
    content      bytea,
    registration text COLLATE "C",
    revision     timestamptz,
    refunds      text[] COLLATE "C" NOT NULL,
    first_told   timestamptz,
    merged_into  text COLLATE "C",
    fact         text COLLATE "C",
    PRIMARY KEY (connection, deal)
)
"""
_UNUSABLE = """
CREATE TABLE crm.unusable (
    connection text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    subject    text COLLATE "C" NOT NULL,
    body_id    text COLLATE "C",
    reasons    jsonb NOT NULL,
    found_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection, subject)
)
"""
# By the keyed hash of its address alone, so that a privacy deletion in the CRM finds the person here.
_CONTACT = """
CREATE TABLE crm.contact (
    connection  text COLLATE "C" NOT NULL REFERENCES registration.crm_connection,
    contact     text COLLATE "C" NOT NULL,
    lookup_hash bytea NOT NULL,
    PRIMARY KEY (connection, contact)
)
"""
_PAUSE = """
CREATE TABLE crm.pause (
    connection text COLLATE "C" PRIMARY KEY REFERENCES registration.crm_connection,
    until      timestamptz NOT NULL,
    failures   integer NOT NULL,
    code       text COLLATE "C" NOT NULL,
    detail     text NOT NULL
)
"""
_RECONCILIATION = """
CREATE TABLE crm.reconciliation (
    connection   text COLLATE "C" PRIMARY KEY REFERENCES registration.crm_connection,
    asked_at     timestamptz,
    started_at   timestamptz,
    leased_until timestamptz,
    finished_at  timestamptz,
    compared     integer,
    differing    integer,
    differences  jsonb
)
"""
_INDEXES = (
    "CREATE INDEX secret_connection ON crm.secret (connection)",
    "CREATE INDEX body_subjects ON crm.body USING gin (subjects)",
    "CREATE INDEX body_stored ON crm.body (connection, stored_at)",
    "CREATE INDEX task_due ON crm.task (due_at)",
    "CREATE INDEX contact_lookup ON crm.contact (lookup_hash)",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA crm")
    tables = (_SETTINGS, _SECRETS, _BODY, _TASK, _DEAL, _UNUSABLE, _CONTACT, _PAUSE, _RECONCILIATION)
    for statement in (*tables, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA crm CASCADE")
