"""A vendor's ledger while a batch is decided: its head, its documents, its deadlines, and the entries to write."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.attribution.domain import decide as domain
from services.attribution.domain.book import Book, Missing, Refused
from services.attribution.domain.decide import admissible
from services.attribution.domain.state import THE_VENDOR, Document, Key, Vendor, due_of
from shared.events.base import distinct
from shared.events.codec import encode_entry
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


class Pause(Exception):
    """The transaction is full: commit what there is, then go on with the same fact."""


@dataclass(slots=True)
class Ledger:
    """One vendor in one batch. `documents` outlives the batch as a cache, the rest is written and forgotten."""

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

    def begin(self, deadlines: Iterable[Deadline], known: Iterable[str], horizon: Deadline | None) -> None:
        """A new batch on what is committed."""
        self.loaded_head = self.head
        self.deadlines = list(deadlines)
        heapq.heapify(self.deadlines)
        self.horizon = horizon
        self.changed, self.handled, self.known, self.records = {}, {}, set(known), []
        self.decisions = 0

    def take(self, fact: Fact, value: bytes, release: str, room: int) -> None:
        """The fact is decided after the deadlines before it; raises `Missing` or `Pause`, keeping what fired.

        `room` is how many decisions the transaction still takes.
        """
        if fact.id in self.known or fact.id in self.handled:
            return
        room += self.decisions
        first = self.head.seq + 1 if self.head else 1
        vendor = self._vendor()
        # The clock begins with the vendor: a stray fact before must not make its history too old to import.
        clock = self.head.clock if self.head else BEFORE_ALL
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
        if self.horizon is not None and (not self.deadlines) and self.horizon[0] <= clock:
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
            entry, record = encode_entry(
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
            previous = entry.hash
            written.append(record)
            concluded += line.event.kind == "decision"
        self.records += written
        self.decisions += concluded
        self.head = Head(book.last_seq, previous, book.clock, known_at)
        for key, document in book.changes.items():
            self.documents[key] = self.changed[key] = document
            due = due_of(document)
            if due is not None:
                heapq.heappush(self.deadlines, (due, key.subject, key))
