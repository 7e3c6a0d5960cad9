"""The runner: one for all views. It shares partitions with other workers and keeps a lane on each that it holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import uuid
from typing import Any

import structlog

from shared.database import database_errors
from shared.errors import Corrupt, Fenced, Unavailable
from shared.log.ownership import Ownership
from shared.log.port import EventLog
from shared.projection.lane import Halted, Lane
from shared.projection.metrics import HALTED
from shared.projection.port import View
from shared.projection.positions import record_halt
from shared.projection.reading import Halt
from shared.settings import Settings

RETAKE_SECONDS = 0.5
"""Mean pause before a lost partition is asked for again, with jitter, so that two workers do not alternate."""
SHARES_PER_LEASE = 3

_chance = random.SystemRandom()
_log = structlog.get_logger(__name__)


class Runner:
    """Folds the journal into one view, on as many partitions as are this worker's share."""

    def __init__(self, view: View, pool: Any, log: EventLog, settings: Settings, owner: str | None = None) -> None:
        self.view = view
        self.halted: dict[int, Halt] = {}
        """Partitions that this runner gave up, until the process starts anew with what repairs them."""
        self._pool = pool
        self._log = log
        self._limit = settings.batch_entries
        self._lease = settings.lease_seconds
        self._wait_ms = settings.poll_ms
        self._ownership = Ownership(
            pool,
            f"view:{view.name}:{view.version}",
            log.partitions,
            owner or f"{os.getpid()}-{uuid.uuid4().hex[:8]}",
            settings.lease_seconds,
        )
        self._lanes: dict[int, Lane] = {}

    async def step(self) -> int:
        """Records passed on all partitions that can be had; 0 when caught up. Raises `Halted` once for each halt."""
        passed = 0
        ends = await self._log.end_offsets("journal")
        for partition, end in enumerate(ends):
            lane = self._lanes.get(partition) or await self._take(partition)
            if lane is None:
                continue
            try:
                passed += await self._read(lane, end)
            except (Halted, Corrupt) as error:
                raise await self._halt(lane, error) from error
            except (Fenced, Unavailable):
                self._lanes.pop(partition, None)
                raise
        return passed

    async def _read(self, lane: Lane, end: int) -> int:
        """One batch of the lane; 0 only where it has read up to `end`."""
        while lane.next_offset < end:
            # A broker answers when it does: an empty fetch alone does not say that nothing is there.
            if passed := await lane.step(self._wait_ms):
                return passed
        return await lane.step(wait_ms=0)

    async def run(self, stop: asyncio.Event) -> None:
        """Projects until `stop` is set, whatever the servers do meanwhile; then frees its partitions."""
        tasks: dict[int, asyncio.Task[None]] = {}
        try:
            while not stop.is_set():
                for partition in [one for one, task in tasks.items() if task.done()]:
                    tasks.pop(partition).result()
                try:
                    await self._share(tasks)
                except Unavailable as error:
                    _log.warning("view cannot take partitions", view=self.view.name, reason=error.detail)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._lease / SHARES_PER_LEASE)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            await self.close()

    async def close(self) -> None:
        """Every partition is given back; a server that does not answer leaves it to the lease."""
        lanes, self._lanes = list(self._lanes.values()), {}
        with contextlib.suppress(Unavailable):
            for lane in lanes:
                await lane.close()
            await self._ownership.leave()

    async def _share(self, tasks: dict[int, asyncio.Task[None]]) -> None:
        """Holds the fair share: surplus lanes are closed, free partitions taken, from a place of its own on."""
        share = await self._ownership.fair_share()
        for partition in sorted(tasks)[share:]:
            task = tasks.pop(partition)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if lane := self._lanes.pop(partition, None):
                await lane.close()
        partitions = range(self._log.partitions)
        for partition in _chance.sample(partitions, len(partitions)):
            if len(tasks) >= share:
                return
            if partition in tasks:
                continue
            lane = None
            with contextlib.suppress(Halted):  # said where it happened
                lane = await self._take(partition)
            if lane is not None:
                tasks[partition] = asyncio.create_task(self._follow(lane), name=f"{self.view.name}-{partition}")

    async def _follow(self, lane: Lane) -> None:
        """The lane's loop. A lost lane is dropped with all it remembered and built anew from what is committed."""
        current: Lane | None = lane
        while True:
            try:
                if current is None:
                    await asyncio.sleep(RETAKE_SECONDS * (0.5 + _chance.random()))
                    if (current := await self._take(lane.partition)) is None:
                        return
                await current.step(self._wait_ms)
            except (Halted, Corrupt) as error:
                await self._halt(current or lane, error)
                return
            except (Fenced, Unavailable) as error:
                self._lanes.pop(lane.partition, None)
                current = None
                _log.warning(
                    "view begins again",
                    view=self.view.name,
                    partition=lane.partition,
                    reason=getattr(error, "detail", str(error)),
                )

    async def _take(self, partition: int) -> Lane | None:
        if partition in self.halted:
            return None
        held = await self._ownership.take(partition)
        if held is None:
            return None
        try:
            lane = await Lane.open(self.view, self._pool, self._log, self._ownership, held, self._limit, self._lease)
        except Corrupt as error:
            halt = Halt("", 0, "", error.detail)
            await self._say(partition, halt)
            await self._ownership.release(held)
            raise Halted(self.view.name, halt) from error
        self._lanes[partition] = lane
        return lane

    async def _halt(self, lane: Lane, error: Halted | Corrupt) -> Halted:
        """The partition stays where it is for this view; the other views and partitions flow on."""
        halt = error.halt if isinstance(error, Halted) else Halt("", 0, "", error.detail)
        if lane.partition not in self.halted:
            await self._say(lane.partition, halt)
        self._lanes.pop(lane.partition, None)
        with contextlib.suppress(Unavailable):
            await lane.close()
        return error if isinstance(error, Halted) else Halted(self.view.name, halt)

    async def _say(self, partition: int, halt: Halt) -> None:
        self.halted[partition] = halt
        HALTED.labels(self.view.name, str(partition)).set(1)
        _log.error(
            "view halted",
            view=self.view.name,
            partition=partition,
            vendor=halt.vendor,
            seq=halt.seq,
            type=halt.type,
            reason=halt.reason,
        )
        with contextlib.suppress(Unavailable), database_errors():
            await record_halt(self._pool, self.view.name, self.view.version, partition, halt)
