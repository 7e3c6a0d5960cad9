"""The three adapters of the log, each with what a test may do to its server."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Protocol

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from shared.log import EventLog, open_log
from shared.log.memory import MemoryLog
from shared.log.port import Topic
from shared.settings import Settings
from tests.until import until

PARTITIONS = 3
DURABLE = ["postgres", pytest.param("kafka", marks=pytest.mark.broker)]


class LogPlace(Protocol):
    """Where one adapter's log lives."""

    async def open(self, poll_ms: int | None = None) -> EventLog:
        """A started log over the same records, which looks for itself so often; stopped after the test."""
        ...

    async def replace(self, topic: Topic) -> None:
        """The topic starts again, empty, as after a restore of the wrong thing."""
        ...

    async def forget(self, topic: Topic, partition: int, before: int) -> None:
        """The records below an offset are gone, as by a retention that somebody set."""
        ...


class MemoryPlace:
    def __init__(self) -> None:
        self._log = MemoryLog(PARTITIONS)

    async def open(self, poll_ms: int | None = None) -> EventLog:
        await self._log.start()
        return self._log

    async def replace(self, topic: Topic) -> None:
        for partition in range(PARTITIONS):
            self._log.records[topic, partition].clear()
        async with self._log.appended:
            self._log.appended.notify_all()

    async def forget(self, topic: Topic, partition: int, before: int) -> None:
        raise NotImplementedError("memory forgets nothing")


class PostgresPlace:
    def __init__(self, pool: asyncpg.Pool, settings: Settings, stack: AsyncExitStack) -> None:
        self._pool = pool
        self._settings = settings
        self._stack = stack

    async def open(self, poll_ms: int | None = None) -> EventLog:
        settings = self._settings.model_copy(update={"poll_ms": poll_ms} if poll_ms else {})
        return await _started(open_log(settings, database_pool=self._pool), self._stack)

    async def replace(self, topic: Topic) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(f"DELETE FROM log.{topic}")
            await connection.execute("UPDATE log.head SET next_offset = 0 WHERE topic = $1", topic)

    async def forget(self, topic: Topic, partition: int, before: int) -> None:
        await self._pool.execute(f'DELETE FROM log.{topic} WHERE partition = $1 AND "offset" < $2', partition, before)


class KafkaPlace:
    def __init__(self, pool: asyncpg.Pool, settings: Settings, stack: AsyncExitStack, bootstrap: str) -> None:
        self._pool = pool
        self._settings = settings
        self._stack = stack
        self._bootstrap = bootstrap

    async def open(self, poll_ms: int | None = None) -> EventLog:
        log = open_log(self._settings, database_pool=self._pool, kafka_bootstrap=self._bootstrap)
        return await _started(log, self._stack)

    async def replace(self, topic: Topic) -> None:
        async with AsyncExitStack() as stack:
            admin = await self._admin(stack)
            await admin.delete_topics([self._name(topic)])

            async def gone() -> bool:
                return self._name(topic) not in await admin.list_topics()

            await until(gone)
        await self.open()

    async def forget(self, topic: Topic, partition: int, before: int) -> None:
        async with AsyncExitStack() as stack:
            admin = await self._admin(stack)
            place = TopicPartition(self._name(topic), partition)
            await admin.delete_records({place: RecordsToDelete(before_offset=before)})

    def _name(self, topic: Topic) -> str:
        return f"{self._settings.kafka_topic_prefix}{topic}"

    async def _admin(self, stack: AsyncExitStack) -> AIOKafkaAdminClient:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        stack.push_async_callback(admin.close)
        return admin


async def _started(log: EventLog, stack: AsyncExitStack) -> EventLog:
    await log.start()
    stack.push_async_callback(log.stop)
    return log
