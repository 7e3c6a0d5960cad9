"""The worker: of each partition that it owns, a receiver for every endpoint, none of which waits for another."""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.projections.webhooks.receiver import Parts, Receiver
from services.projections.webhooks.store import FORGET_ROWS, Changed, Store, forget
from services.projections.webhooks.watching import Listed, Watching
from shared.backoff import Backoff
from shared.errors import DealregError, Fenced
from shared.log.port import EventLog, partition_of
from shared.outward import Guard, Outward, networks_of
from shared.partitions.following import DELIVERIES
from shared.partitions.ownership import Held, Ownership
from shared.partitions.worker import SHARES_PER_LEASE, CommitInterval, PartitionedWorker
from shared.persons import MasterKey, Persons
from shared.settings import Settings

SILENT_LEASES = 3
STEP_SECONDS = 0.1
"""Between two looks of a partition at its list of endpoints."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
"""Before a receiver begins again whose work failed by an error of ours."""
FORGET_EVERY_SECONDS = 3_600.0

_chance = random.SystemRandom()
_log = structlog.get_logger(__name__)


class Webhooks:
    """Delivers events to the endpoints of its share of the partitions."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings, owner: str | None = None) -> None:
        self.failed: dict[int, str] = {}
        """Partitions that this worker stopped, with the reason."""
        self._pool, self._settings = pool, settings
        master = MasterKey(settings.master_key_bytes())
        self._outward = Outward(Guard(networks_of(settings.outward_networks)))
        parts = Parts(pool.fetch, Persons(pool, master), self._outward, settings)
        self._watching = Watching(pool)
        name = owner or f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        ownership = Ownership(pool, DELIVERIES, log.partitions, name, settings.lease_seconds)

        async def opened(held: Held) -> _Partition:
            store = Store(pool, master, ownership, held)
            return _Partition(held, ownership, store, parts, self._watching, log.partitions, settings.lease_seconds)

        pace = CommitInterval(0.0, 1)
        self._lanes = PartitionedWorker(ownership, settings.lease_seconds, opened, self._give_up, pace)

    @property
    def missing(self) -> list[str]:
        """Return what keeps the worker from being ready, one phrase each."""
        stopped = [f"partition {one} stopped: {why}" for one, why in sorted(self.failed.items())]
        seconds = SILENT_LEASES * self._settings.lease_seconds
        silent = [f"webhooks silent: {what} for more than {seconds:.0f} s" for what in self._lanes.silent(seconds)]
        return [*stopped, *silent]

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, and survive failing servers."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watching.run(stop), name="webhooks-watching")
            forgetting = group.create_task(self._forget(), name="webhooks-forgetting")
            await self._lanes.run(stop, round(STEP_SECONDS * 1_000))
            forgetting.cancel()
        self._outward.close()

    async def _forget(self) -> None:
        while True:
            try:
                while await forget(self._pool, self._settings.webhook_log_days) == FORGET_ROWS:
                    pass
            except DealregError as error:
                _log.warning("old deliveries were not deleted; trying again later", code=error.code)
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    async def _give_up(self, partition: int, error: DealregError) -> None:
        self.failed[partition] = error.detail
        _log.error("partition stopped", partition=partition, code=error.code, reason=error.detail)


@dataclass(slots=True)
class _Running:
    """The task of one endpoint, and what tells it that its row has changed."""

    task: asyncio.Task[None]
    listed: Listed
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class _Partition:
    """Keeps the receivers of one partition while the worker owns it."""

    def __init__(
        self,
        held: Held,
        ownership: Ownership,
        store: Store,
        parts: Parts,
        watching: Watching,
        partitions: int,
        lease_seconds: float,
    ) -> None:
        self._held, self._ownership, self._store, self._parts = held, ownership, store, parts
        self._watching, self._partitions = watching, partitions
        self._renew_seconds = lease_seconds / SHARES_PER_LEASE
        self._renewed = asyncio.get_running_loop().time()
        self._running: dict[str, _Running] = {}

    async def step(self, wait_ms: int) -> int:
        """Give each endpoint its receiver, renew the lease, and wait; raise `Fenced` once it is another's."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._renewed >= self._renew_seconds:
            await self._ownership.renew(self._held)
            self._renewed = loop.time()
        await self._arrange()
        await asyncio.sleep(wait_ms / 1_000)
        return 0

    async def stop_reading(self) -> None:
        """End every receiver; what was under way is sent again by the next owner."""
        running, self._running = self._running, {}
        for one in running.values():
            one.task.cancel()
        await asyncio.gather(*(one.task for one in running.values()), return_exceptions=True)

    async def close(self) -> None:
        """End every receiver, and free the partition for the next worker."""
        await self.stop_reading()
        await self._ownership.release(self._held)

    async def _arrange(self) -> None:
        mine = {
            name: one
            for name, one in self._watching.listed.items()
            if one.is_busy and partition_of(one.vendor, self._partitions) == self._held.partition
        }
        for name in [name for name, one in self._running.items() if name not in mine or one.task.done()]:
            gone = self._running.pop(name)
            gone.task.cancel()
            await asyncio.gather(gone.task, return_exceptions=True)
        for name, listed in mine.items():
            running = self._running.get(name)
            if running is None:
                self._watching.vendors.add(listed.vendor)
                self._running[name] = self._started(name, listed)
            elif running.listed != listed or listed.tested:
                running.listed = listed
                running.changed.set()

    def _started(self, name: str, listed: Listed) -> _Running:
        changed = asyncio.Event()
        task = asyncio.create_task(self._keep(name, listed.vendor, changed), name=f"webhook-{name}")
        return _Running(task, listed, changed)

    async def _keep(self, name: str, vendor: str, changed: asyncio.Event) -> None:
        """Deliver to one endpoint until it is gone or the partition is lost; begin again after every error."""
        backoff = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, _chance)
        while True:
            try:
                loaded = await self._store.load(name)
                if loaded is None:
                    return
                receiver = Receiver(loaded, self._store, self._parts)
                try:
                    await self._deliver(receiver, vendor, changed, backoff)
                finally:
                    await receiver.close()
            except Changed:
                continue
            except Fenced:
                # The partition's own renewal meets it too, and ends the others.
                return
            except DealregError as error:
                _log.warning("deliveries begin again", vendor=vendor, code=error.code, reason=error.detail)
                await asyncio.sleep(backoff.next())
            except Exception:
                # A fault of ours with one endpoint must not end those of all others.
                _log.exception("deliveries begin again", vendor=vendor)
                await asyncio.sleep(backoff.next())

    async def _deliver(self, receiver: Receiver, vendor: str, changed: asyncio.Event, backoff: Backoff) -> None:
        while True:
            # Taken before the feed is read: an entry after that ends the wait below.
            moved = self._watching.moved(vendor)
            if changed.is_set():
                changed.clear()
                await receiver.refresh()
            if await receiver.step():
                backoff.reset()
                continue
            waits = [asyncio.ensure_future(one.wait()) for one in (moved, changed)]
            try:
                await asyncio.wait(
                    {*waits, *receiver.late_tasks()},
                    timeout=receiver.pause(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
            finally:
                for one in waits:
                    one.cancel()
