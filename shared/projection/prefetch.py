"""The prefetcher: fetch and decode the next records while the last ones commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared.errors import Corrupt
from shared.events.codec import entry_type
from shared.events.envelope import Entry
from shared.log.port import Reader, StoredRecord

Decode = Callable[[StoredRecord], Entry]
SLICE_RECORDS = 100
"""Records decoded at once: some milliseconds, in which the running commit waits for us."""


class Prefetcher:
    """Reads for one processor, one batch ahead, and no further than `end`.

    Without an end it reads ahead only after a full batch: a processor that has caught up waits for the log. And a full
    batch ends with a whole fact: nobody who pages through a view begins within a change that then goes on.
    """

    def __init__(
        self,
        reader: Reader,
        declares: frozenset[str] | None,
        decode: Decode,
        next_offset: int,
        end: int | None = None,
    ) -> None:
        self._reader, self._declares, self._decode = reader, declares, decode
        self._next, self._end = next_offset, end
        self._coming: asyncio.Task[list[StoredRecord]] | None = None
        self._left: list[StoredRecord] = []
        """Records that were read and not returned yet: of a full batch, the fact that it ended in."""
        self._entries: dict[int, Entry] = {}

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        """Fetch the next records, as a reader does."""
        if not self._left or (self._end is None and len(self._left) < limit):
            coming = self._coming or self._ask(limit - len(self._left), 0 if self._left else wait_ms)
            self._coming = None
            self._left = [*self._left, *await coming]
        records, self._left = self._left[:limit], self._left[limit:]
        full = len(records) == limit
        if full and self._end is None:
            whole = _whole_facts(records)
            records, self._left = records[:whole], [*records[whole:], *self._left]
        if records:
            self._next = records[-1].offset + 1
            self._entries = {offset: one for offset, one in self._entries.items() if offset >= records[0].offset}
        if self._end is None:
            missing = limit - len(self._left) if full else 0
        else:
            missing = limit if self._next < self._end and not self._left else 0
        if missing > 0:
            self._coming = self._ask(missing, 0 if self._end is None else wait_ms)
        return records

    def entry(self, record: StoredRecord) -> Entry:
        """Return the decoded entry of a fetched record; raise `Corrupt`."""
        return self._entries.get(record.offset) or self._decode(record)

    async def close(self) -> None:
        """Wait until nothing is under way."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
            self._coming = None
        await self._reader.close()

    def _ask(self, limit: int, wait_ms: int) -> asyncio.Task[list[StoredRecord]]:
        most = limit if self._end is None else min(limit, self._end - self._next)
        coming = asyncio.create_task(self._decoded(most, wait_ms))
        # A failed processor is dropped with it, and nobody asks how it ended.
        coming.add_done_callback(lambda task: task.cancelled() or task.exception())
        return coming

    async def _decoded(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        records = await self._reader.fetch(limit, wait_ms)
        for start in range(0, len(records), SLICE_RECORDS):
            for record in records[start : start + SLICE_RECORDS]:
                try:
                    if self._declares is None or entry_type(record) in self._declares:
                        self._entries[record.offset] = self._decode(record)
                except (Corrupt, KeyError, ValueError):
                    break  # the processor meets it again, after everything good before it
            await asyncio.sleep(0)
        return records


def _whole_facts(records: list[StoredRecord]) -> int:
    """Count the records before the last fact; all of them where there is no other."""
    last = len(records) - 1
    cause = _cause(records[last])
    while last and cause is not None and _cause(records[last - 1]) == cause:
        last -= 1
    return last or len(records)


def _cause(record: StoredRecord) -> str | None:
    return next((text for name, text in reversed(record.headers) if name == "ce_cause"), None)
