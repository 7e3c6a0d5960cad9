"""A partner's feed with its own money: whose credit an opportunity's value is; the feed is folded anew."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Rows folded before lack every entry of money, and numbers of a partner's feed have no room between them.
UPGRADE = """
ALTER TABLE projections.feed_subject ADD COLUMN credited text[] NOT NULL DEFAULT '{}';
TRUNCATE projections.feed, projections.partner_feed, projections.feed_subject, projections.feed_partner,
    projections.feed_vendor;
DELETE FROM projections.head WHERE view = 'feed';
DELETE FROM projections.halted WHERE view = 'feed';
DELETE FROM log.ownership WHERE consumer = 'view:feed:1';
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("ALTER TABLE projections.feed_subject DROP COLUMN credited")
