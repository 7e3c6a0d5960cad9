"""One partition's decider: poll, load, fold in order, commit, publish; the only place of the decider with I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.attribution.domain.book import Missing, Refused
from services.attribution.ledger import Ledger, Pause, Written
from services.attribution.loading import Ledgers, fetch, load
from services.attribution.metrics import AHEAD, DECIDED, FACTS
from services.attribution.outbox import Outbox
from services.attribution.port import Session, Store
from services.attribution.restore import catch_up
from services.attribution.timer import Timer
from services.attribution.told import Told, told
from shared.crash_points import crash_point
from shared.events.codec import TooLarge
from shared.events.vendor import ClockTicked
from shared.log.ownership import Held, Ownership
from shared.log.port import EventLog, Reader, Record
from shared.release import RELEASE
from shared.settings import Settings

CACHED_DOCUMENTS = 200_000
"""Documents kept between batches, about 1 kB each; all are dropped when there are more."""
YIELD_EVERY_FACTS = 8
"""A few milliseconds of deciding, then the commit under way, and whatever else shares the loop, goes on."""
RENEWALS_PER_LEASE = 3

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes, and the position after it."""

    written: tuple[Written, ...]
    records: list[Record]
    next_offset: int
    remembered: str | None
    facts: int


class Lane:
    """Holds a partition and decides its facts; what it remembers is valid while nobody else took it."""

    def __init__(self, store: Store, log: EventLog, settings: Settings, ownership: Ownership, held: Held) -> None:
        self._store, self._log, self._settings = store, log, settings
        self._ownership, self._held = ownership, held
        self._ledgers: Ledgers = {}
        self._unread: list[Told] = []
        self._position = (held.next_offset, held.remembered)
        """After what is decided, which may be one batch more than what is committed."""
        self._fits = settings.batch_facts
        """Facts that filled the last transaction: more are not loaded for the next one."""
        self._leaving: asyncio.Task[None] | None = None
        """The commit of the last batch, while the next one is decided."""
        self._renewed = self._now()
        self._note_after = float("inf")
        """When the journal's end should be noted at rest; for ever where nothing was written since."""
        self._reader: Reader
        self._outbox: Outbox
        self._timer = Timer(log, held.partition)

    @classmethod
    async def open(cls, store: Store, log: EventLog, settings: Settings, ownership: Ownership, held: Held) -> Lane:
        """A lane whose state has everything that the journal has, and whose outbox is published."""
        lane = cls(store, log, settings, ownership, held)
        async with store.session() as session:
            lane._outbox = await Outbox.open(session, log, held.partition)
        await lane._outbox.publish()
        lane._held = await catch_up(store, log, ownership, held, RELEASE)
        lane._reader = await log.reader("facts", held.partition, held.next_offset, held.remembered)
        return lane

    async def step(self, wait_ms: int) -> int:
        """Facts handled, or entries where deadlines filled the transaction; 0 when caught up for `wait_ms`.

        While more facts wait, the commit of a batch goes on beside the next step; with 0 everything is committed.
        Raises `Fenced`, `Unavailable` or `Corrupt`, and then the lane is of no more use.
        """
        try:
            return await self._step(wait_ms)
        except BaseException:
            await self._abandon()
            raise

    async def close(self) -> None:
        """The partition is free for the next worker."""
        await self.stop_reading()
        await self._ownership.release(self._held)

    async def stop_reading(self) -> None:
        """Nothing is under way and nothing is read any more; the partition stays ours."""
        await self._abandon()
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
        if not self._unread:
            await self._read(0)
        full = sum(len(ledger.documents) for ledger in self._ledgers.values()) > CACHED_DOCUMENTS
        if full or not self._unread:
            await self._arrived()
        if full:
            self._ledgers.clear()
        # A transaction full of deadlines takes no fact, and yet is no rest.
        return batch.facts or len(batch.records)

    async def _next(self) -> Batch | None:
        """The next batch, decided, and the last one committed; None where the next fact is ahead of our clock."""
        while True:
            async with self._store.session() as session:
                taken = await self._decided(session)
            beside = self._leaving is not None
            await self._arrived()
            if taken is None:
                return None
            batch = self._leave(taken)
            # The database may have shown no other deadlines than those that the batch under way had fired.
            if batch.facts or batch.records or not beside:
                return batch

    async def _read(self, wait_ms: int) -> None:
        records = await self._reader.fetch(self._settings.batch_facts, wait_ms)
        self._unread = told(records, self._held.partition)

    async def _arrived(self) -> None:
        """The last batch is committed; raises why it is not."""
        if self._leaving is not None:
            leaving, self._leaving = self._leaving, None
            await leaving
            for ledger in self._ledgers.values():
                ledger.arrived()

    async def _abandon(self) -> None:
        """Nothing is under way any more; a commit that was may have happened or not."""
        if self._leaving is not None:
            leaving, self._leaving = self._leaving, None
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    async def _rest(self) -> None:
        """Caught up: ticks for deadlines that fell due, the mark saved, the lease renewed."""
        await self._timer.tick(self._store)
        if self._outbox.mark != self._outbox.saved_mark or self._now() > self._note_after:
            await self._note()
        elif self._now() - self._renewed > self._settings.lease_seconds / RENEWALS_PER_LEASE:
            await self._ownership.renew(self._held)
            self._renewed = self._now()

    async def _note(self) -> None:
        """What is published, and how far the journal is known to be ours, are remembered.

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
        """How many facts fitted one transaction and are decided; None where the next one is ahead of our clock."""
        now = await session.now()
        # A few more than fitted last time, so that fewer decisions a fact fill the transaction too.
        facts = self._not_ahead(self._unread[: self._fits + self._fits // 8 + 1], now)
        if not facts:
            return None
        await load(session, self._ledgers, facts, self._settings.decisions_per_transaction)
        taken = await self._decide(session, facts)
        self._fits = max(taken, 1) if taken < len(facts) else min(2 * len(facts), self._settings.batch_facts)
        return taken

    def _leave(self, taken: int) -> Batch:
        """What was decided, on its way to the database; the batch before is there."""
        if taken:
            last = self._unread[taken - 1].record
            self._position = last.offset + 1, dict(last.headers).get("ce_id")
            del self._unread[:taken]
        written = tuple(one for ledger in self._ledgers.values() if (one := ledger.leave()) is not None)
        return Batch(written, [record for one in written for record in one.records], *self._position, taken)

    def _not_ahead(self, facts: list[Told], now: datetime) -> list[Told]:
        """The facts before the first one that is ahead of our clock: deciding it would fire deadlines too early."""
        latest = now + timedelta(seconds=self._settings.clock_skew_seconds)
        for index, one in enumerate(facts):
            if one.fact.recorded_at > latest and not one.fact.importing and one.refused is None:
                AHEAD.inc()
                _log.error("fact ahead of the clock", vendor=one.fact.vendor, fact_id=one.fact.id)
                return facts[:index]
        return facts

    async def _decide(self, session: Session, facts: Sequence[Told]) -> int:
        """How many of the facts are decided; what a decision asks for is loaded, and it is made anew."""
        room = self._settings.decisions_per_transaction
        decided = 0
        for index, one in enumerate(facts):
            if index % YIELD_EVERY_FACTS == 0:
                await asyncio.sleep(0)
            ledger = self._ledgers[one.fact.vendor]
            before = ledger.decisions
            while decided < room:
                try:
                    self._take(ledger, one, room - decided)
                    break
                except Missing as missing:
                    await fetch(session, self._ledgers, {one.fact.vendor: missing.keys})
                except Pause:
                    return index
            else:
                return index
            decided += ledger.decisions - before
        return len(facts)

    def _take(self, ledger: Ledger, one: Told, room: int) -> None:
        if isinstance(one.fact.event, ClockTicked):
            self._timer.seen(one.fact.vendor)
        if one.refused is not None:
            ledger.refuse(one.fact, one.record.value, one.refused, fact_type=one.type, touches=())
            return
        try:
            ledger.take(one.fact, one.record.value, RELEASE, room)
        except TooLarge as error:
            refused = Refused(error.code, error.detail, status=error.status)
            event = one.fact.event
            ledger.refuse(one.fact, one.record.value, refused, fact_type=event.type, touches=event.subjects())

    async def _commit(self, batch: Batch) -> None:
        """The batch with state, journal and position is durable by compare-and-set, and published."""
        position = None
        async with self._store.transaction() as session:
            # First of all: who lost the partition is told so, and not that its new rows are there already.
            await self._advance(session, batch.next_offset, batch.remembered)
            await session.write(self._held.partition, batch.written)
            if batch.records:
                position = await self._outbox.write(session, batch.records)
            crash_point("decider.before_commit")
        crash_point("decider.after_commit")
        self._outbox.committed(position, batch.records)
        self._timer.changed(one.vendor for one in batch.written)
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
