"""What a receiver's deliveries leave in the database: cursor, waiting messages and the log, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.projections.webhooks.message import Attempt, Waiting
from shared.credentials import Caller
from shared.credentials.recording import record
from shared.database import database_errors
from shared.errors import Unavailable
from shared.events import access
from shared.partitions.ownership import Held, Ownership
from shared.persons import MasterKey
from shared.values.written import in_utc
from shared.webhooks import Endpoint, Secrets, Signer
from shared.webhooks.endpoint import COLUMNS, endpoint_of

_LOAD = f"SELECT {COLUMNS} FROM webhooks.endpoint WHERE endpoint = $1 AND deleted_at IS NULL"
_WAITING = """
SELECT message, position, subject, attempts, first_at, next_at FROM webhooks.waiting
WHERE endpoint = $1 ORDER BY position
"""
_ADVANCE = """
UPDATE webhooks.endpoint SET cursor = $3, failing_since = $4, state = $5, disabled_reason = $6
WHERE endpoint = $1 AND revision = $2 AND deleted_at IS NULL RETURNING clock_timestamp() AS done_at
"""
_KEEP = """
INSERT INTO webhooks.waiting (endpoint, message, position, subject, attempts, first_at, next_at)
SELECT $1, * FROM unnest(
    $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::timestamptz[], $7::timestamptz[])
ON CONFLICT (endpoint, message) DO UPDATE
SET attempts = excluded.attempts, first_at = excluded.first_at, next_at = excluded.next_at
"""
_DONE = "DELETE FROM webhooks.waiting WHERE endpoint = $1 AND message = ANY ($2::text[])"
_LOG = """
INSERT INTO webhooks.delivery
    (endpoint, message, position, type, attempt, at, outcome, status, failure, took_ms, next_at)
SELECT $1, * FROM unnest(
    $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::timestamptz[], $7::text[], $8::integer[], $9::text[],
    $10::integer[], $11::timestamptz[])
"""
_WORKER = "dealreg:webhooks"
"""The principal of what the worker does by itself."""


class Changed(Unavailable):
    """An administrator changed the endpoint meanwhile: what was sent since is sent again, under the same ids."""

    code = "endpoint.changed"


@dataclass(frozen=True, slots=True)
class Logged:
    """One attempt as the log keeps it; `next_at` says when it is tried again."""

    attempt: Attempt
    outcome: str
    next_at: datetime | None


@dataclass(slots=True)
class Changes:
    """What a pass of deliveries changes."""

    cursor: int
    failing_since: datetime | None
    keep: list[Waiting] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    disable: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """An endpoint as a receiver begins with it."""

    endpoint: Endpoint
    waiting: Sequence[Waiting]
    signer: Signer


class Store:
    """Reads and writes one partition's endpoints while the worker owns it."""

    def __init__(self, pool: Any, master_key: MasterKey, ownership: Ownership, held: Held) -> None:
        self._pool, self._secrets = pool, Secrets(master_key)
        self._ownership, self._held = ownership, held

    async def load(self, endpoint: str) -> Loaded | None:
        """The endpoint with what waits for it; None once it was deleted."""
        with database_errors():
            async with self._pool.acquire() as session, session.transaction(isolation="repeatable_read", readonly=True):
                row = await session.fetchrow(_LOAD, endpoint)
                if row is None:
                    return None
                waiting = [Waiting(*one) for one in await session.fetch(_WAITING, endpoint)]
                return Loaded(endpoint_of(row), waiting, await self._secrets.signer(session, endpoint))

    async def commit(self, endpoint: Endpoint, changes: Changes) -> None:
        """Write all of it; raise `Fenced` where another worker has the partition, and `Changed`."""
        name = endpoint.endpoint
        state = ("disabled", "failing") if changes.disable else (endpoint.state, endpoint.disabled_reason)
        with database_errors():
            async with self._pool.acquire() as session, session.transaction():
                await self._ownership.assert_held(session, self._held)
                row = await session.fetchrow(
                    _ADVANCE, name, endpoint.revision, changes.cursor, changes.failing_since, *state
                )
                if row is None:
                    raise Changed(f"endpoint {name} was changed")
                if changes.done:
                    await session.execute(_DONE, name, changes.done)
                if changes.keep:
                    await session.execute(_KEEP, name, *_columns(changes.keep))
                if changes.log:
                    await session.execute(_LOG, name, *zip(*map(_logged, changes.log), strict=True))
                if changes.disable:
                    await self._record(session, endpoint, in_utc(row["done_at"]), changes.failing_since)

    async def _record(self, session: Any, endpoint: Endpoint, at: datetime, since: datetime | None) -> None:
        act = access.EndpointDisabled(
            by=access.WEBHOOKS, at=at, endpoint=endpoint.endpoint, partner=endpoint.partner, reason="failing",
            failing_since=since,
        )  # fmt: skip
        by = Caller(endpoint.vendor, _WORKER, None, frozenset(), access.WEBHOOKS)
        await record(session, by, act)


def _columns(kept: Sequence[Waiting]) -> list[list[Any]]:
    rows = [(one.message, one.position, one.subject, one.attempts, one.first_at, one.next_at) for one in kept]
    return [list(column) for column in zip(*rows, strict=True)]


def _logged(one: Logged) -> tuple[Any, ...]:
    (waiting, type_, _), at, status, failure, seconds = one.attempt
    return (
        waiting.message, waiting.position, type_, waiting.attempts + 1, at, one.outcome, status, failure,
        round(seconds * 1_000), one.next_at,
    )  # fmt: skip


FORGET_ROWS = 5_000
_FORGET = f"""
DELETE FROM webhooks.delivery WHERE (endpoint, number) IN (
    SELECT endpoint, number FROM webhooks.delivery WHERE at < clock_timestamp() - $1::interval LIMIT {FORGET_ROWS})
"""


async def forget(pool: Any, days: int) -> int:
    """Delete old rows of the log; return how many, at most `FORGET_ROWS`."""
    with database_errors():
        done: str = await pool.execute(_FORGET, timedelta(days=days))
    return int(done.rpartition(" ")[2])
