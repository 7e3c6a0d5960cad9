"""An append to Kafka whose answer was lost: repeated unseen where that is safe, else ambiguous, never out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from dealreg.embedded.kafka import EmbeddedKafka
from shared.database import open_pool
from shared.errors import Ambiguous, Unavailable
from shared.log.kafka import KafkaLog
from shared.log.port import partition_of
from shared.settings import Settings
from tests.contract.records import all_of, names, read_exactly, record
from tests.proxy import Proxy
from tests.until import PATIENT_SECONDS, until

PARTITIONS = 3
ACME = partition_of("acme", PARTITIONS)
REQUEST_TIMEOUT_MS = 2_000
STOP_SECONDS = 0.5
SLACK_SECONDS = 20.0
"""For a slow machine; below the 40 s after which the client gives up by itself."""


@dataclass(frozen=True)
class FarBroker:
    """A broker that is reached through a network which can be lost, also by those who asked it for its address."""

    kafka: EmbeddedKafka
    proxy: Proxy

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.proxy.port}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def far(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FarBroker]:
    folder: Path = tmp_path_factory.mktemp("far")
    broker: list[EmbeddedKafka] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = broker[0].bootstrap.split(":")
        return await asyncio.open_connection(host, int(port))

    async with Proxy(connect) as proxy:
        broker.append(EmbeddedKafka(folder, extra={"advertised.listeners": f"BROKER://127.0.0.1:{proxy.port}"}))
        await broker[0].start()
        try:
            yield FarBroker(broker[0], proxy)
        finally:
            await broker[0].stop()


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database, settings) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="session")
async def log(far: FarBroker, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KafkaLog]:
    monkeypatch.setattr("shared.log.kafka.STOP_SECONDS", STOP_SECONDS)
    log = KafkaLog(
        pool,
        far.bootstrap,
        partitions=PARTITIONS,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        allow_single_node=True,
        topic_prefix=f"test-{uuid4().hex[:12]}-",
    )
    await log.start()
    yield log
    far.proxy.refusing = far.proxy.losing_replies = far.proxy.silent = False
    await log.stop()


async def accepted(log: KafkaLog, name: str) -> None:
    """Appended, as often as it takes."""

    async def done() -> bool:
        try:
            await log.append("facts", [record(name)])
        except Unavailable:
            return False
        return True

    await until(done)


async def test_an_answer_lost_once_is_asked_for_again_and_the_record_is_there_once(
    log: KafkaLog, far: FarBroker
) -> None:
    await log.append("facts", [record("f0")])
    lost = far.proxy.lost
    far.proxy.losing_replies = True
    appending = asyncio.create_task(log.append("facts", [record("f1")]))

    async def answer_lost() -> bool:
        return far.proxy.lost > lost

    await until(answer_lost)
    far.proxy.losing_replies = False
    await appending
    assert names(await all_of(log, "facts", "acme")) == ["f0", "f1"]


async def test_an_answer_that_never_comes_is_ambiguous_and_the_record_is_there(log: KafkaLog, far: FarBroker) -> None:
    await log.append("facts", [record("f0")])
    far.proxy.losing_replies = True
    with pytest.raises(Ambiguous):
        await asyncio.wait_for(log.append("facts", [record("f1")]), REQUEST_TIMEOUT_MS / 1_000 + SLACK_SECONDS)
    far.proxy.losing_replies = False
    await accepted(log, "f1")
    assert names(await all_of(log, "facts", "acme")) == ["f0", "f1", "f1"]


async def test_a_long_append_that_failed_leaves_a_prefix_and_repeats_in_order(log: KafkaLog, far: FarBroker) -> None:
    # Some ten batches; the network goes while they are on their way.
    expected = [f"f{number:04}" for number in range(2_500)]
    records = [record(name, value=b"x" * 1_000) for name in expected]
    far.proxy.cut_after = far.proxy.forwarded + 600_000
    with pytest.raises(Ambiguous):
        await log.append("facts", records)
    far.proxy.refusing = False
    await accepted(log, "between")
    await log.append("facts", records)
    stored = names(await all_of(log, "facts", "acme"))
    first = stored[: stored.index("between")]
    assert first == expected[: len(first)]
    assert len(first) < len(expected)
    # What a reader keeps after dropping repeated identities.
    assert [name for name in dict.fromkeys(stored) if name != "between"] == expected


async def test_a_broker_that_is_gone_is_told_in_time_and_comes_back(log: KafkaLog, far: FarBroker) -> None:
    await log.append("facts", [record("f0")])
    far.proxy.refusing = True
    far.proxy.cut()
    limit = 2 * REQUEST_TIMEOUT_MS / 1_000 + SLACK_SECONDS
    for _ in range(2):
        with pytest.raises(Unavailable):
            await asyncio.wait_for(log.append("facts", [record("f1")]), limit)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(log.end_offsets("facts"), limit)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(log.reader("facts", ACME, 0), limit)
    far.proxy.refusing = False
    await accepted(log, "f2")
    assert names(await all_of(log, "facts", "acme"))[-1] == "f2"


async def test_a_waiting_reader_goes_on_after_the_network_was_lost(log: KafkaLog, far: FarBroker) -> None:
    await log.append("facts", [record("f0")])
    reader = await log.reader("facts", ACME, 1, remembered="f0")
    waiting = asyncio.create_task(read_exactly(reader, 1))
    await reader.fetch(1, wait_ms=0)
    far.proxy.cut()
    await accepted(log, "f1")
    assert names(await asyncio.wait_for(waiting, PATIENT_SECONDS)) == ["f1"]
    await reader.close()


async def test_a_reader_that_lost_its_broker_is_closed_whole_and_whoever_closes_it_goes_on(
    log: KafkaLog, far: FarBroker
) -> None:
    await log.append("facts", [record("f0")])
    before = asyncio.all_tasks()
    readers = [await log.reader("facts", ACME, 0) for _ in range(3)]
    far.proxy.refusing = True
    far.proxy.cut()

    async def lost() -> bool:
        try:
            await readers[0].fetch(10, wait_ms=100)
        except Unavailable:
            return True
        return False

    await until(lost)
    # aiokafka cancels what is under way and lets the cancellation out: it must not end us.
    closing = [asyncio.create_task(reader.close()) for reader in readers]
    await asyncio.wait(closing, timeout=4 * STOP_SECONDS + SLACK_SECONDS)
    assert [task.done() and not task.cancelled() for task in closing] == [True] * len(readers)

    async def nothing_left() -> bool:
        return not {task for task in asyncio.all_tasks() - before if "_md_synchronizer" in repr(task.get_coro())}

    await until(nothing_left)


async def test_closing_takes_bounded_time_when_nobody_answers(log: KafkaLog, far: FarBroker) -> None:
    far.proxy.silent = True
    appending = asyncio.create_task(log.append("facts", [record("f0")]))
    reader = await asyncio.wait_for(unanswered(log), SLACK_SECONDS + REQUEST_TIMEOUT_MS / 1_000)
    assert reader is None
    with pytest.raises(Unavailable):
        await appending
    appending = asyncio.create_task(log.append("facts", [record("f1")]))
    await asyncio.sleep(0)
    await asyncio.wait_for(log.stop(), 4 * STOP_SECONDS + SLACK_SECONDS)
    with pytest.raises(Unavailable):
        await appending


async def unanswered(log: KafkaLog) -> None:
    with pytest.raises(Unavailable):
        await log.reader("facts", ACME, 0)
