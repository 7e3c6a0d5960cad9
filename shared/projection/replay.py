"""Replay: apply a view's parked entries in order, after the cause is repaired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import Corrupt, DealregError
from shared.events.codec import decode_entry
from shared.log.port import StoredRecord
from shared.projection.parking import MAX_REASON, why_blocked
from shared.projection.port import View
from shared.projection.processor import EntryFailed, apply
from shared.projection.versions import bound

REPLAY_ENTRIES = 200
"""Entries per transaction. The view pauses on the partition meanwhile, a fraction of a second."""

# Fence the owner, because its cache of parked entries is about to be wrong.
_FENCE = """
UPDATE log.ownership SET epoch = epoch + 1, owner = NULL, lease_until = clock_timestamp()
WHERE consumer = $1 AND partition = $2 RETURNING partition
"""
_PARTITIONS = """
SELECT DISTINCT partition FROM projections.parked WHERE view = $1 AND version = $2 ORDER BY partition
"""
_NEXT = """
SELECT vendor, seq, subjects, headers, value FROM projections.parked
WHERE view = $1 AND version = $2 AND partition = $3 AND (vendor, seq) > ($4, $5) ORDER BY vendor, seq LIMIT $6
"""
_APPLIED = """
DELETE FROM projections.parked p USING unnest($3::text[], $4::bigint[]) AS done (vendor, seq)
WHERE p.view = $1 AND p.version = $2 AND p.vendor = done.vendor AND p.seq = done.seq
"""
_FAILED = "UPDATE projections.parked SET reason = $5 WHERE view = $1 AND version = $2 AND vendor = $3 AND seq = $4"


@dataclass(slots=True)
class Replayed:
    """The result of a replay."""

    view: str
    version: int
    applied: int = 0
    left: int = 0
    first: str | None = None
    """The first entry that still cannot be applied, and why."""


async def replay(pool: asyncpg.Pool, view: View) -> Replayed:
    """Apply everything that can be applied now; what still fails stays parked, with what follows it.

    Safe beside live workers and after a crash: each transaction either happened or did not. Raises `Unavailable`.
    """
    done = Replayed(view.name, view.version)
    with database_errors():
        for row in await pool.fetch(_PARTITIONS, view.name, view.version):
            await _Partition(pool, view, row["partition"], done).replay()
    return done


class _Partition:
    """One partition's replay: its progress, and the subjects that wait for a failed entry."""

    def __init__(self, pool: asyncpg.Pool, view: View, partition: int, done: Replayed) -> None:
        self._pool, self._view, self._partition, self._done = pool, view, partition, done
        self._after = ("", 0)
        self._blocked: dict[str, dict[str, int]] = {}

    async def replay(self) -> None:
        while await self._step():
            pass

    async def _step(self) -> bool:
        """Replay one transaction; return whether there may be more."""
        view, version = self._view.name, self._view.version
        async with self._pool.acquire() as connection, connection.transaction():
            # First: from here on no processor commits, and what it committed before is visible.
            await connection.fetchrow(_FENCE, f"view:{view}:{version}", self._partition)
            there = await bound(connection, self._view)
            rows = await connection.fetch(_NEXT, view, version, self._partition, *self._after, REPLAY_ENTRIES)
            applied = [row for row in rows if await self._try(connection, there, row)]
            content = [row["vendor"] for row in applied], [row["seq"] for row in applied]
            await connection.execute(_APPLIED, view, version, *content)
            crash_point("replay.before_commit")
        crash_point("replay.after_commit")
        self._done.applied += len(applied)
        self._done.left += len(rows) - len(applied)
        if rows:
            self._after = (rows[-1]["vendor"], rows[-1]["seq"])
        return len(rows) == REPLAY_ENTRIES

    async def _try(self, connection: Any, view: View, row: Any) -> bool:
        """Apply the entry; if that fails, its subjects wait for it."""
        blocked = self._blocked.setdefault(row["vendor"], {})
        why = why_blocked(row["subjects"], blocked)
        if why is None:
            try:
                headers = tuple((name, text) for name, text in orjson.loads(row["headers"]))
                entry = decode_entry(StoredRecord(0, row["vendor"], headers, row["value"]))
                async with connection.transaction():
                    await apply(connection, view, [entry])
                return True
            except (EntryFailed, Corrupt) as error:
                why = error.detail if isinstance(error, DealregError) else str(error)
                self._done.first = self._done.first or f"vendor {row['vendor']}, entry {row['seq']}: {why}"
        self._blocked[row["vendor"]] = dict.fromkeys(row["subjects"], row["seq"]) | blocked
        await connection.execute(_FAILED, view.name, view.version, row["vendor"], row["seq"], why[:MAX_REASON])
        return False
