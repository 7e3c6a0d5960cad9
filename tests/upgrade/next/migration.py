"""The pipeline shows who withdrew a claim."""

from __future__ import annotations

from alembic import op

revision = "9001"
down_revision = "HEAD"  # the last one of the release before, put in when the tree is made
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE projections.pipeline ADD COLUMN withdrawn_by text")


def downgrade() -> None:
    op.execute("ALTER TABLE projections.pipeline DROP COLUMN withdrawn_by")
