"""Versions of the views: which one is read, which are built or kept beside it."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# `shape` is the number of the fold in the code (View.version): a worker feeds the versions of its own shape alone.
VERSIONS = """
CREATE TABLE projections.version (
    view text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    shape integer NOT NULL,
    state text NOT NULL CHECK (state IN ('building', 'following', 'current', 'kept', 'dropping')),
    PRIMARY KEY (view, version)
)
"""
VIEWS = (
    "pipeline", "opportunities", "conflicts", "feed", "credits", "rewards", "ledger", "payouts", "cases", "directory",
)  # fmt: skip


def upgrade() -> None:
    op.execute(VERSIONS)
    op.execute("CREATE UNIQUE INDEX version_current ON projections.version (view) WHERE state = 'current'")
    for view in VIEWS:
        op.execute(f"INSERT INTO projections.version VALUES ('{view}', 1, 1, 'current')")


def downgrade() -> None:
    op.execute("DROP TABLE projections.version")
