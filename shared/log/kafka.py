"""The log in Kafka: production, and how it scales past one machine."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database.errors import database_errors
from shared.errors import Ambiguous, DealregError, Invalid, Unavailable
from shared.log.group_commit import GroupCommit, Write
from shared.log.identity import text
from shared.log.kafka_client import MESSAGE_BYTES, Cluster, stop_consumer
from shared.log.kafka_failures import DRIVER_ERRORS, read_failure
from shared.log.kafka_producer import KafkaRow, SupervisedProducer
from shared.log.kafka_reader import KafkaReader
from shared.log.kafka_topics import ensure_topics
from shared.log.port import TOPICS, Record, Topic, Whose, partition_of
from shared.log.topology import assert_topology

STOP_SECONDS = 5.0
"""For each step of closing; a batch that no broker takes would keep us for ever."""
RECORD_OVERHEAD_BYTES = 1_024
"""Framing of one record and its batch, generously."""


class KafkaLog:
    """Two topics, each partition written by one group commit; fencing and positions are PostgreSQL's."""

    joins_transaction = False

    def __init__(
        self,
        pool: asyncpg.Pool,
        bootstrap: str,
        *,
        partitions: int,
        request_timeout_ms: int,
        allow_single_node: bool,
        topic_prefix: str = "",
    ) -> None:
        self.partitions = partitions
        self._pool = pool
        self._cluster = Cluster(bootstrap, request_timeout_ms)
        self._allow_single_node = allow_single_node
        self._names: dict[Topic, str] = {topic: f"{topic_prefix}{topic}" for topic in TOPICS}
        self._producer = SupervisedProducer(self._cluster, STOP_SECONDS)
        self._commits = {
            (topic, partition): GroupCommit(partial(self._session, topic, partition))
            for topic in TOPICS
            for partition in range(partitions)
        }
        self._ends: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        with database_errors():
            await assert_topology(self._pool, "kafka", self.partitions)
        await ensure_topics(
            self._cluster,
            list(self._names.values()),
            self.partitions,
            allow_single_node=self._allow_single_node,
        )
        await self._producer.ready()
        consumer = self._cluster.consumer()
        try:
            async with asyncio.timeout(self._cluster.seconds):
                await consumer.start()
        except DRIVER_ERRORS as error:
            await stop_consumer(consumer, STOP_SECONDS)
            await self._producer.stop()
            raise read_failure(error) from error
        self._ends = consumer

    async def stop(self) -> None:
        await asyncio.gather(*(commits.close(STOP_SECONDS) for commits in self._commits.values()))
        await self._producer.stop()
        if self._ends is not None:
            await stop_consumer(self._ends, STOP_SECONDS)
            self._ends = None

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        lanes: defaultdict[int, list[KafkaRow]] = defaultdict(list)
        for record in records:
            lanes[partition_of(record.key, self.partitions)].append(_row(record))
        outcomes = await asyncio.gather(
            *(self._commits[topic, partition].append(rows) for partition, rows in lanes.items()),
            return_exceptions=True,
        )
        failures = [outcome for outcome in outcomes if outcome is not None]
        if failures:
            raise _worst(failures, some_written=len(failures) < len(outcomes))

    async def append_in(self, connection: Any, topic: Topic, records: Sequence[Record]) -> None:
        raise NotImplementedError("Kafka knows no PostgreSQL transaction: publish through an outbox")

    async def append_through(self, topic: Topic, function: str, *arguments: Any) -> list[Any]:
        raise NotImplementedError("Kafka knows no PostgreSQL transaction: append by itself")

    async def reader(
        self,
        topic: Topic,
        partition: int,
        next_offset: int,
        remembered: str | None = None,
        *,
        shared: bool = False,
        whose: Whose | None = None,
    ) -> KafkaReader:
        reader = KafkaReader(
            self._cluster, self._names[topic], partition, next_offset, whose=whose, stop_seconds=STOP_SECONDS
        )
        await reader.open(remembered)
        return reader

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        if self._ends is None:
            raise Unavailable("the log is closed")
        places = [TopicPartition(self._names[topic], partition) for partition in range(self.partitions)]
        try:
            ends = await self._ends.end_offsets(places)
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error
        return tuple(ends[place] for place in places)

    @asynccontextmanager
    async def _session(self, topic: Topic, partition: int) -> AsyncIterator[Write[KafkaRow]]:
        yield partial(self._producer.send, self._names[topic], partition)


def _row(record: Record) -> KafkaRow:
    """Encoded before it meets anybody else's, so that a record no broker takes fails alone; raises `Invalid`."""
    headers = [(name, value.encode()) for name, value in record.headers]
    size = len(record.value) + sum(len(name) + len(value) for name, value in headers) + RECORD_OVERHEAD_BYTES
    if size > MESSAGE_BYTES:
        raise Invalid(f"a record of {size} bytes does not fit into Kafka's message of {MESSAGE_BYTES}")
    return text(record.key).encode(), record.value, headers


def _worst(failures: Sequence[BaseException], *, some_written: bool) -> BaseException:
    """One error for an append over several partitions: unknown if any is, or if the log has a part of it."""
    for failure in failures:
        if not isinstance(failure, DealregError) or isinstance(failure, Ambiguous):
            return failure
    first = failures[0]
    return Ambiguous(f"part of it was appended, then: {first}") if some_written else first
