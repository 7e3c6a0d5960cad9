"""Decoding shared by the views of one process: each entry is parsed and checked once, not once per view."""

from __future__ import annotations

from shared.events.codec import decode_entry
from shared.events.envelope import Entry
from shared.log.port import Headers, StoredRecord

MAX_ENTRIES = 2_048
"""Two batches: enough that views which follow the log together share. More would be walked by every collection."""


class Decoding:
    """Caches the latest entries by their exact bytes, so that an altered record never passes for a good one."""

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        self._limit = limit
        self._entries: dict[bytes, tuple[Headers, Entry]] = {}

    def entry(self, record: StoredRecord) -> Entry:
        """Decode the record; raise `Corrupt`."""
        # Found by the value and compared by headers: to hash seventeen headers took as long as to decode them.
        headers, found = self._entries.get(record.value, ((), None))
        if found is None or headers != record.headers:
            found = decode_entry(record)
            if len(self._entries) >= self._limit and record.value not in self._entries:
                # Dictionaries keep the order of insertion: the first is the oldest.
                del self._entries[next(iter(self._entries))]
            self._entries[record.value] = record.headers, found
        return found


DECODING = Decoding()
"""The cache of this process. Entries are frozen, so views can share them."""
