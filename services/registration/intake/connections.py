"""CRM connections and the secrets that sign their messages (Standard Webhooks)."""

from __future__ import annotations

import base64
import os
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
from standardwebhooks import Webhook

from shared.credentials import Caller
from shared.credentials.recording import actor, record
from shared.credentials.sandbox import prefix_of
from shared.database import database_errors
from shared.errors import DealregError
from shared.events.access import ConnectionCreated, ConnectionDeleted, ConnectionRotated
from shared.http.echo import echoed
from shared.persons import MasterKey
from shared.values import is_identifier
from shared.values.written import in_utc

SECRET_BYTES = 32
TOLERANCE_SECONDS = 300
"""Five minutes, as the Standard Webhooks specification recommends."""
MAX_CACHED = 1_000
MAX_GRACE = timedelta(days=7)
_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,200}")
_TIMESTAMP = re.compile(r"[0-9]{1,10}")
"""A timestamp of at most ten digits, which last until the year 2286."""
_END_AFTER = """
WITH ended AS (
    UPDATE registration.crm_signing SET expires_at = least(expires_at, statement_timestamp() + $2)
    WHERE connection = $1 RETURNING expires_at
)
SELECT max(expires_at) AS expires_at,
    round(extract(epoch FROM max(expires_at) - statement_timestamp()))::integer AS grace_seconds FROM ended
"""
_WAS_THERE = "SELECT true FROM registration.crm_connection WHERE vendor = $1 AND connection = $2"
_PAGE = """
SELECT connection, vendor, name, created_at FROM registration.crm_connection
WHERE vendor = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR (created_at, connection) >
    (SELECT created_at, connection FROM registration.crm_connection WHERE vendor = $1 AND connection = $2))
ORDER BY created_at, connection LIMIT $3
"""


class ConnectionUnknown(DealregError):
    """No such connection, or it was deleted."""

    code = "connection.unknown"
    status = 404


class SignatureInvalid(DealregError):
    """No active secret of the connection made this signature."""

    code = "webhook.signature_invalid"
    status = 401


class TimestampOutsideTolerance(DealregError):
    """The message is older, or newer, than the tolerance: it may be a replay."""

    code = "webhook.timestamp_outside_tolerance"
    status = 401


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection without its secrets."""

    connection: str
    vendor: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReplacedSecret:
    """When the last of the secrets from before a rotation ends."""

    expires_at: datetime
    grace_seconds: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A message with a valid signature."""

    vendor: str
    message_id: str
    signed_at: int


class Connections:
    """Stores the CRM connections of all vendors, with secrets wrapped by the master key."""

    def __init__(self, pool: asyncpg.Pool, master_key: MasterKey, cache_seconds: float) -> None:
        self._pool = pool
        self._master = master_key
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[str, tuple[float, str, list[Webhook]]] = OrderedDict()

    async def create(self, vendor: str, name: str, *, by: Caller) -> tuple[Connection, str]:
        """Create a connection; return it with its secret (`whsec_…`), which is shown only here."""
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                connection = f"{await prefix_of(session, vendor)}crm_{secrets.token_hex(8)}"
                row = await session.fetchrow(
                    "INSERT INTO registration.crm_connection (connection, vendor, name) VALUES ($1, $2, $3) "
                    "RETURNING connection, vendor, name, created_at",
                    connection,
                    vendor,
                    name,
                )
                secret, _ = await self._new_secret(session, connection)
                at = in_utc(row["created_at"])
                await record(session, by, ConnectionCreated(by=actor(by), at=at, connection=connection))
        return Connection(*row), secret

    async def rotate(self, vendor: str, connection: str, grace: timedelta, *, by: Caller) -> tuple[str, ReplacedSecret]:
        """Create a new secret; return it and when the last of the old ones ends. Raise `ConnectionUnknown`."""
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                await self._mine(session, vendor, connection)
                # After years of rotations, a message must not be checked against every secret there ever was.
                await session.execute(
                    "DELETE FROM registration.crm_signing WHERE connection = $1 AND expires_at <= clock_timestamp()",
                    connection,
                )
                ended = await session.fetchrow(_END_AFTER, connection, min(grace, MAX_GRACE))
                secret, made_at = await self._new_secret(session, connection)
                ends = in_utc(ended["expires_at"])
                act = ConnectionRotated(by=actor(by), at=made_at, connection=connection, expires_at=ends)
                await record(session, by, act)
        self._cache.pop(connection, None)
        return secret, ReplacedSecret(ends, ended["grace_seconds"])

    async def get(self, vendor: str, connection: str) -> Connection:
        """Return the vendor's connection; raise `ConnectionUnknown` if there is none or it was deleted."""
        _assert_identifier(connection)
        with database_errors():
            row = await self._pool.fetchrow(
                "SELECT connection, vendor, name, created_at FROM registration.crm_connection "
                "WHERE vendor = $1 AND connection = $2 AND deleted_at IS NULL",
                vendor,
                connection,
            )
        if row is None:
            raise _unknown(connection)
        return Connection(*row)

    async def vendor_of(self, connection: str) -> str:
        """Return whose connection it is; raise `ConnectionUnknown`."""
        _assert_identifier(connection)
        with database_errors():
            found: str | None = await self._pool.fetchval(
                "SELECT vendor FROM registration.crm_connection WHERE connection = $1 AND deleted_at IS NULL",
                connection,
            )
        if found is None:
            raise _unknown(connection)
        return found

    async def of(self, vendor: str, *, after: str | None = None, limit: int | None = None) -> list[Connection]:
        """Return up to `limit` of the vendor's connections after `after`, oldest first.

        `after` may be deleted by now; raises `ConnectionUnknown` if it never existed.
        """
        with database_errors():
            async with self._pool.acquire() as session:
                if after is not None and not await session.fetchval(_WAS_THERE, vendor, after):
                    raise _unknown(after)
                rows = await session.fetch(_PAGE, vendor, after, limit)
        return [Connection(*row) for row in rows]

    async def delete(self, vendor: str, connection: str, *, by: Caller) -> None:
        """Delete the connection: its messages are refused from now on. Raise `ConnectionUnknown`."""
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                await self._mine(session, vendor, connection)
                deleted_at = await session.fetchval(
                    "UPDATE registration.crm_connection SET deleted_at = clock_timestamp() WHERE connection = $1 "
                    "RETURNING deleted_at",
                    connection,
                )
                await session.execute("DELETE FROM registration.crm_signing WHERE connection = $1", connection)
                act = ConnectionDeleted(by=actor(by), at=in_utc(deleted_at), connection=connection)
                await record(session, by, act)
        self._cache.pop(connection, None)

    def has_met(self, connection: str) -> bool:
        """Whether this process has read the connection's secrets before; asks no database."""
        return connection in self._cache

    async def verify(self, connection: str, headers: Mapping[str, str], body: bytes) -> Verified:
        """Verify a message; raise `ConnectionUnknown`, `SignatureInvalid`, `TimestampOutsideTolerance`."""
        vendor, webhooks = await self._known(connection)
        message_id = headers.get("webhook-id", "")
        timestamp = headers.get("webhook-timestamp", "")
        # Checked before the library sees it: the library reads 1700000000.9 as 1700000000, so a replay could
        # pass for a later delivery.
        if not _MESSAGE_ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(timestamp):
            raise SignatureInvalid("send webhook-id, webhook-timestamp (whole seconds) and webhook-signature")
        if not sum(_holds(webhook, headers, body) for webhook in webhooks):
            raise SignatureInvalid("no active secret of this connection made this signature")
        if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            raise TimestampOutsideTolerance(
                f"webhook-timestamp is more than {TOLERANCE_SECONDS} s away from now; sign the retry again with a new "
                f"timestamp"
            )
        return Verified(vendor, message_id, int(timestamp))

    async def _known(self, connection: str) -> tuple[str, list[Webhook]]:
        _assert_identifier(connection)
        now = time.monotonic()
        cached = self._cache.get(connection)
        if cached is not None and now - cached[0] < self._cache_seconds:
            return cached[1], cached[2]
        with database_errors():
            rows = await self._pool.fetch(
                "SELECT c.vendor, s.signing_id, s.sealed_secret "
                "FROM registration.crm_connection c JOIN registration.crm_signing s USING (connection) "
                "WHERE c.connection = $1 AND c.deleted_at IS NULL "
                "AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())",
                connection,
            )
        if not rows:
            self._cache.pop(connection, None)
            raise _unknown(connection)
        webhooks = [
            Webhook(self._master.unwrap(row["sealed_secret"], f"crm|{connection}|{row['signing_id']}")) for row in rows
        ]
        self._cache[connection] = now, rows[0]["vendor"], webhooks
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return rows[0]["vendor"], webhooks

    async def _new_secret(self, session: asyncpg.Connection, connection: str) -> tuple[str, datetime]:
        secret = os.urandom(SECRET_BYTES)
        signing = secrets.token_hex(8)
        made_at = await session.fetchval(
            "INSERT INTO registration.crm_signing (signing_id, connection, sealed_secret) VALUES ($1, $2, $3) "
            "RETURNING created_at",
            signing,
            connection,
            self._master.wrap(secret, f"crm|{connection}|{signing}"),
        )
        return "whsec_" + base64.b64encode(secret).decode(), in_utc(made_at)

    async def _mine(self, session: asyncpg.Connection, vendor: str, connection: str) -> None:
        _assert_identifier(connection)
        found = await session.fetchval(
            "SELECT true FROM registration.crm_connection "
            "WHERE connection = $1 AND vendor = $2 AND deleted_at IS NULL FOR UPDATE",
            connection,
            vendor,
        )
        if not found:
            raise _unknown(connection)


def _assert_identifier(connection: str) -> None:
    # A text that is not an identifier names no connection, and PostgreSQL does not accept every text.
    if not is_identifier(connection):
        raise _unknown(connection)


def _unknown(connection: str) -> ConnectionUnknown:
    return ConnectionUnknown(f"there is no CRM connection {echoed(connection)}")


def _holds(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether this secret made the signature, in constant time. The timestamp is checked elsewhere."""
    signed = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    try:
        expected = webhook.sign(headers["webhook-id"], signed, body.decode())
    except (UnicodeDecodeError, OverflowError):
        return False
    given = headers.get("webhook-signature", "").split(" ")
    # Compare with every one, so that timing does not reveal their number.
    return sum(secrets.compare_digest(expected.encode(), one.encode()) for one in given[:MAX_SIGNATURES]) > 0


MAX_SIGNATURES = 10
"""A sender in the middle of a rotation signs twice; more than ten signatures are noise."""
