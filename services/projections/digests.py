"""Digests of views and journals: equal content has equal digests on every log and machine.

Canonical rows are JSON arrays in key order; a sealed text stands as its person's id, since sealing the same
text again gives other bytes. Compressed content stands as what it is of: another compressor may give other bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.projections.views import ALL
from shared.compression import content_of
from shared.database import database_errors
from shared.events.codec import canonical, decode_entry
from shared.log.port import EventLog, partition_of
from shared.projection.port import View

ROWS_PER_READ = 2_000
_SEALED = {"person", "box"}

_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, NULL) IN ('jsonb', 'json', 'bytea') AS json,
       array_position(i.indkey::int[], a.attnum::int) AS place
FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A view's table: its columns, its JSON columns, and its primary key."""

    name: str
    columns: tuple[str, ...]
    json: frozenset[str]
    key: tuple[str, ...]

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(row[column] for column in self.key)


async def describe(connection: Any, name: str) -> Table:
    """Read the table's definition from the catalogue."""
    rows = await connection.fetch(_COLUMNS, name)
    keyed = sorted((row["place"], row["name"]) for row in rows if row["place"] is not None)
    return Table(
        name,
        tuple(row["name"] for row in rows),
        frozenset(row["name"] for row in rows if row["json"]),
        tuple(column for _, column in keyed),
    )


async def rows_of(connection: Any, table: Table, name: str | None = None) -> AsyncIterator[Any]:
    """Yield the table's rows in key order, through a cursor of the open transaction."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    key = ", ".join(f'"{column}"' for column in table.key)
    cursor = await connection.cursor(f"SELECT {columns} FROM {name or table.name} ORDER BY {key}")
    while rows := await cursor.fetch(ROWS_PER_READ):
        for row in rows:
            yield row


async def view_digests(pool: Any, views: Sequence[View] = ALL) -> dict[str, str]:
    """Return the digest of each view by name, from one snapshot."""
    with database_errors():
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            return {view.name: await digest_of(connection, view) for view in views}


async def digest_of(connection: Any, view: View) -> str:
    """Return SHA-256 over the canonical rows of all tables of the view."""
    digest = Digest()
    for name in view.tables:
        table = await describe(connection, name)
        async for _ in digest.passing(table, rows_of(connection, table)):
            pass
    return digest.hex


class Digest:
    """A digest of tables, computed while their rows pass through."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    @property
    def hex(self) -> str:
        return self._sha256.hexdigest()

    async def passing(self, table: Table, rows: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Yield the same rows; after the last, the digest includes the table."""
        self._sha256.update(orjson.dumps([table.name.rpartition(".")[2], table.columns]) + b"\n")
        places = [place for place, column in enumerate(table.columns) if column in table.json]
        async for row in rows:
            content = list(row)
            for place in places:
                content[place] = _json(content[place])
            self._sha256.update(orjson.dumps(content, default=str, option=orjson.OPT_UTC_Z) + b"\n")
            yield row


def _json(value: str | bytes | None) -> str | None:
    """Return stored JSON text in canonical form, without seals."""
    text = content_of(value).decode(errors="replace") if isinstance(value, bytes) else value
    if text is None or '"box"' not in text:
        return text
    return orjson.dumps(_without_boxes(orjson.loads(text)), option=orjson.OPT_SORT_KEYS).decode()


def _without_boxes(content: Any) -> Any:
    if isinstance(content, dict):
        if content.keys() == _SEALED:
            return {"person": content["person"]}
        return {name: _without_boxes(one) for name, one in content.items()}
    if isinstance(content, list):
        return [_without_boxes(one) for one in content]
    return content


async def journal_digest(log: EventLog, vendor: str, progress: Callable[[int], None] | None = None) -> str:
    """Return SHA-256 over the canonical entries of the vendor's journal, in order, each once."""
    partition = partition_of(vendor, log.partitions)
    end = (await log.end_offsets("journal"))[partition]
    digest, last = hashlib.sha256(), 0
    reader = await log.reader("journal", partition, 0, whose=lambda key: key == vendor)
    try:
        offset = 0
        while offset < end:
            for record in await reader.fetch(ROWS_PER_READ, wait_ms=1_000):
                offset = record.offset + 1
                if record.key != vendor:
                    continue
                entry = decode_entry(record)
                if entry.seq > last:
                    digest.update(canonical(entry) + b"\n")
                    last = entry.seq
            if progress:
                progress(offset)
    finally:
        await reader.close()
    return digest.hexdigest()
