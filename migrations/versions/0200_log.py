"""The log's schema: records and heads of both topics, who owns which partition, and the chosen topology."""

from __future__ import annotations

from alembic import op

revision = "0200"
down_revision = None
branch_labels = None
depends_on = None

TOPICS = ("facts", "journal")

# Half-empty pages let every change of these small, hot rows stay on its page and out of the index.
HOT = "WITH (fillfactor = 50)"

TABLES = f"""
CREATE SCHEMA log;

CREATE TABLE log.topology (
    chosen     boolean PRIMARY KEY DEFAULT true CHECK (chosen),
    log        text NOT NULL,
    partitions integer NOT NULL CHECK (partitions > 0)
);

CREATE TABLE log.head (
    topic       text NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
) {HOT};

CREATE TABLE log.ownership (
    consumer    text NOT NULL,
    partition   integer NOT NULL,
    owner       text,
    lease_until timestamptz NOT NULL,
    epoch       bigint NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    remembered  text,
    PRIMARY KEY (consumer, partition)
) {HOT};

CREATE TABLE log.worker (
    consumer text NOT NULL,
    owner    text NOT NULL,
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (consumer, owner)
) {HOT};
"""

# One table a topic: no topic column in every row and index entry. Wide columns first, so nothing is padded.
RECORDS = """
CREATE TABLE log.{topic} (
    "offset"    bigint NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    partition   integer NOT NULL,
    key         text NOT NULL,
    headers     bytea NOT NULL,
    value       bytea NOT NULL,
    PRIMARY KEY (partition, "offset")
);
"""

# Offsets are given out here and nowhere else. Each statement inside sees what the lock waited for (READ COMMITTED).
# The lock lasts until commit, so offsets commit in their order and a reader never meets a gap; ascending
# partitions, so two appenders never wait in a circle.
TAKE = """
CREATE FUNCTION log.take(of text, partitions integer[])
RETURNS TABLE (partition integer, first_offset bigint, next_offset bigint, taken_at timestamptz) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    taken bigint;
    heard text;
BEGIN
    PERFORM FROM log.head WHERE topic = of AND partition = ANY (partitions)
    ORDER BY partition FOR UPDATE;

    RETURN QUERY
    UPDATE log.head SET next_offset = next_offset + counted.records
    FROM (SELECT partition, count(*) AS records FROM unnest(partitions) AS given(partition) GROUP BY partition)
         AS counted
    WHERE topic = of AND head.partition = counted.partition
    RETURNING head.partition, head.next_offset - counted.records, head.next_offset, clock_timestamp();

    SELECT count(*), string_agg(partition || ':' || next_offset, ' ') INTO taken, heard FROM log.head
    WHERE topic = of AND partition = ANY (partitions);
    IF taken <> (SELECT count(DISTINCT partition) FROM unnest(partitions) AS given(partition)) THEN
        RAISE EXCEPTION 'log.head has no row for a partition of %', partitions USING ERRCODE = 'undefined_object';
    END IF;
    -- A payload above 8,000 bytes is an error; an empty list tells listeners to look for themselves.
    PERFORM pg_notify('dealreg_log', of || ' ' || CASE WHEN length(heard) < 7900 THEN heard ELSE '' END);
END $$;
"""

# A function, because an append is then one round trip and its own transaction.
APPEND = """
CREATE FUNCTION log.append_{topic}(partitions integer[], keys text[], headers bytea[], payloads bytea[])
RETURNS TABLE (partition integer, next_offset bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH taken AS MATERIALIZED (SELECT * FROM log.take('{topic}', partitions)),
    inserted AS (
        INSERT INTO log.{topic} (partition, "offset", key, headers, value)
        SELECT partition, first_offset + row_number() OVER (PARTITION BY partition ORDER BY place) - 1,
               key, headers, payload
        FROM unnest(partitions, keys, headers, payloads) WITH ORDINALITY
             AS given(partition, key, headers, payload, place)
        JOIN taken USING (partition)
    )
    SELECT partition, next_offset FROM taken;
END $$;
"""


def upgrade() -> None:
    # One at a time: the driver prepares what it is given.
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(TAKE)
    for topic in TOPICS:
        op.execute(RECORDS.format(topic=topic))
        op.execute(APPEND.format(topic=topic))


def downgrade() -> None:
    raise NotImplementedError("the log is the truth: it is restored from a backup, never dropped")
