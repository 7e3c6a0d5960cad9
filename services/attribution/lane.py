"""One partition's decider: poll, load, fold in order, commit, publish; the only place of the decider with I/O."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from services.attribution import store
from services.attribution.domain.book import Missing, Refused
from services.attribution.domain.state import Document, Key
from services.attribution.ledger import Ledger, Pause
from services.attribution.lookup import DEPTH, frontier, named_by, reached_from
from services.attribution.metrics import AHEAD, DECIDED, FACTS
from services.attribution.outbox import Outbox
from services.attribution.restore import catch_up
from services.attribution.timer import Timer
from shared.database import database_errors
from shared.errors import Corrupt
from shared.events.codec import TooLarge, decode_fact
from shared.events.envelope import Fact, derived_id
from shared.events.vendor import ClockTicked
from shared.log.ownership import Held, Ownership
from shared.log.port import EventLog, Reader, StoredRecord
from shared.release import RELEASE
from shared.settings import Settings

CACHED_DOCUMENTS = 200_000
"""Documents kept between batches, about 1 kB each; all are dropped when there are more."""
RENEWALS_PER_LEASE = 3

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A record as a fact; with `refused`, one that this release cannot read."""

    record: StoredRecord
    fact: Fact
    refused: Refused | None = None


class Lane:
    """Holds a partition and decides its facts; what it remembers is valid while nobody else took it."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings, ownership: Ownership, held: Held) -> None:
        self._pool, self._log, self._settings = pool, log, settings
        self._ownership, self._held = ownership, held
        self._ledgers: dict[str, Ledger] = {}
        self._unread: list[StoredRecord] = []
        self._renewed = time.monotonic()
        self._note_after = float("inf")
        """When the journal's end should be noted at rest; for ever where nothing was written since."""
        self._reader: Reader
        self._outbox: Outbox
        self._timer = Timer(log, held.partition)

    @classmethod
    async def open(cls, pool: Any, log: EventLog, settings: Settings, ownership: Ownership, held: Held) -> Lane:
        """A lane whose state has everything that the journal has, and whose outbox is published."""
        lane = cls(pool, log, settings, ownership, held)
        with database_errors():
            async with pool.acquire() as connection:
                lane._outbox = await Outbox.open(connection, log, held.partition)
        await lane._outbox.publish()
        lane._held = await catch_up(pool, log, ownership, held)
        lane._reader = await log.reader("facts", held.partition, held.next_offset, held.remembered)
        return lane

    async def step(self, wait_ms: int) -> int:
        """Facts handled, or entries where deadlines filled the transaction; 0 when caught up for `wait_ms`.

        Raises `Fenced`, `Unavailable` or `Corrupt`.
        """
        if not self._unread:
            self._unread = await self._reader.fetch(self._settings.batch_facts, wait_ms)
        if not self._unread:
            await self._rest()
            return 0
        with database_errors():
            async with self._pool.acquire() as connection:
                return await self._batch(connection)

    async def close(self) -> None:
        """The partition is free for the next worker."""
        await self._reader.close()
        await self._ownership.release(self._held)

    async def _rest(self) -> None:
        """Caught up: ticks for deadlines that fell due, the mark saved, the lease renewed."""
        await self._timer.tick(self._pool)
        if self._outbox.mark != self._outbox.saved_mark or time.monotonic() > self._note_after:
            await self._note()
        elif time.monotonic() - self._renewed > self._settings.lease_seconds / RENEWALS_PER_LEASE:
            await self._ownership.renew(self._held)
            self._renewed = time.monotonic()

    async def _note(self) -> None:
        """What is published, and how far the journal is known to be ours, are remembered.

        Whatever the journal holds up to its end is in our state: nobody else owns the partition, and what a former
        owner may still send repeats entries that we have. A later owner catches up from here on.
        """
        end = (await self._log.end_offsets("journal"))[self._held.partition]
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                await self._outbox.save_mark(connection)
                await connection.execute(
                    "UPDATE attribution.published SET journal_offset = $2 WHERE partition = $1",
                    self._held.partition,
                    end,
                )
                await self._advance(connection, self._held.next_offset, self._held.remembered)
        self._note_after = float("inf")

    async def _advance(self, connection: Any, offset: int, remembered: str | None) -> None:
        self._held = await self._ownership.advance(connection, self._held, offset, remembered)
        self._renewed = time.monotonic()

    async def _batch(self, connection: Any) -> int:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        told = self._not_ahead([_told(record, self._held.partition) for record in self._unread], now)
        if not told:
            await asyncio.sleep(self._settings.poll_ms / 1000)
            return 0
        await self._load(connection, told)
        taken = await self._decide(connection, told)
        written = await self._commit(connection, told[:taken])
        if written:
            self._note_after = min(self._note_after, time.monotonic() + self._settings.lease_seconds)
        del self._unread[:taken]
        self._forget()
        await self._outbox.publish()
        FACTS.inc(taken)
        # A transaction full of deadlines takes no fact, and yet is no rest.
        return taken or written

    def _not_ahead(self, told: list[Told], now: datetime) -> list[Told]:
        """The facts before the first one that is ahead of our clock: deciding it would fire deadlines too early."""
        latest = now + timedelta(seconds=self._settings.clock_skew_seconds)
        for index, one in enumerate(told):
            if one.fact.recorded_at > latest and not one.fact.importing and one.refused is None:
                AHEAD.inc()
                _log.error("fact ahead of the clock", vendor=one.fact.vendor, fact_id=one.fact.id)
                return told[:index]
        return told

    async def _load(self, connection: Any, told: Sequence[Told]) -> None:
        """Heads, known facts, due deadlines and documents of the batch, in as few queries as there are rounds."""
        vendors = {one.fact.vendor for one in told}
        fresh = vendors - self._ledgers.keys()
        if fresh:
            heads = await store.heads(connection, fresh)
            self._ledgers.update({vendor: Ledger(vendor, heads.get(vendor)) for vendor in fresh})
        known = await store.processed(connection, ((one.fact.vendor, one.fact.id) for one in told))
        until = {vendor: datetime.min.replace(tzinfo=UTC) for vendor in vendors}
        for one in told:
            head = self._ledgers[one.fact.vendor].head
            clock = max(one.fact.recorded_at, head.clock) if head else one.fact.recorded_at
            until[one.fact.vendor] = max(until[one.fact.vendor], clock)
        limit = self._settings.decisions_per_transaction
        due = await store.due(connection, until, limit)
        for vendor in vendors:
            horizon = due[vendor][-1] if len(due[vendor]) == limit else None
            facts = (fact for owner, fact in known if owner == vendor)
            self._ledgers[vendor].begin(due[vendor], facts, horizon)
        wanted = [(one.fact.vendor, key) for one in told for key in named_by(one.fact.event)]
        wanted += [(vendor, key) for vendor in vendors for _, _, key in due[vendor]]
        await self._fetch(connection, wanted)

    async def _fetch(self, connection: Any, wanted: Iterable[tuple[str, Key]]) -> None:
        depth = 0
        while wanted and depth < DEPTH:
            by_vendor: dict[str, dict[Key, None]] = {}
            for vendor, key in wanted:
                by_vendor.setdefault(vendor, {})[key] = None
            reached: list[tuple[str, Key]] = []
            new: list[tuple[str, Key]] = []
            for vendor, keys in by_vendor.items():
                ledger = self._ledgers[vendor]
                unknown = frontier(ledger.documents, iter(keys))
                new += [(vendor, key) for key in unknown]
                reached += _reached(vendor, (ledger.documents[key] for key in keys if key not in unknown), depth)
            found = await store.documents(connection, new)
            for (vendor, key), document in found.items():
                self._ledgers[vendor].documents[key] = document
                reached += _reached(vendor, (document,), depth)
            wanted, depth = list(dict.fromkeys(reached)), depth + 1

    async def _decide(self, connection: Any, told: Sequence[Told]) -> int:
        """How many of the facts are decided; what a decision asks for is loaded, and it is made anew."""
        room = self._settings.decisions_per_transaction
        decided = 0
        for index, one in enumerate(told):
            ledger = self._ledgers[one.fact.vendor]
            before = ledger.decisions
            while decided < room:
                try:
                    self._take(ledger, one, room - decided)
                    break
                except Missing as missing:
                    await self._fetch(connection, [(one.fact.vendor, key) for key in missing.keys])
                except Pause:
                    return index
            else:
                return index
            decided += ledger.decisions - before
        return len(told)

    def _take(self, ledger: Ledger, one: Told, room: int) -> None:
        if isinstance(one.fact.event, ClockTicked):
            self._timer.seen(one.fact.vendor)
        if one.refused is not None:
            ledger.refuse(one.fact, one.record.value, one.refused, fact_type=_type_of(one.record), touches=())
            return
        try:
            ledger.take(one.fact, one.record.value, RELEASE, room)
        except TooLarge as error:
            refused = Refused(error.code, error.detail, status=error.status)
            event = one.fact.event
            ledger.refuse(one.fact, one.record.value, refused, fact_type=event.type, touches=event.subjects())

    async def _commit(self, connection: Any, taken: Sequence[Told]) -> int:
        """How many entries were written, with state and position, in one transaction by compare-and-set."""
        ledgers = [self._ledgers[vendor] for vendor in dict.fromkeys(one.fact.vendor for one in taken)]
        paused = [ledger for ledger in self._ledgers.values() if ledger.records and ledger not in ledgers]
        ledgers += paused
        records = [record for ledger in ledgers for record in ledger.records]
        offset = taken[-1].record.offset + 1 if taken else self._held.next_offset
        remembered = dict(taken[-1].record.headers).get("ce_id") if taken else self._held.remembered
        position = None
        async with connection.transaction():
            await store.write(connection, self._held.partition, ledgers)
            if records:
                position = await self._outbox.write(connection, records)
            await self._advance(connection, offset, remembered)
        self._outbox.committed(position, records)
        self._timer.changed()
        DECIDED.inc(len(records))
        for ledger in ledgers:
            ledger.begin((), (), None)
        return len(records)

    def _forget(self) -> None:
        if sum(len(ledger.documents) for ledger in self._ledgers.values()) > CACHED_DOCUMENTS:
            self._ledgers.clear()


def _reached(vendor: str, documents: Iterable[Document | None], depth: int) -> list[tuple[str, Key]]:
    return [(vendor, key) for document in documents for key in reached_from(document, depth)]


def _type_of(record: StoredRecord) -> str:
    return dict(record.headers).get("ce_type", "").removeprefix("dealreg.") or "unknown"


def _told(record: StoredRecord, partition: int) -> Told:
    """The record as a fact. One that cannot be read becomes a refusal under the best identity it has."""
    try:
        return Told(record, decode_fact(record))
    except Corrupt as error:
        headers = dict(record.headers)
        id_ = headers.get("ce_id") or derived_id("record", str(partition), str(record.offset))
        epoch = datetime.fromtimestamp(0, UTC)
        fact = Fact(id=id_, vendor=record.key, event=ClockTicked(), recorded_at=epoch, principal="unknown")
        return Told(record, fact, Refused("fact.unreadable", error.detail))
