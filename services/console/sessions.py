"""Sign-in links and sessions, as rows: a link is used once, a session ends with its credential.

Each link has an API credential of its own, listed, audited and revoked as every other one. Its key is sealed under the
master key; the browser holds a random session id, of which the table has a hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import asyncpg

from shared.credentials import TEST, Caller, CredentialNotFound, Credentials
from shared.database import database_errors
from shared.persons import MasterKey

LINK_LIFE = timedelta(minutes=10)
"""Long enough to copy it, too short to be found later."""
SESSION_LIFE = timedelta(hours=12)
"""A working day."""
LABEL = "console"
"""What the list of credentials says a session's key is for."""
SIGN_IN_PATH = "/console/sign-in"
WEBHOOK_SCOPES = frozenset({"webhooks:admin", "events:read"})
"""What the API asks of whoever administers endpoints."""
_TOKEN_BYTES = 32
_MAX_TOKEN = 100

_MAKE_LINK = """
INSERT INTO console.sign_in_link (link_hash, vendor, partner, principal, credential_id, scopes, sealed_key, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8)
"""
_FORGET = (
    "DELETE FROM console.sign_in_link WHERE expires_at < clock_timestamp()",
    "DELETE FROM console.session WHERE expires_at < clock_timestamp()",
)
_KNOWN = """
SELECT vendor, partner, principal FROM console.sign_in_link
WHERE link_hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp()
"""
# One statement takes it, so of two requests with one link the second finds nothing.
_USE = """
UPDATE console.sign_in_link SET used_at = clock_timestamp()
WHERE link_hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp()
RETURNING vendor, partner, principal, credential_id, scopes, sealed_key
"""
_BEGIN = """
INSERT INTO console.session (session_hash, vendor, partner, principal, credential_id, scopes, sealed_key, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8)
"""
_READ = """
SELECT vendor, partner, principal, credential_id, scopes, sealed_key FROM console.session
WHERE session_hash = $1 AND expires_at > clock_timestamp()
"""
_END = "DELETE FROM console.session WHERE session_hash = $1 RETURNING vendor, partner, principal, credential_id"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and the key with which the console asks for them."""

    vendor: str
    partner: str | None
    principal: str
    credential: str
    key: str
    scopes: frozenset[str]
    """Of the key, as it was made: which pages the menu offers. The API decides what it may do."""

    def __repr__(self) -> str:
        return f"Session({self.vendor!r}, {self.partner!r}, {self.principal!r}, …)"

    @property
    def sandbox(self) -> bool:
        """Whether it is of a sandbox, which every page says."""
        return self.credential.startswith(TEST)

    @property
    def administers_webhooks(self) -> bool:
        """Whether the pages of webhook endpoints are for this person."""
        return self.scopes >= WEBHOOK_SCOPES

    @property
    def who(self) -> str:
        """Names the person without saying anything about the session: forms carry it."""
        said = "\n".join((self.vendor, self.partner or "", self.principal))
        return sha256(said.encode()).hexdigest()[:16]


class Sessions:
    """Makes links, begins and ends sessions."""

    def __init__(self, pool: asyncpg.Pool, master: MasterKey, credentials: Credentials) -> None:
        self._pool = pool
        self._master = master
        self._credentials = credentials

    async def link(
        self,
        vendor: str,
        scopes: Sequence[str],
        *,
        principal: str,
        partner: str | None = None,
        by: Caller | None = None,
    ) -> str:
        """Make a sign-in link and return its token, which is stored nowhere."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        made, key = await self._credentials.create(
            vendor,
            scopes,
            principal=principal,
            partner=partner,
            label=LABEL,
            expires_at=datetime.now(UTC) + LINK_LIFE + SESSION_LIFE,
            by=by,
        )
        sealed = self._master.wrap(str(key).encode(), _context(made.credential))
        with database_errors():
            for statement in _FORGET:
                await self._pool.execute(statement)
            await self._pool.execute(
                _MAKE_LINK, _hash(token), vendor, partner, principal, made.credential, made.scopes, sealed, LINK_LIFE
            )
        return token

    async def offered(self, token: str) -> tuple[str, str | None, str] | None:
        """Whom the link would sign in: vendor, partner, principal. None if it was used, is over or never was."""
        if len(token) > _MAX_TOKEN:
            return None
        with database_errors():
            row = await self._pool.fetchrow(_KNOWN, _hash(token))
        return None if row is None else (row["vendor"], row["partner"], row["principal"])

    async def begin(self, token: str) -> str | None:
        """Use the link up and return the id of a new session; None if the link is worth nothing."""
        if len(token) > _MAX_TOKEN:
            return None
        identity = secrets.token_urlsafe(_TOKEN_BYTES)
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                row = await connection.fetchrow(_USE, _hash(token))
                if row is None:
                    return None
                await connection.execute(_BEGIN, _hash(identity), *row.values(), SESSION_LIFE)
        return identity

    async def begin_by(
        self,
        vendor: str,
        scopes: Iterable[str],
        *,
        principal: str,
        partner: str | None,
        by: Caller,
        ends: datetime,
        once: Callable[[Any], Awaitable[None]],
    ) -> tuple[str, datetime]:
        """Begin a session of somebody whom a provider vouches for; return its id and its end, `SESSION_LIFE` at most.

        `once` runs in the transaction that makes the session's key, and may forbid it by an error.
        """
        identity = secrets.token_urlsafe(_TOKEN_BYTES)
        ends = min(ends, datetime.now(UTC) + SESSION_LIFE)
        made, key = await self._credentials.create(
            vendor, [*scopes], principal=principal, partner=partner, label=LABEL, expires_at=ends, by=by, once=once
        )
        sealed = self._master.wrap(str(key).encode(), _context(made.credential))
        values = vendor, partner, principal, made.credential, made.scopes, sealed
        with database_errors():
            await self._pool.execute(_BEGIN, _hash(identity), *values, ends - datetime.now(UTC))
        return identity, ends

    async def read(self, identity: str) -> Session | None:
        """The session with this id; None if it ended."""
        if not identity or len(identity) > _MAX_TOKEN:
            return None
        with database_errors():
            row = await self._pool.fetchrow(_READ, _hash(identity))
        if row is None:
            return None
        key = self._master.unwrap(row["sealed_key"], _context(row["credential_id"])).decode()
        scopes = frozenset(row["scopes"])
        return Session(row["vendor"], row["partner"], row["principal"], row["credential_id"], key, scopes)

    async def end(self, identity: str) -> None:
        """End the session, and revoke its credential: a copy of the cookie is worth nothing afterwards."""
        with database_errors():
            row = await self._pool.fetchrow(_END, _hash(identity))
        if row is not None:
            await self._revoke(row)

    async def _revoke(self, row: Any) -> None:
        by = Caller(row["vendor"], row["principal"], row["partner"], frozenset(), row["credential_id"])
        try:
            await self._credentials.revoke(row["vendor"], row["credential_id"], by=by)
        except CredentialNotFound:
            return


def link_path(token: str) -> str:
    """The path that a sign-in link leads to."""
    return f"{SIGN_IN_PATH}?{urlencode({'link': token})}"


def _hash(token: str) -> bytes:
    # 256 random bits cannot be guessed, so SHA-256 is as good as a slow hash.
    return sha256(token.encode(errors="surrogatepass")).digest()


def _context(credential: str) -> str:
    return f"console/{credential}"
