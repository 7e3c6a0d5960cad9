"""What a view shows of a thing, flat: a verification holds it against what the decider holds of the same thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from shared.projection.port import View

ROWS_PER_READ = 2_000
Flat = dict[str, Any]
"""Values by field, under the names that both sides use."""
Row = tuple[str, str, Flat]
"""Vendor, id, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How one kind of thing is read from a view's tables, in order of vendor and id."""

    kind: str
    """As the decider's side calls the same thing."""
    view: View
    table: str
    query: str
    flat: Callable[[Any], tuple[str, Flat]]
    """The id and the values of a record; its vendor is the column `vendor`."""

    async def rows(self, connection: Any) -> AsyncIterator[Row]:
        """Every row, through a cursor of the open transaction."""
        async for record in records(connection, self.query):
            yield record["vendor"], *self.flat(record)


async def records(connection: Any, query: str, *arguments: Any) -> AsyncIterator[Any]:
    """The records of a query, a few thousand at a time."""
    cursor = await connection.cursor(query, *arguments)
    while found := await cursor.fetch(ROWS_PER_READ):
        for record in found:
            yield record


def digest(content: Any) -> str:
    """A short digest: texts are compared and not printed."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str), digest_size=8).hexdigest()
