"""Ownership of a partition: one row with owner, lease, epoch and position, compared and set at every commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from shared.database.errors import database_errors
from shared.errors import Fenced, Misconfigured
from shared.settings import variable

FORGET_AFTER_LEASES = 20
"""Rows of dead workers are deleted after this many leases; they stop counting long before."""

_TAKE = """
UPDATE log.ownership SET owner = $3, lease_until = clock_timestamp() + $4 * interval '1 second', epoch = epoch + 1
WHERE consumer = $1 AND partition = $2
  AND (owner IS NULL OR owner = $3 OR lease_until < clock_timestamp())
RETURNING epoch, next_offset, remembered
"""

# Select first: ON CONFLICT alone waits for a transaction that is changing the row.
_CREATE = """
INSERT INTO log.ownership (consumer, partition, lease_until, epoch)
SELECT $1, $2, clock_timestamp(), 0
WHERE NOT EXISTS (SELECT FROM log.ownership WHERE consumer = $1 AND partition = $2)
ON CONFLICT DO NOTHING
RETURNING partition
"""

# `next_offset` beside the epoch: a worker that lost track of its own position must not move it either.
_ADVANCE = """
UPDATE log.ownership SET next_offset = $6, remembered = $7, lease_until = clock_timestamp() + $8 * interval '1 second'
WHERE consumer = $1 AND partition = $2 AND owner = $3 AND epoch = $4 AND next_offset = $5
RETURNING epoch
"""

# The same for consumers that stand at one position and move together.
_ADVANCE_ALL = """
UPDATE log.ownership o
SET next_offset = $6, remembered = $7, lease_until = clock_timestamp() + $8 * interval '1 second'
FROM unnest($1::text[], $4::bigint[]) AS mine (consumer, epoch)
WHERE o.consumer = mine.consumer AND o.partition = $2 AND o.owner = $3 AND o.epoch = mine.epoch AND o.next_offset = $5
RETURNING o.consumer
"""

_RENEW = """
UPDATE log.ownership SET lease_until = clock_timestamp() + $5 * interval '1 second'
WHERE consumer = $1 AND partition = $2 AND owner = $3 AND epoch = $4
RETURNING epoch
"""

# A successor changes the row, so it waits until the transaction ends.
_ASSERT = """
SELECT epoch FROM log.ownership WHERE consumer = $1 AND partition = $2 AND owner = $3 AND epoch = $4 FOR SHARE
"""

_RELEASE = """
UPDATE log.ownership SET owner = NULL, lease_until = clock_timestamp()
WHERE consumer = $1 AND partition = $2 AND owner = $3 AND epoch = $4
"""

_HEARTBEAT = """
INSERT INTO log.worker (consumer, owner, seen_at) VALUES ($1, $2, clock_timestamp())
ON CONFLICT (consumer, owner) DO UPDATE SET seen_at = excluded.seen_at
"""

_ALIVE = """
SELECT count(*) FROM log.worker
WHERE consumer = $1 AND seen_at > clock_timestamp() - $2 * interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A partition that we own as long as its row says so, and its position."""

    partition: int
    epoch: int
    next_offset: int
    remembered: str | None
    """`ce_id` of the record before `next_offset`; None before the first."""


class Ownership:
    """One consumer's partitions as one worker sees them.

    `owner` names the worker; a worker that comes back under its own name takes its partitions at once, under a
    new epoch, so two workers must not share a name.
    """

    def __init__(self, pool: asyncpg.Pool, consumer: str, partitions: int, owner: str, lease_seconds: float) -> None:
        self.partitions = partitions
        self._pool = pool
        self._consumer = consumer
        self._owner = owner
        self._lease = lease_seconds
        self._bounded = False

    def beside(self, consumer: str) -> Ownership:
        """Return another consumer's partitions as the same worker sees them."""
        return Ownership(self._pool, consumer, self.partitions, self._owner, self._lease)

    async def take(self, partition: int, *, begin: bool = True) -> Held | None:
        """Take the partition, committed before anything is read from it; None while another lease lasts.

        With `begin=False` also None where nobody has begun it.
        """
        with database_errors():
            async with self._pool.acquire() as connection:
                await self._assert_locks_are_bounded(connection)
                # An UPDATE that matches nothing locks nothing, so asking does not delay the owner's commits.
                row = await connection.fetchrow(_TAKE, self._consumer, partition, self._owner, self._lease)
                if row is None and begin and await self._created(connection, partition):
                    row = await connection.fetchrow(_TAKE, self._consumer, partition, self._owner, self._lease)
        return row and Held(partition, row["epoch"], row["next_offset"], row["remembered"])

    async def fair_share(self) -> int:
        """Send a heartbeat, and return how many partitions this worker should own at most."""
        with database_errors():
            async with self._pool.acquire() as connection:
                await connection.execute(_HEARTBEAT, self._consumer, self._owner)
                alive = await connection.fetchval(_ALIVE, self._consumer, self._lease)
                await connection.execute(
                    "DELETE FROM log.worker WHERE seen_at < clock_timestamp() - $1 * interval '1 second'",
                    self._lease * FORGET_AFTER_LEASES,
                )
        return -(-self.partitions // max(int(alive), 1))

    async def advance(self, connection: Any, held: Held, next_offset: int, remembered: str | None) -> Held:
        """Move the position and renew the lease within the caller's transaction.

        Raises `Fenced`, and then the caller must roll back.
        """
        with database_errors():
            row = await connection.fetchrow(
                _ADVANCE, *self._mine(held), held.next_offset, next_offset, remembered, self._lease
            )
        if row is None:
            raise self._fenced(held)
        return replace(held, next_offset=next_offset, remembered=remembered)

    async def advance_all(
        self, connection: Any, held: Mapping[str, Held], next_offset: int, remembered: str | None
    ) -> dict[str, Held]:
        """Move consumers of one partition that this worker owns from their common position, as `advance` does one.

        Raises `Fenced` if a single one is no longer ours or stands elsewhere; then the caller must roll back.
        """
        (place,) = {(one.partition, one.next_offset) for one in held.values()}
        epochs = [one.epoch for one in held.values()]
        with database_errors():
            rows = await connection.fetch(
                _ADVANCE_ALL, list(held), place[0], self._owner, epochs, place[1], next_offset, remembered, self._lease
            )
        if lost := held.keys() - {row["consumer"] for row in rows}:
            raise Fenced(f"{self._owner} lost partition {place[0]} of {', '.join(sorted(lost))}")
        return {
            consumer: replace(one, next_offset=next_offset, remembered=remembered) for consumer, one in held.items()
        }

    async def renew(self, held: Held) -> None:
        """Renew the lease; raise `Fenced`."""
        with database_errors():
            row = await self._pool.fetchrow(_RENEW, *self._mine(held), self._lease)
        if row is None:
            raise self._fenced(held)

    async def assert_held(self, connection: Any, held: Held) -> None:
        """Assert within the caller's transaction that the partition stays ours until it ends; raise `Fenced`.

        For work that has positions of its own: several transactions at once may hold it.
        """
        with database_errors():
            row = await connection.fetchrow(_ASSERT, *self._mine(held))
        if row is None:
            raise self._fenced(held)

    async def release(self, held: Held) -> None:
        """Release the partition for the next worker; do nothing if it is no longer ours."""
        with database_errors():
            await self._pool.execute(_RELEASE, *self._mine(held))

    async def leave(self) -> None:
        """Leave the group, so that the other workers share at once instead of waiting for the lease."""
        with database_errors():
            await self._pool.execute(
                "DELETE FROM log.worker WHERE consumer = $1 AND owner = $2", self._consumer, self._owner
            )

    def _mine(self, held: Held) -> tuple[str, int, str, int]:
        return self._consumer, held.partition, self._owner, held.epoch

    def _fenced(self, held: Held) -> Fenced:
        return Fenced(f"{self._owner} lost {self._consumer}/{held.partition} of epoch {held.epoch}")

    async def _created(self, connection: asyncpg.Connection, partition: int) -> bool:
        created = await connection.fetchrow(_CREATE, self._consumer, partition)
        return created is not None

    async def _assert_locks_are_bounded(self, connection: asyncpg.Connection) -> None:
        """Assert that a frozen writer's row lock ends before its lease; otherwise its successor could not take over."""
        if self._bounded:
            return
        timeout_ms = await connection.fetchval(
            "SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
        )
        if not 0 < timeout_ms < self._lease * 1_000:
            raise Misconfigured(
                f"idle_in_transaction_session_timeout is {timeout_ms} ms, it must be above 0 and below the lease "
                f"of {self._lease} s: set {variable('idle_in_transaction_timeout_ms')}"
            )
        self._bounded = True
