"""Catching up: entries that the journal has beyond our heads are evolved before anything is decided.

They are there when the database was restored from a backup older than the log. Their facts come again and are
dropped as handled, so old decisions are never taken a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.attribution.domain.book import Book, Missing
from services.attribution.domain.evolve import evolve
from services.attribution.ledger import Handled, Head, Ledger
from services.attribution.metrics import EVOLVED
from services.attribution.port import Session, Store
from shared.errors import Corrupt
from shared.events.base import Decision
from shared.events.codec import decode_entry
from shared.events.envelope import GENESIS, Entry
from shared.events.vendor import FactRefused
from shared.log.ownership import Held, Ownership
from shared.log.port import EventLog, StoredRecord

BATCH = 500

_log = structlog.get_logger(__name__)


async def catch_up(store: Store, log: EventLog, ownership: Ownership, held: Held) -> Held:
    """The state has every entry that the journal has; raises `Corrupt` where they contradict each other."""
    async with store.session() as session:
        offset = await session.journal_offset(held.partition)
    end = (await log.end_offsets("journal"))[held.partition]
    if end < offset:
        raise Corrupt(f"the journal of partition {held.partition} ends at {end}, before {offset} that it once had")
    reader = await log.reader("journal", held.partition, offset)
    try:
        while offset < end:
            records = await reader.fetch(BATCH, wait_ms=1000)
            if records:
                offset = records[-1].offset + 1
                held = await _evolve(store, ownership, held, records, offset)
    finally:
        await reader.close()
    return held


async def _evolve(store: Store, ownership: Ownership, held: Held, records: Sequence[StoredRecord], offset: int) -> Held:
    entries = [decode_entry(record) for record in records]
    async with store.transaction() as session:
        moved = await ownership.advance(session.connection, held, held.next_offset, held.remembered)
        heads = await session.heads({entry.vendor for entry in entries})
        ledgers = {entry.vendor: Ledger(entry.vendor, heads.get(entry.vendor)) for entry in entries}
        for ledger in ledgers.values():
            ledger.begin((), (), None)
        for entry in entries:
            await _apply(session, ledgers[entry.vendor], entry)
        evolved = [ledger.leave() for ledger in ledgers.values()]
        await session.write(held.partition, [one for one in evolved if one is not None])
        await session.note_journal(held.partition, offset)
    return moved


async def _apply(session: Session, ledger: Ledger, entry: Entry) -> None:
    seq, previous = (ledger.head.seq, ledger.head.hash) if ledger.head else (0, GENESIS)
    if entry.seq <= seq:
        return
    if entry.seq != seq + 1 or entry.previous != previous:
        raise Corrupt(
            f"journal of {entry.vendor}: entry {entry.seq} does not follow {seq}; restore the database to a moment "
            "whose journal this is"
        )
    while True:
        book = Book(ledger.documents, seq, entry.clock)
        try:
            evolve(book, entry.event)
            break
        except Missing as missing:
            found = await session.documents((ledger.vendor, key) for key in missing.keys)
            ledger.documents.update({key: document for (_, key), document in found.items()})
    ledger.documents.update(book.changes)
    ledger.changed.update(book.changes)
    ledger.head = Head(entry.seq, entry.hash, entry.clock, entry.known_at)
    if not isinstance(entry.event, Decision) or isinstance(entry.event, FactRefused):
        # The fact's own entry: it was decided. Deadlines that fired before it may stand in the journal without it.
        ledger.handled[entry.cause] = Handled(entry.cause, b"", entry.seq, entry.seq)
    elif (before := ledger.handled.get(entry.cause)) is not None:
        ledger.handled[entry.cause] = replace(before, last_seq=entry.seq)
    EVOLVED.inc()
    _log.info("entry caught up", vendor=entry.vendor, seq=entry.seq)
