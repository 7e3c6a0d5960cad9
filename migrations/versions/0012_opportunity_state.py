"""Opportunities: refunds that wait or count, and the CRM's own time and version beside the pipeline."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = (
    ("projections.opportunity", "refunds", "bytea"),
    ("projections.opportunity", "refunded_minor", "bigint NOT NULL DEFAULT 0"),
    ("projections.pipeline_opportunity", "source_time", "timestamptz"),
    ("projections.pipeline_opportunity", "source_version", "bigint"),
)


def upgrade() -> None:
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def downgrade() -> None:
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
