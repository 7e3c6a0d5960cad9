"""Compare two versions of a view in the database, and find the first row that differs.

The database compares bytes. Only where those differ are rows read, and compressed columns compared by their content.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from shared.compression import content_of
from shared.projection.port import View
from shared.projection.tables import LONG_SECONDS

ROWS_PER_READ = 2_000

_COMPRESSED = """
SELECT coalesce(array_agg(attname::text ORDER BY attnum), '{}') FROM pg_attribute
WHERE attrelid = $1::regclass AND atttypid = 'bytea'::regtype AND attnum > 0 AND NOT attisdropped
"""

_Row = tuple[tuple[Any, ...], tuple[Any, ...]]

# A sum needs no ordering, and two different rows do not cancel out.
_DIGEST = """
SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS digest FROM {table} t
"""
_KEYS = """
SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i,
     unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_attribute a ON a.attnum = k.attnum
WHERE i.indrelid = $1::regclass AND i.indisprimary AND a.attrelid = i.indrelid
"""


async def first_difference(old_connection: Any, old: View, new_connection: Any, new: View) -> str | None:
    """Return the first row, in key order, that differs; each connection has a snapshot of one version."""
    for left, right in zip(old.tables, new.tables, strict=True):
        was, is_ = await _both(_digest(old_connection, left), _digest(new_connection, right))
        if was != is_:
            key = await old_connection.fetchval(_KEYS, left)
            compressed = await old_connection.fetchval(_COMPRESSED, left)
            rows = _rows(old_connection, left, key, compressed), _rows(new_connection, right, key, compressed)
            if (first := await _first(*rows, key)) is not None:
                return f"{left}: {first}"
    return None


async def _digest(connection: Any, table: str) -> Any:
    # Not `fetchrow`: what is asked for a number of rows is never divided among processors.
    (found,) = await connection.fetch(_DIGEST.format(table=table), timeout=LONG_SECONDS)
    return found


async def _both(one: Awaitable[Any], other: Awaitable[Any]) -> tuple[Any, Any]:
    """Wait for both, also where one fails: nothing else may begin on a connection that still works."""
    done = await asyncio.gather(one, other, return_exceptions=True)
    for answer in done:
        if isinstance(answer, BaseException):
            raise answer
    return done


async def _first(old: AsyncIterator[_Row], new: AsyncIterator[_Row], key: list[str]) -> str | None:
    """Describe the first row that differs; None if only compressed forms do, as those of two releases may."""
    while True:
        left, right = await anext(old, None), await anext(new, None)
        if left == right:
            if left is None:
                return None
            continue
        one = min((row for row in (left, right) if row is not None), key=lambda row: row[0])
        named = ", ".join(f"{name}={value}" for name, value in zip(key, one[0], strict=True))
        if left is None or right is None or left[0] != right[0]:
            return f"{named}: only in the {'old' if one is left else 'new'} version"
        return f"{named}: not the same in both versions"


async def _rows(connection: Any, table: str, key: list[str], compressed: list[str]) -> AsyncIterator[_Row]:
    """Yield each row's key and content: a hash of all columns, of compressed ones of what they are of."""
    columns = ", ".join(key)
    emptied = "".join(f", '{name}', NULL" for name in compressed)
    content = f"to_jsonb(t) || jsonb_build_object({emptied.removeprefix(', ')})" if compressed else "t"
    cursor = await connection.cursor(
        f"SELECT {', '.join([*key, *compressed])}, hashtextextended(({content})::text, 0) AS hash FROM {table} t "
        f"ORDER BY {columns}"
    )
    while rows := await cursor.fetch(ROWS_PER_READ):
        for row in rows:
            content_ = [value if value is None else content_of(value) for value in (row[name] for name in compressed)]
            yield tuple(row[name] for name in key), (row["hash"], *content_)
