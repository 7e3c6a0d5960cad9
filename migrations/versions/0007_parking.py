"""Entries that a view could not apply, set aside whole under every subject they touch, until they are replayed."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The record itself is kept: a replay then needs neither the log's position nor a broker that answers.
PARKED = """
CREATE TABLE projections.parked (
    view text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    vendor text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    partition integer NOT NULL,
    type text NOT NULL,
    subjects text[] NOT NULL,
    reason text NOT NULL,
    headers bytea NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (view, version, vendor, seq)
)
"""


def upgrade() -> None:
    op.execute(PARKED)
    op.execute("CREATE INDEX parked_partition ON projections.parked (view, version, partition, vendor, seq)")


def downgrade() -> None:
    op.execute("DROP TABLE projections.parked")
