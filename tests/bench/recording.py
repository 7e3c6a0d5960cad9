"""What a part of dealreg says to its servers, recorded while it works, and said again by bare clients.

The yardstick of decider and views: the same rows in the same transactions, with nothing read but the log and nothing
decided. What it takes is what the servers and their drivers take; the rest of our time is ours.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from dealreg.runtime.components import POOL_SIZE, Runtime
from shared.database.connections import COMMAND_SECONDS, STATEMENTS_CACHED, session_settings
from shared.log import open_log
from shared.log.kafka_client import Cluster
from shared.settings import Settings

_WRITES = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|CREATE|ALTER)\b|\b(INSERT INTO|UPDATE|DELETE FROM)\b|FROM log\.", re.I)
"""Statements that change something, and those that read or write the log; not those that look up state."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its arguments."""

    query: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows that went in by COPY."""

    table: str
    records: Sequence[Any]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """Records that went to one partition of a topic, in one request or a few."""

    partition: int
    rows: Sequence[tuple[bytes, bytes, list[tuple[str, bytes]]]]


@dataclass
class Tape:
    """In the order in which everything was said; `running` is taken away to record no more."""

    said: list[Said | Copied | Sent] = field(default_factory=list)
    running: bool = True

    def add(self, one: Said | Copied | Sent) -> None:
        if self.running and not (isinstance(one, Said) and not _WRITES.search(one.query)):
            self.said.append(one)


class _Recorded(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types of its own
    tape: Tape

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        self.tape.add(Said(query, args))
        return await super().execute(query, *args, **options)  # type: ignore[no-any-return]

    async def fetch(self, query: str, *args: Any, **options: Any) -> list[Any]:
        self.tape.add(Said(query, args))
        return await super().fetch(query, *args, **options)  # type: ignore[no-any-return]

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        self.tape.add(Said(query, args))
        return await super().fetchval(query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        self.tape.add(Said(query, args))
        return await super().fetchrow(query, *args, **options)

    async def copy_records_to_table(self, table_name: str, *, records: Any, **options: Any) -> str:
        records = list(records)
        self.tape.add(Copied(table_name, records, options))
        return await super().copy_records_to_table(table_name, records=records, **options)  # type: ignore[no-any-return]


@asynccontextmanager
async def recorded(settings: Settings) -> AsyncIterator[tuple[Runtime, Tape]]:
    """As `runtime`, with all that is said on the tape."""
    tape = Tape()
    async with AsyncExitStack() as stack:
        pool = await asyncpg.create_pool(
            _url(settings),
            max_size=POOL_SIZE,
            command_timeout=COMMAND_SECONDS,
            statement_cache_size=STATEMENTS_CACHED,
            server_settings=session_settings(settings, "bench"),
            connection_class=type("Recorded", (_Recorded,), {"tape": tape}),
            reset=_keep_session,
        )
        stack.push_async_callback(pool.close)
        log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
        await log.start()
        stack.push_async_callback(log.stop)
        if settings.log == "kafka":
            _overhear(log, tape)
        tape.said.clear()
        yield Runtime(settings, pool, log), tape


async def replayed(settings: Settings, tape: Tape, topic: str) -> float:
    """Seconds that bare clients take to say it again: one connection, one producer, one thing after the other.

    `settings` name a database as it was before the recording; what went to Kafka goes to `topic`.
    """
    connection = await asyncpg.connect(
        _url(settings), statement_cache_size=STATEMENTS_CACHED, server_settings=session_settings(settings, "raw")
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(connection.close)
        producer = await stack.enter_async_context(producing(settings)) if settings.log == "kafka" else None
        began = time.perf_counter()
        for one in tape.said:
            match one:
                case Said(query, arguments):
                    await connection.fetch(query, *arguments)
                case Copied(table, records, options):
                    await connection.copy_records_to_table(table, records=records, **options)
                case Sent(partition, rows):
                    assert producer is not None
                    await send(producer, topic, partition, rows)
        return time.perf_counter() - began


@asynccontextmanager
async def producing(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """A bare idempotent producer with acks=all."""
    assert settings.kafka_bootstrap is not None
    producer = Cluster(settings.kafka_bootstrap, settings.request_timeout_ms).producer()
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send(producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[Any]) -> None:
    """The rows in as few batches as take them, each acknowledged before the next."""
    sent = 0
    while sent < len(rows):
        batch = producer.create_batch()
        while sent < len(rows):
            key, value, headers = rows[sent]
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                break
            sent += 1
        batch.close()
        await (await producer.send_batch(batch, topic, partition=partition))


def _overhear(log: Any, tape: Tape) -> None:
    """What goes through our producer is on the tape too."""
    ours = log._producer.send

    async def overheard(topic: str, partition: int, rows: Sequence[Any]) -> None:
        await ours(topic, partition, rows)
        tape.add(Sent(partition, rows))

    log._producer.send = overheard


def _url(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


async def _keep_session(_connection: object) -> None:
    """As our own pool does."""
