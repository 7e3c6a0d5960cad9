"""The decider as a process: a lane on each partition of its share."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import Any

import structlog

from services.attribution.domain.documents.name_index import read_tables
from services.attribution.processor import PartitionProcessor
from services.attribution.store import PostgresStore
from shared.errors import DealregError
from shared.log.port import EventLog
from shared.partitions.ownership import Held, Ownership
from shared.partitions.worker import CommitInterval, PartitionedWorker
from shared.settings import Settings

CONSUMER = "attribution"
SILENT_LEASES = 3
"""A partition without a step for so long is dead or stuck: another worker could have had it since the first lease."""

_log = structlog.get_logger(__name__)


class Worker:
    """Decides facts on as many partitions as are its share, one writer for each vendor."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings, owner: str | None = None) -> None:
        self.failed: dict[int, str] = {}
        """Partitions that this worker gave up because stored data contradict each other, with the reason."""
        self._settings = settings
        self._open: dict[int, PartitionProcessor] = {}
        name = owner or f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        store = PostgresStore(pool)
        ownership = Ownership(pool, CONSUMER, log.partitions, name, settings.lease_seconds)

        async def opened(held: Held) -> PartitionProcessor:
            lane = self._open[held.partition] = await PartitionProcessor.open(store, log, settings, ownership, held)
            return lane

        pace = CommitInterval(settings.decide_interval_ms / 1000, settings.batch_facts)
        self._lanes = PartitionedWorker(ownership, settings.lease_seconds, opened, self._give_up, pace)

    @property
    def halted(self) -> dict[str, str]:
        """Vendors on its partitions whose facts wait while others are decided, and why."""
        held = (self._open[one] for one in self._lanes.held() if one in self._open)
        return {vendor: reason for lane in held for vendor, reason in lane.halted.items()}

    @property
    def missing(self) -> list[str]:
        """What it does not do that it should, one phrase each, for `/readyz`."""
        stopped = [f"partition {one} stopped: {why}" for one, why in sorted(self.failed.items())]
        halted = [f"vendor {one} halted: {why}" for one, why in sorted(self.halted.items())]
        seconds = SILENT_LEASES * self._settings.lease_seconds
        silent = [f"decider silent: {what} for more than {seconds:.0f} s" for what in self._lanes.silent(seconds)]
        return [*stopped, *halted, *silent]

    async def step(self) -> int:
        """Facts handled once over all partitions that can be had; 0 when caught up."""
        return await self._lanes.step()

    async def run(self, stop: asyncio.Event) -> None:
        """Decides until `stop` is set, whatever the servers do meanwhile."""
        await asyncio.to_thread(read_tables)
        await self._lanes.run(stop, self._settings.poll_ms)

    async def close(self) -> None:
        """Its partitions are free for the next worker."""
        await self._lanes.close()

    async def _give_up(self, partition: int, error: DealregError) -> None:
        self.failed[partition] = error.detail
        _log.error("partition stopped", partition=partition, code=error.code, reason=error.detail)
