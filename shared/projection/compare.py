"""Compare two versions of a view in the database, and find the first row that differs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from shared.projection.port import View
from shared.projection.tables import LONG_SECONDS

ROWS_PER_READ = 2_000

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
        digests = [
            await connection.fetchrow(_DIGEST.format(table=table), timeout=LONG_SECONDS)
            for connection, table in ((old_connection, left), (new_connection, right))
        ]
        if digests[0] != digests[1]:
            key = await old_connection.fetchval(_KEYS, left)
            rows = _rows(old_connection, left, key), _rows(new_connection, right, key)
            return f"{left}: {await _first(*rows, key)}"
    return None


async def _first(old: AsyncIterator[Any], new: AsyncIterator[Any], key: list[str]) -> str:
    while True:
        left, right = await anext(old, None), await anext(new, None)
        if left == right and left is not None:
            continue
        one = min((row for row in (left, right) if row is not None), key=lambda row: tuple(row)[:-1], default=None)
        if one is None:
            return "rows that differ in nothing but their order"
        named = ", ".join(f"{name}={one[name]}" for name in key)
        if left is None or right is None or tuple(left)[:-1] != tuple(right)[:-1]:
            return f"{named}: only in the {'old' if one is left else 'new'} version"
        return f"{named}: not the same in both versions"


async def _rows(connection: Any, table: str, key: list[str]) -> AsyncIterator[Any]:
    columns = ", ".join(key)
    cursor = await connection.cursor(
        f"SELECT {columns}, hashtextextended(t::text, 0) AS hash FROM {table} t ORDER BY {columns}"
    )
    while rows := await cursor.fetch(ROWS_PER_READ):
        for row in rows:
            yield row
