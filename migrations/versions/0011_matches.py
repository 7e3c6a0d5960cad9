"""The questions whether two customers are one: who was asked what, by when, and what was answered."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MATCHES = """
CREATE TABLE projections.customer_match (
    vendor text COLLATE "C" NOT NULL,
    match_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    state text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    other_id text COLLATE "C" NOT NULL,
    asked integer NOT NULL,
    asked_at timestamptz,
    decide_by timestamptz,
    policy text,
    likeness bytea,
    same boolean,
    decided_at timestamptz,
    decided_by text,
    note text,
    revoked_at timestamptz,
    revoked_by text,
    ended_at timestamptz,
    ended_by text,
    PRIMARY KEY (vendor, match_id, from_seq)
);
CREATE INDEX customer_match_registration ON projections.customer_match (vendor, registration_id) WHERE to_seq IS NULL;
CREATE INDEX customer_match_asked ON projections.customer_match (vendor, asked_at, match_id);
CREATE INDEX customer_match_due ON projections.customer_match (vendor, decide_by, match_id)
"""


def upgrade() -> None:
    for statement in MATCHES.split(";"):
        op.execute(statement)
    op.execute("INSERT INTO projections.version VALUES ('matches', 1, 1, 'current')")


def downgrade() -> None:
    op.execute("DELETE FROM projections.version WHERE view = 'matches'")
    op.execute("DELETE FROM projections.head WHERE view = 'matches'")
    op.execute("DELETE FROM projections.halted WHERE view = 'matches'")
    op.execute("DELETE FROM log.ownership WHERE consumer LIKE 'view:matches:%'")
    op.execute("DROP TABLE projections.customer_match")
