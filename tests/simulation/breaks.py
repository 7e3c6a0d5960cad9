"""The rules broken on purpose, one at a time: the simulation must notice each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from services.attribution import catch_up
from services.attribution import processor as lanes
from services.attribution import vendor_batch as ledgers
from services.attribution.domain.documents import evolve
from services.attribution.domain.handlers import queue, review
from services.attribution.faults import CODE
from services.attribution.halts import Halts
from services.attribution.outbox import READ_ROWS, Outbox
from services.attribution.processor import PartitionProcessor
from services.attribution.vendor_batch import VendorBatch
from services.registration.intake.acceptance import Acceptance
from services.registration.intake.entry import InSteps
from services.registration.intake.port import Row
from services.registration.intake.records import record_of
from shared.errors import Unavailable
from shared.events.envelope import GENESIS
from shared.events.timer import TimerFailed
from shared.events.vendor import ClockTicked
from tests.simulation import breaks_of_views
from tests.simulation.broken import BREAKS, breaks
from tests.simulation.faults import Fault
from tests.simulation.keys import MemoryAtOnce, MemoryKeys, boxes
from tests.simulation.ownership import MemoryOwnership

__all__ = ["BREAKS", "breaks_of_views"]
"""All that are registered, those of views too."""

FROZEN = [Fault(at, "freeze", "decider", "read", 9.0) for at in (0.0, 0.3, 6.0, 12.0)]
RESTORED = [
    *(Fault(at / 2, "partial", "decider", "append.journal", 0.0) for at in range(1, 12, 2)),
    Fault(6.0, "restore", "", "", 1.0),
]


@breaks(1, "the key is stored after the append")
def key_after_append() -> Iterator[None]:
    enter, take = MemoryKeys.enter, Acceptance.take

    async def look(self: MemoryKeys, sent: Sequence[Any]) -> list[Row]:
        table, now = self._database.tables["key"], self._database.world.now()
        return [
            table.get((one.vendor, one.fact))
            or Row(True, False, one.body_hash, one.recorded_at or now, bool(one.recorded_at), None)
            for one in sent
        ]

    async def late(self: Acceptance, batch: Sequence[Any]) -> Any:
        outcomes = await take(self, batch)
        if isinstance(self._entry, InSteps):
            await enter(self._entry._keys, batch)  # type: ignore[arg-type]
        return outcomes

    with patch.object(MemoryKeys, "enter", look), patch.object(Acceptance, "take", late):
        yield


@breaks(1, "keys are stored in a transaction of their own before the one that appends their facts")
def key_apart_from_fact() -> Iterator[None]:
    enter = MemoryAtOnce.enter

    async def apart(self: MemoryAtOnce, batch: Sequence[Any]) -> Any:
        append = self._log.append_within

        async def nothing(*_: Any) -> None: ...

        with patch.object(self._log, "append_within", nothing):
            entered = await enter(self, batch)
        fresh = [one for one, found in zip(batch, entered, strict=True) if found.row.fresh]
        rows = {one.fact: found.row for one, found in zip(batch, entered, strict=True)}
        records = [
            record_of(one, boxes(one), rows[one.fact].recorded_at, importing=rows[one.fact].importing) for one in fresh
        ]
        await self._database.at_once("append", lambda transaction: append(transaction, "facts", records))
        return entered

    with patch.object(MemoryAtOnce, "enter", apart):
        yield


@breaks(1, "another body under the same key is accepted")
def other_body_accepted() -> Iterator[None]:
    answer = Acceptance._answer
    with patch.object(
        Acceptance, "_answer", lambda self, one, row: answer(self, one, replace(row, body_hash=one.body_hash))
    ):
        yield


@breaks(1, "a key that is pending is answered as accepted and not appended again", first=8)
def pending_is_enough() -> Iterator[None]:
    answer = Acceptance._answer
    with patch.object(
        Acceptance, "_answer", lambda self, one, row: answer(self, one, replace(row, appended=not row.fresh))
    ):
        yield


@breaks(1, "a fact is marked as appended before it is", first=8)
def marked_before_append() -> Iterator[None]:
    take = Acceptance.take

    async def marked(self: Acceptance, batch: Sequence[Any]) -> Any:
        self._marking.add(batch)
        return await take(self, batch)

    with patch.object(Acceptance, "take", marked):
        yield


@breaks(5, "a decider decides at once after a restore, without the journal", first=75)
def no_catch_up() -> Iterator[None]:
    async def skipped(_store: Any, _log: Any, _ownership: Any, held: Any, _release: str) -> Any:
        return held

    with patch.object(lanes, "catch_up", skipped):
        yield


@breaks(6, "an entry does not carry the hash of the one before")
def chain_broken() -> Iterator[None]:
    record = ledgers.entry_record
    with patch.object(ledgers, "entry_record", lambda **told: record(**{**told, "previous": GENESIS})):
        yield


@breaks(7, "facts that were handled are decided again", first=2)
def no_dedupe() -> Iterator[None]:
    begin = VendorBatch.begin
    with patch.object(VendorBatch, "begin", lambda self, due, _known, horizon: begin(self, due, (), horizon)):
        yield


@breaks(7, "handled facts are not remembered")
def handled_forgotten() -> Iterator[None]:
    leave = VendorBatch.leave

    def forgetful(self: VendorBatch) -> Any:
        written = leave(self)
        return written and replace(written, handled={})

    with patch.object(VendorBatch, "leave", forgetful):
        yield


@breaks(8, "a fact that cannot be read is passed over")
def unreadable_passed_over() -> Iterator[None]:
    decode = lanes.decode_records

    def readable(records: Any, partition: int) -> Any:
        return [one for one in decode(records, partition) if one.refused is None]

    with patch.object(lanes, "decode_records", readable):
        yield


@breaks(9, "a fact does not wait for deadlines that did not fit the transaction", first=6)
def horizon_ignored() -> Iterator[None]:
    begin = VendorBatch.begin
    with patch.object(VendorBatch, "begin", lambda self, due, known, _horizon: begin(self, due, known, None)):
        yield


@breaks(11, "deadlines fire after the fact that comes later than they")
def deadlines_after_the_fact() -> Iterator[None]:
    fire = VendorBatch._fire_until

    def late(self: VendorBatch, clock: Any, fact: Any, room: int) -> None:
        if isinstance(fact.event, ClockTicked) or fact.id in self.handled or fact.id in self.known:
            fire(self, clock, fact, room)

    with patch.object(VendorBatch, "_fire_until", late):
        yield


@breaks(11, "what a fact makes due at once waits for the next fact where the transaction is full", first=6)
def drained_by_the_next() -> Iterator[None]:
    take = VendorBatch.take

    def forgetful(self: VendorBatch, fact: Any, value: bytes, release: str, room: int) -> None:
        if fact.id not in self.known:
            take(self, fact, value, release, room)

    with patch.object(VendorBatch, "take", forgetful):
        yield


@breaks(12, "the clock of a vendor that imports its history ticks", first=1)
def ticks_while_importing() -> Iterator[None]:
    leave = VendorBatch.leave

    def live(self: VendorBatch) -> Any:
        written = leave(self)
        return written and replace(written, live=True)

    with patch.object(VendorBatch, "leave", live):
        yield


@breaks(17, "whoever claims is approved")
def nobody_is_ahead() -> Iterator[None]:
    nobody = lambda *_arguments: []  # noqa: E731
    with (
        patch.object(review, "blockers", nobody, create=True),
        patch.object(queue, "blockers", nobody, create=True),
    ):
        yield


@breaks(19, "a batch does not see the one that is being committed", first=5)
def leaving_forgotten() -> Iterator[None]:
    leave = VendorBatch.leave

    def forgetful(self: VendorBatch) -> Any:
        written, self.leaving = leave(self), None
        return written

    with patch.object(VendorBatch, "leave", forgetful):
        yield


@breaks(20, "whoever held a partition once may still move its position", first=50)
def never_fenced() -> Iterator[None]:
    with patch.object(MemoryOwnership, "matches", lambda _self, row, _held: row is not None):
        yield


@breaks(20, "what a lane remembers survives the loss of its partition", first=2)
def cache_kept() -> Iterator[None]:
    begin, kept = PartitionProcessor.__init__, {}

    def remembering(self: PartitionProcessor, store: Any, log: Any, settings: Any, ownership: Any, held: Any) -> None:
        begin(self, store, log, settings, ownership, held)
        # Of this run alone: another one has another log.
        place = id(log), ownership._owner, held.partition
        self._deciding.batches = kept.setdefault(place, self._deciding.batches)
        kept.setdefault(id(log), log)

    with patch.object(PartitionProcessor, "__init__", remembering):
        yield


@breaks(21, "entries are published before they are committed")
def published_before_commit() -> Iterator[None]:
    commit = PartitionProcessor._commit

    async def early(self: PartitionProcessor, batch: Any) -> None:
        if batch.records and not self._log.joins_transaction:
            await self._log.append("journal", batch.records)
        await commit(self, batch)

    with patch.object(PartitionProcessor, "_commit", early):
        yield


@breaks(21, "the mark is saved before what it stands for is published", first=3)
def mark_before_publish() -> Iterator[None]:
    write = Outbox.write

    async def early(self: Outbox, session: Any, records: Any) -> int | None:
        position = await write(self, session, records)
        if position is not None:
            await session.move_mark(self.partition, position)
        return position

    with patch.object(Outbox, "write", early):
        yield


@breaks(21, "an append that failed counts as published", first=13)
def publish_error_forgotten() -> Iterator[None]:
    async def careless(self: Outbox) -> None:
        while self.waiting:
            batch = self.waiting[:READ_ROWS]
            with suppress(Unavailable):
                await self.log.append("journal", [record for _, records in batch for record in records])
            self.mark = batch[-1][0]
            del self.waiting[: len(batch)]

    with patch.object(Outbox, "publish", careless):
        yield


@breaks(20, "a writer that lost its partition writes first and compares last", faults=FROZEN)
def compared_last() -> Iterator[None]:
    async def commit(self: PartitionProcessor, batch: Any) -> None:
        position = None
        async with self._store.transaction() as session:
            await session.write(self._held.partition, batch.written)
            if batch.records:
                position = await self._outbox.write(session, batch.records)
            await self._advance(session, batch.next_offset, batch.remembered)
        self._outbox.committed(position, batch.records)
        self._timer.changed()
        await self._outbox.publish()

    with patch.object(PartitionProcessor, "_commit", commit):
        yield


@breaks(5, "what the journal has of a fact after a restore is taken for all of it", first=17, faults=RESTORED)
def part_taken_for_whole() -> Iterator[None]:
    async def none(_session: Any, _tails: Any, _release: str) -> Any:
        return {}

    with patch.object(catch_up, "_decided_again", none):
        yield


@breaks(8, "a fact whose decision fails is passed over", faulty=5)
def fault_passed_over() -> Iterator[None]:
    refuse = VendorBatch._refuse

    def silent(self: VendorBatch, fact: Any, clock: Any, refused: Any, *more: Any) -> None:
        if refused.code != CODE:
            refuse(self, fact, clock, refused, *more)

    with patch.object(VendorBatch, "_refuse", silent):
        yield


@breaks(8, "a timer that failed stays armed", faulty=5)
def still_armed() -> Iterator[None]:
    with patch.dict(evolve._CHANGES, {TimerFailed: lambda _book, _event: None}):
        yield


@breaks(8, "what waited while its vendor stood still is never read", faulty=3)
def never_read_again() -> Iterator[None]:
    async def nothing(_self: Halts, _until: int, _limit: int) -> None:
        return None

    with patch.object(Halts, "waited", nothing):
        yield


@breaks(8, "a fact that fails is refused with a part of its decision", faulty=5)
def part_of_it_stays() -> Iterator[None]:
    book = VendorBatch._working_set
    last: dict[int, Any] = {}

    def used_again(self: VendorBatch, clock: Any) -> Any:
        found = book(self, clock)
        before = last.get(id(self))
        if before is not None and before.last_seq != (self.head.seq if self.head else 0):
            found.changes.update(before.changes)
        last[id(self)] = found
        return found

    with patch.object(VendorBatch, "_working_set", used_again):
        yield
