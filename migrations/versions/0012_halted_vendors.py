"""Vendors that the decider leaves alone until a release or an operator lets them go on."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
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
    """)


def downgrade() -> None:
    op.execute("DROP TABLE attribution.halted")
