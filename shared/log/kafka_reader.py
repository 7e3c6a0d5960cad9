"""A cursor over one Kafka partition that neither skips nor sleeps on unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.errors import Corrupt, Unavailable
from shared.log.identity import assert_remembered
from shared.log.kafka_client import Cluster, stop_consumer
from shared.log.kafka_failures import DRIVER_ERRORS, read_failure
from shared.log.port import StoredRecord, Whose, bare, needed

CHECK_AFTER_SECONDS = 5.0
"""An idle reader asks where the partition ends this often; one small request."""
STUCK_AFTER_SECONDS = 30.0
"""Records are there and none arrive: longer than any leader election (9 s measured), so the client is stuck."""


class KafkaReader:
    """Reads by assign and seek. A stuck client says nothing (aiokafka issue 1154), so `fetch` compares its progress
    with the end of the partition and raises `Unavailable`; a new reader goes on from the stored position."""

    def __init__(
        self,
        cluster: Cluster,
        topic: str,
        partition: int,
        next_offset: int,
        *,
        whose: Whose | None = None,
        stop_seconds: float,
        check_after_seconds: float = CHECK_AFTER_SECONDS,
        stuck_after_seconds: float = STUCK_AFTER_SECONDS,
    ) -> None:
        self._cluster = cluster
        self._place = TopicPartition(topic, partition)
        self._next = next_offset
        self._whose = whose
        self._stop_seconds = stop_seconds
        self._check_after = check_after_seconds
        self._stuck_after = stuck_after_seconds
        self._consumer: AIOKafkaConsumer = cluster.consumer()
        self._progress = self._checked = asyncio.get_running_loop().time()

    async def open(self, remembered: str | None) -> None:
        """The record before the cursor is there and the remembered one; raises `Corrupt` or `Unavailable`, closed."""
        try:
            async with asyncio.timeout(self._cluster.seconds):
                await self._consumer.start()
                self._consumer.assign([self._place])
                await self._assert_reaches()
                await self._assert_continues(remembered)
        except BaseException as error:
            await self.close()
            if isinstance(error, DRIVER_ERRORS):
                raise read_failure(error) from error
            raise

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        try:
            found = await self._consumer.getmany(self._place, timeout_ms=wait_ms, max_records=limit)
            records = self._read(found.get(self._place, ()))
            if not records:
                await self._assert_not_stuck()
                return []
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error
        if [record.offset for record in records] != list(range(self._next, self._next + len(records))):
            raise Corrupt(f"{self._name} lost records at or after offset {self._next}")
        self._next += len(records)
        self._progress = asyncio.get_running_loop().time()
        return records

    async def close(self) -> None:
        await stop_consumer(self._consumer, self._stop_seconds)

    def _read(self, found: Sequence[ConsumerRecord]) -> list[StoredRecord]:
        if self._whose is None:
            return [_stored(record) for record in found]
        keys = [_key(record) for record in found]
        return [
            _stored(record) if wanted else bare(record.offset, key)
            for record, key, wanted in zip(found, keys, needed(keys, self._whose), strict=True)
        ]

    async def _assert_reaches(self) -> None:
        """Whatever was read before is still there; raises `Corrupt`."""
        start = (await self._consumer.beginning_offsets([self._place]))[self._place]
        end = (await self._consumer.end_offsets([self._place]))[self._place]
        if not start <= max(self._next - 1, 0) <= self._next <= end:
            raise Corrupt(
                f"{self._name} has offsets {start} to {end}, {self._next} comes next: "
                "the topic was truncated or replaced"
            )

    async def _assert_continues(self, remembered: str | None) -> None:
        self._consumer.seek(self._place, max(self._next - 1, 0))
        if self._next == 0:
            return
        before: list[ConsumerRecord] = []
        while not before:  # within the time-out of `open`
            found = await self._consumer.getmany(self._place, timeout_ms=1_000, max_records=1)
            before = found.get(self._place, [])
        assert_remembered(self._place.topic, self._place.partition, self._next - 1, _stored(before[0]), remembered)

    async def _assert_not_stuck(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - max(self._progress, self._checked) < self._check_after:
            return
        self._checked = now
        end = (await self._consumer.end_offsets([self._place]))[self._place]
        if end < self._next:
            raise Corrupt(
                f"{self._name} ends at {end}, before the next offset {self._next}: it was truncated or replaced"
            )
        if end == self._next:
            self._progress = now
        elif now - self._progress >= self._stuck_after:
            raise Unavailable(f"{self._name} has {end - self._next} records that the client does not deliver")

    @property
    def _name(self) -> str:
        return f"{self._place.topic}/{self._place.partition}"


def _key(record: ConsumerRecord) -> str:
    try:
        return record.key.decode()  # type: ignore[no-any-return]
    except (AttributeError, UnicodeDecodeError) as error:
        # Without a vendor there is no journal that could say what became of it.
        detail = f"{record.topic}/{record.partition} holds a record at {record.offset} that names no vendor: not ours"
        raise Corrupt(detail) from error


def _stored(record: ConsumerRecord) -> StoredRecord:
    # Whatever else a stranger left out or garbled is for the reader's own rules to refuse, under its vendor.
    headers = tuple((name, (value or b"").decode(errors="replace")) for name, value in record.headers)
    return StoredRecord(record.offset, _key(record), headers, record.value or b"")
