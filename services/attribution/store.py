"""The decider's tables: bulk reads before a batch, one compare-and-set write after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.attribution.documents import from_json, to_json
from services.attribution.domain.state import Document, Key, due_of
from services.attribution.ledger import Deadline, Head, Written
from shared.errors import Fenced

_DOCUMENTS = """
SELECT vendor, kind, id, body FROM attribution.document
JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted(vendor, kind, id) USING (vendor, kind, id)
"""
_HEADS = """
SELECT vendor, seq, hash, clock, known_at FROM attribution.head WHERE vendor = ANY ($1::text[])
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
FROM attribution.head WHERE partition = $1 AND live
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
_WRITE_DOCUMENTS = """
INSERT INTO attribution.document (vendor, kind, id, due, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::json[])
ON CONFLICT (vendor, kind, id) DO UPDATE SET due = excluded.due, body = excluded.body
"""
_WRITE_PROCESSED = """
INSERT INTO attribution.processed_fact (vendor, fact_id, body_hash, first_seq, last_seq)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::bigint[])
"""


async def documents(connection: Any, wanted: Iterable[tuple[str, Key]]) -> dict[tuple[str, Key], Document | None]:
    """Each wanted document, or None where there is none."""
    found: dict[tuple[str, Key], Document | None] = dict.fromkeys(wanted)
    if found:
        columns = zip(*((vendor, key.kind, key.id) for vendor, key in found), strict=True)
        for row in await connection.fetch(_DOCUMENTS, *map(list, columns)):
            key = Key(row["kind"], row["id"])
            found[row["vendor"], key] = from_json(key.kind, row["body"])
    return found


async def heads(connection: Any, vendors: Iterable[str]) -> dict[str, Head]:
    """The heads of the vendors that have a journal."""
    rows = await connection.fetch(_HEADS, sorted(vendors))
    return {row["vendor"]: Head(row["seq"], row["hash"], row["clock"], row["known_at"]) for row in rows}


async def processed(connection: Any, facts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the facts (vendor, fact id) that were handled in an earlier transaction."""
    pairs = sorted(set(facts))
    rows = await connection.fetch(_PROCESSED, [vendor for vendor, _ in pairs], [fact for _, fact in pairs])
    return {(row["vendor"], row["fact_id"]) for row in rows}


async def due(connection: Any, until: Mapping[str, datetime], limit: int) -> dict[str, list[Deadline]]:
    """Each vendor's first deadlines up to its instant, at most `limit`, in firing order."""
    vendors = sorted(until)
    found: dict[str, list[Deadline]] = {vendor: [] for vendor in vendors}
    for row in await connection.fetch(_DUE, vendors, [until[vendor] for vendor in vendors], limit):
        key = Key(row["kind"], row["id"])
        found[row["vendor"]].append((row["due"], key.subject, key))
    return found


async def next_due(connection: Any, partition: int) -> dict[str, datetime]:
    """For each live vendor of the partition that has one, when its next deadline falls due."""
    rows = await connection.fetch(_NEXT_DUE, partition)
    return {row["vendor"]: row["due"] for row in rows if row["due"] is not None}


async def write(connection: Any, partition: int, batch: Iterable[Written]) -> None:
    """Heads, documents and handled facts of a batch, within the caller's transaction; raises `Fenced`."""
    batch = tuple(batch)
    await _write_heads(connection, partition, batch)
    rows = [
        (one.vendor, key.kind, key.id, due_of(document), to_json(key.kind, document))
        for one in batch
        for key, document in one.changed.items()
    ]
    if rows:
        await connection.execute(_WRITE_DOCUMENTS, *map(list, zip(*rows, strict=True)))
    facts = [
        (one.vendor, fact.fact_id, fact.body_hash, fact.first_seq, fact.last_seq)
        for one in batch
        for fact in one.handled.values()
    ]
    if facts:
        await connection.execute(_WRITE_PROCESSED, *map(list, zip(*facts, strict=True)))


async def _write_heads(connection: Any, partition: int, batch: Iterable[Written]) -> None:
    old = [(one.vendor, one.was.seq, *_head_row(one)) for one in batch if one.was is not None]
    new = [(one.vendor, *_head_row(one)) for one in batch if one.was is None]
    if old:
        status: str = await connection.execute(_MOVE_HEADS, *map(list, zip(*old, strict=True)))
        if status != f"UPDATE {len(old)}":
            raise Fenced(f"partition {partition}: a vendor's head was moved by another writer")
    if new:
        await connection.execute(_NEW_HEADS, partition, *map(list, zip(*new, strict=True)))


def _head_row(one: Written) -> tuple[Any, ...]:
    return one.now.seq, one.now.hash, one.now.clock, one.now.known_at, one.live
