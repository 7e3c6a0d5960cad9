"""The log in PostgreSQL: a table a topic, offsets given in commit order, appends committed in groups.

Headers and value are stored compressed, each by itself: where a value is damaged the headers still say whose it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import count
from typing import Any

import asyncpg

from shared.compression import compressed, decompressed
from shared.database.durability import assert_durable
from shared.database.errors import Conflict, Refused, database_errors
from shared.errors import Corrupt, Misconfigured, Unavailable
from shared.log.connection import connected
from shared.log.group_commit import GroupCommit, Write
from shared.log.headers import headers_in, written_headers
from shared.log.heads import Heads
from shared.log.identity import assert_remembered, text
from shared.log.port import TOPICS, Headers, Record, StoredRecord, Topic, Whose, bare, needed, partition_of
from shared.log.recent import Recent
from shared.log.topology import assert_topology

STOP_SECONDS = 5.0
"""An append that has not returned by then is ambiguous to its caller."""

_Row = tuple[int, str, bytes, bytes]

_FILLED_IN = b"\xff"
"""Begins headers of which one was filled in by the database; no dictionary has this number, and no JSON this byte."""
_END_OF_TEXT = b"\0"

_CREATE_HEADS = """
INSERT INTO log.head (topic, partition)
SELECT topic, partition FROM unnest($1::text[]) AS topic, generate_series(0, $2 - 1) AS partition
ON CONFLICT DO NOTHING
"""

_COPIED: dict[str, Any] = {
    "schema_name": "log",
    "columns": ("offset", "appended_at", "partition", "key", "headers", "value"),
}

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
        self._recent: dict[tuple[Topic, int], Recent] = {}
        self._commits = {topic: GroupCommit(partial(self._session, topic)) for topic in TOPICS}

    async def start(self) -> None:
        async with connected(self._pool, self._timeout) as connection:
            await assert_durable(connection)
            await assert_topology(connection, "postgres", self.partitions)
            await connection.execute(_CREATE_HEADS, list(TOPICS), self.partitions)
        await self._heads.start()

    async def stop(self) -> None:
        await asyncio.gather(*(commits.close(STOP_SECONDS) for commits in self._commits.values()))
        await self._heads.stop()

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        if records:
            await self._commits[topic].append(self._rows(records))

    async def append_in(self, connection: Any, topic: Topic, records: Sequence[Record]) -> None:
        """Appended when the caller's transaction commits; until then it holds the heads of these partitions."""
        if records:
            await self._copied(connection, topic, self._rows(records))

    async def append_through(self, topic: Topic, function: str, *arguments: Any) -> list[Any]:
        if self._commits[topic].closed:
            raise Unavailable("the log is closed")
        places = ", ".join(f"${number}" for number in range(1, len(arguments) + 1))
        async with connected(self._pool, self._timeout) as connection:
            return await self._called(connection, topic, f"SELECT * FROM {function}({places})", *arguments)

    async def reader(
        self,
        topic: Topic,
        partition: int,
        next_offset: int,
        remembered: str | None = None,
        *,
        shared: bool = False,
        whose: Whose | None = None,
    ) -> PostgresReader:
        # What is shared is whole: another reader has other keys.
        recent = self._recent.setdefault((topic, partition), Recent(self.partitions)) if shared else None
        whose = None if shared else whose
        reader = PostgresReader(self._pool, self._heads, recent, whose, self._timeout, topic, partition, next_offset)
        await reader.assert_continues(remembered)
        return reader

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        async with connected(self._pool, self._timeout) as connection:
            rows = await connection.fetch(
                "SELECT next_offset FROM log.head WHERE topic = $1 ORDER BY partition", topic, timeout=self._timeout
            )
        return tuple(row["next_offset"] for row in rows)

    @asynccontextmanager
    async def _session(self, topic: Topic) -> AsyncIterator[Write[_Row]]:
        # Released after the callers were answered, so they do not wait for what the pool does then.
        async with connected(self._pool, self._timeout) as connection:

            async def write(rows: Sequence[_Row]) -> None:
                for partition, next_offset in await self._write(connection, topic, rows):
                    self._heads.observe(topic, partition, next_offset)

            yield write

    async def _write(self, connection: Any, topic: Topic, rows: Sequence[_Row]) -> list[Any]:
        columns = map(list, zip(*rows, strict=True))
        statement = f"SELECT partition, next_offset FROM log.append_{topic}($1, $2, $3, $4)"
        return await self._called(connection, topic, statement, *columns)

    async def _copied(self, connection: Any, topic: Topic, rows: Sequence[_Row]) -> None:
        """Write the rows by COPY, which logs a page of them at once, at offsets that are taken before."""
        statement = "SELECT partition, first_offset, taken_at FROM log.take($1, $2)"
        taken = await self._called(connection, topic, statement, topic, [partition for partition, *_ in rows])
        places = {partition: (count(first), at) for partition, first, at in taken}
        # The time is said, since one that the table fills in would make PostgreSQL write row by row.
        placed = [(next(places[row[0]][0]), places[row[0]][1], *row) for row in rows]
        with _appending(topic):
            await connection.copy_records_to_table(topic, records=placed, timeout=self._timeout, **_COPIED)

    async def _called(self, connection: Any, topic: Topic, statement: str, *arguments: Any) -> list[Any]:
        with _appending(topic):
            return await connection.fetch(statement, *arguments, timeout=self._timeout)  # type: ignore[no-any-return]

    def _rows(self, records: Sequence[Record]) -> list[_Row]:
        """Encoded before they meet anybody else's, so that a record no database takes fails alone."""
        return [(partition_of(record.key, self.partitions), text(record.key), *encoded(record)) for record in records]


@contextmanager
def _appending(topic: Topic) -> Iterator[None]:
    try:
        with database_errors():
            yield
    except Conflict as error:
        raise Corrupt(f"{topic} has records above its head: only a part of the log was restored") from error
    except Refused as error:
        raise Misconfigured(f"PostgreSQL refused an append ({error}); run the migrations") from error


def encoded(record: Record) -> tuple[bytes, bytes]:
    """Headers and value as the table has them."""
    return compressed(written_headers(record.headers)), compressed(record.value)


def encoded_around(record: Record, name: str) -> tuple[bytes, bytes, bytes]:
    """What stands before and after the text of one header, for a function to fill in, and the value.

    The text must not contain a NUL. It stands before the others, which are compressed with a gap in its place.
    """
    around = [(one, None if one == name else text_) for one, text_ in record.headers]
    return _FILLED_IN, _END_OF_TEXT + compressed(written_headers(around)), compressed(record.value)


class PostgresReader:
    """A cursor over one partition; waits without a query of its own."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        heads: Heads,
        recent: Recent | None,
        whose: Whose | None,
        timeout_seconds: float,
        topic: Topic,
        partition: int,
        next_offset: int,
    ) -> None:
        self._pool = pool
        self._timeout = timeout_seconds
        self._heads = heads
        self._recent = recent
        self._whose = whose
        self._topic: Topic = topic
        self._partition = partition
        self._next = next_offset

    async def assert_continues(self, remembered: str | None) -> None:
        """The record before the cursor is there and the remembered one; raises `Corrupt`."""
        if self._next == 0:
            return
        records = await self._select(self._next - 1, self._next)
        found = records[0] if records else None
        assert_remembered(self._topic, self._partition, self._next - 1, found, remembered)
        self._heads.observe(self._topic, self._partition, self._next)

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        if not await self._heads.reaches_beyond(self._topic, self._partition, self._next, wait_ms):
            return []
        end = self._next + limit
        recent = self._recent
        records = await (recent.fetch(self._next, end, self._select) if recent else self._select(self._next, end))
        offsets = [record.offset for record in records]
        # The head was committed together with its records, so they are there, or were taken away.
        if not offsets or offsets != list(range(self._next, self._next + len(offsets))):
            raise Corrupt(f"{self._topic}/{self._partition} lost records at or after offset {self._next}")
        self._next += len(records)
        self._heads.observe(self._topic, self._partition, self._next)
        return records

    async def close(self) -> None:
        """Nothing is held between two fetches."""

    async def _select(self, start: int, end: int) -> list[StoredRecord]:
        async with connected(self._pool, self._timeout) as connection:
            rows = await connection.fetch(
                _SELECT.format(topic=self._topic), self._partition, start, end, timeout=self._timeout
            )
        if self._whose is None:
            return [_whole(*row) for row in rows]
        whole = needed([row["key"] for row in rows], self._whose)
        return [
            _whole(*row) if wanted else bare(row["offset"], row["key"]) for row, wanted in zip(rows, whole, strict=True)
        ]


def _whole(offset: int, key: str, headers: bytes, value: bytes) -> StoredRecord:
    return StoredRecord(offset, key, read_headers(headers), _value(value))


def read_headers(stored: bytes) -> Headers:
    """The headers of a row; raises `Corrupt` or `ValueError` where they are damaged."""
    if not stored.startswith(_FILLED_IN):
        return headers_in(decompressed(stored))
    filled, _, others = stored[1:].partition(_END_OF_TEXT)
    missing = filled.decode()
    return tuple([(name, missing if text_ is None else text_) for name, text_ in headers_in(decompressed(others))])


def _value(stored: bytes) -> bytes:
    try:
        return decompressed(stored)
    except Corrupt:
        # As it is: its reader finds that it is not what was written, and halts or refuses at this record alone.
        return stored
