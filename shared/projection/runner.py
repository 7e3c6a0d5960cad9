"""The runner of a view: shares partitions with other workers and keeps a processor on each that it owns."""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from collections.abc import Sequence
from typing import Any

import structlog

from shared.database import database_errors
from shared.errors import Corrupt, DealregError, Unavailable
from shared.log.port import EventLog
from shared.partitions.ownership import Held, Ownership
from shared.partitions.worker import CommitInterval, PartitionedWorker
from shared.projection.metrics import HALTED
from shared.projection.port import View
from shared.projection.positions import record_halt
from shared.projection.processor import Halted, PartitionProcessor
from shared.projection.reading import Halt
from shared.settings import Settings

_log = structlog.get_logger(__name__)


class Runner:
    """Folds the journal into one view, on this worker's share of the partitions."""

    def __init__(self, view: View, pool: Any, log: EventLog, settings: Settings, owner: str | None = None) -> None:
        self.view = view
        self.halted: dict[int, Halt] = {}
        """Partitions that this runner gave up, until the process restarts with a repaired release."""
        self._pool = pool
        self._log = log
        self._wait_ms = settings.poll_ms
        self._opened: dict[int, PartitionProcessor] = {}
        """The last processor of each partition, including dropped ones."""
        ownership = Ownership(
            pool,
            f"view:{view.name}:{view.version}",
            log.partitions,
            owner or f"{os.getpid()}-{uuid.uuid4().hex[:8]}",
            settings.lease_seconds,
        )

        async def opened(held: Held) -> PartitionProcessor:
            lane = await PartitionProcessor.open(
                view, pool, log, ownership, held, settings.batch_entries, settings.lease_seconds
            )
            self._opened[held.partition] = lane
            return lane

        pace = CommitInterval(settings.view_interval_ms / 1000, settings.batch_entries)
        self._lanes = PartitionedWorker(ownership, settings.lease_seconds, opened, self._halt, pace)

    async def step(self) -> int:
        """Step every partition that can be owned once; return the records passed. Raise `Halted` once per halt."""
        ends = await self._log.end_offsets("journal")
        try:
            passed = await self._lanes.step()
            while not passed and self._is_behind(ends):
                # A broker answers when it does: an empty fetch alone does not say that nothing is there.
                passed = await self._lanes.step(self._wait_ms)
        except Corrupt as error:
            raise Halted(self.view.name, _halt_of(error)) from error
        return passed

    def _is_behind(self, ends: Sequence[int]) -> bool:
        return any(self._opened[partition].next_offset < ends[partition] for partition in self._lanes.held())

    async def run(self, stop: asyncio.Event) -> None:
        """Fold until `stop` is set, surviving failing servers; then release its partitions."""
        await self._lanes.run(stop, self._wait_ms)

    async def close(self) -> None:
        """Release every partition; if a server does not answer, its lease ends it."""
        await self._lanes.close()

    async def _halt(self, partition: int, error: DealregError) -> None:
        """Halt the partition for this view and report it; other partitions continue."""
        self.halted[partition] = await report_halt(self._pool, self.view, partition, error)


async def report_halt(pool: Any, view: View, partition: int, error: DealregError) -> Halt:
    """Store and log that the view halts on the partition, and return where."""
    halt = _halt_of(error)
    HALTED.labels(view.name, view.version, partition).set(1)
    _log.error(
        "view halted",
        view=view.name,
        partition=partition,
        vendor=halt.vendor,
        seq=halt.seq,
        type=halt.type,
        reason=halt.reason,
    )
    with contextlib.suppress(Unavailable), database_errors():
        await record_halt(pool, view.name, view.version, partition, halt)
    return halt


def _halt_of(error: DealregError) -> Halt:
    return error.halt if isinstance(error, Halted) else Halt("", 0, "", error.detail)
