"""The console's own tables: sign-in links, sign-ins under way, sessions."""

from __future__ import annotations

from alembic import op

revision = "0205"
down_revision = "0204"
branch_labels = None
depends_on = None

# Of a link and of a session the table has a hash; the key of the API is sealed under the master key.
_LINK = """
CREATE TABLE console.sign_in_link (
    link_hash     bytea PRIMARY KEY,
    vendor        text COLLATE "C" NOT NULL,
    partner       text COLLATE "C",
    principal     text COLLATE "C" NOT NULL,
    credential_id text COLLATE "C" NOT NULL,
    scopes        text[] COLLATE "C" NOT NULL,
    sealed_key    bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz
)
"""
_SESSION = """
CREATE TABLE console.session (
    session_hash  bytea PRIMARY KEY,
    vendor        text COLLATE "C" NOT NULL,
    partner       text COLLATE "C",
    principal     text COLLATE "C" NOT NULL,
    credential_id text COLLATE "C" NOT NULL,
    scopes        text[] COLLATE "C" NOT NULL,
    sealed_key    bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL
)
"""
# A sign-in under way at a provider: state and browser as hashes, nonce and PKCE verifier sealed.
_ATTEMPT = """
CREATE TABLE console.sign_in_attempt (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    vendor       text COLLATE "C" NOT NULL,
    provider     text COLLATE "C" NOT NULL,
    sealed       bytea NOT NULL,
    back         text NOT NULL,
    expires_at   timestamptz NOT NULL
)
"""
_INDEXES = (
    "CREATE INDEX sign_in_attempt_expires ON console.sign_in_attempt (expires_at)",
    "CREATE INDEX sign_in_link_expires ON console.sign_in_link (expires_at)",
    "CREATE INDEX session_expires ON console.session (expires_at)",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA console")
    for statement in (_LINK, _SESSION, _ATTEMPT, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA console CASCADE")
