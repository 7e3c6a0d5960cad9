"""Rebuild by several processes: each folds its share of the vendors, and the positions follow when all are there.

A vendor's head moves with its rows, in one transaction. So nothing is folded twice, wherever a process was killed and
however many begin again: what a head has passed is only read past.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import DealregError, Fenced, Unavailable
from shared.partitions.ownership import Held, Ownership
from shared.projection.bulk import Bulk, Passed
from shared.projection.port import View
from shared.projection.processor import RENEWALS_PER_LEASE
from shared.projection.shares import Share
from shared.projection.switch import consumer_of
from shared.settings import Settings

ROUND_RECORDS = 1_000_000
"""Records of a partition after which the processes wait for each other: what a killed rebuild reads past again."""
MOST_PROCESSES = 64
POLL_SECONDS = 0.2

_BEGIN = """
INSERT INTO log.ownership (consumer, partition, lease_until, epoch, next_offset, remembered)
VALUES ($1, $2, clock_timestamp(), 0, $3, $4)
"""
_PASSED = "SELECT coalesce(sum(next_offset - $2), 0) FROM log.ownership WHERE partition = $1 AND consumer = ANY ($3)"
_ARRIVED = "SELECT next_offset, remembered FROM log.ownership WHERE partition = $1 AND consumer = ANY ($2)"
_FORGET = "DELETE FROM log.ownership WHERE starts_with(consumer, $1 || '/')"


class ShareFailed(DealregError):
    """A process of the rebuild met what ends it: its detail says what."""

    code = "view.share_failed"


class Failed(NamedTuple):
    """The error of a process, as it can be sent to another."""

    passing: bool
    """Whether the same may work later."""
    detail: str

    @classmethod
    def by(cls, error: DealregError) -> Failed:
        """Return what is told of the error."""
        return cls(isinstance(error, Unavailable), error.detail)


@dataclass(frozen=True, slots=True)
class Task:
    """What one process folds: a share of one partition, up to an offset."""

    settings: Settings
    view: View
    """The version that is built."""
    partition: int
    share: Share
    end: int

    @property
    def consumer(self) -> str:
        """Return the name under which its position is kept while it folds."""
        return f"{consumer_of(self.view, self.view.version)}/{self.share.number}of{self.share.of}"

    async def fold(self, pool: Any, log: Any) -> Failed | None:
        """Fold the share, in a process of its own; return its error, if it ends by one."""
        settings = self.settings
        ownership = Ownership(pool, self.consumer, log.partitions, f"share-{os.getpid()}", settings.lease_seconds)
        bulk = Bulk(self.view, pool, log, ownership, settings, self.share)
        try:
            held = await ownership.take(self.partition, begin=False)
            if held is None:  # another process failed before this one began
                raise Fenced(f"nobody waits for {self.consumer}")
            bulk.held[self.partition] = held
            await bulk.fold({self.partition: self.end}, lambda _: crash_point("rebuild.in_share"))
        except DealregError as error:
            return Failed.by(error)
        return None


RunTask = Callable[[Task], Failed | None]
"""Folds a task in the process that calls it; a function of a module, so that another process finds it by its name."""


class Processes:
    """So many processes, which stay until the block ends."""

    def __init__(self, count: int, run: RunTask) -> None:
        self._count, self._run = count, run
        self._executor: ProcessPoolExecutor | None = None

    @contextmanager
    def started(self) -> Iterator[None]:
        """Processes are there inside the block; none is left after it."""
        context = multiprocessing.get_context("spawn")  # a fork would share the sockets of this one
        self._executor = ProcessPoolExecutor(self._count, context, follow_parent, (os.getpid(),))
        try:
            yield
        finally:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    async def fold(self, bulk: Bulk, ends: Sequence[int], passed: Passed) -> None:
        """Fold what `bulk` holds up to these ends; raise what a process raised, with the positions where they were."""
        while True:
            until = {
                partition: min(ends[partition], held.next_offset + ROUND_RECORDS)
                for partition, held in bulk.held.items()
                if held.next_offset < ends[partition]
            }
            if not until:
                return
            each = -(-self._count // len(until))
            tasks = [
                Task(bulk.settings, bulk.view, partition, Share(number, each), end)
                for partition, end in until.items()
                for number in range(each)
            ]
            await _Round(bulk, tasks, passed).run(self._submit)

    def _submit(self, task: Task) -> Future[Failed | None]:
        assert self._executor is not None
        return self._executor.submit(self._run, task)


class _Round:
    """One round: every task, then the positions of the version that is built."""

    def __init__(self, bulk: Bulk, tasks: list[Task], passed: Passed) -> None:
        self._bulk, self._tasks, self._passed = bulk, tasks, passed
        self._pool, self._ownership = bulk.pool, bulk.ownership
        self._prefix = tasks[0].consumer.rpartition("/")[0]
        self._began = {one.partition: bulk.held[one.partition] for one in tasks}
        self._told = 0

    async def run(self, submit: Callable[[Task], Future[Failed | None]]) -> None:
        """Raise what a task came to, with nothing moved but the heads of what was folded."""
        await self._begin()
        renew_after = self._bulk.settings.lease_seconds / RENEWALS_PER_LEASE
        running = {asyncio.wrap_future(submit(one)) for one in self._tasks}
        try:
            renewed = time.monotonic()
            while running:
                done, running = await asyncio.wait(running, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    _raise_failure(await _ended(one))
                await self._tell()
                if time.monotonic() - renewed > renew_after:
                    for held in self._began.values():
                        await self._ownership.renew(held)
                    renewed = time.monotonic()
        except BaseException:
            # Whoever still folds finds its position gone with its next commit, and ends.
            await self._forget(self._pool)
            await asyncio.gather(*running, return_exceptions=True)
            raise
        crash_point("rebuild.before_joining")
        await self._join()

    async def _begin(self) -> None:
        """Begin all positions where the version stands, whatever an earlier rebuild left of its own."""
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                await self._forget(connection)
                for task in self._tasks:
                    held = self._began[task.partition]
                    await connection.execute(_BEGIN, task.consumer, held.partition, held.next_offset, held.remembered)

    async def _join(self) -> None:
        """Move the positions of the version to where all shares are."""
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                arrived: dict[int, Held] = {}
                for partition, held in self._began.items():
                    rows = await connection.fetch(_ARRIVED, partition, self._consumers(partition))
                    ((offset, remembered),) = {tuple(row) for row in rows}
                    arrived[partition] = await self._ownership.advance(connection, held, offset, remembered)
                await self._forget(connection)
        self._bulk.held |= arrived

    async def _forget(self, connection: Any) -> None:
        with database_errors():
            await connection.execute(_FORGET, self._prefix)

    async def _tell(self) -> None:
        """Report the records that were passed since the last time: of a partition, the mean of its shares."""
        passed = 0
        for partition, held in self._began.items():
            consumers = self._consumers(partition)
            with database_errors():
                found = await self._pool.fetchval(_PASSED, partition, held.next_offset, consumers)
            passed += int(found) // len(consumers)
        self._passed(passed - self._told)
        self._told = passed

    def _consumers(self, partition: int) -> list[str]:
        return [one.consumer for one in self._tasks if one.partition == partition]


async def _ended(task: asyncio.Future[Failed | None]) -> Failed | None:
    try:
        return await task
    except BrokenProcessPool as error:
        raise Unavailable("a process of the rebuild was ended from outside; begin it again") from error


def _raise_failure(failed: Failed | None) -> None:
    if failed is not None:
        raise Unavailable(failed.detail) if failed.passing else ShareFailed(failed.detail)


def follow_parent(parent: int) -> None:
    """End this process soon after its parent, even if that was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
