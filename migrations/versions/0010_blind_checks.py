"""Blind checks: who asked whether a deal is claimed already, and what was answered; never about whom in plain."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# `customer` is a keyed hash of the name: equal rows show that somebody keeps asking, and tell no name.
CHECKS = """
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
"""


def upgrade() -> None:
    op.execute(CHECKS)
    op.execute("CREATE INDEX blind_check_newest ON attribution.blind_check (vendor, at, check_id)")
    op.execute("CREATE INDEX blind_check_of_partner ON attribution.blind_check (vendor, partner, at, check_id)")
    # What is too old to keep is found by its age alone.
    op.execute("CREATE INDEX blind_check_age ON attribution.blind_check (at)")


def downgrade() -> None:
    op.execute("DROP TABLE attribution.blind_check")
