"""The joint processor of a partition: one read, one decode and one transaction for all views that stand level.

Each view keeps its own position, version, parking and halting. One whose batch is not plain (it has something parked
of these vendors, or an entry fails) processes the same records by itself. One that halts or lags leaves the others, and
comes back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence

from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import DealregError, Unavailable
from shared.events.envelope import Entry
from shared.log.port import StoredRecord
from shared.partitions.ownership import Held, Ownership
from shared.projection.decoding import DECODING
from shared.projection.members import Joint, Members
from shared.projection.port import View
from shared.projection.positions import clear_halt, move_heads_of_all
from shared.projection.prefetch import Prefetcher
from shared.projection.processor import RENEWALS_PER_LEASE, EntryFailed, PartitionProcessor, apply
from shared.projection.reading import Reading, read

Lanes = Mapping[str, PartitionProcessor]
"""By consumer name."""


class JointProcessor:
    """Folds one partition into all wanted views, as long as this worker has the partition for them."""

    def __init__(self, joint: Joint, ownership: Ownership, held: Held) -> None:
        self._joint = joint
        self._ownership = ownership
        self._held = held
        """The right to fold all views here. Each view's own row fences its commits."""
        self._renewed = time.monotonic()
        self._members = Members(joint, ownership, held.partition)
        self._reader: Prefetcher | None = None

    def is_behind(self, end: int) -> bool:
        """Whether a wanted view is missing or has records to read before this offset."""
        return self._members.is_behind(end)

    async def step(self, wait_ms: int) -> int:
        """Process a batch; return the records passed, 0 when caught up; raise `Fenced`, `Unavailable`."""
        await self._keep()
        await self._members.gather()
        reader = await self._reading()
        if reader is None or not self._members.level():
            # No view can be had here, or every one is catching up.
            await asyncio.sleep(wait_ms / 1_000)
            return 0
        ahead = self._members.ahead()
        limit = self._joint.limit if ahead is None else min(self._joint.limit, ahead - self._members.position)
        records = await reader.fetch(limit, wait_ms)
        if not records:
            for consumer, lane in self._members.level().items():
                await self._members.each(consumer, lane.keep())
            return 0
        await self._process(reader, records)
        self._members.position = records[-1].offset + 1
        return len(records)

    async def close(self) -> None:
        """The partition and every view of it are free for the next worker."""
        await self._stop_reader()
        await self._members.close()
        await self._ownership.release(self._held)

    async def stop_reading(self) -> None:
        """Stop reading but keep ownership of the partition."""
        await self._stop_reader()
        await self._members.stop()

    async def _keep(self) -> None:
        if time.monotonic() - self._renewed > self._joint.lease / RENEWALS_PER_LEASE:
            await self._ownership.renew(self._held)
            self._renewed = time.monotonic()

    async def _reading(self) -> Prefetcher | None:
        """Return the reader at the position of the level views; None while there is no view."""
        if self._reader is not None:
            await self._members.align(self._members.position)
            if self._members.level():
                return self._reader
        first = self._members.farthest()
        if first is None:
            return self._reader
        await self._stop_reader()
        held = first.held
        following = await self._joint.log.reader(
            "journal", held.partition, held.next_offset, held.remembered, shared=True
        )
        declares = _declared(self._joint.wanted(held.partition).values())
        self._reader = Prefetcher(following, declares, DECODING.entry, held.next_offset)
        await self._members.align(held.next_offset)
        return self._reader

    async def _stop_reader(self) -> None:
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await reader.close()

    async def _process(self, reader: Prefetcher, records: Sequence[StoredRecord]) -> None:
        vendors = {record.key for record in records}
        for consumer, lane in self._members.level().items():
            await self._members.each(consumer, lane.know(vendors))
        level = self._members.level()
        plain = {consumer: lane for consumer, lane in level.items() if not lane.parks(vendors)}
        if not await self._together(reader, plain, vendors, records):
            plain = {}
        for consumer, lane in level.items():
            if consumer not in plain:
                await self._members.each(consumer, lane.process(records))

    async def _together(
        self, reader: Prefetcher, lanes: Lanes, vendors: set[str], records: Sequence[StoredRecord]
    ) -> bool:
        """Fold the records into all these views in one transaction; return whether that was possible.

        If not, nothing was committed: each view finds out by itself whether it is its entry that fails.
        """
        if len(lanes) < 2:
            return False
        before = [lane.heads_of(vendors) for lane in lanes.values()]
        if any(heads != before[0] for heads in before):
            return False
        declares = _declared(lane.view for lane in lanes.values())
        reading = read(records, before[0], declares, None, reader.entry)
        if reading.records < len(records):
            return False
        try:
            held = await self._commit(lanes, reading, records[-1])
        except Unavailable:
            raise
        except (EntryFailed, DealregError):
            return False
        for consumer, lane in lanes.items():
            lane.passed(held[consumer], reading.heads, records)
        return True

    async def _commit(self, lanes: Lanes, reading: Reading, last: StoredRecord) -> dict[str, Held]:
        with database_errors():
            async with self._joint.pool.acquire() as connection, connection.transaction():
                for lane in lanes.values():
                    if entries := _of(lane, reading.entries):
                        await apply(connection, lane.view, entries)
                views = [(lane.view.name, lane.view.version) for lane in lanes.values()]
                await move_heads_of_all(connection, views, reading.heads)
                for lane in lanes.values():
                    if not lane.clean:
                        await clear_halt(connection, lane.view.name, lane.view.version, lane.partition)
                held = await self._ownership.advance_all(
                    connection,
                    {consumer: lane.held for consumer, lane in lanes.items()},
                    last.offset + 1,
                    dict(last.headers)["ce_id"],
                )
                crash_point("joint.before_commit")
        crash_point("joint.after_commit")
        return held


def _declared(views: Iterable[View]) -> frozenset[str] | None:
    """Return the types that any of the views folds; None if one folds all."""
    each = [view.declares for view in views]
    declared = [one for one in each if one is not None]
    return frozenset().union(*declared) if len(declared) == len(each) else None


def _of(lane: PartitionProcessor, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries that the view folds."""
    declares = lane.view.declares
    return entries if declares is None else [entry for entry in entries if entry.event.type in declares]
