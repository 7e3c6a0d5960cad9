"""An empty log of each adapter, and settings that suit tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from shared.database import open_pool
from shared.log import EventLog
from shared.settings import Settings
from tests.contract.places import DURABLE, PARTITIONS, KafkaPlace, LogPlace, MemoryPlace, PostgresPlace


async def _pool(database: str, settings: Settings, stack: AsyncExitStack) -> asyncpg.Pool:
    pool = await open_pool(database, settings)
    stack.push_async_callback(pool.close)
    return pool


@pytest.fixture
def log_settings(settings: Settings) -> Settings:
    """Few partitions, one node, topics of this test's own, and failures that do not take twenty seconds."""
    return settings.model_copy(
        update={
            "partitions": PARTITIONS,
            "allow_single_node": True,
            "kafka_topic_prefix": f"test-{uuid4().hex[:12]}-",
            "request_timeout_ms": 5_000,
        }
    )


@pytest.fixture
def memory_place() -> LogPlace:
    return MemoryPlace()


@pytest_asyncio.fixture(loop_scope="session")
async def postgres_place(database: str, log_settings: Settings) -> AsyncIterator[LogPlace]:
    settings = log_settings.model_copy(update={"log": "postgres"})
    async with AsyncExitStack() as stack:
        yield PostgresPlace(await _pool(database, settings, stack), settings, stack)


@pytest_asyncio.fixture(loop_scope="session")
async def kafka_place(database: str, kafka_bootstrap: str, log_settings: Settings) -> AsyncIterator[LogPlace]:
    settings = log_settings.model_copy(update={"log": "kafka"})
    async with AsyncExitStack() as stack:
        yield KafkaPlace(await _pool(database, settings, stack), settings, stack, kafka_bootstrap)


@pytest.fixture(params=["memory", *DURABLE])
def place(request: pytest.FixtureRequest) -> LogPlace:
    """One adapter's log, empty and its own."""
    place: LogPlace = request.getfixturevalue(f"{request.param}_place")
    return place


@pytest_asyncio.fixture(loop_scope="session")
async def log(place: LogPlace) -> EventLog:
    """The adapter's log, started."""
    return await place.open()
