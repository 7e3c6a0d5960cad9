"""Catching up: entries that the journal has beyond our heads are evolved before anything is decided.

They are there when the database was restored from a backup older than the log. Their facts come again and are
dropped as handled, so old decisions are never taken a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from services.attribution.domain.book import Book, Missing
from services.attribution.domain.evolve import evolve
from services.attribution.domain.state import THE_VENDOR, Document, Vendor
from services.attribution.ledger import Handled, Head, Ledger
from services.attribution.metrics import EVOLVED
from services.attribution.port import Session, Store
from shared.errors import Corrupt, Misconfigured
from shared.events.base import Decision
from shared.events.codec import decode_entry
from shared.events.envelope import GENESIS, Entry
from shared.events.vendor import DeciderUpgraded, FactRefused, VendorCreated
from shared.log.ownership import Held, Ownership
from shared.log.port import EventLog, StoredRecord
from shared.release import later

BATCH = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and where the journal has it."""

    offset: int
    entry: Entry


Tails = dict[str, list[Found]]
"""For each vendor the entries of its last cause: more of them may have been on their way when the log was cut."""


async def catch_up(store: Store, log: EventLog, ownership: Ownership, held: Held, release: str) -> Held:
    """The state has what the journal has, but for facts that the journal may have in part and that are decided again.

    Raises `Corrupt` where they contradict each other, and `Misconfigured` where a later release has decided already.
    """
    async with store.session() as session:
        _assert_not_gone_back(await session.releases(held.partition), release)
        offset = await session.journal_offset(held.partition)
    end = (await log.end_offsets("journal"))[held.partition]
    if end < offset:
        raise Corrupt(f"the journal of partition {held.partition} ends at {end}, before {offset} that it once had")
    tails: Tails = {}
    reader = await log.reader("journal", held.partition, offset)
    try:
        while offset < end:
            records = await reader.fetch(BATCH, wait_ms=1000)
            if records:
                offset = records[-1].offset + 1
                held = await _evolve(store, ownership, held, _followed(tails, records), _first(tails, offset))
    finally:
        await reader.close()
    return await _end(store, ownership, held, tails, offset, release) if tails else held


def _assert_not_gone_back(releases: Mapping[str, str], release: str) -> None:
    """Nobody decided by what this release cannot know: its documents might have more than it would write back."""
    for decided, vendor in releases.items():
        if later(decided, than=release):
            raise Misconfigured(
                f"release {decided} has decided for vendor {vendor}, and this one is {release}: run {decided} here too"
            )


def _followed(tails: Tails, records: Sequence[StoredRecord]) -> list[Entry]:
    """The entries that are known to be all of their cause, since another one came after them."""
    whole: list[Entry] = []
    for record in records:
        entry = decode_entry(record)
        tail = tails.setdefault(entry.vendor, [])
        if tail and entry.seq <= tail[-1].entry.seq:
            continue  # published again
        if tail and entry.cause != tail[-1].entry.cause:
            whole += [one.entry for one in tail]
            tail.clear()
        tail.append(Found(record.offset, entry))
    return whole


def _first(tails: Tails, offset: int) -> int:
    return min((tail[0].offset for tail in tails.values()), default=offset)


async def _evolve(store: Store, ownership: Ownership, held: Held, entries: Sequence[Entry], offset: int) -> Held:
    async with store.transaction() as session:
        moved = await ownership.advance(session.connection, held, held.next_offset, held.remembered)
        await _take_over(session, held.partition, entries)
        await session.note_journal(held.partition, offset)
    return moved


async def _end(store: Store, ownership: Ownership, held: Held, tails: Tails, offset: int, release: str) -> Held:
    async with store.transaction() as session:
        moved = await ownership.advance(session.connection, held, held.next_offset, held.remembered)
        again = await _decided_again(session, tails, release)
        whole = [one.entry for vendor, tail in tails.items() if vendor not in again for one in tail]
        await _take_over(session, held.partition, whole)
        await session.note_journal(held.partition, _first(again, offset))
    return moved


async def _decided_again(session: Session, tails: Tails, release: str) -> Tails:
    """The tails beyond the state that this very release wrote.

    Their facts come again and lead to the same bytes, what is missing included; readers drop what they have. Another
    release might decide otherwise than what is published, so what it finds stays as it is.
    """
    heads = await session.heads(tails)
    vendors = await session.documents((vendor, THE_VENDOR) for vendor in tails)
    again: Tails = {}
    for vendor, tail in tails.items():
        known = heads[vendor].seq if vendor in heads else 0
        beyond = [one for one in tail if one.entry.seq > known]
        if beyond and _wrote(beyond, vendors[vendor, THE_VENDOR]) in (release, None):
            again[vendor] = beyond
    return again


def _wrote(tail: Sequence[Found], vendor: Document | None) -> str | None:
    """The release that decided the tail; None where its vendor was just created, and the log was cut before it said."""
    upgrades = [one.entry.event.release for one in tail if isinstance(one.entry.event, DeciderUpgraded)]
    if upgrades:
        return upgrades[-1]
    if isinstance(tail[-1].entry.event, VendorCreated):
        return None
    return vendor.release if isinstance(vendor, Vendor) else ""


async def _take_over(session: Session, partition: int, entries: Sequence[Entry]) -> None:
    """What the entries say is in the state, if the transaction commits."""
    heads = await session.heads({entry.vendor for entry in entries})
    ledgers = {entry.vendor: Ledger(entry.vendor, heads.get(entry.vendor)) for entry in entries}
    for ledger in ledgers.values():
        ledger.begin((), (), None)
    for entry in entries:
        await _apply(session, ledgers[entry.vendor], entry)
    evolved = [ledger.leave() for ledger in ledgers.values()]
    await session.write(partition, [one for one in evolved if one is not None])


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
