"""Settings and secrets of connections: changed with an entry in the audit trail, read through a short cache."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import asyncpg

from services.registration.crm.settings import HubSpotSettings
from services.registration.crm.signature import verify
from services.registration.intake.connections import MAX_CACHED, MAX_GRACE, ConnectionUnknown
from shared.credentials import Caller
from shared.credentials.recording import actor, record
from shared.database import database_errors
from shared.errors import DealregError
from shared.events.access import AccessEvent, ConnectionConfigured, ConnectionRotated
from shared.http.echo import echoed
from shared.persons import MasterKey
from shared.values import is_identifier
from shared.values.written import in_utc

SecretKind = Literal["client_secret", "access_token"]
SECRET_KINDS: tuple[SecretKind, ...] = get_args(SecretKind)

_MINE = """
SELECT true FROM registration.crm_connection WHERE connection = $1 AND vendor = $2 AND deleted_at IS NULL FOR UPDATE
"""
_CONFIGURE = """
INSERT INTO crm.settings (connection, revision, document)
SELECT $1, coalesce(max(revision), 0) + 1, $2::jsonb FROM crm.settings WHERE connection = $1
RETURNING revision, configured_at
"""
_READ = """
SELECT c.vendor, s.revision, s.document, s.configured_at,
    ARRAY (SELECT x.kind FROM crm.secret x WHERE x.connection = c.connection AND x.expires_at IS NULL) AS secrets
FROM registration.crm_connection c LEFT JOIN LATERAL (
    SELECT revision, document, configured_at FROM crm.settings WHERE connection = c.connection
    ORDER BY revision DESC LIMIT 1
) s ON true
WHERE c.connection = $1 AND c.deleted_at IS NULL
"""
_SECRETS = """
SELECT secret_id, kind, sealed FROM crm.secret
WHERE connection = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp()) ORDER BY created_at DESC
"""
_END = """
UPDATE crm.secret SET expires_at = least(expires_at, statement_timestamp() + $3)
WHERE connection = $1 AND kind = $2 RETURNING expires_at
"""
_FORGET = "DELETE FROM crm.secret WHERE connection = $1 AND expires_at <= clock_timestamp()"
_STORE = """
INSERT INTO crm.secret (secret_id, connection, kind, sealed) VALUES ($1, $2, $3, $4) RETURNING created_at
"""


# What made the CRM refuse may be mended by this.
_TRY_AGAIN = "DELETE FROM crm.pause WHERE connection = $1"


class NotConfigured(DealregError):
    """The connection has no settings for a native CRM."""

    code = "crm.not_configured"
    status = 409


@dataclass(frozen=True, slots=True)
class Configured:
    """A connection as it is configured now."""

    vendor: str
    connection: str
    settings: HubSpotSettings
    revision: int
    configured_at: datetime
    client_secrets: tuple[str, ...]
    access_token: str | None
    """The newest one."""


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """Settings with the kinds of secrets that are set, for reading back."""

    revision: int
    configured_at: datetime
    settings: HubSpotSettings
    secrets: tuple[str, ...]


class Configurations:
    """The settings and secrets of all vendors' connections to native CRMs."""

    def __init__(self, pool: asyncpg.Pool, master_key: MasterKey, cache_seconds: float) -> None:
        self._pool = pool
        self._master = master_key
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[str, tuple[float, Configured]] = OrderedDict()

    async def configure(self, vendor: str, connection: str, settings: HubSpotSettings, *, by: Caller) -> SettingsShown:
        """Give the connection these settings from now on. Raises `ConnectionUnknown`."""
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                await _mine(session, vendor, connection)
                made = await session.fetchrow(_CONFIGURE, connection, settings.model_dump_json())
                at = in_utc(made["configured_at"])
                act: AccessEvent = ConnectionConfigured(
                    by=actor(by), at=at, connection=connection, crm=settings.kind, revision=made["revision"]
                )
                await record(session, by, act)
                await session.execute(_TRY_AGAIN, connection)
        self._cache.pop(connection, None)
        return await self.shown(vendor, connection)

    async def replace_secret(
        self, vendor: str, connection: str, kind: SecretKind, secret: str, grace: timedelta, *, by: Caller
    ) -> datetime | None:
        """Store a secret that the CRM made; return when the ones before it end. Raises `ConnectionUnknown`."""
        id_ = secrets.token_hex(8)
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                await _mine(session, vendor, connection)
                await session.execute(_FORGET, connection)
                ended = await session.fetch(_END, connection, kind, min(grace, MAX_GRACE))
                sealed = self._master.wrap(secret.encode(), _context(connection, id_))
                made_at = in_utc(await session.fetchval(_STORE, id_, connection, kind, sealed))
                ends = max((in_utc(row["expires_at"]) for row in ended), default=None)
                act = ConnectionRotated(by=actor(by), at=made_at, connection=connection, expires_at=ends or made_at)
                await record(session, by, act)
                await session.execute(_TRY_AGAIN, connection)
        self._cache.pop(connection, None)
        return ends

    async def shown(self, vendor: str, connection: str) -> SettingsShown:
        """Read the settings back; raise `ConnectionUnknown`, `NotConfigured`."""
        row = await self._row(connection)
        if row is None or row["vendor"] != vendor:
            raise _unknown(connection)
        settings = _settings(row)
        return SettingsShown(row["revision"], in_utc(row["configured_at"]), settings, tuple(sorted(row["secrets"])))

    async def get(self, connection: str) -> Configured:
        """Return the connection with its secrets, not older than the cache; raise what `shown` raises."""
        now = time.monotonic()
        cached = self._cache.get(connection)
        if cached is not None and now - cached[0] < self._cache_seconds:
            return cached[1]
        row = await self._row(connection)
        if row is None:
            self._cache.pop(connection, None)
            raise _unknown(connection)
        found = Configured(
            row["vendor"], connection, _settings(row), row["revision"], in_utc(row["configured_at"]),
            *await self._secrets(connection),
        )  # fmt: skip
        self._cache[connection] = now, found
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return found

    def has_met(self, connection: str) -> bool:
        """Whether this process has read the connection before; asks no database."""
        return connection in self._cache

    async def verify(self, connection: str, headers: Mapping[str, str], body: bytes) -> Configured:
        """Return whose delivery it is; raise what `get` and `signature.verify` raise."""
        found = await self.get(connection)
        verify(found.client_secrets, found.settings.target_url, headers, body, time.time_ns() // 1_000_000)
        return found

    async def _row(self, connection: str) -> asyncpg.Record | None:
        if not is_identifier(connection):
            return None
        with database_errors():
            return await self._pool.fetchrow(_READ, connection)

    async def _secrets(self, connection: str) -> tuple[tuple[str, ...], str | None]:
        with database_errors():
            rows = await self._pool.fetch(_SECRETS, connection)
        opened = [(row["kind"], self._opened(connection, row)) for row in rows]
        tokens = [secret for kind, secret in opened if kind == "access_token"]
        return tuple(secret for kind, secret in opened if kind == "client_secret"), tokens[0] if tokens else None

    def _opened(self, connection: str, row: asyncpg.Record) -> str:
        return self._master.unwrap(row["sealed"], _context(connection, row["secret_id"])).decode()


async def _mine(session: asyncpg.Connection, vendor: str, connection: str) -> None:
    if not is_identifier(connection) or not await session.fetchval(_MINE, connection, vendor):
        raise _unknown(connection)


def _settings(row: asyncpg.Record) -> HubSpotSettings:
    if row["document"] is None:
        raise NotConfigured("this connection has no CRM settings; PUT them to /v1/crm/{connection}/settings first")
    return HubSpotSettings.model_validate_json(row["document"])


def _unknown(connection: str) -> ConnectionUnknown:
    return ConnectionUnknown(f"there is no CRM connection {echoed(connection)}")


def _context(connection: str, id_: str) -> str:
    return f"crm secret|{connection}|{id_}"
