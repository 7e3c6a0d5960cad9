"""A vendor's ledger while a batch is decided: its head, its documents, its deadlines, and the entries to write."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from services.attribution.domain import decide as domain
from services.attribution.domain.book import Book, Missing, Refused
from services.attribution.domain.decide import admissible, waits_for_no_import
from services.attribution.domain.state import THE_VENDOR, TIMED, Document, Key, Vendor, due_of
from shared.events.base import distinct
from shared.events.codec import entry_record
from shared.events.envelope import GENESIS, Fact
from shared.events.vendor import ClockTicked
from shared.log.port import Record

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""The clock of a journal that holds nothing but refusals, since its vendor was never created."""

Deadline = tuple[datetime, str, Key]
"""Due time, subject, document: in the order in which deadlines fire."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a vendor's journal stands; `seq` 0 before its first entry."""

    seq: int
    hash: str
    clock: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Handled:
    """A fact that was decided, and the entries that it led to."""

    fact_id: str
    body_hash: bytes
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch changed for one vendor: written whole, if its journal still stands at `was`."""

    vendor: str
    was: Head | None
    now: Head
    live: bool
    changed: dict[Key, Document]
    handled: dict[str, Handled]
    records: list[Record]


class Pause(Exception):
    """The transaction is full: commit what there is, then go on with the same fact."""


@dataclass(slots=True)
class Ledger:
    """One vendor in one batch. `documents` outlives the batch as a cache, the rest is written and forgotten.

    The next batch may begin before the last one is committed: what that one changed is seen, nothing of it is lost.
    """

    vendor: str
    head: Head | None
    documents: dict[Key, Document | None] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    horizon: Deadline | None = None
    """Deadlines after it are not all loaded: none may fire beyond it."""
    loaded_head: Head | None = None
    changed: dict[Key, Document] = field(default_factory=dict)
    handled: dict[str, Handled] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Fact ids of this batch that were handled in an earlier one."""
    records: list[Record] = field(default_factory=list)
    decisions: int = 0
    leaving: Written | None = None
    """The last batch, until it is committed."""

    def begin(self, deadlines: Iterable[Deadline], known: Iterable[str], horizon: Deadline | None) -> None:
        """A new batch on what is committed, or is about to be; `deadlines` and `known` are what the database has."""
        self.loaded_head = self.head
        self.deadlines, self.known = list(deadlines), set(known)
        if self.leaving is not None:
            # A deadline that the database tells and that has moved since is dropped when its turn comes.
            self.deadlines += _deadlines(self.leaving.changed)
            self.known |= self.leaving.handled.keys()
        heapq.heapify(self.deadlines)
        self.horizon = horizon
        self.changed, self.handled, self.records = {}, {}, []
        self.decisions = 0

    def leave(self) -> Written | None:
        """What the batch wrote, on its way to the database until `arrived`; None where it wrote nothing."""
        if self.head is None or self.head == self.loaded_head:
            return None
        vendor = self.documents.get(THE_VENDOR)
        live = isinstance(vendor, Vendor) and vendor.mode == "live"
        was, self.loaded_head = self.loaded_head, self.head
        self.leaving = Written(self.vendor, was, self.head, live, self.changed, self.handled, self.records)
        self.changed, self.handled, self.records = {}, {}, []
        return self.leaving

    def arrived(self) -> None:
        """The last batch is committed."""
        self.leaving = None

    def take(self, fact: Fact, value: bytes, release: str, room: int) -> None:
        """The fact is decided after the deadlines before it; raises `Missing` or `Pause`, keeping what fired.

        `room` is how many decisions the transaction still takes.
        """
        room += self.decisions
        if fact.id in self.known or fact.id in self.handled:
            # Deadlines that it made due, and that its transaction had no room for, fire before the next fact.
            if self.head is not None:
                self._fire_until(self.head.clock, fact, room)
            return
        first = self.head.seq + 1 if self.head else 1
        vendor = self._vendor()
        # The clock begins with the vendor: a stray fact before must not make its history too old to import.
        clock = self.head.clock if self.head else BEFORE_ALL
        if waits_for_no_import(vendor, fact):
            fact = replace(fact, recorded_at=clock)
        if admissible(vendor, clock, fact) is None:
            clock = max(clock, fact.recorded_at)
            self._fire_until(clock, fact, room)
        if isinstance(fact.event, ClockTicked):
            return  # what it fired stands in the journal; by itself it changes nothing, not even the clock
        book = Book(self.documents, self.head.seq if self.head else 0, clock)
        domain.decide(book, fact, release)
        self._write(book, fact)
        last = self.head.seq if self.head else 0
        self.handled[fact.id] = Handled(fact.id, hashlib.sha256(value).digest(), min(first, last), last)
        self._fire_until(self.head.clock if self.head else clock, fact, room)

    def _vendor(self) -> Vendor | None:
        try:
            found = self.documents[THE_VENDOR]
        except KeyError:
            raise Missing((THE_VENDOR,)) from None
        return found if isinstance(found, Vendor) else None

    def _fire_until(self, clock: datetime, fact: Fact, room: int) -> None:
        while self.deadlines and self.deadlines[0][0] <= clock:
            due, subject, key = self.deadlines[0]
            if self.horizon is not None and (due, subject, key) > self.horizon:
                raise Pause
            if self.decisions >= room:
                raise Pause
            if key not in self.documents:
                raise Missing((key,))
            if due_of(self.documents[key]) == due:
                book = Book(self.documents, self.head.seq if self.head else 0, self.head.clock if self.head else due)
                domain.fire(book, due, key)
                self._write(book, fact)
            heapq.heappop(self.deadlines)
        # What this batch made due later says nothing of those that were not loaded.
        if self.horizon is not None and self.horizon[0] <= clock:
            raise Pause

    def refuse(self, fact: Fact, value: bytes, refused: Refused, *, fact_type: str, touches: tuple[str, ...]) -> None:
        """A fact that cannot be decided at all is a numbered refusal; the clock stays."""
        if fact.id in self.known or fact.id in self.handled:
            return
        clock = self.head.clock if self.head else BEFORE_ALL
        book = Book(self.documents, self.head.seq if self.head else 0, clock)
        domain.refuse(book, fact.id, fact_type, touches, refused)
        self._write(book, fact)
        seq = self.head.seq if self.head else 0
        self.handled[fact.id] = Handled(fact.id, hashlib.sha256(value).digest(), seq, seq)

    def _write(self, book: Book, fact: Fact) -> None:
        """The book's lines chained to the journal, and its changes seen by the next fact."""
        head = self.head
        known_at = max(head.known_at, fact.known_at) if head else fact.known_at
        previous, written, concluded = head.hash if head else GENESIS, [], 0
        for line in book.lines:
            told = line.event is fact.event
            previous, record = entry_record(
                vendor=self.vendor,
                seq=line.seq,
                event=line.event,
                cause=fact.id,
                clock=line.clock,
                known_at=known_at,
                subjects=distinct(line.event.subjects()),
                principal=fact.principal if told else None,
                previous=previous,
                traceparent=fact.traceparent,
            )
            written.append(record)
            concluded += line.event.kind == "decision"
        self.records += written
        self.decisions += concluded
        self.head = Head(book.last_seq, previous, book.clock, known_at)
        self.documents.update(book.changes)
        self.changed.update(book.changes)
        for deadline in _deadlines(book.changes):
            heapq.heappush(self.deadlines, deadline)


def _deadlines(documents: Mapping[Key, Document]) -> list[Deadline]:
    timed = ((due_of(document), key) for key, document in documents.items() if key.kind in TIMED)
    return [(due, key.subject, key) for due, key in timed if due is not None]
