"""The partition processor of the decider: poll, load, decide in order, commit, publish. All its I/O is here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.attribution.catch_up import catch_up
from services.attribution.deciding import Deciding
from services.attribution.decoded import Decoded, decode_records
from services.attribution.faults import Halted
from services.attribution.halts import Halts
from services.attribution.metrics import AHEAD, DECIDED, FACTS
from services.attribution.outbox import Outbox
from services.attribution.port import Halt, Session, Store
from services.attribution.timer import Timer
from services.attribution.written import Written
from shared.crash_points import crash_point
from shared.events.vendor import ClockTicked
from shared.log.port import EventLog, Reader, Record
from shared.partitions.ownership import Held, Ownership
from shared.release import RELEASE
from shared.settings import Settings

RENEWALS_PER_LEASE = 3

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes, and the position after it."""

    written: Sequence[Written]
    records: list[Record]
    next_offset: int
    remembered: str | None
    facts: int
    waited_to: int | None = None
    """All waiting facts before this offset are decided."""


class PartitionProcessor:
    """Decides the facts of one partition while it owns it. What it caches is valid until somebody else takes over."""

    def __init__(self, store: Store, log: EventLog, settings: Settings, ownership: Ownership, held: Held) -> None:
        self._store, self._log, self._settings = store, log, settings
        self._ownership, self._held = ownership, held
        self._deciding = Deciding(settings.decisions_per_transaction, self._now, log.partitions)
        self._unread: list[Decoded] = []
        self._position = (held.next_offset, held.remembered)
        """Position after the last decided batch; at most one batch ahead of the committed position."""
        self._read_to = self._position
        """Position after the last fact read, including facts of halted vendors."""
        self._fits = settings.batch_facts
        """How many facts filled the last transaction; the next loads no more."""
        self._leaving: asyncio.Task[None] | None = None
        """The running commit of the last batch, while the next one is decided."""
        self._renewed = self._now()
        self._note_after = float("inf")
        """When to save the journal's end at rest; never if nothing was written since."""
        self._reader: Reader
        self._outbox: Outbox
        self._timer = Timer(log, held.partition)
        self._halts = Halts(log, held.partition, (), RELEASE)

    @property
    def halted(self) -> dict[str, str]:
        """Return the halted vendors, and why."""
        return {one.vendor: one.reason for one in self._halts.halted.values()}

    @classmethod
    async def open(
        cls, store: Store, log: EventLog, settings: Settings, ownership: Ownership, held: Held
    ) -> PartitionProcessor:
        """Open the processor: catch up with the journal and publish the outbox."""
        lane = cls(store, log, settings, ownership, held)
        async with store.session() as session:
            lane._outbox = await Outbox.open(session, log, held.partition)
        await lane._outbox.publish()
        lane._held = await catch_up(store, log, ownership, held, RELEASE)
        async with store.session() as session:
            lane._halts = Halts(log, held.partition, await session.halts(held.partition), RELEASE)
        lane._timer.quiet, lane._deciding.skipped = lane._halts.quiet, lane._halts.skipped
        lane._reader = await log.reader("facts", held.partition, held.next_offset, held.remembered)
        return lane

    async def step(self, wait_ms: int) -> int:
        """Process the next batch; return the facts handled (or entries, if deadlines filled it), 0 when caught up.

        While more facts wait, a batch commits while the next is decided; after 0 everything is committed.
        Raises `Fenced`, `Unavailable`, `Corrupt` or `TooManyFaults`, and then the processor must be discarded.
        """
        try:
            return await self._step(wait_ms)
        except BaseException:
            await self._abandon()
            raise

    async def close(self) -> None:
        """Release the partition for the next worker."""
        await self.stop_reading()
        await self._ownership.release(self._held)

    async def stop_reading(self) -> None:
        """Stop all work but keep ownership of the partition."""
        await self._abandon()
        await self._halts.close()
        await self._reader.close()

    async def _step(self, wait_ms: int) -> int:
        if not self._unread:
            await self._read(wait_ms)
        if not self._unread:
            await self._rest()
            return 0
        batch = await self._next()
        if batch is None:
            await asyncio.sleep(self._settings.poll_ms / 1000)
            return 0
        self._leaving = asyncio.create_task(self._commit(batch), name=f"commit-{self._held.partition}")
        if self._deciding.trouble is not None:
            await self._arrived()
            await self._deal_with_trouble()
        if not self._unread:
            await self._read(0)
        full = self._deciding.full
        if full or not self._unread:
            await self._arrived()
        if full:
            self._deciding.batches.clear()
        # A transaction full of deadlines, or a halt, handles no fact, and still is not rest.
        return batch.facts or len(batch.records) or 1

    async def _next(self) -> Batch | None:
        """Decide the next batch while the last one commits; None if the next fact is ahead of our clock."""
        while True:
            async with self._store.session() as session:
                taken = await self._decided(session)
            beside = self._leaving is not None
            await self._arrived()
            if taken is None:
                return None
            batch = self._leave(taken)
            if batch is None:
                beside = True
            elif batch.facts or batch.records:
                return batch
            if self._deciding.trouble is not None:
                await self._deal_with_trouble()
            elif not beside and batch is not None:
                return batch
            if not self._unread:
                return Batch((), [], *self._position, 0)
            # The database may have shown only deadlines that the uncommitted batch has already fired.

    async def _deal_with_trouble(self) -> None:
        """After committing everything before, decide once more from the stored state, or halt the vendor."""
        halted = self._deciding.look_again()
        if halted is not None:
            await self._halt(halted)

    async def _halt(self, halted: Halted) -> None:
        """Halt the vendor: store it before the position passes its facts."""
        vendor, partition = halted.vendor, self._held.partition
        first = next((one.record.offset for one in self._unread if one.fact.vendor == vendor), self._position[0])
        async with self._store.transaction() as session:
            await self._advance(session, *self._position)
            known = await session.journal_offset(partition)
            halt = Halt(vendor, first, known, halted.reason, RELEASE, halted.subject)
            await session.halt(partition, halt)
            crash_point("decider.before_halt")
        crash_point("decider.after_halt")
        _log.error("vendor halted", vendor=vendor, reason=halted.reason, exc_info=halted.__cause__)
        self._halts.add(halt)
        self._timer.quiet = self._halts.quiet
        self._unread = self._halts.passing(self._unread)
        await self._pass_over()

    async def _read(self, wait_ms: int) -> None:
        """Return the next facts to decide; facts that waited for a resumed vendor come first."""
        while self._halts.returning and not self._unread:
            waited = await self._halts.waited(self._position[0], self._settings.batch_facts)
            if waited is None:
                await self._go_on()
            else:
                self._unread = self._halts.passing(waited)
                await self._renew()
        while not self._unread:
            records = await self._reader.fetch(self._settings.batch_facts, wait_ms)
            if not records:
                return
            self._read_to = records[-1].offset + 1, dict(records[-1].headers).get("ce_id")
            self._unread = self._halts.passing(decode_records(records, self._held.partition))
            await self._pass_over()
            wait_ms = 0

    async def _go_on(self) -> None:
        """Finish resuming: what waited is committed, so the vendors have reached the position."""
        await self._arrived()
        async with self._store.transaction() as session:
            await self._advance(session, *self._position)
            await session.end_halts(sorted(self._halts.returning))
            crash_point("decider.before_return")
        crash_point("decider.after_return")
        await self._halts.returned()
        self._timer.quiet, self._deciding.skipped = self._halts.quiet, self._halts.skipped
        self._timer.changed()

    async def _pass_over(self) -> None:
        """Move the position behind the last read facts if none of them is left to decide."""
        if self._unread or self._read_to[0] <= self._position[0]:
            return
        await self._arrived()
        self._position = self._read_to
        async with self._store.transaction() as session:
            await self._advance(session, *self._position)

    async def _arrived(self) -> None:
        """Wait until the last batch is committed; raise why it is not."""
        if self._leaving is not None:
            leaving, self._leaving = self._leaving, None
            await leaving
            self._deciding.arrived()

    async def _abandon(self) -> None:
        """Cancel the running commit, which may or may not have happened."""
        if self._leaving is not None:
            leaving, self._leaving = self._leaving, None
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    async def _rest(self) -> None:
        """At rest: append due ticks, save the mark, renew the lease."""
        await self._timer.tick(self._store)
        if self._outbox.mark != self._outbox.saved_mark or self._now() > self._note_after:
            await self._note()
        else:
            await self._renew()

    async def _renew(self) -> None:
        if self._now() - self._renewed > self._settings.lease_seconds / RENEWALS_PER_LEASE:
            await self._ownership.renew(self._held)
            self._renewed = self._now()

    async def _note(self) -> None:
        """Save what is published, and how far the journal is known to be in our state.

        Whatever the journal holds up to its end is in our state: nobody else owns the partition, and what a former
        owner may still send repeats entries that we have. A later owner catches up from here on.
        """
        end = (await self._log.end_offsets("journal"))[self._held.partition]
        async with self._store.transaction() as session:
            await self._advance(session, self._held.next_offset, self._held.remembered)
            await self._outbox.save_mark(session)
            await session.note_journal(self._held.partition, end)
            crash_point("decider.before_mark")
        crash_point("decider.after_mark")
        self._note_after = float("inf")

    async def _advance(self, session: Session, offset: int, remembered: str | None) -> None:
        self._held = await self._ownership.advance(session.connection, self._held, offset, remembered)
        self._renewed = self._now()

    async def _decided(self, session: Session) -> int | None:
        """Decide the facts and return how many fitted one transaction; None if the next is ahead of our clock."""
        now = await session.now()
        # A few more than fitted last time, so that fewer decisions a fact fill the transaction too.
        facts = self._not_ahead(self._unread[: self._fits + self._fits // 8 + 1], now)
        if not facts:
            return None
        for one in facts:
            if isinstance(one.fact.event, ClockTicked):  # as ticks do, and facts that say nothing
                self._timer.seen(one.fact.vendor)
        taken = await self._deciding.decide(session, facts, RELEASE)
        self._fits = max(taken, 1) if taken < len(facts) else min(2 * len(facts), self._settings.batch_facts)
        return taken

    def _leave(self, taken: int) -> Batch | None:
        """Start committing what was decided, after the batch before; None if all is decided again."""
        written = self._deciding.leave()
        if written is None:
            return None
        waited_to = None
        if taken:
            last = self._unread[taken - 1].record
            waited_to = last.offset + 1 if self._halts.returning else None
            del self._unread[:taken]
            if not self._unread and self._read_to[0] > last.offset:
                self._position = self._read_to
            elif last.offset >= self._position[0]:  # what waited for its vendor lies behind
                self._position = last.offset + 1, dict(last.headers).get("ce_id")
        records = [record for one in written for record in one.records]
        return Batch(written, records, *self._position, taken, waited_to)

    def _not_ahead(self, facts: list[Decoded], now: datetime) -> list[Decoded]:
        """Return the facts before the first one ahead of our clock, which would fire deadlines too early."""
        latest = now + timedelta(seconds=self._settings.clock_skew_seconds)
        for index, one in enumerate(facts):
            if one.fact.recorded_at > latest and not one.fact.importing and one.refused is None and one.failed is None:
                AHEAD.inc()
                _log.error("fact ahead of the clock", vendor=one.fact.vendor, fact_id=one.fact.id)
                return facts[:index]
        return facts

    async def _commit(self, batch: Batch) -> None:
        """Commit the batch (state, journal, position by compare-and-set), then publish it."""
        position = None
        async with self._store.transaction() as session:
            # First, so that a worker that lost the partition gets `Fenced` and not a duplicate key.
            await self._advance(session, batch.next_offset, batch.remembered)
            await session.write(self._held.partition, batch.written)
            if batch.records:
                position = await self._outbox.write(session, batch.records)
            if batch.waited_to is not None:
                await session.read_halted(sorted(self._halts.returning), batch.waited_to)
            crash_point("decider.before_commit")
        crash_point("decider.after_commit")
        self._outbox.committed(position, batch.records)
        self._timer.changed(one.vendor for one in batch.written)
        self._deciding.committed(batch.written)
        FACTS.inc(batch.facts)
        DECIDED.inc(len(batch.records))
        if batch.records:
            self._note_after = min(self._note_after, self._now() + self._settings.lease_seconds)
        await self._outbox.publish()
        crash_point("decider.after_publish")

    @staticmethod
    def _now() -> float:
        """The loop's own clock: it measures leases, and a simulation may run it ahead."""
        return asyncio.get_running_loop().time()
