"""What only Kafka can hold: null values, null keys, headers that are no text, messages beyond its limit (G8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from services.attribution.worker import Worker
from shared.database import open_pool
from shared.errors import Corrupt, Invalid
from shared.events.codec import decode_entry, encode_fact
from shared.events.vendor import FactRefused
from shared.log.kafka import KafkaLog
from shared.log.port import partition_of
from shared.settings import Settings
from tests.contract.records import all_of, read_exactly, record
from tests.poison import TWO_MEGABYTES
from tests.unit.attribution.house import House

PARTITIONS = 3
ACME = partition_of("acme", PARTITIONS)


@dataclass(frozen=True)
class Place:
    pool: asyncpg.Pool
    log: KafkaLog
    stranger: AIOKafkaProducer
    facts: str
    settings: Settings

    async def tell(self, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
        """A record by somebody who does not use our edge."""
        await self.stranger.send_and_wait(self.facts, value, key=key, partition=ACME, headers=headers)

    async def decide(self) -> Worker:
        worker = Worker(self.pool, self.log, self.settings)
        ends = await self.log.end_offsets("facts")
        read = -1
        # A broker answers when it does: an empty fetch alone does not say that nothing is there.
        while read < sum(ends):
            await worker.step()
            read = await self.pool.fetchval("SELECT coalesce(sum(next_offset), 0) FROM log.ownership")
        return worker


@pytest_asyncio.fixture(loop_scope="session")
async def place(database: str, kafka_bootstrap: str, settings: Settings) -> AsyncIterator[Place]:
    prefix = f"test-{uuid4().hex[:12]}-"
    limited = settings.model_copy(update={"partitions": PARTITIONS})
    async with await open_pool(database, limited) as pool:
        log = KafkaLog(
            pool,
            kafka_bootstrap,
            partitions=PARTITIONS,
            request_timeout_ms=5_000,
            allow_single_node=True,
            topic_prefix=prefix,
        )
        await log.start()
        stranger = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all", max_request_size=2 * TWO_MEGABYTES)
        await stranger.start()
        yield Place(pool, log, stranger, f"{prefix}facts", limited)
        await stranger.stop()
        await log.stop()


POISON: dict[str, Callable[[dict[str, str]], tuple[bytes | None, list[tuple[str, bytes | None]]]]] = {
    "null value": lambda headers: (None, [(name, text.encode()) for name, text in headers.items()]),
    "headers that are no text": lambda headers: (b"{}", [(name, b"\xff\xfe") for name in headers]),
    "headers without values": lambda headers: (b"{}", [(name, None) for name in headers]),
    "no headers": lambda _: (b"{}", []),
}


@pytest.mark.parametrize("kind", POISON)
async def test_what_kafka_alone_can_hold_is_refused_and_the_rest_flows(place: Place, kind: str) -> None:
    house = House().open()
    good = [encode_fact(fact) for fact in house.taken]
    await place.log.append("facts", good[:-1])
    value, headers = POISON[kind]({**dict(good[-1].headers), "ce_id": "poison"})
    await place.tell(b"acme", value, headers)
    await place.log.append("facts", good[-1:])
    worker = await place.decide()
    await worker.close()
    journal = [decode_entry(one) for one in await all_of(place.log, "journal", "acme")]
    assert [one.event.code for one in journal if isinstance(one.event, FactRefused)] == ["fact.unreadable"]
    assert journal[-1].event.type == "program.took_effect"


@pytest.mark.parametrize("key", [None, b"\xff\xfe"])
async def test_a_record_of_nobody_stops_the_partition_and_says_where(place: Place, key: bytes | None) -> None:
    await place.tell(key, b"{}", [])
    reader = await place.log.reader("facts", ACME, 0)
    with pytest.raises(Corrupt, match=rf"facts/{ACME} holds a record at 0 that names no vendor"):
        await read_exactly(reader, 1)
    await reader.close()


async def test_two_megabytes_are_refused_by_the_broker_and_before_it_by_the_log(place: Place) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await place.tell(b"acme", b"x" * TWO_MEGABYTES, [])
    with pytest.raises(Invalid, match="does not fit"):
        await place.log.append("facts", [record("large", value=b"x" * TWO_MEGABYTES)])
    assert sum(await place.log.end_offsets("facts")) == 0
