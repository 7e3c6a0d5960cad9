"""What goes wrong inside the client itself is noticed and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from shared.database import open_pool
from shared.errors import Ambiguous, Unavailable
from shared.log.kafka import KafkaLog
from shared.log.kafka_client import Cluster
from shared.log.kafka_reader import KafkaReader
from shared.log.port import partition_of
from shared.settings import Settings
from tests.contract.records import all_of, names, read_exactly, record
from tests.until import until

PARTITIONS = 3
ACME = partition_of("acme", PARTITIONS)


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database, settings) as pool:
        yield pool


@pytest.fixture
def prefix() -> str:
    return f"test-{uuid4().hex[:12]}-"


@pytest_asyncio.fixture(loop_scope="session")
async def log(pool: asyncpg.Pool, kafka_bootstrap: str, prefix: str) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(
        pool,
        kafka_bootstrap,
        partitions=PARTITIONS,
        request_timeout_ms=5_000,
        allow_single_node=True,
        topic_prefix=prefix,
    )
    await log.start()
    yield log
    await log.stop()


async def test_a_producer_with_burnt_sequence_numbers_is_replaced(log: KafkaLog, prefix: str) -> None:
    await log.append("facts", [record("f0")])
    producer = await log._producer.ready()
    # What happens inside when a partition has no leader for longer than the time-out.
    producer._txn_manager.increment_sequence_number(TopicPartition(f"{prefix}facts", ACME), 1)
    with pytest.raises(Ambiguous, match="OutOfOrderSequenceNumber"):
        await log.append("facts", [record("f1")])
    await log.append("facts", [record("f1")])
    await log.append("facts", [record("f2")])
    assert names(await all_of(log, "facts", "acme")) == ["f0", "f1", "f2"]
    assert await log._producer.ready() is not producer


async def test_a_producer_whose_sender_died_is_replaced(log: KafkaLog) -> None:
    await log.append("facts", [record("f0")])
    producer = await log._producer.ready()
    producer._message_accumulator.fail_all(KafkaError("Unexpected error during batch delivery"))
    with pytest.raises(Ambiguous):
        await log.append("facts", [record("f1")])
    await log.append("facts", [record("f1")])
    assert names(await all_of(log, "facts", "acme")) == ["f0", "f1"]


async def test_a_client_that_delivers_nothing_is_given_up(log: KafkaLog, kafka_bootstrap: str, prefix: str) -> None:
    await log.append("facts", [record("f0")])
    reader = KafkaReader(
        Cluster(kafka_bootstrap, 5_000),
        f"{prefix}facts",
        ACME,
        1,
        stop_seconds=1.0,
        check_after_seconds=0.05,
        stuck_after_seconds=0.5,
    )
    await reader.open("f0")
    reader._consumer.pause(TopicPartition(f"{prefix}facts", ACME))
    loop = asyncio.get_running_loop()
    start = loop.time()
    while loop.time() < start + 0.7:  # idle with nothing to read is no fault, however long
        assert await reader.fetch(10, wait_ms=20) == []
    await log.append("facts", [record("f1")])

    async def noticed() -> bool:
        try:
            await reader.fetch(10, wait_ms=20)
        except Unavailable as error:
            return "does not deliver" in error.detail
        return False

    await until(noticed)
    await reader.close()
    again = await log.reader("facts", ACME, 1, remembered="f0")
    assert names(await read_exactly(again, 1)) == ["f1"]
    await again.close()


async def test_an_oversized_batch_is_never_built(log: KafkaLog) -> None:
    # One record larger than a batch travels alone, between its neighbours.
    await log.append("facts", [record("a"), record("b", value=b"x" * 600_000), record("c")])
    assert names(await all_of(log, "facts", "acme")) == ["a", "b", "c"]


async def test_a_client_given_up_while_it_asked_for_the_first_time_leaves_no_connection(
    log: KafkaLog, prefix: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()
    first: list[AIOKafkaConnection] = []
    send = AIOKafkaConnection.send

    async def held(connection: AIOKafkaConnection, request: Any, *more: Any) -> Any:
        if isinstance(request, MetadataRequest) and not go_on.is_set():
            first.append(connection)
            asked.set()
            await go_on.wait()
        return await send(connection, request, *more)

    monkeypatch.setattr(AIOKafkaConnection, "send", held)
    reader = KafkaReader(Cluster(kafka_bootstrap, 5_000), f"{prefix}facts", ACME, 0, stop_seconds=1.0)
    opening = asyncio.create_task(reader.open(None))
    await asyncio.wait_for(asked.wait(), 30)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    go_on.set()

    async def closed() -> bool:
        return not any(one.connected() for one in first)

    await until(closed, 30)
    assert len(first) == 1
