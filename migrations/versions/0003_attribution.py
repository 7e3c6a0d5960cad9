"""The decider's state: heads and documents of each vendor, facts already handled, the outbox of the Kafka log."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA attribution",
    # Half-empty pages let every change of these small, hot rows stay on its page and out of the index.
    """
    CREATE TABLE attribution.head (
        vendor    text COLLATE "C" PRIMARY KEY,
        partition integer NOT NULL,
        live      boolean NOT NULL,
        seq       bigint NOT NULL,
        hash      text NOT NULL,
        clock     timestamptz NOT NULL,
        known_at  timestamptz NOT NULL
    ) WITH (fillfactor = 50)
    """,
    "CREATE INDEX head_by_partition ON attribution.head (partition)",
    """
    CREATE TABLE attribution.document (
        vendor text COLLATE "C" NOT NULL,
        kind   text COLLATE "C" NOT NULL,
        id     text COLLATE "C" NOT NULL,
        due    timestamptz,
        body   json NOT NULL,
        PRIMARY KEY (vendor, kind, id)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX document_due ON attribution.document (vendor, due, kind, id) WHERE due IS NOT NULL",
    """
    CREATE TABLE attribution.processed_fact (
        vendor    text COLLATE "C" NOT NULL,
        fact_id   text COLLATE "C" NOT NULL,
        body_hash bytea NOT NULL,
        first_seq bigint NOT NULL,
        last_seq  bigint NOT NULL,
        PRIMARY KEY (vendor, fact_id)
    )
    """,
    # One row a commit, never updated: what is published is told by the mark alone.
    """
    CREATE TABLE attribution.outbox (
        partition integer NOT NULL,
        position  bigint NOT NULL,
        records   bytea NOT NULL,
        PRIMARY KEY (partition, position)
    )
    """,
    """
    CREATE TABLE attribution.published (
        partition      integer PRIMARY KEY,
        mark           bigint NOT NULL DEFAULT 0,
        journal_offset bigint NOT NULL DEFAULT 0
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA attribution CASCADE")
