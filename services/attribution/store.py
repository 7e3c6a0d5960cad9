"""The decider's tables in PostgreSQL: bulk reads before a batch, one compare-and-set write after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple
from datetime import datetime
from typing import Any

import orjson

from services.attribution.documents import columns_of, stored, stored_body
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.port import Halt, Waiting
from services.attribution.written import Deadline, Head, Written
from shared.database import database_errors
from shared.errors import Fenced
from shared.log.port import Record

# As JSON, because the driver looks twice at each text of an array: dozens of a registration's keys.
_DOCUMENTS = """
SELECT vendor, kind, id, body, packed FROM attribution.document JOIN ROWS FROM (
    json_array_elements_text($1::json), json_array_elements_text($2::json), json_array_elements_text($3::json)
) AS wanted(vendor, kind, id) USING (vendor, kind, id)
"""
_HEADS = """
SELECT vendor, seq, hash, clock, known_at FROM attribution.head WHERE vendor = ANY ($1::text[])
"""
_RELEASES = """
SELECT document.body->>'release' AS release, min(vendor) AS vendor
FROM attribution.head JOIN attribution.document USING (vendor)
WHERE head.partition = $1 AND document.kind = $2 AND document.id = $3 AND document.body->>'release' IS NOT NULL
GROUP BY 1
"""
_PROCESSED = """
SELECT vendor, fact_id FROM attribution.processed_fact
JOIN unnest($1::text[], $2::text[]) AS wanted(vendor, fact_id) USING (vendor, fact_id)
"""
# Ordered as deadlines fire: by due time, then subject.
_DUE = """
SELECT wanted.vendor, found.kind, found.id, found.due
FROM unnest($1::text[], $2::timestamptz[]) AS wanted(vendor, until),
LATERAL (
    SELECT kind, id, due FROM attribution.document
    WHERE document.vendor = wanted.vendor AND due <= wanted.until
    ORDER BY due, kind, id LIMIT $3
) AS found
"""
_NEXT_DUE = """
SELECT head.vendor, (
    SELECT due FROM attribution.document WHERE document.vendor = head.vendor AND due IS NOT NULL
    ORDER BY due, kind, id LIMIT 1
) AS due
FROM attribution.head WHERE partition = $1 AND live AND ($2::text[] IS NULL OR vendor = ANY ($2))
"""
_MOVE_HEADS = """
UPDATE attribution.head SET seq = new.seq, hash = new.hash, clock = new.clock, known_at = new.known_at, live = new.live
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::boolean[])
     AS new(vendor, was, seq, hash, clock, known_at, live)
WHERE head.vendor = new.vendor AND head.seq = new.was
"""
_NEW_HEADS = """
INSERT INTO attribution.head (vendor, partition, seq, hash, clock, known_at, live)
SELECT new.vendor, $1, new.seq, new.hash, new.clock, new.known_at, new.live
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::boolean[])
     AS new(vendor, seq, hash, clock, known_at, live)
"""
_PUT_DOCUMENTS = """
INSERT INTO attribution.document (vendor, kind, id, due, body, packed)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::json[], $6::bytea[])
ON CONFLICT (vendor, kind, id) DO UPDATE SET due = excluded.due, body = excluded.body, packed = excluded.packed
"""
# Not as above, which locks and logs each row before it changes it.
_CHANGE_DOCUMENTS = """
UPDATE attribution.document SET due = new.due, body = new.body, packed = new.packed
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::json[], $6::bytea[])
     AS new(vendor, kind, id, due, body, packed)
WHERE document.vendor = new.vendor AND document.kind = new.kind AND document.id = new.id
"""
# New rows go in by COPY, which logs a page of them at once.
_DOCUMENT: dict[str, Any] = {"schema_name": "attribution", "columns": ("vendor", "kind", "id", "due", "body", "packed")}
_PROCESSED_FACT: dict[str, Any] = {
    "schema_name": "attribution", "columns": ("vendor", "fact_id", "body_hash", "first_seq", "last_seq")
}  # fmt: skip
_HALTS = """
SELECT vendor, facts_from, journal_from, reason, release, subject, skip FROM attribution.halted
WHERE partition = $1 ORDER BY vendor
"""
_HALT = """
INSERT INTO attribution.halted (partition, vendor, facts_from, journal_from, reason, release, subject, skip)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (vendor) DO UPDATE SET
    facts_from = excluded.facts_from, journal_from = excluded.journal_from,
    reason = excluded.reason, release = excluded.release, subject = excluded.subject, skip = excluded.skip,
    halted_at = clock_timestamp()
"""


class PostgresSession:
    """A session on one connection of the pool."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def now(self) -> datetime:
        return await self.connection.fetchval("SELECT clock_timestamp()")  # type: ignore[no-any-return]

    async def documents(self, wanted: Iterable[tuple[str, Key]]) -> dict[tuple[str, Key], Document | None]:
        found: dict[tuple[str, Key], Document | None] = dict.fromkeys(wanted)
        if found:
            vendors, keys = zip(*found, strict=True)
            kinds, ids = zip(*keys, strict=True)
            columns = [orjson.dumps(column).decode() for column in (vendors, kinds, ids)]
            for row in await self.connection.fetch(_DOCUMENTS, *columns):
                key = Key(row["kind"], row["id"])
                found[row["vendor"], key] = stored(row["vendor"], key, stored_body(row))
        return found

    async def heads(self, vendors: Iterable[str]) -> dict[str, Head]:
        rows = await self.connection.fetch(_HEADS, sorted(vendors))
        return {row["vendor"]: Head(row["seq"], row["hash"], row["clock"], row["known_at"]) for row in rows}

    async def releases(self, partition: int) -> dict[str, str]:
        rows = await self.connection.fetch(_RELEASES, partition, THE_VENDOR.kind, THE_VENDOR.id)
        return {row["release"]: row["vendor"] for row in rows}

    async def processed(self, facts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        pairs = sorted(set(facts))
        rows = await self.connection.fetch(_PROCESSED, [vendor for vendor, _ in pairs], [fact for _, fact in pairs])
        return {(row["vendor"], row["fact_id"]) for row in rows}

    async def due(self, until: Mapping[str, datetime], limit: int) -> dict[str, list[Deadline]]:
        vendors = sorted(until)
        found: dict[str, list[Deadline]] = {vendor: [] for vendor in vendors}
        for row in await self.connection.fetch(_DUE, vendors, [until[vendor] for vendor in vendors], limit):
            key = Key(row["kind"], row["id"])
            found[row["vendor"]].append((row["due"], key.subject, key))
        return found

    async def next_due(self, partition: int, vendors: Sequence[str] | None = None) -> dict[str, datetime]:
        rows = await self.connection.fetch(_NEXT_DUE, partition, vendors)
        return {row["vendor"]: row["due"] for row in rows if row["due"] is not None}

    async def write(self, partition: int, batch: Iterable[Written]) -> None:
        batch = tuple(batch)
        await self._write_heads(partition, batch)
        await self._write_documents(batch)
        facts = [
            (one.vendor, fact.fact_id, fact.body_hash, fact.first_seq, fact.last_seq)
            for one in batch
            for fact in one.handled.values()
        ]
        if facts:
            await self.connection.copy_records_to_table("processed_fact", records=facts, **_PROCESSED_FACT)

    async def _write_documents(self, batch: Iterable[Written]) -> None:
        new: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        unseen: list[tuple[Any, ...]] = []
        for one in batch:
            for key, due, body in one.rows:
                rows = new if key in one.created else unseen if key in one.unseen else changed
                rows.append((one.vendor, *key, due, *columns_of(body)))
        if new:
            # Nobody else writes, so none is there; ON CONFLICT would log each row twice.
            await self.connection.copy_records_to_table("document", records=new, **_DOCUMENT)
        if changed:
            status: str = await self.connection.execute(_CHANGE_DOCUMENTS, *map(list, zip(*changed, strict=True)))
            if status != f"UPDATE {len(changed)}":
                raise Fenced(f"{status} of {len(changed)} documents: another writer took some away")
        if unseen:
            await self.connection.execute(_PUT_DOCUMENTS, *map(list, zip(*unseen, strict=True)))

    async def _write_heads(self, partition: int, batch: Iterable[Written]) -> None:
        old = [(one.vendor, one.was.seq, *_head_row(one)) for one in batch if one.was is not None]
        new = [(one.vendor, *_head_row(one)) for one in batch if one.was is None]
        if old:
            status: str = await self.connection.execute(_MOVE_HEADS, *map(list, zip(*old, strict=True)))
            if status != f"UPDATE {len(old)}":
                raise Fenced(f"partition {partition}: a vendor's head was moved by another writer")
        if new:
            await self.connection.execute(_NEW_HEADS, partition, *map(list, zip(*new, strict=True)))

    async def halts(self, partition: int) -> list[Halt]:
        return [Halt(**row) for row in await self.connection.fetch(_HALTS, partition)]

    async def halt(self, partition: int, halt: Halt) -> None:
        await self.connection.execute(_HALT, partition, *astuple(halt))

    async def read_halted(self, vendors: Sequence[str], offset: int) -> None:
        await self.connection.execute(
            "UPDATE attribution.halted SET facts_from = greatest(facts_from, $2) WHERE vendor = ANY ($1::text[])",
            list(vendors),
            offset,
        )

    async def end_halts(self, vendors: Sequence[str]) -> None:
        await self.connection.execute("DELETE FROM attribution.halted WHERE vendor = ANY ($1::text[])", list(vendors))

    async def outbox(self, partition: int) -> Waiting:
        await self.connection.execute(
            "INSERT INTO attribution.published (partition) VALUES ($1) ON CONFLICT DO NOTHING", partition
        )
        mark = await self.connection.fetchval("SELECT mark FROM attribution.published WHERE partition = $1", partition)
        rows = await self.connection.fetch(
            "SELECT position, records FROM attribution.outbox WHERE partition = $1 AND position > $2 ORDER BY position",
            partition,
            mark,
        )
        return Waiting(mark, [(row["position"], _unpacked(row["records"])) for row in rows])

    async def put(self, partition: int, position: int, records: Sequence[Record]) -> None:
        await self.connection.execute(
            "INSERT INTO attribution.outbox (partition, position, records) VALUES ($1, $2, $3)",
            partition,
            position,
            _packed(records),
        )

    async def move_mark(self, partition: int, mark: int) -> None:
        await self.connection.execute(
            "UPDATE attribution.published SET mark = $2 WHERE partition = $1", partition, mark
        )
        await self.connection.execute(
            "DELETE FROM attribution.outbox WHERE partition = $1 AND position <= $2", partition, mark
        )

    async def journal_offset(self, partition: int) -> int:
        return await self.connection.fetchval(  # type: ignore[no-any-return]
            "SELECT journal_offset FROM attribution.published WHERE partition = $1", partition
        )

    async def note_journal(self, partition: int, offset: int) -> None:
        await self.connection.execute(
            "UPDATE attribution.published SET journal_offset = $2 WHERE partition = $1", partition, offset
        )


class PostgresStore:
    """Opens sessions on connections of a pool."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @asynccontextmanager
    async def session(self) -> AsyncIterator[PostgresSession]:
        with database_errors():
            async with self._pool.acquire() as connection:
                yield PostgresSession(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresSession]:
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                yield PostgresSession(connection)


def _head_row(one: Written) -> tuple[Any, ...]:
    return one.now.seq, one.now.hash, one.now.clock, one.now.known_at, one.live


def _packed(records: Sequence[Record]) -> bytes:
    return orjson.dumps([(record.key, record.headers, record.value.decode()) for record in records])


def _unpacked(packed: bytes) -> list[Record]:
    return [
        Record(key, tuple((name, text) for name, text in headers), value.encode())
        for key, headers, value in orjson.loads(packed)
    ]
