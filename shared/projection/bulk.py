"""Fold a version in large batches up to given offsets, while nobody reads it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shared.errors import Unavailable
from shared.events.codec import decode_entry
from shared.log.port import EventLog
from shared.partitions.ownership import Held, Ownership
from shared.projection.pipelined import NotPlain, PipelinedRebuild
from shared.projection.port import View
from shared.projection.processor import PartitionProcessor
from shared.projection.shares import WHOLE, Share
from shared.settings import Settings

POLL_MS = 1_000

Passed = Callable[[int], None]
"""Called with the number of records processed since the last call."""


class Bulk:
    """Owns partitions of a version under construction, or one share of them; never folds committed entries again."""

    def __init__(
        self, view: View, pool: Any, log: EventLog, ownership: Ownership, settings: Settings, share: Share = WHOLE
    ) -> None:
        self.view, self.pool, self._log = view, pool, log
        self.ownership = ownership
        self.settings = settings
        self._share = share
        self.held: dict[int, Held] = {}

    async def take(self) -> None:
        """Take every partition; raise `Unavailable` while another builder's lease lasts."""
        for partition in range(self._log.partitions):
            held = await self.ownership.take(partition)
            if held is None:
                raise Unavailable(
                    f"partition {partition} of {self.view.name} is still owned; try again when its lease ends"
                )
            self.held[partition] = held

    async def fold(self, ends: Sequence[int] | Mapping[int, int], passed: Passed) -> None:
        """Fold every partition that is held up to its end; raise `Halted`."""
        with _without_collections():
            await asyncio.gather(*(self._partition(partition, ends[partition], passed) for partition in self.held))

    async def release(self) -> None:
        """Release the partitions to workers."""
        for held in self.held.values():
            await self.ownership.release(held)
        self.held.clear()

    async def _partition(self, partition: int, end: int, passed: Passed) -> None:
        limit = self.settings.bulk_entries
        while self.held[partition].next_offset < end:
            flows = await self._flow(partition, end, passed)
            if self.held[partition].next_offset < end:
                # The pipeline met what it cannot do: a processor handles that, then the pipeline continues.
                here = self.held[partition].next_offset
                await self._lane(partition, min(end, here + limit) if flows else end, passed)

    async def _flow(self, partition: int, end: int, passed: Passed) -> bool:
        """Fold to the end, or to what is not plain; return False if the pipeline cannot start."""
        flow = await PipelinedRebuild.open(
            self.view, self.pool, self._log, self.ownership, self.held[partition], self._share
        )
        if flow is None:
            return False
        try:
            await flow.run(end, self.settings.bulk_entries, passed)
        except NotPlain:
            return True
        finally:
            self.held[partition] = flow.held
        return True

    async def _lane(self, partition: int, end: int, passed: Passed) -> None:
        held, settings = self.held[partition], self.settings
        lane = await PartitionProcessor.open(
            self.view, self.pool, self._log, self.ownership, held, settings.bulk_entries, settings.lease_seconds,
            end, decode_entry, self._share,
        )  # fmt: skip
        try:
            while lane.next_offset < end:
                passed(await lane.step(POLL_MS))
                gc.collect(0)
        finally:
            self.held[partition] = lane.held
            await lane.stop_reading()


@contextlib.contextmanager
def _without_collections() -> Any:
    """Pause garbage collection: entries and rows make no cycles, and collections took half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@asynccontextmanager
async def only_one(pool: Any, name: str) -> AsyncIterator[None]:
    """Hold a lock inside the block; raise `Unavailable`. A killed process releases it with its connection."""
    async with pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name):
            raise Unavailable(f"another process is working on {name}; wait for it to end")
        try:
            yield
        finally:
            await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
