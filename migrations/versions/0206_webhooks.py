"""Webhooks: endpoints with their cursors and secrets, deliveries that wait, and the log of attempts."""

from __future__ import annotations

from alembic import op

revision = "0206"
down_revision = "0205"
branch_labels = None
depends_on = None

# Of the feed, every entry up to `cursor` that the endpoint asks for is delivered, waits in `waiting`, or was given up.
# `matched_from` is where its present filter began, so that the delivery log can be compared with the feed.
_ENDPOINT = """
CREATE TABLE webhooks.endpoint (
    endpoint        text COLLATE "C" PRIMARY KEY,
    vendor          text COLLATE "C" NOT NULL,
    partner         text COLLATE "C",
    name            text NOT NULL,
    url             text NOT NULL,
    types           text[] COLLATE "C" NOT NULL,
    ordered         boolean NOT NULL,
    state           text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
    disabled_reason text CHECK (disabled_reason IN ('requested', 'failing')),
    cursor          bigint NOT NULL,
    matched_from    bigint NOT NULL,
    failing_since   timestamptz,
    revision        bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at      timestamptz,
    CHECK ((state = 'disabled') = (disabled_reason IS NOT NULL))
) WITH (fillfactor = 70)
"""
_SIGNING = """
CREATE TABLE webhooks.secret (
    secret        text COLLATE "C" PRIMARY KEY,
    endpoint      text COLLATE "C" NOT NULL REFERENCES webhooks.endpoint,
    sealed_secret bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz
)
"""
# A row for each message that is to be sent (again); a test event has no position.
_WAITING = """
CREATE TABLE webhooks.waiting (
    endpoint text COLLATE "C" NOT NULL REFERENCES webhooks.endpoint,
    message  text COLLATE "C" NOT NULL,
    position bigint,
    subject  text COLLATE "C",
    attempts integer NOT NULL,
    first_at timestamptz NOT NULL,
    next_at  timestamptz NOT NULL,
    PRIMARY KEY (endpoint, message)
)
"""
_DELIVERY = """
CREATE TABLE webhooks.delivery (
    number   bigint GENERATED ALWAYS AS IDENTITY,
    endpoint text COLLATE "C" NOT NULL,
    message  text COLLATE "C" NOT NULL,
    position bigint,
    type     text COLLATE "C" NOT NULL,
    attempt  integer NOT NULL,
    at       timestamptz NOT NULL,
    outcome  text NOT NULL CHECK (outcome IN ('delivered', 'failed', 'given_up')),
    status   integer,
    failure  text,
    took_ms  integer NOT NULL,
    next_at  timestamptz,
    PRIMARY KEY (endpoint, number)
)
"""
_INDEXES = (
    "CREATE INDEX endpoint_of ON webhooks.endpoint (vendor, partner, created_at) WHERE deleted_at IS NULL",
    "CREATE INDEX secret_endpoint ON webhooks.secret (endpoint)",
    "CREATE INDEX waiting_tests ON webhooks.waiting (endpoint) WHERE position IS NULL",
    # Rows arrive in the order of their time, so the smallest of indexes finds the old ones.
    "CREATE INDEX delivery_at ON webhooks.delivery USING brin (at)",
    "CREATE INDEX delivery_position ON webhooks.delivery (endpoint, position)",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA webhooks")
    for statement in (_ENDPOINT, _SIGNING, _WAITING, _DELIVERY, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA webhooks CASCADE")
