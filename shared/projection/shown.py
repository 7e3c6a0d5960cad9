"""What a view shows of a thing, in flat form, for a verification to compare with the decider's state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from shared.projection.port import View

ROWS_PER_READ = 2_000
Flat = dict[str, Any]
"""Values by field name, as both sides call them."""
Row = tuple[str, str, Flat]
"""Vendor, id, values."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How to read one kind of thing from a view's tables, ordered by vendor and id."""

    kind: str
    """The kind, as the decider's side calls it."""
    view: View
    table: str
    query: str
    flat: Callable[[Any], tuple[str, Flat]]
    """Returns id and values of a record; its vendor is the column `vendor`."""

    async def rows(self, connection: Any) -> AsyncIterator[Row]:
        """Yield every row, through a cursor of the open transaction."""
        async for record in records(connection, self.query):
            yield record["vendor"], *self.flat(record)


async def records(connection: Any, query: str, *arguments: Any) -> AsyncIterator[Any]:
    """Yield the records of a query, a few thousand at a time."""
    cursor = await connection.cursor(query, *arguments)
    while found := await cursor.fetch(ROWS_PER_READ):
        for record in found:
            yield record


def digest(content: Any) -> str:
    """Return a short digest: texts are compared but not printed."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str), digest_size=8).hexdigest()
