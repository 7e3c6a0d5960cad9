"""The log in PostgreSQL: a table a topic, offsets given in commit order, appends committed in groups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import orjson

from shared.errors import Corrupt, Misconfigured
from shared.log.group_commit import GroupCommit, Write
from shared.log.heads import Heads
from shared.log.identity import assert_remembered
from shared.log.port import TOPICS, Headers, Record, StoredRecord, Topic, partition_of
from shared.log.postgres_failures import DRIVER_ERRORS, read_failure, write_failure
from shared.log.topology import assert_topology

STOP_SECONDS = 5.0
"""An append that has not returned by then is ambiguous to its caller."""

# Each of them off means that a commit that was answered can be lost or torn by a crash.
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")

_SELECT = """
SELECT "offset", key, headers, value FROM log.{topic}
WHERE partition = $1 AND "offset" >= $2 AND "offset" < $3 ORDER BY "offset"
"""


class PostgresLog:
    """The embedded default. It keeps one connection of the pool for LISTEN."""

    joins_transaction = True

    def __init__(self, pool: asyncpg.Pool, *, partitions: int, request_timeout_ms: int, poll_ms: int) -> None:
        self.partitions = partitions
        self._pool = pool
        self._timeout = request_timeout_ms / 1_000
        self._heads = Heads(pool, poll_ms)
        self._commits = {topic: GroupCommit(partial(self._session, topic)) for topic in TOPICS}

    async def start(self) -> None:
        await assert_durable(self._pool)
        await assert_topology(self._pool, "postgres", self.partitions)
        try:
            await self._pool.execute(
                "INSERT INTO log.head (topic, partition) "
                "SELECT topic, partition FROM unnest($1::text[]) AS topic, generate_series(0, $2 - 1) AS partition "
                "ON CONFLICT DO NOTHING",
                list(TOPICS),
                self.partitions,
            )
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error
        await self._heads.start()

    async def stop(self) -> None:
        await asyncio.gather(*(commits.close(STOP_SECONDS) for commits in self._commits.values()))
        await self._heads.stop()

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        if records:
            await self._commits[topic].append(records)

    async def append_in(self, connection: Any, topic: Topic, records: Sequence[Record]) -> None:
        """Appended when the caller's transaction commits; until then it holds the heads of these partitions."""
        if records:
            await self._write(connection, topic, records)

    async def reader(
        self, topic: Topic, partition: int, next_offset: int, remembered: str | None = None
    ) -> PostgresReader:
        reader = PostgresReader(self._pool, self._heads, topic, partition, next_offset)
        await reader.assert_continues(remembered)
        return reader

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        try:
            rows = await self._pool.fetch(
                "SELECT next_offset FROM log.head WHERE topic = $1 ORDER BY partition", topic, timeout=self._timeout
            )
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error
        return tuple(row["next_offset"] for row in rows)

    @asynccontextmanager
    async def _session(self, topic: Topic) -> AsyncIterator[Write]:
        try:
            connection = await self._pool.acquire(timeout=self._timeout)
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error

        async def write(records: Sequence[Record]) -> None:
            for partition, next_offset in await self._write(connection, topic, records):
                self._heads.observe(topic, partition, next_offset)

        try:
            yield write
        finally:
            # Released after the callers were answered: a connection going back to the pool costs a round trip.
            await self._pool.release(connection)

    async def _write(self, connection: Any, topic: Topic, records: Sequence[Record]) -> list[Any]:
        columns = (
            [partition_of(record.key, self.partitions) for record in records],
            [record.key for record in records],
            [orjson.dumps(record.headers) for record in records],
            [record.value for record in records],
        )
        try:
            return await connection.fetch(  # type: ignore[no-any-return]
                f"SELECT partition, next_offset FROM log.append_{topic}($1, $2, $3, $4)",
                *columns,
                timeout=self._timeout,
            )
        except DRIVER_ERRORS as error:
            raise write_failure(error) from error


class PostgresReader:
    """A cursor over one partition; waits without a query of its own."""

    def __init__(self, pool: asyncpg.Pool, heads: Heads, topic: Topic, partition: int, next_offset: int) -> None:
        self._pool = pool
        self._heads = heads
        self._topic: Topic = topic
        self._partition = partition
        self._next = next_offset

    async def assert_continues(self, remembered: str | None) -> None:
        """The record before the cursor is there and the remembered one; raises `Corrupt`."""
        if self._next == 0:
            return
        records = await self._select(self._next - 1, self._next)
        assert_remembered(self._topic, self._partition, self._next - 1, records[0] if records else None, remembered)
        self._heads.observe(self._topic, self._partition, self._next)

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        if not await self._heads.reaches_beyond(self._topic, self._partition, self._next, wait_ms):
            return []
        records = await self._select(self._next, self._next + limit)
        if [record.offset for record in records] != list(range(self._next, self._next + len(records))) or not records:
            raise Corrupt(f"{self._topic}/{self._partition} lost records at or after offset {self._next}")
        self._next += len(records)
        self._heads.observe(self._topic, self._partition, self._next)
        return records

    async def close(self) -> None:
        """Nothing is held between two fetches."""

    async def _select(self, start: int, end: int) -> list[StoredRecord]:
        try:
            rows = await self._pool.fetch(_SELECT.format(topic=self._topic), self._partition, start, end)
        except DRIVER_ERRORS as error:
            raise read_failure(error) from error
        return [StoredRecord(row["offset"], row["key"], _headers(row["headers"]), row["value"]) for row in rows]


async def assert_durable(pool: asyncpg.Pool) -> None:
    """A commit that was answered survives a crash of the server; raises `Misconfigured`."""
    try:
        rows = await pool.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY ($1)", list(DURABLE))
    except DRIVER_ERRORS as error:
        raise read_failure(error) from error
    off = sorted(row["name"] for row in rows if row["setting"] == "off")
    if off:
        raise Misconfigured(f"PostgreSQL has {', '.join(off)} = off, so accepted facts could be lost; set to on")


def _headers(stored: bytes) -> Headers:
    return tuple((name, value) for name, value in orjson.loads(stored))
