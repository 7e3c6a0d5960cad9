"""A worker's fair share of the partitions: one loop per partition, restarted when the partition is lost."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from shared.backoff import Backoff
from shared.errors import DealregError, Fenced, Unavailable
from shared.partitions.ownership import Held, Ownership

RETAKE_SECONDS = 0.5
"""Mean pause before asking for a lost partition again, with jitter, so that two workers do not alternate."""
RETAKE_MOST_SECONDS = 2.0
"""The same while a server is down: ninety processors ask, and none should wait long once it is back."""
SHARES_PER_LEASE = 3

_chance = random.SystemRandom()
_log = structlog.get_logger(__name__)


class Processor(Protocol):
    """Processes one partition while the worker owns it; its caches end with it."""

    async def step(self, wait_ms: int) -> int:
        """Process a batch; return the records handled, 0 when caught up. `Fenced` and `Unavailable` restart it."""
        ...

    async def close(self) -> None:
        """The partition is free for the next worker."""
        ...

    async def stop_reading(self) -> None:
        """Stop all work but keep ownership of the partition."""
        ...


@dataclass(frozen=True, slots=True)
class CommitInterval:
    """The commit interval: records within it share a transaction, unless they fill one.

    A commit costs as much as a hundred records, so one for every few of them would leave nothing for anybody else.
    """

    seconds: float
    full: int
    """Records of a step after which the next one starts at once."""


class PartitionedWorker:
    """Keeps a processor on each partition of this worker's share; `give_up` decides what other errors mean."""

    def __init__(
        self,
        ownership: Ownership,
        lease_seconds: float,
        open_lane: Callable[[Held], Awaitable[Processor]],
        give_up: Callable[[int, DealregError], Awaitable[None]],
        pace: CommitInterval,
    ) -> None:
        self._ownership = ownership
        self._lease = lease_seconds
        self._open = open_lane
        self._give_up = give_up
        self._pace = pace
        self._given_up: set[int] = set()
        self._lost: set[int] = set()
        """Partitions whose servers were unavailable at the last attempt."""
        self._lanes: dict[int, Processor] = {}
        self._stepped: dict[int, float] = {}
        """When each partition last made progress, by the loop's clock."""
        self._shared: float | None = None
        """When it last computed its share; None while it is not running."""

    def held(self) -> frozenset[int]:
        """Return the partitions that have a processor now."""
        return frozenset(self._lanes)

    def silent(self, seconds: float) -> list[str]:
        """Return what has not moved for so long though it should have; nothing if it was never started."""
        if self._shared is None:
            return []
        now = asyncio.get_running_loop().time()
        if now - self._shared > seconds:
            return ["no share of the partitions was asked for"]
        late = sorted(one for one, at in self._stepped.items() if now - at > seconds)
        return [f"partition {one} completed no step" for one in late]

    async def step(self, wait_ms: int = 0) -> int:
        """Step every partition that can be owned once; return the records handled. Errors go to the caller."""
        handled = 0
        for partition in range(self._ownership.partitions):
            lane = self._lanes.get(partition) or await self._take(partition)
            if lane is None:
                continue
            try:
                handled += await lane.step(wait_ms)
            except DealregError as error:
                await self._drop(partition, error)
                raise
        return handled

    async def run(self, stop: asyncio.Event, wait_ms: int) -> None:
        """Process its share until `stop` is set, surviving failing servers; then release its partitions."""
        tasks: dict[int, asyncio.Task[None]] = {}
        away = False
        try:
            while not stop.is_set():
                self._shared = asyncio.get_running_loop().time()
                for partition in [one for one, task in tasks.items() if task.done()]:
                    tasks.pop(partition).result()
                try:
                    await self._share(tasks, wait_ms)
                    away = False
                except Unavailable as error:
                    if not away:
                        _log.warning("partitions cannot be taken", reason=error.detail)
                    away = True
                await self._until(stop, tasks)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            await self.close()

    async def _until(self, stop: asyncio.Event, tasks: dict[int, asyncio.Task[None]]) -> None:
        """Wait until it is time to share again: a third of a lease, or at once on a stop or an ended loop."""
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait(
            {stopping, *tasks.values()},
            timeout=self._lease / SHARES_PER_LEASE,
            return_when=asyncio.FIRST_COMPLETED,
        )
        stopping.cancel()

    async def close(self) -> None:
        """Release every partition; if a server does not answer, its lease ends it."""
        lanes, self._lanes = list(self._lanes.values()), {}
        with contextlib.suppress(Unavailable, Fenced):
            for lane in lanes:
                await lane.close()
            await self._ownership.leave()

    async def _share(self, tasks: dict[int, asyncio.Task[None]], wait_ms: int) -> None:
        share = await self._ownership.fair_share()
        for partition in sorted(tasks)[share:]:
            task = tasks.pop(partition)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if lane := self._lanes.pop(partition, None):
                await lane.close()
        partitions = range(self._ownership.partitions)
        for partition in _chance.sample(partitions, len(partitions)):
            if len(tasks) < share and partition not in tasks and await self._can_be_had(partition):
                tasks[partition] = asyncio.create_task(self._follow(partition, wait_ms), name=f"lane-{partition}")

    async def _can_be_had(self, partition: int) -> bool:
        try:
            return await self._take(partition) is not None
        except Unavailable:
            raise
        except DealregError:
            # Fenced while opening, or given up: the other partitions continue.
            return False

    async def _take(self, partition: int) -> Processor | None:
        if partition in self._given_up:
            return None
        held = await self._ownership.take(partition)
        if held is None:
            return None
        try:
            lane = await self._open(held)
        except DealregError as error:
            await self._ownership.release(held)
            if not isinstance(error, Fenced | Unavailable):
                self._given_up.add(partition)
                await self._give_up(partition, error)
            raise
        self._lanes[partition] = lane
        return lane

    async def _follow(self, partition: int, wait_ms: int) -> None:
        """The loop of one partition: drop a lost processor and open a new one from the committed state."""
        try:
            await self._follow_on(partition, wait_ms)
        finally:
            self._stepped.pop(partition, None)

    async def _follow_on(self, partition: int, wait_ms: int) -> None:
        loop = asyncio.get_running_loop()
        last = -self._pace.seconds
        backoff = Backoff(RETAKE_SECONDS, RETAKE_MOST_SECONDS, _chance)
        while True:
            self._stepped[partition] = loop.time()
            try:
                lane = self._lanes.get(partition) or await self._take(partition)
                if lane is None:
                    self._lost.discard(partition)
                    return
                handled = await lane.step(wait_ms)
                if 0 < handled < self._pace.full and (early := last + self._pace.seconds - loop.time()) > 0:
                    await asyncio.sleep(early)
                last = loop.time()
                self._lost.discard(partition)
                backoff.reset()
            except (Fenced, Unavailable) as error:
                self._tell_lost(partition, error)
                await self._drop(partition, error)
                await asyncio.sleep(backoff.next())
            except DealregError as error:
                await self._drop(partition, error)
                return

    def _tell_lost(self, partition: int, error: DealregError) -> None:
        """Log once while a server is down, because it stops every processor of every view, repeatedly."""
        if isinstance(error, Fenced) or not self._lost:
            _log.warning("partition begins again", partition=partition, reason=error.detail)
        if not isinstance(error, Fenced):
            self._lost.add(partition)

    async def _drop(self, partition: int, error: DealregError) -> None:
        lane = self._lanes.pop(partition, None)
        if isinstance(error, Fenced | Unavailable):
            if lane is not None:
                # A forgotten reader would keep fetching, with a connection of its own.
                await lane.stop_reading()
            return
        self._given_up.add(partition)
        await self._give_up(partition, error)
        if lane is not None:
            with contextlib.suppress(Unavailable, Fenced):
                await lane.close()
