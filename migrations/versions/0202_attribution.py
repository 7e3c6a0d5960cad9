"""The decider's state: heads and documents of each vendor, handled facts, the outbox of the Kafka log, blind checks."""

from __future__ import annotations

from alembic import op

revision = "0202"
down_revision = "0201"
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
    # Content as JSON, or where there is much of it and no query looks into it, compressed (`packed`).
    """
    CREATE TABLE attribution.document (
        vendor text COLLATE "C" NOT NULL,
        kind   text COLLATE "C" NOT NULL,
        id     text COLLATE "C" NOT NULL,
        due    timestamptz,
        body   json,
        packed bytea,
        PRIMARY KEY (vendor, kind, id),
        CHECK ((body IS NULL) <> (packed IS NULL))
    ) WITH (fillfactor = 90)
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
    # Vendors that the decider leaves alone until a release or an operator lets them go on.
    """
    CREATE TABLE attribution.halted (
        vendor       text COLLATE "C" PRIMARY KEY,
        partition    integer NOT NULL,
        facts_from   bigint NOT NULL,
        journal_from bigint NOT NULL,
        reason       text NOT NULL,
        release      text NOT NULL,
        subject      text NOT NULL,
        skip         boolean NOT NULL,
        halted_at    timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    # Who asked whether a deal is claimed already, and the answer. `customer` is a keyed hash of the name: equal rows
    # show that somebody keeps asking, and reveal no name.
    """
    CREATE TABLE attribution.blind_check (
        vendor      text COLLATE "C" NOT NULL,
        check_id    text COLLATE "C" NOT NULL,
        at          timestamptz NOT NULL DEFAULT clock_timestamp(),
        principal   text NOT NULL,
        partner     text COLLATE "C" NOT NULL,
        program     text NOT NULL,
        identifiers text[] NOT NULL,
        customer    bytea NOT NULL,
        answer      text NOT NULL,
        PRIMARY KEY (vendor, check_id)
    )
    """,
    "CREATE INDEX blind_check_newest ON attribution.blind_check (vendor, at, check_id)",
    "CREATE INDEX blind_check_of_partner ON attribution.blind_check (vendor, partner, at, check_id)",
    # Rows too old to keep are found by their age alone.
    "CREATE INDEX blind_check_age ON attribution.blind_check (at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA attribution CASCADE")
