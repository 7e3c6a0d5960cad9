"""The switch: make another version live in one transaction, never at an older position."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from shared.crash_points import crash_point
from shared.database import Contended, database_errors
from shared.errors import DealregError, Unavailable
from shared.log.port import EventLog
from shared.partitions.ownership import Held, Ownership
from shared.projection import tables
from shared.projection.parking import parked_of
from shared.projection.port import View
from shared.projection.processor import PartitionProcessor
from shared.projection.versions import State, Stored, at, beside, numbered, schema_of
from shared.settings import Settings

SWITCH_SECONDS = 60.0
LOCK_TIMEOUT_MS = 250
"""Lock time-out: readers wait at most so long."""
CATCH_UP_ENTRIES = 2_000
"""Entries that the new version may still fold while readers wait: some hundred milliseconds."""
RETRY_SECONDS = 0.05
CONTENDED_SECONDS = 1.0
"""Pause between attempts, which readers use: a long export may hold the tables for a while."""

_POSITIONS = """
SELECT consumer, partition, next_offset, remembered FROM log.ownership WHERE consumer = ANY ($1::text[])
ORDER BY consumer, partition FOR UPDATE
"""
_OURS = """
UPDATE log.ownership SET owner = $3, epoch = epoch + 1, lease_until = clock_timestamp() + $4 * interval '1 second'
WHERE consumer = $1 AND partition = $2 RETURNING epoch
"""
# An owner of either version's partitions finds the tables moved: its next commit is refused and it restarts.
_FENCE = """
UPDATE log.ownership SET epoch = epoch + 1, owner = NULL, lease_until = clock_timestamp()
WHERE consumer = ANY ($1::text[])
"""


Some = TypeVar("Some")


class Behind(Unavailable):
    """What was built is behind what is live."""

    code = "view.behind"


class NewlyParked(DealregError):
    """The version has parked entries that the live one has applied."""

    code = "view.newly_parked"


class Switch:
    """Makes `new` live instead of `old`; `view` is the one over the live tables."""

    def __init__(
        self,
        pool: Any,
        log: EventLog,
        settings: Settings,
        view: View,
        old: Stored,
        new: Stored,
        owner: str,
        left: State = "kept",
    ) -> None:
        self._pool, self._log, self._settings, self._view = pool, log, settings, view
        self._old, self._new, self._owner = old, new, owner
        self._left: State = left
        """State of the old version afterwards."""
        self._consumers = tuple(consumer_of(view, one.version) for one in (old, new))
        self._ownership = Ownership(pool, self._consumers[1], log.partitions, owner, settings.lease_seconds)

    async def make(self) -> None:
        """Switch, and keep or drop the old version; raise `NewlyParked`, or `Unavailable` if it takes too long."""
        with database_errors():
            await tables.make_schema(self._pool, schema_of(self._view), beside(self._view, self._old.version))

        async def attempt() -> None:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._attempt(connection)

        await until_it_switches(attempt)
        crash_point("rebuild.after_switch")

    async def _attempt(self, connection: Any) -> None:
        old, new = numbered(self._view, self._old.version), numbered(self._view, self._new.version)
        there = at(new, beside(self._view, new.version))
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
        # Tables first, then positions, in every processor's order, so that no deadlock is possible.
        await tables.lock(connection, old, there)
        rows = await connection.fetch(_POSITIONS, list(self._consumers))
        positions: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
        for row in rows:
            positions[self._consumers.index(row["consumer"])][row["partition"]] = row
        await self._catch_up(connection, new, *positions)
        await self._assert_nothing_new_is_parked(connection)
        await tables.move(connection, old, beside(self._view, old.version))
        await tables.move(connection, there, schema_of(self._view))
        for version, state in ((old.version, self._left), (new.version, "current")):
            await connection.execute(
                "UPDATE projections.version SET state = $3 WHERE view = $1 AND version = $2", old.name, version, state
            )
        await connection.execute(_FENCE, list(self._consumers))
        crash_point("rebuild.before_switch")

    async def _catch_up(self, connection: Any, view: View, old: dict[int, Any], new: dict[int, Any]) -> None:
        """Assert that the new version is at least as far on every partition; raise `Behind`."""
        behind = {
            partition: (new[partition], row["next_offset"])
            for partition, row in old.items()
            if row["next_offset"] > new[partition]["next_offset"]
        }
        missing = sum(end - row["next_offset"] for row, end in behind.values())
        if missing > CATCH_UP_ENTRIES:
            raise Behind(f"version {self._new.version} of {self._view.name} is {missing} entries behind")
        for partition, (row, end) in behind.items():
            epoch = await connection.fetchval(
                _OURS, self._consumers[1], partition, self._owner, self._settings.lease_seconds
            )
            held = Held(partition, epoch, row["next_offset"], row["remembered"])
            limit = end - held.next_offset
            lane = await PartitionProcessor.open(
                view, _Alone(connection), self._log, self._ownership, held, limit, self._settings.lease_seconds, end
            )
            while lane.next_offset < end:
                await lane.step(self._settings.poll_ms, limit=end - lane.next_offset)
            await lane.stop_reading()

    async def _assert_nothing_new_is_parked(self, connection: Any) -> None:
        before, now = [await parked_of(connection, self._view.name, one.version) for one in (self._old, self._new)]
        newly = sorted(now.keys() - before.keys())
        if newly:
            vendor, seq = newly[0]
            raise NewlyParked(
                f"version {self._new.version} of {self._view.name} parked {len(newly)} entries that the live "
                f"version has applied; the first is entry {seq} of vendor {vendor}: {now[newly[0]]}"
            )


async def until_it_switches(
    attempt: Callable[[], Awaitable[Some]], failed: Callable[[], Awaitable[None]] | None = None
) -> Some:
    """Return what the attempt returns; repeat one that meets readers or is behind, for `SWITCH_SECONDS`."""
    deadline = time.monotonic() + SWITCH_SECONDS
    while True:
        try:
            with database_errors():
                return await attempt()
        except (Contended, Behind) as error:
            if failed is not None:
                await failed()
            if time.monotonic() > deadline:
                raise
            pause = CONTENDED_SECONDS if isinstance(error, Contended) else RETRY_SECONDS
        await asyncio.sleep(pause)


class _Alone:
    """A pool of one connection with an open transaction, which a processor's commits become part of."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @asynccontextmanager
    async def acquire(self) -> Any:
        yield self._connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def consumer_of(view: View, version: int) -> str:
    """Return the consumer name of a version's positions."""
    return f"view:{view.name}:{version}"


def positions_of(rows: Sequence[Any], partitions: int) -> tuple[int, ...]:
    """Return the next offset of each partition, 0 if nobody has started."""
    found = {row["partition"]: row["next_offset"] for row in rows}
    return tuple(found.get(partition, 0) for partition in range(partitions))
