"""Lists of a registration are empty unless a row says otherwise: most are, and to send an empty one takes time."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LISTS = (
    "missing", "open_fields", "behind", "lookalikes", "verified", "refuted", "won_currencies", "won_minor",
)  # fmt: skip
# The version that is read, and those beside it: whoever feeds them leaves the lists out from now on.
EVERY_VERSION = """
DO $$ DECLARE found regclass;
BEGIN
    FOR found IN
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'pipeline' AND c.relkind = 'r' AND n.nspname ~ '^projections(_v[0-9]+)?$' ORDER BY n.nspname
    LOOP
        EXECUTE format('ALTER TABLE %s {changes}', found);
    END LOOP;
END $$
"""


def upgrade() -> None:
    _alter("SET DEFAULT ''{}''")


def downgrade() -> None:
    _alter("DROP DEFAULT")


def _alter(default: str) -> None:
    changes = ", ".join(f"ALTER COLUMN {column} {default}" for column in LISTS)
    op.execute(EVERY_VERSION.replace("{changes}", changes))
