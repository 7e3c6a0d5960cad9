"""Catch up: apply the entries that the journal has beyond our heads before deciding anything.

They are there when the database was restored from a backup older than the log. Their facts come again and are
dropped as handled, so old decisions are never taken a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import THE_VENDOR
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import NeedsDocuments, WorkingSet
from services.attribution.faults import CODE, Halted, is_infrastructure
from services.attribution.metrics import EVOLVED
from services.attribution.port import Halt, Session, Store
from services.attribution.vendor_batch import VendorBatch
from services.attribution.written import Handled, Head
from shared.errors import Corrupt, Misconfigured
from shared.events.codec import decode_entry
from shared.events.envelope import GENESIS, Entry
from shared.events.timer import TimerFailed
from shared.events.vendor import DeciderUpgraded, FactRefused, VendorCreated
from shared.log.port import EventLog, StoredRecord
from shared.partitions.ownership import Held, Ownership
from shared.release import later

BATCH = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and its place in the journal."""

    offset: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Aside:
    """Vendors whose entries are skipped, and from where to read them again."""

    release: str
    journal_from: int
    vendors: set[str]
    known: Mapping[str, Halt]
    """Vendors that were halted before, or are."""


Tails = dict[str, list[Found]]
"""Entries of each vendor's last cause. More of them may be missing because the log was cut."""


async def catch_up(store: Store, log: EventLog, ownership: Ownership, held: Held, release: str) -> Held:
    """Apply the journal to the state, except facts that it may have only in part, which are decided again.

    A vendor whose entries cannot be folded is halted; the others continue. Raises `Corrupt` where state and journal
    contradict each other, and `Misconfigured` where a later release has decided already.
    """
    async with store.session() as session:
        _assert_not_gone_back(await session.releases(held.partition), release)
        offset = await session.journal_offset(held.partition)
        halts = await session.halts(held.partition)
    halted = {one.vendor for one in halts if one.release == release}
    aside = Aside(release, offset, halted, {one.vendor: one for one in halts})
    # Resumed vendors may have entries that were skipped while they were halted.
    offset = min([offset, *(one.journal_from for one in halts if one.release != release)])
    end = (await log.end_offsets("journal"))[held.partition]
    if end < aside.journal_from:
        known = aside.journal_from
        raise Corrupt(f"the journal of partition {held.partition} ends at {end}, before its known end {known}")
    tails: Tails = {}
    reader = await log.reader("journal", held.partition, offset)
    try:
        while offset < end:
            records = await reader.fetch(BATCH, wait_ms=1000)
            if records:
                offset = records[-1].offset + 1
                entries, first = _followed(tails, records), _first(tails, offset)
                held = await _evolve(store, ownership, held, entries, first, aside)
    finally:
        await reader.close()
    return await _end(store, ownership, held, tails, offset, aside) if tails else held


def _assert_not_gone_back(releases: Mapping[str, str], release: str) -> None:
    """Assert that no later release has decided: its documents may have fields that this one would drop."""
    for decided, vendor in releases.items():
        if later(decided, than=release):
            raise Misconfigured(
                f"release {decided} decided facts of vendor {vendor}, but this is release {release}: "
                f"run {decided} here too"
            )


def _followed(tails: Tails, records: Sequence[StoredRecord]) -> list[Entry]:
    """Yield the entries of each complete cause: one that another cause follows."""
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


async def _evolve(
    store: Store, ownership: Ownership, held: Held, entries: Sequence[Entry], offset: int, aside: Aside
) -> Held:
    async with store.transaction() as session:
        moved = await ownership.advance(session.connection, held, held.next_offset, held.remembered)
        await _take_over(session, held, entries, aside)
        await session.note_journal(held.partition, max(offset, aside.journal_from))
    return moved


async def _end(store: Store, ownership: Ownership, held: Held, tails: Tails, offset: int, aside: Aside) -> Held:
    async with store.transaction() as session:
        moved = await ownership.advance(session.connection, held, held.next_offset, held.remembered)
        again = await _decided_again(session, held, tails, aside)
        whole = [one.entry for vendor, tail in tails.items() if vendor not in again for one in tail]
        await _take_over(session, held, whole, aside)
        await session.note_journal(held.partition, max(_first(again, offset), aside.journal_from))
    return moved


async def _decided_again(session: Session, held: Held, tails: Tails, aside: Aside) -> Tails:
    """The tails beyond the state that this very release wrote.

    Their facts come again and lead to the same bytes, what is missing included; readers drop what they have. Another
    release might decide otherwise than what is published, so what it finds stays as it is; and so might this one
    where it failed, if what failed is not in the facts.
    """
    heads = await session.heads(tails)
    again: Tails = {}
    for vendor, tail in tails.items():
        if vendor in aside.vendors or any(_failed(one.entry) for one in tail):
            continue
        known = heads[vendor].seq if vendor in heads else 0
        beyond = [one for one in tail if one.entry.seq > known]
        if not beyond:
            continue
        try:
            stored = await session.documents([(vendor, THE_VENDOR)])
        except Halted as halted:
            await _halt(session, held, halted, aside)
            continue
        if _wrote(beyond, stored[vendor, THE_VENDOR]) in (aside.release, None):
            again[vendor] = beyond
    return again


def _failed(entry: Entry) -> bool:
    event = entry.event
    return isinstance(event, TimerFailed) or (isinstance(event, FactRefused) and event.code == CODE)


def _wrote(tail: Sequence[Found], vendor: Document | None) -> str | None:
    """Return the release that decided the tail; None if the log was cut before the first decision said."""
    upgrades = [one.entry.event.release for one in tail if isinstance(one.entry.event, DeciderUpgraded)]
    if upgrades:
        return upgrades[-1]
    if isinstance(tail[-1].entry.event, VendorCreated):
        return None
    return vendor.release if isinstance(vendor, Vendor) else ""


async def _take_over(session: Session, held: Held, entries: Sequence[Entry], aside: Aside) -> None:
    """Apply the entries to the state within the transaction, except those of a vendor that must be halted."""
    heads = await session.heads({entry.vendor for entry in entries})
    batches = {entry.vendor: VendorBatch(entry.vendor, heads.get(entry.vendor)) for entry in entries}
    for batch in batches.values():
        batch.begin((), (), None)
    for entry in entries:
        if entry.vendor not in aside.vendors:
            try:
                await _apply(session, batches[entry.vendor], entry)
            except Halted as halted:
                await _halt(session, held, halted, aside)
    evolved = []
    for batch in batches.values():
        if batch.vendor not in aside.vendors:
            try:
                evolved.append(batch.leave())
            except Exception as error:
                if is_infrastructure(error):
                    raise
                reason = f"its documents cannot be serialised ({type(error).__name__})"
                await _halt(session, held, Halted(batch.vendor, reason), aside)
    await session.write(held.partition, [one for one in evolved if one is not None])


async def _halt(session: Session, held: Held, halted: Halted, aside: Aside) -> None:
    """Halt the vendor as it is stored: its facts wait, and its entries are read again later."""
    _log.error("vendor halted", vendor=halted.vendor, reason=halted.reason, exc_info=halted.__cause__)
    aside.vendors.add(halted.vendor)
    halt = Halt(halted.vendor, held.next_offset, aside.journal_from, halted.reason, aside.release)
    if (before := aside.known.get(halted.vendor)) is not None:
        # It still waits for what it waited for then.
        halt = replace(halt, facts_from=before.facts_from, journal_from=before.journal_from)
    await session.halt(held.partition, halt)


async def _apply(session: Session, batch: VendorBatch, entry: Entry) -> None:
    seq, previous = (batch.head.seq, batch.head.hash) if batch.head else (0, GENESIS)
    if entry.seq <= seq:
        return
    if entry.seq != seq + 1 or entry.previous != previous:
        raise Corrupt(
            f"journal of {entry.vendor}: entry {entry.seq} does not follow {seq}; restore the database to a time "
            "that fits this journal"
        )
    while True:
        working_set = WorkingSet(batch.documents, seq, entry.clock)
        try:
            evolve(working_set, entry.event)
            break
        except NeedsDocuments as missing:
            found = await session.documents((batch.vendor, key) for key in missing.keys)
            batch.documents.update({key: document for (_, key), document in found.items()})
        except Exception as error:
            if is_infrastructure(error):
                raise
            reason = f"entry {entry.seq} cannot be folded ({type(error).__name__})"
            raise Halted(batch.vendor, reason) from error
    batch.change(working_set.changes)
    batch.head = Head(entry.seq, entry.hash, entry.clock, entry.known_at)
    if entry.event.own:
        # The fact's own entry shows that it was decided; deadlines before it may be in the journal without it.
        batch.handled[entry.cause] = Handled(entry.cause, b"", entry.seq, entry.seq)
    elif (before := batch.handled.get(entry.cause)) is not None:
        batch.handled[entry.cause] = replace(before, last_seq=entry.seq)
    EVOLVED.inc()
    _log.info("entry caught up", vendor=entry.vendor, seq=entry.seq)
