"""aiokafka's clients with every option said, and their bounded end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

BATCH_BYTES = 262_144
"""One produce request of one partition; 16 kB, the default, costs a round trip each 17 records."""
MESSAGE_BYTES = 1_000_000
"""What a broker must take in one batch (its default is 1,048,588): the largest record fits four times."""
PARTITION_FETCH_BYTES = 2_097_152
FETCH_BYTES = 8_388_608
FETCH_WAIT_MS = 500
"""A broker answers a fetch as soon as it has one byte; this is how long it holds an idle one."""
RETRY_BACKOFF_MS = 100
METADATA_MAX_AGE_MS = 60_000
IDLE_MS = 540_000
"""Below the brokers' ten minutes, so that we close first and no request meets a closed connection."""

_log = structlog.get_logger(__name__)
_ending: set[asyncio.Task[None]] = set()
"""Clients on their way out: the loop itself holds no task."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where Kafka is and how long we wait for it."""

    bootstrap: str
    request_timeout_ms: int

    @property
    def seconds(self) -> float:
        return self.request_timeout_ms / 1_000

    def producer(self) -> AIOKafkaProducer:
        """Idempotent and acknowledged by all replicas, so a retry inside the client changes nothing."""
        producer = AIOKafkaProducer(
            **self._common(),
            acks="all",
            enable_idempotence=True,
            # We batch ourselves (group commit); lingering would only add to every append.
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=MESSAGE_BYTES,
            compression_type=None,
            # Its transactions speak protocol v0 and fence nothing; PostgreSQL fences.
            transactional_id=None,
        )
        _bootstraps_whole(producer.client)
        return producer

    def consumer(self) -> AIOKafkaConsumer:
        """Without a group: positions are in PostgreSQL, and a lost offset is an error, never a jump."""
        consumer = AIOKafkaConsumer(
            **self._common(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_uncommitted",
            check_crcs=True,
            fetch_min_bytes=1,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=PARTITION_FETCH_BYTES,
            max_poll_records=None,
            consumer_timeout_ms=200,
            exclude_internal_topics=True,
        )
        _bootstraps_whole(consumer._client)
        return consumer

    def admin(self) -> AIOKafkaAdminClient:
        admin = AIOKafkaAdminClient(**self._common())
        _bootstraps_whole(admin._client)
        return admin

    def _common(self) -> dict[str, Any]:
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": "dealreg",
            "request_timeout_ms": self.request_timeout_ms,
            "retry_backoff_ms": RETRY_BACKOFF_MS,
            "metadata_max_age_ms": METADATA_MAX_AGE_MS,
            "connections_max_idle_ms": IDLE_MS,
            "security_protocol": "PLAINTEXT",
        }


def _bootstraps_whole(client: AIOKafkaClient) -> None:
    """Let no cancellation into its first request: the connection of that is known to nobody else, and stayed open."""
    client.bootstrap = partial(_bootstrapped, client, client.bootstrap)


async def _bootstrapped(client: AIOKafkaClient, bootstrap: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = asyncio.create_task(bootstrap(), name="kafka-bootstrap")
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # It ends by the request's own time-out, after whoever gave up has stopped the client.
        _kept(asyncio.create_task(_closed_after(task, client), name="kafka-bootstrap-end"))
        raise


async def _closed_after(bootstrapping: asyncio.Task[None], client: AIOKafkaClient) -> None:
    await asyncio.gather(bootstrapping, return_exceptions=True)
    await client.close()


async def stop_producer(producer: AIOKafkaProducer, timeout_seconds: float) -> None:
    """Delivered what could be in time; nothing of it runs on."""
    try:
        async with asyncio.timeout(timeout_seconds):
            await producer.stop()
    except (TimeoutError, KafkaError, OSError) as error:
        # `stop` waits for every batch, also for one that no broker takes, and has no way to give up.
        _log.warning("kafka.producer_abandoned", error=repr(error))
        await _abandon(producer, timeout_seconds)


async def _abandon(producer: AIOKafkaProducer, timeout_seconds: float) -> None:
    """Fail whoever waits for one of its batches; end its tasks."""
    sender = producer._sender.sender_task
    if sender is not None:
        # It puts the batches on their way back into the queue, and then ends; cutting its connections hurries it.
        sender.cancel()
        for connection in list(producer.client._conns.values()):
            connection.close()
        await asyncio.wait([sender], timeout=timeout_seconds)
    accumulator = producer._message_accumulator
    batches = {batch for queue in accumulator._batches.values() for batch in queue} | accumulator._pending_batches
    # A batch that ends must be among the pending ones, even after it was put back (its callback removes it there).
    accumulator._pending_batches.update(batches)
    for batch in batches:
        if not batch.future.done():
            batch.future.set_exception(KafkaError("the producer was abandoned"))
            batch.future.exception()
    await producer.client.close()


async def stop_consumer(consumer: AIOKafkaConsumer, timeout_seconds: float) -> None:
    """No connection and no task of it is left, or we said so; never longer than twice the time given."""
    if not await _ended(consumer.stop(), timeout_seconds) and not await _ended(_cut(consumer), timeout_seconds):
        _log.warning("kafka.consumer_abandoned")


async def _ended(stopping: Coroutine[Any, Any, None], timeout_seconds: float) -> bool:
    """Whether it ended well and in time.

    In a task of its own: aiokafka cancels what it has under way and waits for it, so that the cancellation comes
    back as if we were meant, and it swallows the one by which a time-out would end it.
    """
    task = _kept(asyncio.create_task(stopping, name="kafka-consumer-stop"))
    await asyncio.wait([task], timeout=timeout_seconds)
    if not task.done():
        task.cancel()
        return False
    return not task.cancelled() and task.exception() is None


def _kept(task: asyncio.Task[None]) -> asyncio.Task[None]:
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    return task


async def _cut(consumer: AIOKafkaConsumer) -> None:
    """What `stop` leaves where it broke off."""
    for connection in list(consumer._client._conns.values()):
        connection.close()
    fetcher, coordinator = consumer._fetcher, consumer._coordinator
    tasks = [*fetcher._pending_tasks, fetcher._fetch_task] if fetcher is not None else []
    if coordinator is not None and coordinator._reset_committed_task is not None:
        tasks.append(coordinator._reset_committed_task)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await consumer._client.close()
