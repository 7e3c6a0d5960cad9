"""The latest records of a partition, read once for all readers of a process that follow it together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice

from shared.log.port import StoredRecord

MOST_RECORDS = 2_048
"""Of all partitions of a process, about 4 kB each: who is farther behind reads for itself."""


class Recent:
    """Records that follow one another up to the last one read; records never change once they can be read."""

    def __init__(self, partitions: int, most: int = MOST_RECORDS) -> None:
        """`partitions` are those of the log: each keeps its share of the most."""
        self._records: deque[StoredRecord] = deque(maxlen=max(most // partitions, 1))
        # Readers wake together: one of them asks, and the others find what it brought.
        self._asking = asyncio.Lock()

    async def fetch(
        self, start: int, end: int, select: Callable[[int, int], Awaitable[list[StoredRecord]]]
    ) -> list[StoredRecord]:
        """The records from `start` to before `end`, as far as there are any; from here, or else by `select`."""
        if not self._follows(start):
            return await select(start, end)
        async with self._asking:
            if found := self._from(start, end):
                return found
            records = await select(start, end)
            self._keep(records)
        return records

    def _follows(self, start: int) -> bool:
        """Whether the reader is level with the others, or ahead of them."""
        return not self._records or start >= self._records[0].offset

    def _from(self, start: int, end: int) -> list[StoredRecord]:
        if not self._records or not self._records[0].offset <= start <= self._records[-1].offset:
            return []
        first = start - self._records[0].offset
        return list(islice(self._records, first, first + end - start))

    def _keep(self, records: list[StoredRecord]) -> None:
        if not records:
            return
        if self._records and records[0].offset != self._records[-1].offset + 1:
            self._records.clear()
        self._records.extend(records)
