"""The log in memory: for unit tests and simulations, gone with the process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from shared.errors import Corrupt, Unavailable
from shared.log.identity import assert_remembered, text
from shared.log.port import Record, StoredRecord, Topic, Whose, partition_of


class MemoryLog:
    """What the other two promise, less durability."""

    joins_transaction = False

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.records: defaultdict[tuple[Topic, int], list[StoredRecord]] = defaultdict(list)
        self.appended = asyncio.Condition()
        self._open = False

    async def start(self) -> None:
        self._open = True

    async def stop(self) -> None:
        self._open = False

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        if not self._open:
            raise Unavailable("the log is closed")
        for record in records:
            kept = self.records[topic, partition_of(text(record.key), self.partitions)]
            kept.append(StoredRecord(len(kept), record.key, record.headers, record.value))
        async with self.appended:
            self.appended.notify_all()

    async def append_in(self, connection: Any, topic: Topic, records: Sequence[Record]) -> None:
        raise NotImplementedError("memory knows no PostgreSQL transaction")

    async def append_through(self, topic: Topic, function: str, *arguments: Any) -> list[Any]:
        raise NotImplementedError("memory knows no PostgreSQL transaction")

    async def reader(
        self,
        topic: Topic,
        partition: int,
        next_offset: int,
        remembered: str | None = None,
        *,
        shared: bool = False,
        whose: Whose | None = None,
    ) -> MemoryReader:
        if next_offset:
            before = self.records[topic, partition][next_offset - 1 : next_offset]
            found = before[0] if before else None
            assert_remembered(topic, partition, next_offset - 1, found, remembered)
        return MemoryReader(self, topic, partition, next_offset)

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        return tuple(len(self.records[topic, partition]) for partition in range(self.partitions))


class MemoryReader:
    """A cursor over one list."""

    def __init__(self, log: MemoryLog, topic: Topic, partition: int, next_offset: int) -> None:
        self._log = log
        self._place: tuple[Topic, int] = (topic, partition)
        self._next = next_offset

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        async with self._log.appended:
            try:
                async with asyncio.timeout(wait_ms / 1_000):
                    await self._log.appended.wait_for(lambda: len(self._kept) != self._next)
            except TimeoutError:
                return []
        if len(self._kept) < self._next:
            raise Corrupt(f"{self._place} ends at {len(self._kept)}, {self._next} comes next")
        records = self._kept[self._next : self._next + limit]
        self._next += len(records)
        return records

    async def close(self) -> None:
        """Nothing is held between two fetches."""

    @property
    def _kept(self) -> list[StoredRecord]:
        return self._log.records[self._place]
