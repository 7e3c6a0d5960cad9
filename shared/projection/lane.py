"""One view on one partition: read a batch, fold it, write rows, heads and position in one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from shared.database import Conflict, Refused, as_our_error, database_errors
from shared.errors import DealregError, Fenced
from shared.log.ownership import Held, Ownership
from shared.log.port import EventLog, Reader, StoredRecord
from shared.projection.metrics import ENTRIES, POSITION
from shared.projection.port import View
from shared.projection.positions import clear_halt, heads_of, move_heads
from shared.projection.reading import Halt, Head, Reading, halt_at, read

RENEWALS_PER_LEASE = 3
"""An idle lane renews this often within its lease, so that one lost renewal loses nothing."""


class Halted(DealregError):
    """The view cannot pass an entry; everything before it is applied and committed."""

    code = "view.halted"
    status = 503

    def __init__(self, view: str, halt: Halt) -> None:
        super().__init__(f"view {view} halted at {halt}")
        self.halt = halt


class _EntryFailed(Exception):
    """An entry of the batch cannot be folded or written; nothing was committed."""


class Lane:
    """Holds a partition for a view, and what it remembers of it; a new lane begins from what is committed."""

    def __init__(
        self, view: View, pool: Any, ownership: Ownership, held: Held, reader: Reader, limit: int, lease: float
    ) -> None:
        self.partition = held.partition
        self._view = view
        self._pool = pool
        self._ownership = ownership
        self._held = held
        self._reader = reader
        self._limit = limit
        self._renew_after = lease / RENEWALS_PER_LEASE
        self._renewed = time.monotonic()
        self._heads: dict[str, Head] = {}
        self._clean = False
        """False until the first commit, which takes away what an earlier lane said about a halt."""

    @classmethod
    async def open(
        cls, view: View, pool: Any, log: EventLog, ownership: Ownership, held: Held, limit: int, lease: float
    ) -> Lane:
        """A lane that goes on where the position stands; raises `Corrupt` where the log is not the remembered one."""
        reader = await log.reader("journal", held.partition, held.next_offset, held.remembered)
        return cls(view, pool, ownership, held, reader, limit, lease)

    @property
    def next_offset(self) -> int:
        """Where the position stands."""
        return self._held.next_offset

    async def step(self, wait_ms: int) -> int:
        """Records passed, 0 when caught up for `wait_ms`; raises `Halted`, `Fenced`, `Unavailable`."""
        records = await self._reader.fetch(self._limit, wait_ms)
        if not records:
            await self._keep()
            return 0
        await self._know({record.key for record in records})
        reading = read(records, self._heads, self._view.declares)
        try:
            await self._commit(reading, records[: reading.records])
        except _EntryFailed:
            await self._one_by_one(records[: reading.records])
        if reading.halt is not None:
            raise Halted(self._view.name, reading.halt)
        return len(records)

    async def close(self) -> None:
        """The partition is free for the next worker."""
        await self._reader.close()
        await self._ownership.release(self._held)

    async def _keep(self) -> None:
        if time.monotonic() - self._renewed > self._renew_after:
            await self._ownership.renew(self._held)
            self._renewed = time.monotonic()

    async def _know(self, vendors: set[str]) -> None:
        missing = vendors - self._heads.keys()
        if missing:
            with database_errors():
                found = await heads_of(self._pool, self._view.name, self._view.version, missing)
            self._heads.update(found)

    async def _one_by_one(self, records: Sequence[StoredRecord]) -> None:
        # The batch failed as a whole; alone, each good entry passes and the bad one is named.
        for record in records:
            reading = read([record], self._heads, self._view.declares)
            try:
                await self._commit(reading, [record])
            except _EntryFailed as failed:
                raise Halted(self._view.name, halt_at(record, str(failed))) from failed.__cause__

    async def _commit(self, reading: Reading, records: Sequence[StoredRecord]) -> None:
        if not records:
            return
        last = records[-1]
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                if reading.entries:
                    await self._fold(connection, reading)
                await move_heads(connection, self._view.name, self._view.version, reading.heads)
                if not self._clean:
                    await clear_halt(connection, self._view.name, self._view.version, self.partition)
                self._held = await self._ownership.advance(
                    connection, self._held, last.offset + 1, dict(last.headers)["ce_id"]
                )
        self._clean = True
        self._renewed = time.monotonic()
        self._heads.update(reading.heads)
        ENTRIES.labels(self._view.name).inc(len(records))
        POSITION.labels(self._view.name, str(self.partition)).set(last.offset + 1)

    async def _fold(self, connection: Any, reading: Reading) -> None:
        try:
            rows = await self._view.load(connection, reading.entries)
            await self._view.write(connection, self._view.fold(rows, reading.entries))
        except Fenced:
            raise
        except Exception as error:
            ours = error if isinstance(error, DealregError) else as_our_error(error)
            if ours is None or isinstance(ours, Conflict | Refused) or ours.status != 503:
                raise _EntryFailed(str(ours) if ours else f"{type(error).__name__}: {error}") from error
            raise ours from error
