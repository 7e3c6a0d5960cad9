"""A log refuses to start where a guarantee would rest on sand, and says what to set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import UnknownTopicOrPartitionError

from dealreg.embedded import EmbeddedPostgres
from dealreg.embedded.postgres import SERVER_OPTIONS
from shared.database import migrate, open_pool
from shared.errors import DealregError, Misconfigured, Unavailable
from shared.log import open_log
from shared.settings import Settings
from tests.conftest import execute


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str, log_settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database, log_settings) as pool:
        yield pool


async def refusal(settings: Settings, pool: asyncpg.Pool, kafka_bootstrap: str | None = None) -> str:
    """What the log says when it does not start."""
    log = open_log(settings, database_pool=pool, kafka_bootstrap=kafka_bootstrap)
    try:
        with pytest.raises(Misconfigured) as refused:
            await log.start()
    finally:
        await log.stop()
    return refused.value.detail


async def starts(settings: Settings, pool: asyncpg.Pool, kafka_bootstrap: str | None = None) -> None:
    log = open_log(settings, database_pool=pool, kafka_bootstrap=kafka_bootstrap)
    await log.start()
    await log.stop()


async def test_the_partition_count_is_chosen_once(pool: asyncpg.Pool, log_settings: Settings) -> None:
    await starts(log_settings, pool)
    more = log_settings.model_copy(update={"partitions": 4})
    assert "set DEALREG_PARTITIONS=3" in await refusal(more, pool)
    await starts(log_settings, pool)


@pytest.mark.broker
async def test_the_partition_count_is_chosen_once_for_kafka_too(kafka: Topics, pool: asyncpg.Pool) -> None:
    await starts(kafka.settings, pool, kafka.bootstrap)
    more = kafka.settings.model_copy(update={"partitions": 4})
    assert "set DEALREG_PARTITIONS=3" in await refusal(more, pool, kafka.bootstrap)


async def test_a_database_belongs_to_one_log(pool: asyncpg.Pool, log_settings: Settings) -> None:
    await starts(log_settings, pool)
    await pool.execute("UPDATE log.topology SET log = 'kafka'")
    assert "set DEALREG_LOG=kafka" in await refusal(log_settings, pool)


async def test_asynchronous_commits_are_refused(database: str, log_settings: Settings) -> None:
    await execute(database, f"ALTER DATABASE {urlsplit(database).path[1:]} SET synchronous_commit = off")
    async with await open_pool(database, log_settings) as pool:
        assert "synchronous_commit" in await refusal(log_settings, pool)


async def test_a_server_without_fsync_is_refused(
    tmp_path: Path, log_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVER_OPTIONS, "fsync", "off")
    server = EmbeddedPostgres(tmp_path)
    url = await server.start()
    try:
        await migrate(url)
        async with await open_pool(url, log_settings) as pool:
            assert "fsync" in await refusal(log_settings, pool)
    finally:
        await server.stop()


async def test_a_database_without_our_tables_is_no_log(postgres_url: str, log_settings: Settings) -> None:
    async with await open_pool(postgres_url, log_settings) as pool:
        log = open_log(log_settings, database_pool=pool)
        with pytest.raises(DealregError):
            await log.start()
        await log.stop()


@pytest.mark.broker
@pytest.mark.parametrize(
    "name, value, remedy",
    [
        ("retention.ms", "604800000", "retention.ms=604800000; alter it to -1"),
        ("retention.bytes", "1073741824", "retention.bytes=1073741824; alter it to -1"),
        ("cleanup.policy", "compact", "cleanup.policy=compact; alter it to delete"),
        ("unclean.leader.election.enable", "true", "alter it to false"),
        ("max.message.bytes", "500000", "alter it to 1000000 or more"),
    ],
)
async def test_a_topic_that_could_lose_records_is_refused(
    kafka: Topics, pool: asyncpg.Pool, name: str, value: str, remedy: str
) -> None:
    await starts(kafka.settings, pool, kafka.bootstrap)
    await kafka.alter("journal", {name: value})
    said = await refusal(kafka.settings, pool, kafka.bootstrap)
    assert remedy in said
    assert f"{kafka.settings.kafka_topic_prefix}journal" in said


@pytest.mark.broker
async def test_a_broker_that_has_not_heard_of_a_new_topic_yet_is_asked_again(
    kafka: Topics, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"topics": 0, "settings": 0}
    describe, settings = AIOKafkaAdminClient.describe_topics, AIOKafkaAdminClient.describe_configs
    unknown = UnknownTopicOrPartitionError.errno

    async def late(admin: AIOKafkaAdminClient, topics: list[str]) -> Any:
        found = await describe(admin, topics)
        asked["topics"] += 1
        # Each broker hears of a new topic by itself; two calls found none, and it was made.
        return [{**one, "error_code": unknown} for one in found] if 2 < asked["topics"] < 5 else found

    async def later(admin: AIOKafkaAdminClient, resources: list[ConfigResource]) -> Any:
        found = await settings(admin, resources)
        asked["settings"] += 1
        if asked["settings"] == 1:
            found[0].resources = [
                (unknown, "unknown topic", kind, name, []) for _, _, kind, name, _ in found[0].resources
            ]
        return found

    monkeypatch.setattr(AIOKafkaAdminClient, "describe_topics", late)
    monkeypatch.setattr(AIOKafkaAdminClient, "describe_configs", later)
    await starts(kafka.settings, pool, kafka.bootstrap)
    assert asked == {"topics": 6, "settings": 3}


@pytest.mark.broker
async def test_everything_wrong_is_said_at_once(kafka: Topics, pool: asyncpg.Pool) -> None:
    await kafka.create("facts", partitions=5, settings={"retention.ms": "1000", "cleanup.policy": "compact"})
    said = await refusal(kafka.settings, pool, kafka.bootstrap)
    for part in ("has 5 partitions", "retention.ms=1000", "cleanup.policy=compact"):
        assert part in said


@pytest.mark.broker
async def test_partitions_added_behind_our_back_are_refused(kafka: Topics, pool: asyncpg.Pool) -> None:
    await starts(kafka.settings, pool, kafka.bootstrap)
    await kafka.grow("facts", 4)
    assert "has 4 partitions, 3 were chosen" in await refusal(kafka.settings, pool, kafka.bootstrap)


@pytest.mark.broker
async def test_one_copy_is_refused_unless_allowed(kafka: Topics, pool: asyncpg.Pool) -> None:
    await starts(kafka.settings, pool, kafka.bootstrap)
    careful = kafka.settings.model_copy(update={"allow_single_node": False})
    said = await refusal(careful, pool, kafka.bootstrap)
    assert "replication factor 1" in said
    assert "min.insync.replicas=1" in said
    assert "DEALREG_ALLOW_SINGLE_NODE=true" in said


@pytest.mark.broker
async def test_too_few_brokers_for_three_copies_are_said(kafka: Topics, pool: asyncpg.Pool) -> None:
    careful = kafka.settings.model_copy(update={"allow_single_node": False})
    said = await refusal(careful, pool, kafka.bootstrap)
    assert "it needs 3 brokers, or DEALREG_ALLOW_SINGLE_NODE=true" in said


@pytest.mark.broker
async def test_a_broker_that_is_not_there_is_unavailable(kafka: Topics, pool: asyncpg.Pool) -> None:
    log = open_log(kafka.settings, database_pool=pool, kafka_bootstrap="127.0.0.1:1")
    with pytest.raises(Unavailable):
        await log.start()
    await log.stop()


class Topics:
    """One test's topics, as an administrator sees them."""

    def __init__(self, admin: AIOKafkaAdminClient, bootstrap: str, settings: Settings) -> None:
        self._admin = admin
        self.bootstrap = bootstrap
        self.settings = settings

    async def create(self, topic: str, partitions: int, settings: dict[str, str]) -> None:
        await self._admin.create_topics([NewTopic(self._name(topic), partitions, 1, topic_configs=settings)])

    async def alter(self, topic: str, settings: dict[str, str]) -> None:
        """Other settings of the topic fall back to the broker's."""
        await self._admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, self._name(topic), settings)])

    async def grow(self, topic: str, partitions: int) -> None:
        await self._admin.create_partitions({self._name(topic): NewPartitions(partitions)})

    def _name(self, topic: str) -> str:
        return f"{self.settings.kafka_topic_prefix}{topic}"


@pytest_asyncio.fixture(loop_scope="session")
async def kafka(kafka_bootstrap: str, log_settings: Settings) -> AsyncIterator[Topics]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    yield Topics(admin, kafka_bootstrap, log_settings.model_copy(update={"log": "kafka"}))
    await admin.close()
