"""The joint runner: folds the journal into all live views, on this worker's share of the partitions."""

from __future__ import annotations

import asyncio
import os
import uuid
import zlib
from collections.abc import Iterable
from typing import Any

from shared.errors import DealregError
from shared.log.port import EventLog
from shared.partitions.ownership import Held, Ownership
from shared.partitions.worker import CommitInterval, PartitionedWorker
from shared.projection.joint import JointProcessor
from shared.projection.members import Joint, Views
from shared.projection.port import View
from shared.projection.reading import Halt
from shared.projection.runner import report_halt
from shared.projection.switch import consumer_of
from shared.settings import Settings

Place = tuple[str, int, int]
"""View, version, partition."""


def joint_consumer(views: Iterable[View]) -> str:
    """Return the consumer whose rows say which worker folds these views of a partition, at these versions.

    It has no position, each view's own row has. Releases whose folds differ do not share: while one replaces the
    other, neither can fold for both.
    """
    folds = ",".join(sorted(f"{view.name}:{view.version}" for view in views))
    return f"views:{zlib.crc32(folds.encode())}"


class JointRunner:
    """Folds these views, or those of them that it is told to follow, in one pass where they stand level."""

    def __init__(
        self, views: Iterable[View], pool: Any, log: EventLog, settings: Settings, owner: str | None = None
    ) -> None:
        self.halted: dict[Place, Halt] = {}
        """What this runner gave up, until the process restarts with a repaired release."""
        views = tuple(views)
        self._views: Views = {}
        self.follow(views)
        self._pool = pool
        self._log = log
        self._wait_ms = settings.poll_ms
        self._opened: dict[int, JointProcessor] = {}
        name = owner or f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        ownership = Ownership(pool, joint_consumer(views), log.partitions, name, settings.lease_seconds)
        joint = Joint(pool, log, settings.batch_entries, settings.lease_seconds, self._wanted, self._give_up)

        async def opened(held: Held) -> JointProcessor:
            lane = self._opened[held.partition] = JointProcessor(joint, ownership, held)
            return lane

        pace = CommitInterval(settings.view_interval_ms / 1000, settings.batch_entries)
        self._lanes = PartitionedWorker(ownership, settings.lease_seconds, opened, self._give_up_all, pace)

    def follow(self, views: Iterable[View]) -> None:
        """Fold these views from the next step on, and release the others."""
        self._views = {consumer_of(view, view.version): view for view in views}

    async def step(self) -> int:
        """Step every partition that can be owned once; return the records passed, 0 when every view has caught up."""
        ends = await self._log.end_offsets("journal")
        passed = await self._lanes.step()
        while not passed and any(self._opened[one].is_behind(ends[one]) for one in self._lanes.held()):
            passed = await self._lanes.step(self._wait_ms)
        return passed

    async def run(self, stop: asyncio.Event) -> None:
        """Fold until `stop` is set, surviving failing servers; then release its partitions."""
        await self._lanes.run(stop, self._wait_ms)

    async def close(self) -> None:
        """Release every partition; if a server does not answer, its lease ends it."""
        await self._lanes.close()

    def _wanted(self, partition: int) -> Views:
        if not self.halted:
            return self._views
        return {
            consumer: view
            for consumer, view in self._views.items()
            if (view.name, view.version, partition) not in self.halted
        }

    async def _give_up(self, view: View, partition: int, error: DealregError) -> None:
        """Halt the partition for this view and report it; other views and partitions continue."""
        self.halted[view.name, view.version, partition] = await report_halt(self._pool, view, partition, error)

    async def _give_up_all(self, partition: int, error: DealregError) -> None:
        """Halt the partition for every view: what they read together is not the log that they remember."""
        for view in list(self._wanted(partition).values()):
            await self._give_up(view, partition, error)
