"""Sign-ins under way at a provider: each is answered once, within minutes, in the browser that began it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import asyncpg
import orjson

from shared.database import database_errors
from shared.identity.signing_in import Asked
from shared.persons import MasterKey

ATTEMPT_LIFE = timedelta(minutes=10)
"""Long enough for a second factor."""
_MAX_TOKEN = 100
_BYTES = 32
_FORGET = "DELETE FROM console.sign_in_attempt WHERE expires_at < clock_timestamp()"
_BEGIN = """
INSERT INTO console.sign_in_attempt (state_hash, browser_hash, vendor, provider, sealed, back, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7)
"""
# Deleted as it is read, so of two answers with one state the second finds nothing.
_TAKE = """
DELETE FROM console.sign_in_attempt WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > clock_timestamp()
RETURNING vendor, provider, sealed, back
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun, and the page that it was begun for."""

    vendor: str
    provider: str
    asked: Asked
    back: str


class Attempts:
    """Those of all browsers, as rows: any process of the installation takes the answer."""

    def __init__(self, pool: asyncpg.Pool, master: MasterKey) -> None:
        self._pool = pool
        self._master = master

    async def begin(self, attempt: Attempt) -> str:
        """Keep the attempt; return what the browser's cookie is to hold."""
        browser = secrets.token_urlsafe(_BYTES)
        asked = attempt.asked
        sealed = self._master.wrap(orjson.dumps([asked.nonce, asked.verifier]), _context(asked.state))
        values = attempt.vendor, attempt.provider, sealed, attempt.back, ATTEMPT_LIFE
        with database_errors():
            await self._pool.execute(_FORGET)
            await self._pool.execute(_BEGIN, _hash(asked.state), _hash(browser), *values)
        return browser

    async def take(self, state: str, browser: str) -> Attempt | None:
        """The attempt of this state in this browser, once; None if there is none, or no more."""
        if not 0 < len(state) <= _MAX_TOKEN or not 0 < len(browser) <= _MAX_TOKEN:
            return None
        with database_errors():
            row = await self._pool.fetchrow(_TAKE, _hash(state), _hash(browser))
        if row is None:
            return None
        nonce, verifier = orjson.loads(self._master.unwrap(row["sealed"], _context(state)))
        return Attempt(row["vendor"], row["provider"], Asked(state, nonce, verifier), row["back"])


def _hash(token: str) -> bytes:
    # 256 random bits cannot be guessed, so SHA-256 is as good as a slow hash.
    return sha256(token.encode(errors="surrogatepass")).digest()


def _context(state: str) -> str:
    return "attempt/" + sha256(state.encode(errors="surrogatepass")).hexdigest()
