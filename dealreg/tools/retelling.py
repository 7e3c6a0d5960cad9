"""Retelling: facts whose decision failed are found in the feed, read from the log, and appended again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.database import database_errors
from shared.errors import Corrupt
from shared.events.codec import retold
from shared.events.envelope import retold_id
from shared.log.identity import ce_id
from shared.log.port import EventLog, Record, StoredRecord, partition_of

CHUNK_RECORDS = 5_000
"""Faults are mostly recent, so the log is read from its end, so many records at a time."""
APPEND_RECORDS = 500

OnProgress = Callable[[str, int, int], None]

_FAILED = """
SELECT vendor, data->>'fact' AS fact FROM projections.feed
WHERE type = 'fact.refused' AND data->>'code' = 'decider.fault' AND ($1::text IS NULL OR vendor = $1)
ORDER BY vendor, seq
"""
_DECIDED = """
SELECT vendor, fact_id FROM attribution.processed_fact
JOIN unnest($1::text[], $2::text[]) AS wanted(vendor, fact_id) USING (vendor, fact_id)
"""


@dataclass(frozen=True, slots=True)
class Retold:
    """A fact, and the id under which it is resent."""

    vendor: str
    fact: str
    again: str
    attempt: int


class Retelling:
    """Finds and appends; what was decided meanwhile is left alone."""

    def __init__(self, pool: Any, log: EventLog, on_progress: OnProgress = lambda *_: None) -> None:
        self._pool, self._log, self._on_progress = pool, log, on_progress

    async def run(self, named: Sequence[str], vendor: str | None, *, dry_run: bool = False) -> list[Retold]:
        """Resend failed facts, or show them: all, or the named ones. Raises `Corrupt`."""
        failed = await self._failed(vendor)
        chosen = [one for one in failed if not named or one.fact in named]
        if not dry_run:
            await self._tell(chosen)
        return chosen

    async def _failed(self, vendor: str | None) -> list[Retold]:
        """In the order in which they failed, each once, with the next attempt that was not decided well."""
        with database_errors():
            rows = await self._pool.fetch(_FAILED, vendor)
        order = list(dict.fromkeys((row["vendor"], row["fact"]) for row in rows))
        failed = set(order)
        attempts: dict[tuple[str, str], Retold] = {}
        again: set[tuple[str, str]] = set()
        for owner, fact in order:
            attempt = 1
            while (owner, retold_id(fact, attempt)) in failed:
                again.add((owner, retold_id(fact, attempt)))
                attempt += 1
            attempts[owner, fact] = Retold(owner, fact, retold_id(fact, attempt), attempt)
        roots = [attempts[one] for one in order if one not in again]
        with database_errors():
            done = await self._pool.fetch(_DECIDED, [one.vendor for one in roots], [one.again for one in roots])
        decided = {(row["vendor"], row["fact_id"]) for row in done}
        return [one for one in roots if (one.vendor, one.again) not in decided]

    async def _tell(self, chosen: Sequence[Retold]) -> None:
        wanted: defaultdict[int, dict[tuple[str, str], Retold]] = defaultdict(dict)
        for one in chosen:
            wanted[partition_of(one.vendor, self._log.partitions)][one.vendor, one.fact] = one
        with database_errors():
            now = await self._pool.fetchval("SELECT clock_timestamp()")
        for partition, missing in sorted(wanted.items()):
            found = await self._found(partition, missing)
            # In the order in which they were first sent.
            records = [
                retold(record, one.again, one.fact, now)
                for record, one in sorted(found, key=lambda pair: pair[0].offset)
            ]
            for start in range(0, len(records), APPEND_RECORDS):
                chunk: list[Record] = records[start : start + APPEND_RECORDS]
                await self._log.append("facts", chunk)

    async def _found(
        self, partition: int, missing: Mapping[tuple[str, str], Retold]
    ) -> list[tuple[StoredRecord, Retold]]:
        left, found = dict(missing), []
        end = (await self._log.end_offsets("facts"))[partition]
        upper = end
        while left and upper > 0:
            lower = max(0, upper - CHUNK_RECORDS)
            for record in await self._read(partition, lower, upper):
                one = left.pop((record.key, ce_id(record.headers) or ""), None)
                if one is not None:
                    found.append((record, one))
            upper = lower
            self._on_progress("reading facts", end - upper, end)
        if left:
            vendor, fact = next(iter(left))
            raise Corrupt(f"fact {fact} of {vendor} was decided but is not in the log; restore the log")
        return found

    async def _read(self, partition: int, lower: int, upper: int) -> list[StoredRecord]:
        reader, found, at = await self._log.reader("facts", partition, lower), [], lower
        try:
            while at < upper:
                records = await reader.fetch(min(CHUNK_RECORDS, upper - at), wait_ms=1_000)
                found += [one for one in records if one.offset < upper]
                at = records[-1].offset + 1 if records else at
        finally:
            await reader.close()
        return found
