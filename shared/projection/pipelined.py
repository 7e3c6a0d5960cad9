"""Pipelined rebuild: fold the next batch while the last one commits, which was half of the time.

The next batch is loaded from what is committed by then, with what the last one changed laid over it. Whatever is not
plain (an entry to set aside, a halt, a refusal) is left to a lane, which goes on from what is committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from shared.database import database_errors
from shared.events.codec import decode_entry
from shared.log.port import EventLog, Reader, StoredRecord
from shared.partitions.ownership import Held, Ownership
from shared.projection.parking import parked_entries
from shared.projection.port import Carrying, View
from shared.projection.positions import heads_of, move_heads
from shared.projection.reading import Head, read
from shared.projection.shares import WHOLE, Share
from shared.projection.versions import bound

SLICE_RECORDS = 500
"""Records decoded at once: some milliseconds, in which the running commit waits for us."""


class NotPlain(Exception):
    """The next batch needs a partition processor."""


class PipelinedRebuild:
    """Rebuilds one partition of a version that nobody reads; only one batch commits at a time."""

    def __init__(
        self, view: Any, pool: Any, ownership: Ownership, held: Held, reader: Reader, share: Share = WHOLE
    ) -> None:
        self.held = held
        """The partition as the last commit left it."""
        self._view, self._pool, self._ownership, self._reader = view, pool, ownership, reader
        self._share = share
        self._next = held.next_offset
        self._heads: dict[str, Head] = {}
        self._changes: Any = None
        self._leaving: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, view: View, pool: Any, log: EventLog, ownership: Ownership, held: Held, share: Share = WHOLE
    ) -> PipelinedRebuild | None:
        """Open a pipeline at the position; None if the view or its parked entries need a processor."""
        with database_errors():
            plain = isinstance(view, Carrying) and not await parked_entries(
                pool, view.name, view.version, held.partition
            )
        if not plain:
            return None
        reader = await log.reader("journal", held.partition, held.next_offset, held.remembered, whose=share.whose)
        return cls(await bound(pool, view), pool, ownership, held, reader, share)

    async def run(self, end: int, limit: int, on_progress: Any) -> None:
        """Fold to the end; raise `NotPlain` if a processor must continue, with everything before committed."""
        coming = asyncio.create_task(self._reader.fetch(min(limit, end - self._next), 1_000))
        try:
            while self._next < end:
                records = await coming
                left = end - self._next - len(records)
                coming = asyncio.create_task(self._reader.fetch(min(limit, left), 1_000)) if left else coming
                if records:
                    await self._batch(records)
                    on_progress(len(records))
            await self._arrived()
        except NotPlain:
            await self._arrived()
            raise
        finally:
            coming.cancel()
            if self._leaving is not None:
                self._leaving.cancel()
            await asyncio.gather(coming, *filter(None, [self._leaving]), return_exceptions=True)
            await self._reader.close()

    async def _batch(self, records: Sequence[StoredRecord]) -> None:
        await self._know({record.key for record in records} - self._heads.keys())
        entries, heads = [], dict[str, Head]()
        for start in range(0, len(records), SLICE_RECORDS):
            part = records[start : start + SLICE_RECORDS]
            reading = read(part, self._heads | heads, self._view.declares, {}, decode_entry)
            if reading.halt is not None or reading.aside is not None:
                raise NotPlain
            entries += reading.entries
            heads |= reading.heads
            await asyncio.sleep(0)
        try:
            with database_errors():
                async with self._pool.acquire() as connection:
                    rows = await self._view.load(connection, entries)
            changes = self._view.fold(self._view.carry(rows, self._changes), entries)
        except Exception as error:
            # The processor meets the same error again, and handles it.
            raise NotPlain from error
        await self._arrived()
        self._leaving = asyncio.create_task(self._commit(changes, heads, records[-1]))
        self._changes = changes
        self._heads |= heads
        self._next = records[-1].offset + 1

    async def _know(self, vendors: set[str]) -> None:
        elsewhere = self._share.elsewhere(vendors)
        self._heads |= elsewhere
        if vendors := vendors - elsewhere.keys():
            with database_errors():
                self._heads |= await heads_of(self._pool, self._view.name, self._view.version, vendors)

    async def _arrived(self) -> None:
        """The last batch is committed; raises why it is not."""
        if self._leaving is not None:
            leaving, self._leaving = self._leaving, None
            await leaving

    async def _commit(self, changes: Any, heads: dict[str, Head], last: StoredRecord) -> None:
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                await self._view.write(connection, changes)
                await move_heads(connection, self._view.name, self._view.version, heads)
                held = await self._ownership.advance(
                    connection, self.held, last.offset + 1, dict(last.headers)["ce_id"]
                )
        self.held = held
