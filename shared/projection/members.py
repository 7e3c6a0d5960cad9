"""The views of a joint processor: take them, bring them level with one another, and let one go that fails."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from shared.errors import DealregError, Fenced, Unavailable
from shared.log.port import EventLog
from shared.partitions.ownership import Ownership
from shared.partitions.worker import RETAKE_SECONDS
from shared.projection.metrics import forget
from shared.projection.port import View
from shared.projection.processor import PartitionProcessor

CATCH_UP_WAIT_MS = 100
"""How long a view behind the others waits for records that are known to be there: a broker answers when it does."""

_log = structlog.get_logger(__name__)

Views = Mapping[str, View]
"""By consumer name."""


@dataclass(frozen=True, slots=True)
class Joint:
    """What the joint processors of all partitions share."""

    pool: Any
    log: EventLog
    limit: int
    """Records of a batch."""
    lease: float
    wanted: Callable[[int], Views]
    """The views to fold on a partition."""
    give_up: Callable[[View, int, DealregError], Awaitable[None]]
    """Called with a view that cannot go on there; from then on it is not wanted there."""


class Members:
    """The views taken on one partition, each with a position of its own."""

    def __init__(self, joint: Joint, ownership: Ownership, partition: int) -> None:
        self.position = 0
        """Where the level views stand."""
        self._joint = joint
        self._partition = partition
        self._ownership = ownership
        self._lanes: dict[str, PartitionProcessor] = {}
        self._level: set[str] = set()
        self._catching: dict[str, asyncio.Task[None]] = {}
        """Views that catch up by themselves, beside the others."""
        self._again: dict[str, float] = {}
        """When to ask again for a view that could not be had, by the monotonic clock."""

    def level(self) -> dict[str, PartitionProcessor]:
        """Return the views that stand at the position."""
        return {consumer: self._lanes[consumer] for consumer in self._lanes if consumer in self._level}

    def ahead(self) -> int | None:
        """Return where the first view ahead of the position stands; None without one."""
        offsets = [lane.next_offset for lane in self._lanes.values() if lane.next_offset > self.position]
        return min(offsets, default=None)

    def is_behind(self, end: int) -> bool:
        """Whether a wanted view is missing or stands before this offset."""
        missing = self._joint.wanted(self._partition).keys() - self._lanes.keys()
        return bool(missing) or any(lane.next_offset < end for lane in self._lanes.values())

    def farthest(self) -> PartitionProcessor | None:
        """Return the farthest of the views that are not catching up."""
        lanes = [lane for consumer, lane in self._lanes.items() if consumer not in self._catching]
        return max(lanes, key=lambda lane: lane.next_offset, default=None)

    async def gather(self) -> None:
        """Release views that are no longer wanted, and take wanted ones that can be had; raise `Unavailable`."""
        wanted = self._joint.wanted(self._partition)
        for consumer in self._lanes.keys() - wanted.keys():
            lane = await self._drop(consumer)
            # Before its next worker reports anything.
            forget(lane.view.name, lane.view.version)
            await lane.close()
        now = time.monotonic()
        for consumer, view in wanted.items():
            if consumer not in self._lanes and now >= self._again.get(consumer, now):
                self._again[consumer] = now + RETAKE_SECONDS
                await self._take(consumer, view)

    async def align(self, position: int) -> None:
        """Bring to the position every view that is less than a batch behind; others catch up by themselves."""
        self.position = position
        for consumer, lane in list(self._lanes.items()):
            if lane.next_offset < position:
                await self._near(consumer, lane)
            if consumer in self._lanes and consumer not in self._level and lane.next_offset == position:
                # From here on it is given what one reader reads for all.
                await lane.stop_reading()
                self._level.add(consumer)
            elif lane.next_offset != position:
                self._level.discard(consumer)

    async def each(self, consumer: str, doing: Awaitable[None]) -> None:
        """Do this for one view; if that fails, the view leaves and the others stay. Raises `Unavailable` alone."""
        try:
            await doing
        except Unavailable:
            raise
        except Fenced as error:
            _log.warning("view begins again", consumer=consumer, partition=self._partition, reason=error.detail)
            self._again[consumer] = time.monotonic() + RETAKE_SECONDS
            await (await self._drop(consumer)).stop_reading()
        except DealregError as error:
            lane = await self._drop(consumer)
            await self._joint.give_up(lane.view, self._partition, error)
            with contextlib.suppress(Fenced):
                await lane.close()

    async def stop(self) -> None:
        """Stop all work but keep ownership of the views."""
        for consumer in list(self._catching):
            await self._stop_catching(consumer)
        for lane in self._lanes.values():
            await lane.stop_reading()

    async def close(self) -> None:
        """Release every view; if a server does not answer, its lease ends it."""
        await self.stop()
        lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            await lane.close()

    async def _take(self, consumer: str, view: View) -> None:
        ownership = self._ownership.beside(consumer)
        held = await ownership.take(self._partition)
        if held is None:
            return
        joint = self._joint
        try:
            lane = await PartitionProcessor.open(view, joint.pool, joint.log, ownership, held, joint.limit, joint.lease)
        except DealregError as error:
            await ownership.release(held)
            if isinstance(error, Unavailable):
                raise
            if not isinstance(error, Fenced):
                await joint.give_up(view, self._partition, error)
            return
        self._lanes[consumer] = lane

    async def _near(self, consumer: str, lane: PartitionProcessor) -> None:
        """Bring the view level if it is near, else let it catch up until it is."""
        task = self._catching.get(consumer)
        if task is not None and not task.done():
            return
        if task is None and self.position - lane.next_offset > self._joint.limit:
            self._catching[consumer] = asyncio.create_task(self._catch_up(lane), name=f"catch-up-{consumer}")
            return
        self._catching.pop(consumer, None)
        await self.each(consumer, self._arrive(lane, task))

    async def _catch_up(self, lane: PartitionProcessor) -> None:
        while self.position - lane.next_offset > self._joint.limit:
            await lane.step(CATCH_UP_WAIT_MS)

    async def _arrive(self, lane: PartitionProcessor, caught_up: asyncio.Task[None] | None) -> None:
        if caught_up is not None:
            caught_up.result()
        while (behind := self.position - lane.next_offset) > 0:
            await lane.step(CATCH_UP_WAIT_MS, limit=min(behind, self._joint.limit))

    async def _drop(self, consumer: str) -> PartitionProcessor:
        await self._stop_catching(consumer)
        self._level.discard(consumer)
        return self._lanes.pop(consumer)

    async def _stop_catching(self, consumer: str) -> None:
        task = self._catching.pop(consumer, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
