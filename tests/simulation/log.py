"""The log in memory, as either adapter behaves: in a transaction, or apart with an outbox before it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from shared.errors import Ambiguous, Corrupt
from shared.log.identity import assert_remembered, ce_id
from shared.log.port import Record, StoredRecord, Topic, partition_of
from tests.simulation.database import Database, Transaction

Place = tuple[Topic, int]


class SimulatedLog:
    """Records are kept for ever; an append may be done in part, twice, late, or without anybody being told."""

    def __init__(self, database: Database, partitions: int, *, joins: bool) -> None:
        self.partitions = partitions
        self.joins_transaction = joins
        self.database, self.world = database, database.world
        self.records: defaultdict[Place, list[StoredRecord]] = defaultdict(list)
        self.on_its_way = 0
        self.watch: Callable[[Topic, Record], None] = lambda _topic, _record: None
        """Sees every record as it is appended."""
        self._waiting: defaultdict[Place, list[asyncio.Future[None]]] = defaultdict(list)
        database.appended = self._joined

    async def start(self) -> None:
        """It runs."""

    async def stop(self) -> None:
        """It never ends."""

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        async def done() -> None:
            if self.joins_transaction:
                self.database.up()
            kind = "" if self.joins_transaction else self.world.kind
            if kind == "partial":
                self.keep(topic, records[: len(records) // 2])
                raise Ambiguous("the log took a part")
            self.keep(topic, records)
            if kind == "duplicate":
                self.keep(topic, records)

        def late(seconds: float) -> None:
            self.on_its_way += 1
            self.world.loop.call_later(seconds, self._arrive, topic, records)

        detail = " ".join(str(ce_id(record.headers))[:12] for record in records)
        await self.world.call(f"append.{topic}", done, late, detail=detail)

    async def append_in(self, connection: Transaction, topic: Topic, records: Sequence[Record]) -> None:
        await connection.statement("append_in", lambda: self.append_within(connection, topic, records))

    async def append_within(self, transaction: Transaction, topic: Topic, records: Sequence[Record]) -> None:
        """Part of a statement: the records come with the transaction's commit."""
        for partition in sorted({self._partition(record) for record in records}):
            await transaction.lock("log", topic, partition)
        transaction.appends += [(self._partition(record), (topic, record)) for record in records]

    async def reader(
        self, topic: Topic, partition: int, next_offset: int, remembered: str | None = None, **which: Any
    ) -> SimulatedReader:
        async def done() -> None:
            if next_offset:
                before = self.records[topic, partition][next_offset - 1 : next_offset]
                assert_remembered(topic, partition, next_offset - 1, before[0] if before else None, remembered)

        await self.world.call("reader", done)
        return SimulatedReader(self, (topic, partition), next_offset)

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        async def done() -> tuple[int, ...]:
            return tuple(len(self.records[topic, partition]) for partition in range(self.partitions))

        return await self.world.call("ends", done)

    def keep(self, topic: Topic, records: Sequence[Record]) -> None:
        """The log has the records, and tells those who wait."""
        if self.joins_transaction:
            self.database.unsynced.clear()  # one write-ahead log: what came before is on the disk too
        for record in records:
            self.watch(topic, record)
            place = topic, self._partition(record)
            kept = self.records[place]
            kept.append(StoredRecord(len(kept), record.key, record.headers, record.value))
            for waiter in self._waiting.pop(place, ()):
                if not waiter.done():
                    waiter.set_result(None)

    async def more(self, place: Place, offset: int, seconds: float) -> None:
        """Until there is a record at the offset, or the time is over."""
        if len(self.records[place]) <= offset:
            waiter: asyncio.Future[None] = self.world.loop.create_future()
            self._waiting[place].append(waiter)
            await asyncio.wait([waiter], timeout=seconds)

    def _partition(self, record: Record) -> int:
        return partition_of(record.key, self.partitions)

    def _joined(self, appends: list[tuple[int, Any]]) -> None:
        for _, (topic, record) in appends:
            self.keep(topic, [record])

    def _arrive(self, topic: Topic, records: Sequence[Record]) -> None:
        self.on_its_way -= 1
        if self.joins_transaction and self.database.down_until > self.world.loop.time():
            return
        self.world.note(None, f"an append arrives: {len(records)} {topic}")
        self.keep(topic, records)


class SimulatedReader:
    """A cursor; a fetch may bring less than there is, or nothing."""

    def __init__(self, log: SimulatedLog, place: Place, next_offset: int) -> None:
        self._log, self._place, self._next = log, place, next_offset

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        await self._log.more(self._place, self._next, wait_ms / 1_000)
        kept = self._log.records[self._place]
        if len(kept) < self._next:
            raise Corrupt(f"{self._place} ends at {len(kept)}, {self._next} comes next")
        if len(kept) == self._next:
            return []

        async def done() -> list[StoredRecord]:
            if self._log.joins_transaction:
                self._log.database.up()
            found = kept[self._next : self._next + limit]
            if self._log.world.chance.random() < 0.2:
                found = found[: self._log.world.chance.randint(0, len(found))]
            self._next += len(found)
            # Only where the next one shows the gap: no reader can see what a log hides at its end.
            skips = self._log.world.kind == "skip" and len(found) > 1 and found[0].key == found[1].key
            return found[1:] if skips else found

        return await self._log.world.call(f"fetch.{self._place[0]}", done)

    async def close(self) -> None:
        """Nothing is held between two fetches."""
