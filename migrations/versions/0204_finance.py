"""The read models of finance: credits, the ledger, payouts, rewards and cases."""

from __future__ import annotations

from alembic import op

revision = "0204"
down_revision = "0203"
branch_labels = None
depends_on = None

# Indexes by date end in the key of a row: lists go on exactly where a page ended, in either direction. What few rows
# have (a role, an account, a status) has an index of its own, a partial one where the rest is never looked for by it:
# by date all rows would be read, to find none. Every index costs the writing view its share.
CREDITS = """
CREATE TABLE projections.credit (
    vendor text COLLATE "C" NOT NULL,
    share_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    opportunity_id text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    line integer NOT NULL,
    registration_id text COLLATE "C",
    program text COLLATE "C",
    role text COLLATE "C" NOT NULL,
    partner text COLLATE "C",
    portion text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    value_minor bigint NOT NULL,
    won_case text COLLATE "C" NOT NULL,
    model text NOT NULL,
    code text,
    effective_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (vendor, share_id, from_seq)
);
CREATE INDEX credit_opportunity ON projections.credit (vendor, opportunity_id, from_seq);
CREATE INDEX credit_registration ON projections.credit (vendor, registration_id, from_seq);
CREATE INDEX credit_posted ON projections.credit (vendor, posted_at, share_id);
CREATE INDEX credit_effective ON projections.credit (vendor, effective_at, share_id);
CREATE INDEX credit_partner_posted ON projections.credit (vendor, partner, posted_at, share_id);
CREATE INDEX credit_partner_effective ON projections.credit (vendor, partner, effective_at, share_id);
CREATE INDEX credit_case ON projections.credit (vendor, won_case, posted_at, share_id);
CREATE INDEX credit_amount ON projections.credit (vendor, amount_minor, share_id);
CREATE INDEX credit_unregistered ON projections.credit (vendor, posted_at, share_id) WHERE role = 'unregistered';
"""

LEDGER = """
CREATE TABLE projections.posting (
    vendor text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    line integer NOT NULL,
    type text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    program text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL,
    effective_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL,
    reward_id text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C",
    PRIMARY KEY (vendor, seq, line)
);
CREATE INDEX posting_posted ON projections.posting (vendor, posted_at, seq, line);
CREATE INDEX posting_effective ON projections.posting (vendor, effective_at, seq, line);
CREATE INDEX posting_partner_posted ON projections.posting (vendor, partner, posted_at, seq, line);
CREATE INDEX posting_partner_effective ON projections.posting (vendor, partner, effective_at, seq, line);
CREATE INDEX posting_rare ON projections.posting (vendor, account, posted_at, seq, line)
    WHERE account IN ('paid', 'reversed');
CREATE INDEX posting_reward ON projections.posting (vendor, reward_id, seq);
CREATE INDEX posting_opportunity ON projections.posting (vendor, opportunity_id, seq);
CREATE INDEX posting_registration ON projections.posting (vendor, registration_id, seq);
"""

# A rebuild is the one thing that may empty the ledger, and it is told by its position: who means to refold it takes
# the head away first. While a head says that the postings are there, they stay.
APPEND_ONLY = """
CREATE FUNCTION projections.posting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM projections.head WHERE view = 'ledger' AND vendor = OLD.vendor) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM projections.head WHERE view = 'ledger') THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % is refused; a correction is a new entry', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE ON projections.posting
    FOR EACH ROW EXECUTE FUNCTION projections.posting_stays();
CREATE TRIGGER postings_stay BEFORE TRUNCATE ON projections.posting
    FOR EACH STATEMENT EXECUTE FUNCTION projections.posting_stays();
ALTER TABLE projections.posting ENABLE ALWAYS TRIGGER posting_stays;
ALTER TABLE projections.posting ENABLE ALWAYS TRIGGER postings_stay;
"""

# One look at all rows of a statement, in memory. A row's own look at its entry's lines was planned by the statistics of
# other vendors, and for a new one read all that it had: the first hundred thousand postings took minutes.
BALANCES = """
CREATE FUNCTION projections.posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE odd record;
BEGIN
    SELECT vendor, seq, currency, sum(amount_minor) AS total INTO odd FROM added
    GROUP BY vendor, seq, currency HAVING sum(amount_minor) <> 0 ORDER BY vendor, seq, currency LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'postings of entry % of vendor % sum to % % instead of zero',
            odd.seq, odd.vendor, odd.total, odd.currency USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_balances AFTER INSERT ON projections.posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION projections.posting_balances();
ALTER TABLE projections.posting ENABLE ALWAYS TRIGGER posting_balances;
"""

# (…, to_seq) finds what is current at a recent entry without reading every earlier version; (…_month, partner) gives a
# page of the vendor's newest months, or one month, without adding up all of them, and payout_account its balances. That
# one does not begin with the vendor: else a fold looks by it for its rows, and of a vendor without statistics all.
PAYOUTS = """
CREATE TABLE projections.payout (
    vendor text COLLATE "C" NOT NULL,
    payout_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    partner text COLLATE "C" NOT NULL,
    program text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    posted_month date NOT NULL,
    effective_month date NOT NULL,
    debit_minor numeric(38, 0) NOT NULL,
    credit_minor numeric(38, 0) NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (vendor, payout_id, from_seq)
);
CREATE UNIQUE INDEX payout_current ON projections.payout (vendor, payout_id) WHERE to_seq IS NULL;
CREATE INDEX payout_vendor ON projections.payout (vendor, to_seq);
CREATE INDEX payout_partner ON projections.payout (vendor, partner, to_seq);
CREATE INDEX payout_account ON projections.payout (partner, program, currency, account, vendor) WHERE to_seq IS NULL;
CREATE INDEX payout_posted ON projections.payout (vendor, posted_month, partner);
CREATE INDEX payout_effective ON projections.payout (vendor, effective_month, partner);
CREATE TABLE projections.payout_total (
    vendor text COLLATE "C" NOT NULL,
    program text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    posted_month date NOT NULL,
    effective_month date NOT NULL,
    debit_minor numeric(38, 0) NOT NULL,
    credit_minor numeric(38, 0) NOT NULL,
    PRIMARY KEY (vendor, program, currency, account, posted_month, effective_month)
);
CREATE TABLE projections.standing (
    vendor text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    suspended boolean NOT NULL,
    PRIMARY KEY (vendor, partner, from_seq)
);
"""

# Of all rewards ever earned few are held now, and fewer by a case: reward_held and reward_case find them, reward_ended
# those that were when the first page was read.
REWARDS = """
CREATE TABLE projections.reward (
    vendor text COLLATE "C" NOT NULL,
    reward_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    status text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    program text COLLATE "C" NOT NULL,
    policy text,
    registration_id text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C",
    earned_on text NOT NULL,
    name text COLLATE "C" NOT NULL,
    role text COLLATE "C",
    base_minor bigint NOT NULL,
    pct text NOT NULL,
    cap_minor bigint,
    currency text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL,
    left_minor bigint NOT NULL,
    hold_until timestamptz NOT NULL,
    cases text[] NOT NULL,
    code text,
    adjusts text,
    effective_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (vendor, reward_id, from_seq)
);
CREATE INDEX reward_opportunity ON projections.reward (vendor, opportunity_id, from_seq);
CREATE INDEX reward_registration ON projections.reward (vendor, registration_id, from_seq);
CREATE INDEX reward_posted ON projections.reward (vendor, posted_at, reward_id);
CREATE INDEX reward_effective ON projections.reward (vendor, effective_at, reward_id);
CREATE INDEX reward_status ON projections.reward (vendor, status, posted_at, reward_id);
CREATE INDEX reward_amount ON projections.reward (vendor, amount_minor, reward_id);
CREATE INDEX reward_due ON projections.reward (vendor, hold_until, reward_id);
CREATE INDEX reward_partner_posted ON projections.reward (vendor, partner, posted_at, reward_id);
CREATE INDEX reward_partner_effective ON projections.reward (vendor, partner, effective_at, reward_id);
CREATE INDEX reward_partner_due ON projections.reward (vendor, partner, hold_until, reward_id);
CREATE INDEX reward_held ON projections.reward (vendor, hold_until, reward_id) WHERE status = 'held' AND to_seq IS NULL;
CREATE INDEX reward_ended ON projections.reward (vendor, to_seq) WHERE to_seq IS NOT NULL;
CREATE INDEX reward_case ON projections.reward USING gin (cases) WHERE cardinality(cases) > 0;
"""

CASES = """
CREATE TABLE projections.case_file (
    vendor text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    state text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    opportunity_id text COLLATE "C" NOT NULL,
    registration_id text COLLATE "C" NOT NULL,
    winner text COLLATE "C",
    verdict text,
    outcome text,
    reason text,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    rewards text[] NOT NULL,
    held_currencies text[] NOT NULL,
    held_minor numeric(38, 0)[] NOT NULL,
    PRIMARY KEY (vendor, case_id, from_seq)
);
CREATE INDEX case_file_opportunity ON projections.case_file (vendor, opportunity_id, from_seq);
CREATE INDEX case_file_registration ON projections.case_file (vendor, registration_id, from_seq);
CREATE INDEX case_file_opened ON projections.case_file (vendor, opened_at, case_id);
"""


def upgrade() -> None:
    for script in (CREDITS, LEDGER, APPEND_ONLY, BALANCES, PAYOUTS, REWARDS, CASES):
        op.execute(script)


def downgrade() -> None:
    op.execute("""
        DROP TABLE projections.credit, projections.posting, projections.payout, projections.payout_total,
            projections.standing, projections.reward, projections.case_file;
        DROP FUNCTION projections.posting_stays, projections.posting_balances;
        DELETE FROM projections.head WHERE view IN ('credits', 'ledger', 'payouts', 'rewards', 'cases');
        DELETE FROM log.ownership WHERE consumer ~ '^view:(credits|ledger|payouts|rewards|cases):';
    """)
