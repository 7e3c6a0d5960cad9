"""The people who came by a provider: known by issuer and subject, blocked and admitted again by an administrator."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import asyncpg

from shared.credentials import Caller, Credentials
from shared.credentials.recording import actor, record
from shared.database import database_errors
from shared.events.access import IdentityAdmitted, IdentityBlocked
from shared.http.echo import echoed
from shared.identity.errors import IdentityBlocked as Blocked
from shared.identity.errors import IdentityUnknown
from shared.identity.store import Provider
from shared.values import is_identifier
from shared.values.written import in_utc

MAX_CACHED = 10_000
_COLUMNS = "identity, issuer, subject, provider, partner, first_seen_at, last_seen_at, blocked_at"
_KNOWN = (
    "SELECT blocked_at, last_seen_at < clock_timestamp() - interval '10 minutes' OR partner IS DISTINCT FROM $3 "
    "OR provider <> $4 AS stale FROM registration.identity WHERE vendor = $1 AND identity = $2"
)
_SEEN = """
INSERT INTO registration.identity (vendor, identity, partner, provider, issuer, subject)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (vendor, identity) DO UPDATE SET last_seen_at = clock_timestamp(), partner = excluded.partner,
    provider = excluded.provider
RETURNING blocked_at
"""
_BLOCK = """
UPDATE registration.identity SET blocked_at = coalesce(blocked_at, clock_timestamp())
WHERE vendor = $1 AND identity = $2 RETURNING blocked_at
"""
_ADMIT = """
UPDATE registration.identity SET blocked_at = NULL WHERE vendor = $1 AND identity = $2 RETURNING clock_timestamp()
"""
_WAS = "SELECT blocked_at IS NOT NULL FROM registration.identity WHERE vendor = $1 AND identity = $2 FOR UPDATE"
_PAGE = f"""
SELECT {_COLUMNS} FROM registration.identity
WHERE vendor = $1 AND ($2::text IS NULL OR identity > $2) ORDER BY identity LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who came by a provider, as last seen."""

    identity: str
    issuer: str
    subject: str
    provider: str
    partner: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    blocked_at: datetime | None


def identity_of(issuer: str, subject: str) -> str:
    """The id of the person: the same at every vendor and provider id, and nobody else's."""
    return "idn_" + sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:32]


def principal_of(identity: str) -> str:
    """Who acts, as facts name it; no principal that an administrator may choose has a colon."""
    return f"identity:{identity}"


class People:
    """Those of all vendors. Whether somebody is blocked may be `cache_seconds` old in another process."""

    def __init__(self, pool: asyncpg.Pool, credentials: Credentials, cache_seconds: float) -> None:
        self._pool = pool
        self._credentials = credentials
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[tuple[str, str, str | None], tuple[float, bool]] = OrderedDict()

    async def arrived(self, provider: Provider, subject: str, partner: str | None) -> str:
        """Note that the person is here, and return the id; raise `IdentityBlocked`."""
        identity = identity_of(provider.document.issuer, subject)
        now, asked = time.monotonic(), (provider.vendor, identity, partner)
        cached = self._cache.get(asked)
        if cached is None or now - cached[0] >= self._cache_seconds:
            cached = now, await self._is_blocked(provider, identity, subject, partner)
            self._cache[asked] = cached
            self._cache.move_to_end(asked)
            if len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
        if cached[1]:
            raise Blocked("the vendor has blocked you; ask its administrators")
        return identity

    async def block(self, vendor: str, identity: str, *, by: Caller) -> Identity:
        """Block the person: tokens are refused and sessions end. Raise `IdentityUnknown`. Again changes nothing."""
        return await self._change(vendor, identity, by, block=True)

    async def admit(self, vendor: str, identity: str, *, by: Caller) -> Identity:
        """Admit the person again; raise `IdentityUnknown`. Again changes nothing."""
        return await self._change(vendor, identity, by, block=False)

    async def get(self, vendor: str, identity: str) -> Identity:
        """Return somebody who came; raise `IdentityUnknown`."""
        _assert_identifier(identity)
        with database_errors():
            row = await self._pool.fetchrow(
                f"SELECT {_COLUMNS} FROM registration.identity WHERE vendor = $1 AND identity = $2", vendor, identity
            )
        if row is None:
            raise _unknown(identity)
        return _read(row)

    async def of(self, vendor: str, *, after: str | None = None, limit: int | None = None) -> list[Identity]:
        """Return up to `limit` of those who came to the vendor, by id, after `after`."""
        with database_errors():
            return [_read(row) for row in await self._pool.fetch(_PAGE, vendor, after, limit)]

    async def _is_blocked(self, provider: Provider, identity: str, subject: str, partner: str | None) -> bool:
        with database_errors():
            known = await self._pool.fetchrow(_KNOWN, provider.vendor, identity, partner, provider.provider)
            if known is not None and not known["stale"]:
                return known["blocked_at"] is not None
            values = provider.vendor, identity, partner, provider.provider, provider.document.issuer, subject
            return await self._pool.fetchval(_SEEN, *values) is not None

    async def _change(self, vendor: str, identity: str, by: Caller, *, block: bool) -> Identity:
        _assert_identifier(identity)
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                was = await session.fetchval(_WAS, vendor, identity)
                if was is None:
                    raise _unknown(identity)
                if was != block:
                    at = in_utc(await session.fetchval(_BLOCK if block else _ADMIT, vendor, identity))
                    made = IdentityBlocked if block else IdentityAdmitted
                    await record(session, by, made(by=actor(by), at=at, identity=identity))
                if block:
                    await self._credentials.revoke_all(session, vendor, [principal_of(identity)], by=by)
        for asked in [one for one in self._cache if one[:2] == (vendor, identity)]:
            del self._cache[asked]
        return await self.get(vendor, identity)


async def assert_admitted(session: Any, provider: Provider, identity: str) -> None:
    """Assert within a transaction that neither the person nor the mapping was changed meanwhile.

    Locked, so that a block or a new mapping that comes now waits, and then ends what this transaction begins. Raises
    `IdentityBlocked`; also for a mapping that is gone, since what it granted is.
    """
    blocked = await session.fetchval(_WAS, provider.vendor, identity)
    number = await session.fetchval(
        "SELECT number FROM registration.identity_provider WHERE vendor = $1 AND provider = $2 FOR SHARE",
        provider.vendor,
        provider.provider,
    )
    if blocked is not False or number != provider.number:
        raise Blocked("your access was changed while you signed in; sign in again")


def _assert_identifier(identity: str) -> None:
    if not is_identifier(identity):
        raise _unknown(identity)


def _unknown(identity: str) -> IdentityUnknown:
    return IdentityUnknown(f"nobody came by a provider under the id {echoed(identity)}")


def _read(row: asyncpg.Record) -> Identity:
    values = dict(row)
    for name in ("first_seen_at", "last_seen_at", "blocked_at"):
        values[name] = in_utc(values[name]) if values[name] else None
    return Identity(**values)
