"""The decider as a worker: a partition processor for each partition that it owns."""

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
"""A partition without a step for so long is dead or stuck; another worker could have taken it after one lease."""

_log = structlog.get_logger(__name__)


class Worker:
    """Decides facts on its share of the partitions, one writer per vendor."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings, owner: str | None = None) -> None:
        self.failed: dict[int, str] = {}
        """Partitions that this worker stopped because stored data contradicts itself, with the reason."""
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
        """Halted vendors on its partitions, and why."""
        held = (self._open[one] for one in self._lanes.held() if one in self._open)
        return {vendor: reason for lane in held for vendor, reason in lane.halted.items()}

    @property
    def missing(self) -> list[str]:
        """Return what keeps the worker from being ready, one phrase each, for `/readyz`."""
        stopped = [f"partition {one} stopped: {why}" for one, why in sorted(self.failed.items())]
        halted = [f"vendor {one} halted: {why}" for one, why in sorted(self.halted.items())]
        seconds = SILENT_LEASES * self._settings.lease_seconds
        silent = [f"decider silent: {what} for more than {seconds:.0f} s" for what in self._lanes.silent(seconds)]
        return [*stopped, *halted, *silent]

    async def step(self) -> int:
        """Step every owned partition once; return the facts handled, 0 when caught up."""
        return await self._lanes.step()

    async def run(self, stop: asyncio.Event) -> None:
        """Decide until `stop` is set, and survive failing servers."""
        await asyncio.to_thread(read_tables)
        await self._lanes.run(stop, self._settings.poll_ms)

    async def close(self) -> None:
        """Release its partitions for the next worker."""
        await self._lanes.close()

    async def _give_up(self, partition: int, error: DealregError) -> None:
        self.failed[partition] = error.detail
        _log.error("partition stopped", partition=partition, code=error.code, reason=error.detail)
