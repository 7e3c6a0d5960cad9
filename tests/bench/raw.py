"""Yardsticks: bare clients of the servers that do the same bytes and rows as accepting, deciding, projecting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from dealreg.runtime.components import runtime
from services.projections.views import PIPELINE
from shared.compression import compressed
from shared.database.connections import session_settings
from shared.log.kafka_client import Cluster
from shared.log.port import StoredRecord, Topic, partition_of
from shared.projection.port import View
from shared.projection.rebuild import Rebuild
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.draining import decided_here
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.recording import Tape, producing, recorded, replayed, send

WRITERS = 2
"""As many as intake has flushers."""
BATCH = 32
"""Of 64 connections: what two flushers find waiting."""
MOST_RECORDS = 20_000

_IDEMPOTENCY = "INSERT INTO registration.idempotency SELECT * FROM unnest($1::registration.idempotency[])"
_PERSON = "INSERT INTO registration.person SELECT * FROM unnest($1::registration.person[])"
_FACTS = "SELECT partition, next_offset FROM log.append_facts($1, $2, $3, $4)"


Stored = tuple[bytes, bytes]
"""Headers and value of a fact as PostgreSQL's log keeps them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepted requests left behind."""

    keys: Sequence[Any]
    persons: Sequence[Any]
    facts: Sequence[StoredRecord]

    def batches(self) -> list[tuple[Sequence[Any], Sequence[Any], Sequence[StoredRecord], Sequence[Stored]]]:
        """The rows of so many requests at a time; every request has a person of its own."""
        stored = [(compressed(str(one.headers).encode()), compressed(one.value)) for one in self.facts]
        return [
            tuple(each[at : at + BATCH] for each in (self.keys, self.persons, self.facts, stored))
            for at in range(0, min(len(self.keys), len(self.facts)), BATCH)
        ]


async def accepted_in(settings: Settings, vendor: str) -> Accepted:
    """The rows of the last requests that a vendor's edge accepted."""
    async with runtime(settings, "bench") as found:
        partition = partition_of(vendor, settings.partitions)
        end = (await found.log.end_offsets("facts"))[partition]
        facts = await read(found.log, "facts", partition, min(end, MOST_RECORDS))
        table = "SELECT t FROM registration.{} t WHERE vendor = $1 LIMIT $2"
        keys = [tuple(row[0]) for row in await found.pool.fetch(table.format("idempotency"), vendor, MOST_RECORDS)]
        persons = [tuple(row[0]) for row in await found.pool.fetch(table.format("person"), vendor, MOST_RECORDS)]
    return Accepted(keys, persons, [one for one in facts if "registration.submitted" in str(one.headers)])


async def read(log: Any, topic: Topic, partition: int, records: int) -> list[StoredRecord]:
    """The first so many records of a partition."""
    reader = await log.reader(topic, partition, 0)
    found: list[StoredRecord] = []
    while len(found) < records:
        found += await reader.fetch(min(5_000, records - len(found)), 1_000)
    await reader.close()
    return found


async def raw_accept(place: Place, accepted: Accepted) -> float:
    """Requests a second whose rows two writers commit, each batch in one transaction (and one Kafka request)."""
    settings = await place.fresh()
    async with runtime(settings, "bench"):
        pass  # the log has made its heads and topics
    waiting = accepted.batches()
    done = sum(len(facts) for _, _, facts, _ in waiting)
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(_writer(settings)) for _ in range(WRITERS)]
        began = time.perf_counter()
        await asyncio.gather(*(_written(write, waiting) for write in writers))
        return done / (time.perf_counter() - began)


async def _written(write: Any, waiting: list[Any]) -> None:
    while waiting:
        await write(*waiting.pop())


@asynccontextmanager
async def _writer(settings: Settings) -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        connection = await _connected(settings, stack)
        kafka = settings.log == "kafka"
        producer = await stack.enter_async_context(producing(settings)) if kafka else None
        topic = f"{settings.kafka_topic_prefix}facts"

        async def write(
            keys: Sequence[Any], persons: Sequence[Any], facts: Sequence[StoredRecord], stored: Sequence[Stored]
        ) -> None:
            places = [partition_of(one.key, settings.partitions) for one in facts]
            async with connection.transaction():
                await connection.execute(_IDEMPOTENCY, keys)
                await connection.execute(_PERSON, persons)
                if producer is None:
                    headers, values = map(list, zip(*stored, strict=True))
                    await connection.fetch(_FACTS, places, [one.key for one in facts], headers, values)
            if producer is not None:
                await send(producer, topic, places[0], [_row(one) for one in facts])

        yield write


async def recorded_decide(settings: Settings) -> Tape:
    """What deciding all facts of that log writes."""
    async with recorded(settings) as (found, tape):
        await decided_here(found)
    return tape


async def recorded_project(settings: Settings, view: View = PIPELINE) -> Tape:
    """What a view reads of the log and writes."""
    async with recorded(settings) as (found, tape):
        runner = Runner(view, found.pool, found.log, settings)
        while await runner.step():
            pass
        await runner.close()
    return tape


async def recorded_rebuild(settings: Settings) -> Tape:
    """What the folding of a rebuild reads of the log and writes; the view is projected up to its end."""
    async with recorded(settings) as (found, tape):

        def told(what: str, done: int, total: int) -> None:
            tape.running = tape.running and what == "folding"

        await Rebuild(found.pool, found.log, settings, PIPELINE, told).run(keep=False)
    return tape


async def said_again(before: Settings, place: Place, tape: Tape, entries: int = 0) -> float:
    """Seconds for a tape over a copy of the database as it was; on Kafka its entries are read first."""
    settings = await place.fresh(like=before)
    seconds, prefix = 0.0, f"raw.{place.unused()}"
    if settings.log == "kafka":
        async with runtime(settings.model_copy(update={"kafka_topic_prefix": prefix}), "bench"):
            pass  # makes topics of their own
        seconds = await consumed(settings, f"{settings.kafka_topic_prefix}journal", entries) if entries else 0.0
    return seconds + await replayed(settings, tape, f"{prefix}journal")


async def consumed(settings: Settings, topic: str, entries: int) -> float:
    """Seconds that a bare consumer takes for the first so many records of the topic's first partition."""
    assert settings.kafka_bootstrap is not None
    consumer: AIOKafkaConsumer = Cluster(settings.kafka_bootstrap, settings.request_timeout_ms).consumer()
    await consumer.start()
    here = TopicPartition(topic, 0)
    consumer.assign([here])
    consumer.seek(here, 0)
    began, passed = time.perf_counter(), 0
    while passed < entries:
        found = await consumer.getmany(timeout_ms=1_000)
        passed += sum(len(records) for records in found.values())
    seconds = time.perf_counter() - began
    await consumer.stop()
    return seconds


def beside_raw(name: str, unit: str, ours: Sequence[float], raw: Sequence[float], log: str) -> list[Figure]:
    """The yardstick and our figure as a part of it, round by round."""
    called = "PostgreSQL" if log == "postgres" else "PostgreSQL and aiokafka"
    ratios = tuple(mine / other for mine, other in zip(ours, raw, strict=True))
    return [Figure(f"raw {called}, {name}", unit, tuple(raw)), Figure(f"{name} / raw", "", ratios)]


async def _connected(settings: Settings, stack: AsyncExitStack) -> asyncpg.Connection:
    assert settings.database_url is not None
    connection = await asyncpg.connect(
        settings.database_url.get_secret_value(), server_settings=session_settings(settings, "raw")
    )
    stack.push_async_callback(connection.close)
    return cast(asyncpg.Connection, connection)


def _row(one: StoredRecord) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    return one.key.encode(), one.value, [(name, value.encode()) for name, value in one.headers]
