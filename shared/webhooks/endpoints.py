"""Webhook endpoints of vendors and partners: made, changed, rotated, replayed and ended, each act on the log."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.credentials import Caller
from shared.credentials.recording import actor, record
from shared.database import database_errors
from shared.events import access
from shared.http.echo import echoed
from shared.persons import MasterKey
from shared.values import is_identifier
from shared.values.written import in_utc
from shared.webhooks.endpoint import COLUMNS, Endpoint, Wanted, endpoint_of
from shared.webhooks.errors import EndpointDisabled, EndpointPosition, EndpointsTooMany, EndpointUnknown
from shared.webhooks.secrets import Replaced, Secrets

MAX_OF_VENDOR = 20
MAX_OF_PARTNER = 5
"""Each is read for and sent to on its own, so each costs memory and connections."""

_END = """
SELECT CASE WHEN $2::text IS NULL
    THEN coalesce((SELECT max(seq) FROM projections.feed WHERE vendor = $1), 0)
    ELSE coalesce((SELECT max(n) FROM projections.partner_feed WHERE vendor = $1 AND partner = $2), 0) END
"""
_COUNT = """
SELECT count(*) FROM webhooks.endpoint
WHERE vendor = $1 AND partner IS NOT DISTINCT FROM $2 AND deleted_at IS NULL
"""
_INSERT = f"""
INSERT INTO webhooks.endpoint (endpoint, vendor, partner, name, url, types, ordered, cursor, matched_from)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING {COLUMNS}
"""
_FIND = f"""
SELECT {COLUMNS} FROM webhooks.endpoint
WHERE endpoint = $1 AND vendor = $2 AND ($3::text IS NULL OR partner = $3) AND deleted_at IS NULL
"""
_PAGE = f"""
SELECT {COLUMNS} FROM webhooks.endpoint
WHERE vendor = $1 AND ($2::text IS NULL OR partner = $2) AND deleted_at IS NULL AND ($3::text IS NULL OR
    (created_at, endpoint) > (SELECT created_at, endpoint FROM webhooks.endpoint
                              WHERE vendor = $1 AND ($2::text IS NULL OR partner = $2) AND endpoint = $3))
ORDER BY created_at, endpoint LIMIT $4
"""
# An answer that is on its way when the filter changes is compared with the revision, and then sent once more.
_CHANGE = f"""
UPDATE webhooks.endpoint SET url = $2, name = $3, types = $4, ordered = $5, revision = revision + 1,
    matched_from = CASE WHEN types = $4 THEN matched_from ELSE cursor END
WHERE endpoint = $1 RETURNING {COLUMNS}, clock_timestamp() AS done_at
"""
_SWITCH = f"""
UPDATE webhooks.endpoint SET state = $2, disabled_reason = $3, failing_since = NULL, revision = revision + 1
WHERE endpoint = $1 RETURNING {COLUMNS}, clock_timestamp() AS done_at
"""
_REPLAY = f"""
UPDATE webhooks.endpoint SET cursor = $2, matched_from = $2, revision = revision + 1
WHERE endpoint = $1 RETURNING {COLUMNS}, clock_timestamp() AS done_at
"""
_DELETE = """
UPDATE webhooks.endpoint SET deleted_at = clock_timestamp(), revision = revision + 1
WHERE endpoint = $1 RETURNING deleted_at
"""
_TEST = """
INSERT INTO webhooks.waiting (endpoint, message, position, subject, attempts, first_at, next_at)
SELECT $1, $2, NULL, NULL, 0, clock_timestamp(), clock_timestamp()
WHERE NOT EXISTS (SELECT FROM webhooks.waiting WHERE endpoint = $1 AND position IS NULL)
"""


@dataclass(frozen=True, slots=True)
class _Session:
    """A transaction on one endpoint, whose row is locked."""

    connection: Any
    found: Endpoint


class Endpoints:
    """Stores endpoints; a caller bound to a partner reaches that partner's alone."""

    def __init__(self, pool: Any, master_key: MasterKey) -> None:
        self._pool = pool
        self._secrets = Secrets(master_key)

    async def create(
        self, partner: str | None, wanted: Wanted, *, after: int | None = None, by: Caller
    ) -> tuple[Endpoint, str]:
        """Create an endpoint for events after that position, by default those to come; return its secret too.

        Raises `EndpointsTooMany` and `EndpointPosition`.
        """
        most = MAX_OF_VENDOR if partner is None else MAX_OF_PARTNER
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                # Two who create at once must not both be the last one allowed.
                await session.execute("SELECT pg_advisory_xact_lock(hashtextextended('webhooks ' || $1, 0))", by.vendor)
                if await session.fetchval(_COUNT, by.vendor, partner) >= most:
                    whose = "the vendor" if partner is None else f"partner {partner}"
                    raise EndpointsTooMany(f"{whose} has {most} webhook endpoints, and may have no more; delete one")
                begins = await self._position(session, by.vendor, partner, after)
                endpoint = f"we_{secrets.token_hex(12)}"
                row = await session.fetchrow(
                    _INSERT, endpoint, by.vendor, partner, wanted.name, wanted.url, list(wanted.types), wanted.ordered,
                    begins,
                )  # fmt: skip
                made = endpoint_of(row)
                secret, at = await self._secrets.add(session, endpoint)
                await self._record(
                    session, by, made, access.EndpointCreated, at,
                    after=begins, types=wanted.types, ordered=wanted.ordered,
                )  # fmt: skip
        return made, secret

    async def change(self, endpoint: str, changes: dict[str, Any], *, by: Caller) -> Endpoint:
        """Change fields of `Wanted`; raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            now = {name: changes.get(name, getattr(on.found, name)) for name in Wanted.__dataclass_fields__}
            changed = [name for name, value in now.items() if value != getattr(on.found, name)]
            if not changed:
                return on.found
            row = await on.connection.fetchrow(
                _CHANGE, endpoint, now["url"], now["name"], list(now["types"]), now["ordered"]
            )
            await self._record(
                on.connection, by, on.found, access.EndpointChanged, row["done_at"], fields=tuple(changed)
            )
        return endpoint_of(row)

    async def rotate(self, endpoint: str, grace: timedelta, *, by: Caller) -> tuple[str, Replaced]:
        """Create a new secret; messages carry signatures of both until the old one ends. Raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            replaced = await self._secrets.end(on.connection, endpoint, grace)
            secret, at = await self._secrets.add(on.connection, endpoint)
            await on.connection.execute(
                "UPDATE webhooks.endpoint SET revision = revision + 1 WHERE endpoint = $1", endpoint
            )
            await self._record(
                on.connection, by, on.found, access.EndpointRotated, at, expires_at=replaced.expires_at
            )  # fmt: skip
        return secret, replaced

    async def disable(self, endpoint: str, *, by: Caller) -> Endpoint:
        """Deliver nothing more until it is enabled; its place is kept. Raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            if on.found.state == "disabled":
                return on.found
            row = await on.connection.fetchrow(_SWITCH, endpoint, "disabled", "requested")
            await self._record(
                on.connection, by, on.found, access.EndpointDisabled, row["done_at"], reason="requested"
            )  # fmt: skip
        return endpoint_of(row)

    async def enable(self, endpoint: str, *, by: Caller) -> Endpoint:
        """Deliver again from where it stopped, what waits at once; raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            if on.found.state == "enabled":
                return on.found
            row = await on.connection.fetchrow(_SWITCH, endpoint, "enabled", None)
            await on.connection.execute(
                "UPDATE webhooks.waiting SET next_at = clock_timestamp(), first_at = clock_timestamp() "
                "WHERE endpoint = $1",
                endpoint,
            )
            await self._record(on.connection, by, on.found, access.EndpointEnabled, row["done_at"])
        return endpoint_of(row)

    async def replay(self, endpoint: str, after: int, *, by: Caller) -> Endpoint:
        """Deliver every event after that position (again), with its first id.

        Raises `EndpointUnknown`, `EndpointDisabled` and `EndpointPosition`.
        """
        async with self._on(endpoint, by) as on:
            if on.found.state == "disabled":
                raise EndpointDisabled(f"endpoint {endpoint} is disabled; enable it first")
            begins = await self._position(on.connection, by.vendor, on.found.partner, after)
            row = await on.connection.fetchrow(_REPLAY, endpoint, begins)
            # What waits behind the new place comes by itself; twice would break its order.
            await on.connection.execute(
                "DELETE FROM webhooks.waiting WHERE endpoint = $1 AND position > $2", endpoint, begins
            )
            await self._record(on.connection, by, on.found, access.EndpointReplayed, row["done_at"], after=begins)
        return endpoint_of(row)

    async def test(self, endpoint: str, *, by: Caller) -> str:
        """Have a test event sent once, also while disabled; return its id. Raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            await on.connection.execute(_TEST, endpoint, f"msg_test_{secrets.token_hex(12)}")
            return str(
                await on.connection.fetchval(
                    "SELECT message FROM webhooks.waiting WHERE endpoint = $1 AND position IS NULL", endpoint
                )
            )

    async def delete(self, endpoint: str, *, by: Caller) -> None:
        """End the endpoint; what waits is sent no more. Raise `EndpointUnknown`."""
        async with self._on(endpoint, by) as on:
            at = await on.connection.fetchval(_DELETE, endpoint)
            for table in ("secret", "waiting"):
                await on.connection.execute(f"DELETE FROM webhooks.{table} WHERE endpoint = $1", endpoint)
            await self._record(on.connection, by, on.found, access.EndpointDeleted, at)

    async def get(self, endpoint: str, *, by: Caller) -> Endpoint:
        """Return the endpoint; raise `EndpointUnknown`."""
        _assert_identifier(endpoint)
        with database_errors():
            row = await self._pool.fetchrow(_FIND, endpoint, by.vendor, by.partner)
        if row is None:
            raise _unknown(endpoint)
        return endpoint_of(row)

    async def of(self, *, by: Caller, after: str | None = None, limit: int | None = None) -> list[Endpoint]:
        """Return the caller's endpoints after `after`, oldest first."""
        with database_errors():
            rows = await self._pool.fetch(_PAGE, by.vendor, by.partner, after, limit)
        return [endpoint_of(row) for row in rows]

    @asynccontextmanager
    async def _on(self, endpoint: str, by: Caller) -> AsyncIterator[_Session]:
        _assert_identifier(endpoint)
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                row = await session.fetchrow(_FIND + " FOR UPDATE", endpoint, by.vendor, by.partner)
                if row is None:
                    raise _unknown(endpoint)
                yield _Session(session, endpoint_of(row))

    async def _position(self, session: Any, vendor: str, partner: str | None, after: int | None) -> int:
        end: int = await session.fetchval(_END, vendor, partner)
        if after is not None and after > end:
            raise EndpointPosition(f"`after` is {after}, and the feed ends at {end}; give a position up to that one")
        return end if after is None else after

    async def _record(
        self, session: Any, by: Caller, on: Endpoint, act: type[access.AccessEvent], at: datetime, **content: Any
    ) -> None:
        made: Any = act
        await record(
            session, by, made(by=actor(by), at=in_utc(at), endpoint=on.endpoint, partner=on.partner, **content)
        )  # fmt: skip


def _assert_identifier(endpoint: str) -> None:
    # A text that is not an identifier names no endpoint, and PostgreSQL does not accept every text.
    if not is_identifier(endpoint):
        raise _unknown(endpoint)


def _unknown(endpoint: str) -> EndpointUnknown:
    return EndpointUnknown(f"there is no webhook endpoint {echoed(endpoint)}")
