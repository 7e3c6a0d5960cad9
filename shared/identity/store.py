"""Providers as rows, and the people who came by them: what operators and administrators change."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from shared.credentials import Caller, Credentials
from shared.credentials.recording import actor, record
from shared.database import database_errors
from shared.events.access import ProviderConfigured, ProviderRemoved
from shared.http.echo import echoed
from shared.identity.document import ProviderDocument
from shared.identity.errors import ProvidersFull, ProviderTaken, ProviderUnknown
from shared.persons import MasterKey
from shared.values import is_identifier
from shared.values.written import in_utc

MAX_PROVIDERS = 50
"""Of one vendor; and the most that the sign-in page offers."""
MAX_CACHED = 1_000
_COLUMNS = "vendor, provider, document, sealed_secret, number, changed_at"
_ONE = f"SELECT {_COLUMNS} FROM registration.identity_provider WHERE vendor = $1 AND provider = $2"
_ALL = f"SELECT {_COLUMNS} FROM registration.identity_provider WHERE vendor = $1 ORDER BY provider"
_OFFERED = f"""
SELECT {_COLUMNS} FROM registration.identity_provider WHERE offered ORDER BY vendor, provider LIMIT {MAX_PROVIDERS}
"""
_OF_TOKENS = f"SELECT {_COLUMNS} FROM registration.identity_provider WHERE issuer = $1 AND audience = ANY ($2::text[])"
_COUNT = "SELECT count(*) FROM registration.identity_provider WHERE vendor = $1"
_SET = f"""
INSERT INTO registration.identity_provider (vendor, provider, issuer, audience, offered, document, sealed_secret)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (vendor, provider) DO UPDATE SET issuer = excluded.issuer, audience = excluded.audience,
    offered = excluded.offered, document = excluded.document, sealed_secret = excluded.sealed_secret,
    number = nextval('registration.identity_provider_number'), changed_at = clock_timestamp()
RETURNING {_COLUMNS}
"""
_REMOVE = "DELETE FROM registration.identity_provider WHERE vendor = $1 AND provider = $2 RETURNING clock_timestamp()"
# Everybody who came by the issuer: whoever signed in under the old mapping signs in again under the new one.
_PRINCIPALS = (
    "SELECT 'identity:' || identity FROM registration.identity WHERE vendor = $1 AND issuer = ANY ($2::text[])"
)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of one vendor. `number` is another after each change."""

    vendor: str
    provider: str
    document: ProviderDocument
    has_secret: bool
    number: int
    changed_at: datetime


class Providers:
    """Stores the providers of all vendors. What tokens are read by may be `cache_seconds` old."""

    def __init__(self, pool: asyncpg.Pool, master: MasterKey, credentials: Credentials, cache_seconds: float) -> None:
        self._pool = pool
        self._master = master
        self._credentials = credentials
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[tuple[str, tuple[str, ...]], tuple[float, Provider | None]] = OrderedDict()

    async def configure(
        self, vendor: str, provider: str, document: ProviderDocument, secret: str | None, *, by: Caller
    ) -> Provider:
        """Create or replace the provider; raise `ProviderTaken`, `ProvidersFull`. No change records nothing.

        Everybody who signed in by it signs in again: their sessions end. A secret of None keeps the one that is
        stored, if it is for the same client of the same issuer: nobody else may be sent it.
        """
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                row = await session.fetchrow(f"{_ONE} FOR UPDATE", vendor, provider)
                old = None if row is None else _read(row)
                if old is not None and old.document == document and secret is None:
                    return old
                if old is None and await session.fetchval(_COUNT, vendor) >= MAX_PROVIDERS:
                    raise ProvidersFull(f"a vendor has at most {MAX_PROVIDERS} identity providers; remove one first")
                sealed = self._sealed(vendor, provider, secret) if secret else _kept(row, old, document)
                try:
                    made = _read(await session.fetchrow(_SET, *_values(vendor, provider, document, sealed)))
                except asyncpg.UniqueViolationError as error:
                    raise _taken(document) from error
                issuers = {document.issuer, *([old.document.issuer] if old else ())}
                await self._end_sessions(session, vendor, issuers, by)
                await record(session, by, _configured(by, made))
        self._cache.clear()
        return made

    async def remove(self, vendor: str, provider: str, *, by: Caller) -> None:
        """Remove the provider: its tokens and sessions end. Raise `ProviderUnknown`."""
        old = await self.get(vendor, provider)
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                at = await session.fetchval(_REMOVE, vendor, provider)
                if at is None:
                    raise _unknown(provider)
                await self._end_sessions(session, vendor, {old.document.issuer}, by)
                await record(session, by, ProviderRemoved(by=actor(by), at=in_utc(at), provider=provider))
        self._cache.clear()

    async def get(self, vendor: str, provider: str) -> Provider:
        """Return the vendor's provider; raise `ProviderUnknown`."""
        if not is_identifier(vendor) or not is_identifier(provider):
            raise _unknown(provider)
        with database_errors():
            row = await self._pool.fetchrow(_ONE, vendor, provider)
        if row is None:
            raise _unknown(provider)
        return _read(row)

    async def of(self, vendor: str) -> list[Provider]:
        """Return the vendor's providers by id."""
        with database_errors():
            return [_read(row) for row in await self._pool.fetch(_ALL, vendor)]

    async def offered(self) -> list[Provider]:
        """Return those that the sign-in page offers to everybody."""
        with database_errors():
            return [_read(row) for row in await self._pool.fetch(_OFFERED)]

    async def secret(self, provider: Provider) -> str | None:
        """Return the client's secret; None where it has none."""
        with database_errors():
            row = await self._pool.fetchrow(_ONE, provider.vendor, provider.provider)
        if row is None or row["number"] != provider.number or row["sealed_secret"] is None:
            return None
        return self._master.unwrap(row["sealed_secret"], _context(provider.vendor, provider.provider)).decode()

    async def of_token(self, issuer: str, audiences: tuple[str, ...]) -> Provider | None:
        """Return the one provider whose tokens have this issuer and one of these audiences; None if not just one."""
        now, asked = time.monotonic(), (issuer, audiences)
        cached = self._cache.get(asked)
        if cached is not None and now - cached[0] < self._cache_seconds:
            return cached[1]
        with database_errors():
            rows = await self._pool.fetch(_OF_TOKENS, issuer, list(audiences))
        found = _read(rows[0]) if len(rows) == 1 else None
        self._cache[asked] = now, found
        self._cache.move_to_end(asked)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return found

    async def _end_sessions(self, session: Any, vendor: str, issuers: set[str], by: Caller) -> None:
        principals = [row[0] for row in await session.fetch(_PRINCIPALS, vendor, sorted(issuers))]
        await self._credentials.revoke_all(session, vendor, principals, by=by)

    def _sealed(self, vendor: str, provider: str, secret: str) -> bytes:
        return self._master.wrap(secret.encode(), _context(vendor, provider))


def _values(vendor: str, provider: str, document: ProviderDocument, sealed: bytes | None) -> Sequence[Any]:
    text = document.model_dump_json(exclude_defaults=True)
    return vendor, provider, document.issuer, document.audience, document.offered, text, sealed


def _kept(row: Any, old: Provider | None, document: ProviderDocument) -> bytes | None:
    same = old is not None and (old.document.issuer, old.document.client_id) == (document.issuer, document.client_id)
    return row["sealed_secret"] if same else None


def _configured(by: Caller, made: Provider) -> ProviderConfigured:
    return ProviderConfigured(
        by=actor(by),
        at=made.changed_at,
        provider=made.provider,
        issuer=made.document.issuer,
        scopes=tuple(sorted(made.document.granted_scopes)),
    )


def _taken(document: ProviderDocument) -> ProviderTaken:
    return ProviderTaken(
        f"another provider takes the tokens of {document.issuer} for the audience {document.audience}; name an "
        "audience of your own, and register it at the provider"
    )


def _unknown(provider: str) -> ProviderUnknown:
    return ProviderUnknown(f"there is no identity provider {echoed(provider)}")


def _read(row: asyncpg.Record) -> Provider:
    document = ProviderDocument.model_validate_json(row["document"])
    secret = row["sealed_secret"] is not None
    return Provider(row["vendor"], row["provider"], document, secret, row["number"], in_utc(row["changed_at"]))


def _context(vendor: str, provider: str) -> str:
    return f"provider|{vendor}|{provider}"
