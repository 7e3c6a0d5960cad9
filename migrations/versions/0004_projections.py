"""The read models: positions of the views, and the rows that they fold from the journal."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Text in keys compares by bytes: the same rows come in the same order on every machine (no locale decides).
POSITIONS = """
CREATE TABLE projections.head (
    view text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    vendor text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (view, version, vendor)
);
CREATE TABLE projections.halted (
    view text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    partition integer NOT NULL,
    vendor text NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (view, version, partition)
);
"""

PIPELINE = """
CREATE TABLE projections.pipeline (
    vendor text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    state text COLLATE "C" NOT NULL,
    review text NOT NULL,
    protection text,
    hold text,
    end_code text,
    program text COLLATE "C" NOT NULL,
    policy text,
    tier text,
    partner text COLLATE "C" NOT NULL,
    external_id text,
    customer_name text COLLATE "C" NOT NULL,
    customer_country text,
    customer_city text,
    customer_domain text,
    customer_tax_id text,
    customer_company_id text,
    customer_duns text,
    customer_lei text,
    customer_sector text,
    customer_subsidiary_of text,
    products text[] NOT NULL,
    amount_minor bigint,
    currency text COLLATE "C",
    close_date date,
    site text,
    project text,
    competitor text,
    sealed bytea,
    submitted_at timestamptz NOT NULL,
    completed_at timestamptz,
    protected_from timestamptz,
    protected_until timestamptz,
    promoted boolean NOT NULL,
    extensions integer NOT NULL,
    extension_until timestamptz,
    confirm_by timestamptz,
    ended_at timestamptz,
    missing text[] NOT NULL,
    open_fields text[] NOT NULL,
    behind text[] NOT NULL,
    lookalikes text[] NOT NULL,
    original text,
    verified text[] NOT NULL,
    refuted text[] NOT NULL,
    revision integer NOT NULL,
    open_opportunities integer NOT NULL,
    won_opportunities integer NOT NULL,
    lost_opportunities integer NOT NULL,
    won_currencies text[] NOT NULL,
    won_minor numeric(38, 0)[] NOT NULL,
    PRIMARY KEY (vendor, registration_id, from_seq)
);
CREATE UNIQUE INDEX pipeline_current ON projections.pipeline (vendor, partner, registration_id)
    WHERE to_seq IS NULL;
CREATE TABLE projections.pipeline_opportunity (
    vendor text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C",
    state text NOT NULL,
    amount_minor bigint,
    currency text,
    PRIMARY KEY (vendor, opportunity_id)
);
"""

OPPORTUNITIES = """
CREATE TABLE projections.opportunity (
    vendor text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    state text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    partner text COLLATE "C",
    registration_id text COLLATE "C",
    linked_by text,
    unlinked_code text,
    won_case text,
    holder text,
    customer_name text COLLATE "C",
    customer bytea,
    products text[] NOT NULL,
    amount_minor bigint,
    currency text COLLATE "C",
    close_date date,
    lost_reason text,
    source_time timestamptz,
    source_version bigint,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (vendor, opportunity_id, from_seq)
);
CREATE INDEX opportunity_registration ON projections.opportunity (vendor, registration_id)
    WHERE registration_id IS NOT NULL AND to_seq IS NULL;
"""

CONFLICTS = """
CREATE TABLE projections.conflict (
    vendor text COLLATE "C" NOT NULL,
    conflict_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    state text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    opponent_ids text[] NOT NULL,
    opponents bytea NOT NULL,
    contested boolean NOT NULL,
    outcome text,
    policy text,
    detected_at timestamptz NOT NULL,
    resolved_at timestamptz,
    PRIMARY KEY (vendor, conflict_id, from_seq)
);
CREATE INDEX conflict_registration ON projections.conflict (vendor, registration_id);
CREATE INDEX conflict_opponents ON projections.conflict USING gin (opponent_ids);
"""

# `known_by` is the largest `known_at` so far: it never falls, so an instant names one last entry for ever.
FEED = """
CREATE TABLE projections.feed (
    vendor text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    decision boolean NOT NULL,
    clock timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    known_by timestamptz NOT NULL,
    cause text COLLATE "C" NOT NULL,
    principal text,
    subjects text[] NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (vendor, seq)
);
CREATE INDEX feed_cause ON projections.feed (vendor, cause, seq);
CREATE INDEX feed_known ON projections.feed (vendor, known_by, seq);
CREATE INDEX feed_subjects ON projections.feed USING gin (subjects);
CREATE INDEX feed_mode ON projections.feed (vendor) WHERE type = 'vendor.went_live';
CREATE TABLE projections.partner_feed (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    seq bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    decision boolean NOT NULL,
    clock timestamptz NOT NULL,
    cause text COLLATE "C",
    subjects text[] NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (vendor, partner, n)
);
CREATE UNIQUE INDEX partner_feed_seq ON projections.partner_feed (vendor, partner, seq);
CREATE INDEX partner_feed_subjects ON projections.partner_feed USING gin (subjects);
CREATE TABLE projections.feed_subject (
    vendor text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C",
    partner text COLLATE "C",
    PRIMARY KEY (vendor, subject)
);
CREATE TABLE projections.feed_partner (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (vendor, partner)
);
CREATE TABLE projections.feed_vendor (
    vendor text COLLATE "C" NOT NULL,
    known_by timestamptz NOT NULL,
    cause text NOT NULL,
    audience text[] NOT NULL,
    PRIMARY KEY (vendor)
);
"""


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS projections")
    for script in (POSITIONS, PIPELINE, OPPORTUNITIES, CONFLICTS, FEED):
        for statement in filter(str.strip, script.split(";")):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA projections CASCADE")
