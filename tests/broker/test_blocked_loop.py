"""A worker whose event loop stands still past its lease: it writes nothing that it must not, and goes on (G7)."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dealreg.runtime.in_process import Stack, stack
from services.attribution.worker import CONSUMER, Worker
from services.projections.views import PIPELINE
from shared import crash_points
from shared.database import open_pool
from shared.log import open_log
from shared.log.port import EventLog, Reader, StoredRecord, Topic, partition_of
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.crash.place import quick
from tests.crash.work import VENDOR, Sender, founded, holds, journal
from tests.until import until
from tests.working import working

CLAIMS = 12
BLOCKED_SECONDS = 300.0
"""The most: it ends as soon as the successor has done everything."""
VIEW = f"view:{PIPELINE.name}:{PIPELINE.version}"
CASES = {
    "decider between reading and writing": (CONSUMER, "fetch"),
    "decider in its transaction": (CONSUMER, "decider.before_commit"),
    "decider between commit and publishing": (CONSUMER, "decider.after_commit"),
    "view between reading and writing": (VIEW, "fetch"),
    "view in its transaction": (VIEW, "projections.before_commit"),
}
_POSITIONS = "SELECT partition, next_offset, epoch FROM log.ownership WHERE consumer = $1 ORDER BY partition"
_OWNER = "SELECT owner FROM log.ownership WHERE consumer = $1 AND partition = $2 AND lease_until > clock_timestamp()"


@dataclass
class Block:
    """Stops the loop of this thread at one point, once, until somebody has taken over and is done."""

    point: str
    armed: bool = False
    blocked: threading.Event = field(default_factory=threading.Event)
    taken_over: threading.Event = field(default_factory=threading.Event)
    _thread: int = field(default_factory=threading.get_ident)

    def passed(self, name: str) -> None:
        if self.armed and name == self.point and threading.get_ident() == self._thread:
            self.armed = False
            self.blocked.set()
            assert self.taken_over.wait(BLOCKED_SECONDS), "nobody took over"


@dataclass
class BlockingLog:
    """A log whose readers pass the point `fetch` once they have records."""

    log: EventLog
    block: Block

    async def reader(
        self, topic: Topic, partition: int, next_offset: int, remembered: str | None = None, **which: Any
    ) -> Reader:
        return BlockingReader(await self.log.reader(topic, partition, next_offset, remembered), self.block)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


@dataclass
class BlockingReader:
    reader: Reader
    block: Block

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        records = await self.reader.fetch(limit, wait_ms)
        if records:
            self.block.passed("fetch")
        return records

    async def close(self) -> None:
        await self.reader.close()


@pytest.mark.parametrize("case", CASES)
async def test_a_worker_whose_loop_was_blocked_past_its_lease_writes_nothing_and_goes_on(
    database: str, kafka_bootstrap: str, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer, point = CASES[case]
    settings = quick(database, tmp_path).model_copy(
        update={
            "log": "kafka",
            "kafka_bootstrap": kafka_bootstrap,
            "kafka_topic_prefix": f"test-{uuid4().hex[:12]}-",
            "allow_single_node": True,
            "partitions": 2,
        }
    )
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    block = Block(point)
    monkeypatch.setattr(crash_points, "listener", block.passed)
    async with stack(settings, work=False) as edge:
        await sender.send(edge.base_url, range(CLAIMS))
        if consumer != CONSUMER:
            await _decided(edge)
        successor = threading.Thread(target=lambda: asyncio.run(_take_over(consumer, settings, block)))
        successor.start()
        block.armed = True
        worker = _worker(consumer, edge.pool, BlockingLog(edge.log, block), settings, "blocked")
        async with working(worker):
            # Our loop stands still somewhere in here; the successor's is its own.
            await until(lambda: _done(block))
            await asyncio.to_thread(successor.join)
            before = await edge.pool.fetch(_POSITIONS, consumer), await _hashes(edge)
            # It is told so at its next write, and takes the partition again once that is free.
            await until(lambda: _owned(edge, consumer, "blocked"))
            after = await edge.pool.fetch(_POSITIONS, consumer), await _hashes(edge)
            assert [row["next_offset"] for row in after[0]] == [row["next_offset"] for row in before[0]]
            assert after[1] == before[1]
            await sender.send(edge.base_url, range(CLAIMS, 2 * CLAIMS))
            await until(lambda: _caught_up(edge, consumer))
    monkeypatch.undo()
    async with stack(settings) as running:
        await sender.send(running.base_url, range(2 * CLAIMS))
        assert len(sender.accepted) == 2 * CLAIMS
        await holds(running, sender)


def _worker(consumer: str, pool: Any, log: Any, settings: Settings, owner: str) -> Worker | Runner:
    if consumer == CONSUMER:
        return Worker(pool, log, settings, owner=owner)
    return Runner(PIPELINE, pool, log, settings, owner=owner)


async def _take_over(consumer: str, settings: Settings, block: Block) -> None:
    """In a thread and a loop of its own: waits for the lease, does all there is to do, and frees the partitions."""
    try:
        assert await asyncio.to_thread(block.blocked.wait, BLOCKED_SECONDS)
        assert settings.database_url is not None
        pool = await open_pool(settings.database_url.get_secret_value(), settings)
        log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
        await log.start()
        worker = _worker(consumer, pool, log, settings, "successor")
        partition = partition_of(VENDOR, settings.partitions)

        async def done() -> bool:
            await worker.step()
            owner = await pool.fetchval(_OWNER, consumer, partition)
            return owner == "successor" and await _behind(pool, log, consumer) == 0

        await until(done)
        await worker.close()
        await log.stop()
        await pool.close()
    finally:
        block.taken_over.set()


async def _behind(pool: Any, log: EventLog, consumer: str) -> int:
    ends = await log.end_offsets("facts" if consumer == CONSUMER else "journal")
    rows = await pool.fetch(_POSITIONS, consumer)
    positions: int = sum(row["next_offset"] for row in rows)
    return sum(ends) - positions


async def _hashes(edge: Stack) -> list[str]:
    """The journal as every reader takes it: what its owner published again is there in the same bytes."""
    return [entry.hash for entry in await journal(edge.log)]


async def _done(block: Block) -> bool:
    return block.taken_over.is_set()


async def _owned(edge: Stack, consumer: str, owner: str) -> bool:
    found = await edge.pool.fetchval(_OWNER, consumer, partition_of(VENDOR, edge.settings.partitions))
    return bool(found == owner)


async def _caught_up(edge: Stack, consumer: str) -> bool:
    if consumer != CONSUMER:
        await _decided(edge)
    return await _behind(edge.pool, edge.log, consumer) == 0


async def _decided(edge: Stack) -> None:
    """By a decider that only comes for this."""
    while await _behind(edge.pool, edge.log, CONSUMER):
        await edge.attribution.worker.step()
