"""The read models of deals, and for all views: positions, versions, parked entries."""

from __future__ import annotations

from alembic import op

revision = "0203"
down_revision = "0202"
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

# Entries that a view could not apply, parked whole under every subject they touch until they are replayed. The record
# itself is kept: a replay then needs neither the log's position nor a broker that answers.
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
);
CREATE INDEX parked_partition ON projections.parked (view, version, partition, vendor, seq);
"""

# `shape` is the number of the fold in the code (View.version): a worker feeds the versions of its own shape alone.
VERSIONS = """
CREATE TABLE projections.version (
    view text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    shape integer NOT NULL,
    state text NOT NULL CHECK (state IN ('building', 'following', 'current', 'kept', 'dropping')),
    PRIMARY KEY (view, version)
);
CREATE UNIQUE INDEX version_current ON projections.version (view) WHERE state = 'current';
"""
VIEWS = (
    "pipeline", "opportunities", "conflicts", "feed", "credits", "rewards", "ledger", "payouts", "cases", "directory",
    "matches", "measures",
)  # fmt: skip

# Lists are empty unless a row says otherwise: most are, and sending an empty one takes time. A fold finds the current
# row as the newest version under its key; readers ask for those in force at an entry, which are the current ones and
# those that ended since. Ids are in no index but the first: what is sorted but for them is sorted with little effort.
PIPELINE = """
CREATE TABLE projections.pipeline (
    vendor text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    fact bigint NOT NULL,
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
    list_amount_minor bigint,
    list_currency text COLLATE "C",
    units integer,
    term_months integer,
    rfp_on date,
    further_customers text[] NOT NULL DEFAULT '{}',
    close_date date,
    site text,
    workload text,
    subscription text,
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
    extension_to timestamptz,
    loss_until timestamptz,
    objected boolean NOT NULL,
    confirm_by timestamptz,
    contest_until timestamptz,
    ended_at timestamptz,
    missing text[] NOT NULL DEFAULT '{}',
    open_fields text[] NOT NULL DEFAULT '{}',
    behind text[] NOT NULL DEFAULT '{}',
    lookalikes text[] NOT NULL DEFAULT '{}',
    original text,
    verified text[] NOT NULL DEFAULT '{}',
    refuted text[] NOT NULL DEFAULT '{}',
    revision integer NOT NULL,
    patches integer NOT NULL,
    amendment bytea,
    open_opportunities integer NOT NULL,
    won_opportunities integer NOT NULL,
    lost_opportunities integer NOT NULL,
    won_currencies text[] NOT NULL DEFAULT '{}',
    won_minor numeric(38, 0)[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (vendor, registration_id, from_seq)
);
CREATE INDEX pipeline_submitted ON projections.pipeline (vendor, submitted_at);
CREATE INDEX pipeline_whose ON projections.pipeline (vendor, partner, submitted_at);
CREATE INDEX pipeline_state ON projections.pipeline (vendor, state, partner) WHERE to_seq IS NULL;
CREATE INDEX pipeline_ended ON projections.pipeline (vendor, to_seq) WHERE to_seq IS NOT NULL;
CREATE INDEX pipeline_asks ON projections.pipeline (vendor) WHERE extension_until IS NOT NULL OR objected;
CREATE INDEX pipeline_protected ON projections.pipeline (vendor, protected_until)
    WHERE to_seq IS NULL AND state = 'protected';
CREATE INDEX pipeline_customer ON projections.pipeline (vendor, customer_name) WHERE to_seq IS NULL;
CREATE TABLE projections.pipeline_opportunity (
    vendor text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C",
    state text NOT NULL,
    amount_minor bigint,
    currency text,
    source_time timestamptz,
    source_version bigint,
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
    items bytea,
    refunds bytea,
    refunded_minor bigint NOT NULL DEFAULT 0,
    order_number text,
    PRIMARY KEY (vendor, opportunity_id, from_seq)
);
CREATE INDEX opportunity_registration ON projections.opportunity (vendor, registration_id)
    WHERE registration_id IS NOT NULL AND to_seq IS NULL;
-- Wins that somebody must link are few among all deals.
CREATE INDEX opportunity_unlinked ON projections.opportunity (vendor, state) WHERE registration_id IS NULL;
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
CREATE INDEX conflict_open ON projections.conflict (vendor, detected_at) WHERE to_seq IS NULL AND state = 'open';
CREATE INDEX conflict_ended ON projections.conflict (vendor, to_seq) WHERE to_seq IS NOT NULL;
CREATE INDEX conflict_opponents ON projections.conflict USING gin (opponent_ids);
"""

# Content is kept once: as JSON (`data`) where queries look into it, else compressed (`body`). A partner's row points to
# the vendor's, and has content and subjects of its own only where the partner may not read them all.
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
    data jsonb,
    body bytea,
    PRIMARY KEY (vendor, seq),
    CHECK ((data IS NULL) <> (body IS NULL))
);
CREATE INDEX feed_cause ON projections.feed (vendor, cause, seq);
CREATE INDEX feed_subjects ON projections.feed USING gin (subjects);
CREATE INDEX feed_mode ON projections.feed (vendor) WHERE type = 'vendor.went_live';
-- Names of partners and time zones of policies, which every explanation looks up.
CREATE INDEX feed_named ON projections.feed (vendor, (subjects[1]))
    WHERE type IN ('partner.enrolled', 'partner.changed', 'program.published');
CREATE TABLE projections.partner_feed (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    seq bigint NOT NULL,
    caused boolean NOT NULL,
    subjects text[],
    data jsonb,
    body bytea,
    PRIMARY KEY (vendor, partner, n)
);
-- Found from the vendor's row, and written in the order in which entries come: pages fill one after the other.
CREATE UNIQUE INDEX partner_feed_seq ON projections.partner_feed (vendor, seq, partner);
CREATE TABLE projections.feed_subject (
    vendor text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C",
    partner text COLLATE "C",
    credited text[] NOT NULL DEFAULT '{}',
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

# The audit trail is a question to the feed. Of its entries a thousandth part is administration, and the rest costs
# these indexes nothing but the look at its type. The names are those of `services.projections.audited`.
_AUDITED = """
    'clock.moved', 'connection.configured', 'connection.created', 'connection.deleted', 'connection.rotated',
    'credential.created', 'credential.revoked', 'credential.rotated', 'endpoint.changed', 'endpoint.created',
    'endpoint.deleted', 'endpoint.disabled', 'endpoint.enabled', 'endpoint.replayed', 'endpoint.rotated',
    'identity.admitted', 'identity.blocked', 'partner.certified', 'partner.changed', 'partner.enrolled',
    'partner.reinstated', 'partner.scored', 'partner.suspended', 'program.published', 'program.withdrawn',
    'provider.configured', 'provider.removed', 'rates.published', 'target.dropped', 'target.set',
    'vendor.configured', 'vendor.created', 'vendor.went_live'
"""
AUDIT = f"""
CREATE INDEX feed_audited ON projections.feed (vendor, seq) WHERE type IN ({_AUDITED});
CREATE INDEX partner_feed_audited ON projections.partner_feed (vendor, partner, n) WHERE data IS NOT NULL;
"""

# The questions whether two customers are one: who was asked what, by when, and the answer.
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
CREATE INDEX customer_match_due ON projections.customer_match (vendor, decide_by, match_id);
"""

# Registrations by day, and what each day changed in the cells that they count in. A cell's number stands for all of
# the columns after it: products together may be longer than a row of an index.
MEASURES = """
CREATE TABLE projections.measured (
    vendor text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    from_day date NOT NULL,
    to_day date,
    partner text COLLATE "C" NOT NULL,
    program text COLLATE "C" NOT NULL,
    country text COLLATE "C",
    products text[] NOT NULL,
    amount_minor bigint,
    currency text COLLATE "C",
    review text NOT NULL,
    protection text,
    hold text,
    end_code text,
    stage text COLLATE "C" NOT NULL,
    submitted_on date NOT NULL,
    approved_on date,
    protected_on date,
    protected_to date,
    ended_on date,
    conflict text COLLATE "C",
    clock text COLLATE "C",
    clock_until timestamptz,
    review_since timestamptz,
    review_seconds bigint,
    amendment bytea,
    PRIMARY KEY (vendor, registration_id, from_day)
);
CREATE INDEX measured_month ON projections.measured (vendor, submitted_on);
CREATE INDEX measured_whose ON projections.measured (vendor, partner, submitted_on);
CREATE TABLE projections.measured_partner (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    from_day date NOT NULL,
    to_day date,
    segments text[] NOT NULL,
    PRIMARY KEY (vendor, partner, from_day)
);
CREATE TABLE projections.measured_target (
    vendor text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    from_day date NOT NULL,
    to_day date,
    partner text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    measure text NOT NULL,
    amount_minor bigint,
    currency text COLLATE "C",
    wanted bigint,
    program text COLLATE "C",
    product text COLLATE "C",
    first_day date NOT NULL,
    last_day date NOT NULL,
    dropped boolean NOT NULL,
    PRIMARY KEY (vendor, target, from_day)
);
CREATE INDEX measured_target_whose ON projections.measured_target (vendor, partner, name);
CREATE TABLE projections.measured_vendor (
    vendor text COLLATE "C" NOT NULL,
    part text COLLATE "C" NOT NULL,
    from_day date NOT NULL,
    to_day date,
    time_zone text NOT NULL,
    countries text[] NOT NULL,
    territories text[] NOT NULL,
    PRIMARY KEY (vendor, part, from_day)
);
CREATE TABLE projections.measure (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    day date NOT NULL,
    cell bigint NOT NULL,
    program text COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    products text[] NOT NULL,
    month date NOT NULL,
    stage text COLLATE "C" NOT NULL,
    conflict text COLLATE "C" NOT NULL,
    clock text COLLATE "C" NOT NULL,
    registrations bigint NOT NULL,
    amount_minor numeric(38, 0) NOT NULL,
    protected_days bigint NOT NULL,
    protected_to_days bigint NOT NULL,
    cycle_days bigint NOT NULL,
    reviewed bigint NOT NULL,
    review_seconds bigint NOT NULL,
    PRIMARY KEY (vendor, day, partner, cell)
);
"""

# What the cells of closed days come to, by one thing each; of few things in a row there are any.
_COUNTED = ", ".join(
    f"{one} bigint"
    for one in (
        "registrations", "open", "rejected", "withdrawn", "closed", "lost", "expired", "released", "revoked", "active",
        "won", "clock_running", "clock_met", "clock_missed", "conflicts_open", "conflicts_promoted",
        "conflicts_rejected", "conflicts_withdrawn", "conflicts_closed", "conflicts_no_longer_same_deal",
        "conflicts_holder_ended", "protected_days", "protected_to_days", "cycle_days", "reviewed", "review_seconds",
    )
)  # fmt: skip
_MINOR = ", ".join(f"{one}_minor numeric(38, 0)" for one in ("registrations", "approved", "active", "won"))
_SUMMED = f"""
    vendor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    month date NOT NULL,
    {_COUNTED}, {_MINOR}
"""
TOTALS = f"""
CREATE TABLE projections.measure_total ({_SUMMED}, PRIMARY KEY (vendor, kind, key, country, currency, month));
CREATE TABLE projections.measure_month (
    {_SUMMED}, changed date NOT NULL, PRIMARY KEY (vendor, kind, key, country, currency, month, changed)
);
CREATE TABLE projections.measure_open (
    vendor text COLLATE "C" NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (vendor)
);
"""


_SHARED = (POSITIONS, PARKED, VERSIONS)
_READ = (PIPELINE, OPPORTUNITIES, CONFLICTS, FEED, AUDIT, MATCHES, MEASURES, TOTALS)


def upgrade() -> None:
    op.execute("CREATE SCHEMA projections")
    for script in (*_SHARED, *_READ):
        for statement in filter(str.strip, script.split(";")):
            op.execute(statement)
    for view in VIEWS:
        op.execute(f"INSERT INTO projections.version VALUES ('{view}', 1, 1, 'current')")


def downgrade() -> None:
    op.execute("DROP SCHEMA projections CASCADE")
