"""The partition processor of a view: read a batch, fold it, write rows, heads and position in one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import structlog

from shared.crash_points import crash_point
from shared.database import Conflict, Refused, as_our_error, database_errors
from shared.errors import DealregError, Fenced
from shared.events.envelope import Entry
from shared.log.port import EventLog, StoredRecord
from shared.partitions.ownership import Held, Ownership
from shared.projection.decoding import DECODING
from shared.projection.metrics import ENTRIES, PARKED, POSITION
from shared.projection.parking import MAX_PARKED_ENTRIES, Unapplied, blocked_of, park, parked_entries, why_blocked
from shared.projection.port import Linking, View
from shared.projection.positions import clear_halt, heads_of, move_heads
from shared.projection.prefetch import Decode, Prefetcher
from shared.projection.reading import BEGINNING, Halt, Head, Reading, after, halt_at, read
from shared.projection.shares import WHOLE, Share
from shared.projection.versions import bound, numbered

RENEWALS_PER_LEASE = 3
"""An idle processor renews this often within its lease, so that one lost renewal is harmless."""

_log = structlog.get_logger(__name__)


class Halted(DealregError):
    """The view halts at an entry; everything before it is applied and committed."""

    code = "view.halted"
    status = 503

    def __init__(self, view: str, halt: Halt) -> None:
        super().__init__(f"view {view} halted at {halt}")
        self.halt = halt


class EntryFailed(Exception):
    """An entry of the batch cannot be folded or written; nothing was committed."""


class PartitionProcessor:
    """Folds one partition into a view while it owns the partition; a new one starts from the committed state."""

    def __init__(
        self,
        view: View,
        pool: Any,
        ownership: Ownership,
        held: Held,
        reader: Prefetcher,
        limit: int,
        lease: float,
        share: Share = WHOLE,
    ) -> None:
        self.partition = held.partition
        self._view = self._code = view
        """The view over the tables of its version, and as the code has it."""
        self._pool = pool
        self._ownership = ownership
        self._held = held
        self._reader = reader
        self._share = share
        self._limit = limit
        self._renew_after = lease / RENEWALS_PER_LEASE
        self._renewed = time.monotonic()
        self._heads: dict[str, Head] = {}
        self._blocked: dict[str, dict[str, int]] | None = None if view.declares is None else {}
        """Parked subjects by vendor; None for a view that parks nothing."""
        self._parked = 0
        self._clean = False
        """False until the first commit, which deletes an earlier processor's halt."""

    @classmethod
    async def open(
        cls,
        view: View,
        pool: Any,
        log: EventLog,
        ownership: Ownership,
        held: Held,
        limit: int,
        lease: float,
        end: int | None = None,
        decode: Decode = DECODING.entry,
        share: Share = WHOLE,
    ) -> PartitionProcessor:
        """Open a processor at the position that reads nothing beyond the end.

        Raises `Corrupt` where the log is not the remembered one.
        """
        following = await log.reader("journal", held.partition, held.next_offset, held.remembered, shared=True)
        reader = Prefetcher(following, view.declares, decode, held.next_offset, end)
        try:
            # After the partition was taken: whoever moves the tables later takes it from us, and then nothing commits.
            lane = cls(await bound(pool, view), pool, ownership, held, reader, limit, lease, share)
            lane._code = view
            with database_errors():
                lane._parked = await parked_entries(pool, view.name, view.version, held.partition)
        except BaseException:
            await reader.close()
            raise
        PARKED.labels(view.name, view.version, held.partition).set(lane._parked)
        return lane

    @property
    def held(self) -> Held:
        """Return the partition as the last commit left it."""
        return self._held

    @property
    def next_offset(self) -> int:
        """Return the position."""
        return self._held.next_offset

    @property
    def view(self) -> View:
        """Return the view over the tables of its version."""
        return self._view

    @property
    def clean(self) -> bool:
        """Whether it has committed, and so deleted an earlier processor's halt."""
        return self._clean

    def heads_of(self, vendors: set[str]) -> dict[str, Head]:
        """Return the known heads of these vendors."""
        return {vendor: self._heads[vendor] for vendor in vendors if vendor in self._heads}

    def parks(self, vendors: set[str]) -> bool:
        """Whether something of one of these vendors is parked."""
        return any(self._blocked.get(vendor) for vendor in vendors) if self._blocked else False

    def passed(self, held: Held, heads: dict[str, Head], records: Sequence[StoredRecord]) -> None:
        """Continue behind these records, which another's transaction committed for this view."""
        self._held = held
        self._passed(heads, records)

    async def step(self, wait_ms: int, limit: int | None = None) -> int:
        """Process a batch; return the records passed, 0 when caught up; raise `Halted`, `Fenced`, `Unavailable`."""
        records = await self._reader.fetch(limit or self._limit, wait_ms)
        if not records:
            await self.keep()
            return 0
        await self.process(records)
        return len(records)

    async def process(self, records: Sequence[StoredRecord]) -> None:
        """Process these records, which begin at the position; raise `Halted`, `Fenced`, `Unavailable`."""
        await self.know({record.key for record in records})
        try:
            await self._pass(records)
        except Refused:
            await self._assert_in_place()
            raise

    async def close(self) -> None:
        """The partition is free for the next worker."""
        await self.stop_reading()
        await self._ownership.release(self._held)

    async def stop_reading(self) -> None:
        """Stop reading but keep ownership of the partition."""
        await self._reader.close()

    async def keep(self) -> None:
        """Renew the lease when it is time; raise `Fenced`."""
        if time.monotonic() - self._renewed > self._renew_after:
            await self._ownership.renew(self._held)
            self._renewed = time.monotonic()

    async def know(self, vendors: set[str]) -> None:
        """Load the heads of these vendors, and what is parked of them."""
        missing = vendors - self._heads.keys()
        elsewhere = self._share.elsewhere(missing)
        self._heads |= elsewhere
        if missing := missing - elsewhere.keys():
            with database_errors():
                found = await heads_of(self._pool, self._view.name, self._view.version, missing)
                if self._blocked is not None and self._parked:
                    self._blocked |= await blocked_of(self._pool, self._view.name, self._view.version, missing)
            self._heads.update(found)

    async def _pass(self, records: Sequence[StoredRecord]) -> None:
        """Apply or park every record; raise `Halted` at one for which neither is possible."""
        rest = records
        while rest:
            reading = read(rest, self._heads, self._view.declares, self._blocked, self._reader.entry)
            passed, rest = rest[: reading.records], rest[reading.records :]
            try:
                await self._commit(reading, passed)
            except EntryFailed as failed:
                await self._assert_in_place()
                await self._part(passed, failed)
            if reading.halt is not None:
                raise Halted(self._view.name, reading.halt)
            if reading.aside is not None:
                await self._park(reading.aside)
                rest = rest[1:]

    async def _assert_in_place(self) -> None:
        """Assert that we own the partition and its tables have not moved; raise `Fenced`: no entry is at fault."""
        # A new owner may have written the rows that conflict with ours.
        await self._ownership.renew(self._held)
        there = await bound(self._pool, numbered(self._code, self._view.version))
        if there.tables != self._view.tables:
            raise Fenced(f"the tables of view {self._view.name} version {self._view.version} have moved")

    async def _part(self, records: Sequence[StoredRecord], failed: EntryFailed) -> None:
        # Halve until the bad entry is alone: good ones pass, and later ones see what it blocks.
        if len(records) > 1:
            middle = len(records) // 2
            await self._pass(records[:middle])
            await self._pass(records[middle:])
        elif self._blocked is None:
            raise Halted(self._view.name, halt_at(records[0], str(failed))) from failed.__cause__
        else:
            await self._park(Unapplied(records[0], str(failed)))

    async def _park(self, aside: Unapplied) -> None:
        """Park the entry under everything that it touches, and move the position behind it."""
        vendor, head = aside.record.key, after(aside.record, self._heads.get(aside.record.key, BEGINNING))
        assert self._blocked is not None
        assert head is not None
        if self._parked >= MAX_PARKED_ENTRIES:
            detail = f"{self._parked} entries are already parked: the view is wrong, not an entry. {aside.reason}"
            raise Halted(self._view.name, halt_at(aside.record, detail))
        view, version = self._view.name, self._view.version
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                # First, so that a processor that lost the partition gets `Fenced` and not a duplicate key.
                await self._move(connection, {vendor: head}, aside.record)
                touched = {(vendor, one) for one in aside.subjects}
                linked = await self._view.links(connection, touched) if isinstance(self._view, Linking) else {}
                subjects = tuple(dict.fromkeys([*aside.subjects, *(one for more in linked.values() for one in more)]))
                await park(connection, view, version, self.partition, aside, subjects)
        blocked = self._blocked.setdefault(vendor, {})
        self._blocked[vendor] = dict.fromkeys(subjects, aside.seq) | blocked
        self._parked += 1
        PARKED.labels(view, version, self.partition).set(self._parked)
        _log.error("entry set aside", view=view, vendor=vendor, seq=aside.seq, type=aside.type, reason=aside.reason)
        self._passed({vendor: head}, [aside.record])

    async def _commit(self, reading: Reading, records: Sequence[StoredRecord]) -> None:
        if not records:
            return
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                if reading.entries:
                    await self._assert_unblocked(connection, reading.entries)
                    await apply(connection, self._view, reading.entries)
                await self._move(connection, reading.heads, records[-1])
                crash_point("projections.before_commit")
        crash_point("projections.after_commit")
        self._passed(reading.heads, records)

    async def _move(self, connection: Any, heads: dict[str, Head], last: StoredRecord) -> None:
        view, version = self._view.name, self._view.version
        await move_heads(connection, view, version, heads)
        if not self._clean:
            await clear_halt(connection, view, version, self.partition)
        self._held = await self._ownership.advance(connection, self._held, last.offset + 1, dict(last.headers)["ce_id"])

    def _passed(self, heads: dict[str, Head], records: Sequence[StoredRecord]) -> None:
        self._clean = True
        self._renewed = time.monotonic()
        self._heads.update(heads)
        ENTRIES.labels(self._view.name, self._view.version).inc(len(records))
        POSITION.labels(self._view.name, self._view.version, self.partition).set(records[-1].offset + 1)

    async def _assert_unblocked(self, connection: Any, entries: Sequence[Entry]) -> None:
        """Assert that no entry changes a parked row without naming it; raise `EntryFailed`."""
        if not self._blocked or not isinstance(self._view, Linking):
            return
        touched = {(one.vendor, name) for one in entries if one.vendor in self._blocked for name in one.subjects}
        linked = await self._view.links(connection, touched) if touched else {}
        for (vendor, _), subjects in linked.items():
            if why := why_blocked(subjects, self._blocked[vendor]):
                raise EntryFailed(why)


async def apply(connection: Any, view: View, entries: Sequence[Entry]) -> None:
    """Apply the entries to the view's rows within the caller's transaction.

    Raises `EntryFailed` where one of them can never be, and what the database says where it cannot be now.
    """
    try:
        rows = await view.load(connection, entries)
        await view.write(connection, view.fold(rows, entries))
    except Fenced:
        raise
    except Exception as error:
        ours = error if isinstance(error, DealregError) else as_our_error(error)
        if ours is None or isinstance(ours, Conflict | Refused) or ours.status != 503:
            raise EntryFailed(str(ours) if ours else f"{type(error).__name__}: {error}") from error
        raise ours from error
