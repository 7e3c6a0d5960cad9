"""Rebuild the decider's documents from the journal beside the live ones, compare, then switch.

Each batch commits documents and position together, so a killed rebuild continues where it stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.attribution.domain.documents.name_index import read_tables
from services.attribution.recompute import Documents, Recompute, first_difference
from services.attribution.worker import CONSUMER
from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import Corrupt, DealregError
from shared.events.codec import decode_entry
from shared.events.envelope import Entry
from shared.log.port import EventLog, StoredRecord
from shared.projection import tables
from shared.projection.bulk import only_one
from shared.projection.reading import Head, read
from shared.projection.switch import CATCH_UP_ENTRIES, LOCK_TIMEOUT_MS, RETRY_SECONDS, Behind, until_it_switches
from shared.projection.versions import schema_of

SCHEMA = "attribution_anew"
LIVE, ANEW = Documents(("attribution.document",)), Documents((f"{SCHEMA}.document",))
BATCH_ENTRIES = 2_000
LOCK = "the decider's documents"
"""What a rebuild holds, so that no other one begins."""
PUBLISHED_SECONDS = 2.0
"""How long the decider's last commit may take to reach the journal on Kafka."""

OnProgress = Callable[[str, int, int], None]
"""Reports the phase, the records done, and their total."""

_PROGRESS = (
    f"CREATE TABLE IF NOT EXISTS {SCHEMA}.position (partition integer PRIMARY KEY, next_offset bigint NOT NULL)",
    f"CREATE TABLE IF NOT EXISTS {SCHEMA}.head (vendor text PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL,"
    " releases text NOT NULL)",
)
_MOVE_POSITION = f"""
INSERT INTO {SCHEMA}.position VALUES ($1, $2) ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset
"""
_MOVE_HEADS = f"""
INSERT INTO {SCHEMA}.head SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
ON CONFLICT (vendor) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, releases = excluded.releases
"""
_HEADS_DIFFER = f"""
SELECT coalesce(was.vendor, is_.vendor) AS vendor, was.seq AS was, is_.seq AS is_
FROM attribution.head AS was FULL JOIN {SCHEMA}.head AS is_ ON is_.vendor = was.vendor
WHERE was.seq IS DISTINCT FROM is_.seq OR was.hash IS DISTINCT FROM is_.hash ORDER BY 1 LIMIT 1
"""
# A decider that runs meanwhile finds its epoch gone, drops its caches, and loads from the new tables.
_FENCE = """
UPDATE log.ownership SET epoch = epoch + 1, owner = NULL, lease_until = clock_timestamp() WHERE consumer = $1
"""


class Differs(DealregError):
    """The recomputed documents differ from the stored ones."""

    code = "attribution.differs"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The result of a rebuild."""

    entries: int
    """Entries folded by this run."""
    seconds: float
    documents: int
    not_compared: list[str]
    """Vendors whose journal was written by more than one release."""


class Rebuild:
    """Rebuilds the documents, compares and switches."""

    def __init__(self, pool: Any, log: EventLog, on_progress: OnProgress = lambda *_: None) -> None:
        self._pool, self._log, self._on_progress = pool, log, on_progress
        self._refold = Recompute(SCHEMA)
        self._entries = 0
        self._positions: dict[int, int] = {}
        self._heads: dict[str, Head] = {}

    async def run(self, *, accept_differences: bool = False) -> Rebuilt:
        """Switch the decider to the new documents; raise `Differs` or `Unavailable` without switching."""
        began = time.monotonic()
        await asyncio.to_thread(read_tables)
        with database_errors():
            async with only_one(self._pool, LOCK), self._pool.acquire() as connection:
                await self._begin(connection)
                await self._remember(connection)
                while await self._missing() > CATCH_UP_ENTRIES:
                    await self._fold(connection)
                self._on_progress("indexes", 0, 0)
                await tables.complete(connection, LIVE, ANEW)
                documents = await self._switched(connection, accept_differences=accept_differences)
        return Rebuilt(self._entries, time.monotonic() - began, documents, self._refold.mixed)

    async def _begin(self, connection: Any) -> None:
        """Create what is built, unless an earlier run left it."""
        async with connection.transaction():
            if await connection.fetchval("SELECT to_regclass($1)", ANEW.tables[0]) is None:
                await tables.create(connection, LIVE, ANEW)
            for statement in _PROGRESS:
                await connection.execute(statement)

    async def _switched(self, connection: Any, *, accept_differences: bool) -> int:
        async def attempt() -> int:
            await self._fold(connection)
            self._on_progress("switching", 0, 0)
            async with connection.transaction():
                return await self._switch(connection, accept_differences=accept_differences)

        async def failed() -> None:
            # The rollback also undoes what was folded within the transaction.
            await self._remember(connection)

        documents = await until_it_switches(attempt, failed)
        crash_point("rebuild_documents.after_switch")
        return documents

    async def _remember(self, connection: Any) -> None:
        self._refold = Recompute(SCHEMA)
        rows = await connection.fetch(f"SELECT partition, next_offset FROM {SCHEMA}.position")
        self._positions = {row["partition"]: row["next_offset"] for row in rows}
        rows = await connection.fetch(f"SELECT vendor, seq, hash, releases FROM {SCHEMA}.head")
        self._heads = {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}
        self._refold.releases.update({row["vendor"]: {*filter(None, row["releases"].split())} for row in rows})

    async def _missing(self) -> int:
        ends = await self._log.end_offsets("journal")
        return sum(end - self._positions.get(partition, 0) for partition, end in enumerate(ends))

    async def _fold(self, connection: Any) -> None:
        """Fold everything that the journal has by now."""
        ends = await self._log.end_offsets("journal")
        for partition, end in enumerate(ends):
            offset = self._positions.get(partition, 0)
            reader = await self._log.reader("journal", partition, offset)
            try:
                while offset < end:
                    records = await reader.fetch(min(BATCH_ENTRIES, end - offset), wait_ms=1_000)
                    if records:
                        offset = records[-1].offset + 1
                        async with connection.transaction():
                            await self._batch(connection, partition, self._read(records), offset)
                        self._on_progress("folding", sum(self._positions.values()), sum(ends))
            finally:
                await reader.close()

    async def _batch(self, connection: Any, partition: int, entries: list[Entry], offset: int) -> None:
        await self._refold.fold(connection, entries)
        if moved := {entry.vendor: self._heads[entry.vendor] for entry in entries}:
            releases = self._refold.releases
            content = [(vendor, *head, " ".join(sorted(releases.get(vendor, ())))) for vendor, head in moved.items()]
            await connection.execute(_MOVE_HEADS, *map(list, zip(*content, strict=True)))
        await connection.execute(_MOVE_POSITION, partition, offset)
        self._positions[partition] = offset
        self._entries += len(entries)

    def _read(self, records: Sequence[StoredRecord]) -> list[Entry]:
        """Return the entries not read before; raise `Corrupt` where one cannot be read or does not follow."""
        reading = read(records, self._heads, None, decode=decode_entry)
        if reading.halt is not None:
            raise Corrupt(f"journal of {reading.halt}")
        self._heads |= reading.heads
        return reading.entries

    async def _level(self, connection: Any) -> None:
        """Fold up to the paused decider's heads; raise `Behind`."""
        deadline = time.monotonic() + PUBLISHED_SECONDS
        while True:
            await self._fold(connection)
            behind = await connection.fetchrow(_HEADS_DIFFER)
            if behind is None:
                return
            if time.monotonic() > deadline:
                raise Behind(
                    f"vendor {behind['vendor']}: the decider is at entry {behind['was']}, "
                    f"the published journal at {behind['is_']}"
                )
            await asyncio.sleep(RETRY_SECONDS)

    async def _switch(self, connection: Any, *, accept_differences: bool) -> int:
        """Compare and switch; return how many documents there are."""
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
        # Ownership first, then the tables, in the decider's order, so that no deadlock is possible.
        await connection.execute(_FENCE, CONSUMER)
        await tables.lock(connection, LIVE, ANEW)
        if (missing := await self._missing()) > CATCH_UP_ENTRIES:
            raise Behind(f"the documents are {missing} entries behind")
        await self._level(connection)
        self._on_progress("comparing", 0, 0)
        found = await first_difference(connection, SCHEMA, but=self._refold.mixed)
        if found is not None and not accept_differences:
            raise Differs(
                f"vendor {found['vendor']}, {found['kind']} {found['id']}: stored "
                f"{found['was_body']}, recomputed {found['is_body']}"
            )
        documents: int = await connection.fetchval(f"SELECT count(*) FROM {ANEW.tables[0]}")
        await tables.drop(connection, LIVE)
        await tables.move(connection, ANEW, schema_of(LIVE))
        await connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
        crash_point("rebuild_documents.before_switch")
        return documents
