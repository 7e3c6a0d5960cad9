"""One Kafka producer at a time for the whole process, replaced after any failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.log.kafka_client import Cluster, stop_producer
from shared.log.kafka_failures import DRIVER_ERRORS, read_failure, write_failure

KafkaRow = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers."""

_log = structlog.get_logger(__name__)


class SupervisedProducer:
    """Sends batches, one after the other within a call.

    After a failure the client's sequence numbers may be burnt, and then every later send fails with
    OutOfOrderSequenceNumber (aiokafka issue 1017): no failure tells, so each one gets a new producer.
    """

    def __init__(self, cluster: Cluster, stop_seconds: float) -> None:
        self._cluster = cluster
        self._stop_seconds = stop_seconds
        self._current: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()

    async def ready(self) -> AIOKafkaProducer:
        """A producer that has its identity from the brokers; raises `Unavailable` or `Misconfigured`."""
        async with self._starting:
            if self._current is None:
                self._current = await self._started()
            return self._current

    async def send(self, topic: str, partition: int, rows: Sequence[KafkaRow]) -> None:
        """The rows are in the partition, in order.

        Raises `Unavailable` if none was sent, else `Ambiguous`; then the log has none of them or a prefix, because
        a batch leaves only when the one before it was acknowledged.
        """
        producer = await self.ready()
        sent = 0
        try:
            async with asyncio.timeout(self._cluster.seconds):
                while sent < len(rows):
                    batch = producer.create_batch()
                    while sent < len(rows) and _appended(batch, rows[sent]):
                        sent += 1
                    batch.close()
                    await (await producer.send_batch(batch, topic, partition=partition))
        except Exception as error:
            _log.warning("kafka.producer_replaced", topic=topic, partition=partition, error=repr(error))
            self._retire(producer)
            raise write_failure(error) from error
        except asyncio.CancelledError:
            self._retire(producer)
            raise

    async def stop(self) -> None:
        """Nothing runs on, after at most the bound given."""
        if self._current is not None:
            self._retire(self._current)
        if self._retired:
            await asyncio.wait(self._retired)

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """The next send gets a new producer; what others still have in the old one may finish."""
        if self._current is producer:
            self._current = None
            self._stop_later(producer)

    def _stop_later(self, producer: AIOKafkaProducer) -> None:
        task = asyncio.create_task(stop_producer(producer, self._stop_seconds), name="kafka-producer-stop")
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)

    async def _started(self) -> AIOKafkaProducer:
        producer = self._cluster.producer()
        try:
            # Fetching the producer id retries for ever.
            async with asyncio.timeout(self._cluster.seconds):
                await producer.start()
        except BaseException as error:
            self._stop_later(producer)
            if isinstance(error, DRIVER_ERRORS):
                raise read_failure(error) from error
            raise
        return producer


def _appended(batch: BatchBuilder, row: KafkaRow) -> bool:
    """Whether the row still fitted; the first one always does."""
    key, value, headers = row
    return batch.append(timestamp=None, key=key, value=value, headers=headers) is not None
