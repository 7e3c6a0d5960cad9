"""One vendor in a batch: its head, documents and deadlines, and the entries to write."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from services.attribution.documents import rows
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.kinds import TIMED, Document, due_of
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import FactRejected, NeedsDocuments, WorkingSet
from services.attribution.domain.handlers import administration, timers
from services.attribution.domain.handlers import decide as domain
from services.attribution.domain.handlers.decide import admissible, decided_at
from services.attribution.faults import Concluded, Fault, Halted, What, is_infrastructure, refusal
from services.attribution.written import Deadline, Handled, Head, Written
from shared.events.base import distinct
from shared.events.codec import TooLarge, entry_record
from shared.events.envelope import GENESIS, Fact
from shared.events.vendor import ClockTicked
from shared.log.port import Record

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""The clock of a journal with only refusals, because its vendor was never created."""


class BatchFull(Exception):
    """The transaction is full: commit it, then continue with the same fact."""


_ON_PURPOSE = (NeedsDocuments, BatchFull, Fault, Halted, TooLarge)
"""How a decision reports missing documents, or a full transaction."""


@dataclass(slots=True)
class VendorBatch:
    """One vendor in one batch. `documents` outlives the batch as a cache, the rest is written and forgotten.

    The next batch may begin before the last one is committed: what that one changed is seen, nothing of it is lost.
    """

    vendor: str
    head: Head | None
    documents: dict[Key, Document | None] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    horizon: Deadline | None = None
    """Deadlines are loaded only up to here; none may fire beyond it."""
    loaded_head: Head | None = None
    changed: dict[Key, Document] = field(default_factory=dict)
    created: set[Key] = field(default_factory=set)
    """Those of the changed documents that are known not to be stored: loaded, and not found."""
    unseen: set[Key] = field(default_factory=set)
    """Those of them that nobody looked for."""
    handled: dict[str, Handled] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Fact ids of this batch that an earlier one handled."""
    records: list[Record] = field(default_factory=list)
    decisions: int = 0
    concluded: list[Concluded] = field(default_factory=list)
    suspects: Collection[str] = ()
    """Subjects that raised once: a fact, or a timer's subject. A second time they are refused or disarmed."""
    skipped: Collection[str] = ()
    """Subjects that an operator decided to skip in an import."""
    failed: Mapping[str, Exception] = field(default_factory=dict)
    """By fact id, what was raised while finding what the fact names."""
    careful: bool = False
    """True to serialise documents with each decision, to find the one that cannot be."""
    leaving: Written | None = None
    """The last batch, until it is committed."""

    def begin(self, deadlines: Iterable[Deadline], known: Iterable[str], horizon: Deadline | None) -> None:
        """Begin a batch; `deadlines` and `known` come from the database."""
        self.loaded_head = self.head
        self.deadlines, self.known = list(deadlines), set(known)
        if self.leaving is not None:
            # Stale deadlines loaded from the database are skipped when popped.
            self.deadlines += _deadlines(self.leaving.changed)
            self.known |= self.leaving.handled.keys()
        heapq.heapify(self.deadlines)
        self.horizon = horizon
        self._empty()
        self.decisions = 0

    def leave(self) -> Written | None:
        """Return what the batch wrote, which is uncommitted until `arrived`; None if it wrote nothing.

        Raises whatever writing out a document raises; then nothing has left.
        """
        if self.head is None or self.head == self.loaded_head:
            return None
        vendor = self.documents.get(THE_VENDOR)
        live = isinstance(vendor, Vendor) and vendor.mode == "live"
        written = rows(self.changed)
        was, self.loaded_head = self.loaded_head, self.head
        self.leaving = Written(
            self.vendor, was, self.head, live, self.changed, written, self.created, self.unseen, self.handled,
            self.records, self.concluded,
        )  # fmt: skip
        self._empty()
        return self.leaving

    def _empty(self) -> None:
        self.changed, self.created, self.unseen = {}, set(), set()
        self.handled, self.records, self.concluded = {}, [], []

    def change(self, changes: Mapping[Key, Document]) -> None:
        """Take over the documents as a decision or an entry leaves them."""
        documents = self.documents
        for key in changes:
            if (before := documents.get(key, self)) is None:
                self.created.add(key)
            elif before is self:
                self.unseen.add(key)
        documents.update(changes)
        self.changed.update(changes)

    def arrived(self) -> None:
        """Note that the last batch is committed."""
        self.leaving = None

    def take(self, fact: Fact, value: bytes, release: str, room: int) -> None:
        """Decide the fact after the deadlines before it; raises `NeedsDocuments` or `BatchFull`, keeping what fired.

        `room` is how many decisions the transaction still takes. What raises anything unforeseen leaves nothing: the
        first time it is a `Fault`, and the second time the fact is refused; `Halted` where not even that can be done.
        """
        room += self.decisions
        if fact.id in self.known or fact.id in self.handled:
            # Deadlines that it made due and that did not fit its transaction fire before the next fact.
            if self.head is not None:
                self._fire_until(self.head.clock, fact, room)
            return
        first = self.head.seq + 1 if self.head else 1
        clock = self._clock
        accepted_at = None if fact.retells is None else fact.recorded_at
        try:
            vendor = self._vendor()
            if fact.retells is not None:
                fact = _now(fact, clock, vendor)
            at = decided_at(vendor, clock, fact)
            if at != fact.recorded_at:
                fact = replace(fact, recorded_at=at)
            if admissible(vendor, clock, fact) is None:
                clock = max(clock, fact.recorded_at)
                self._upgrade(vendor, fact, release)
                self._fire_until(clock, fact, room)
            if isinstance(fact.event, ClockTicked):
                return  # the journal has what the tick fired; the tick itself changes nothing, not even the clock
            if fact.id in self.failed:
                raise self.failed[fact.id]
            working_set = self._working_set(clock)
            working_set.accepted_at = accepted_at
            domain.decide(working_set, fact, release)
            self._write(working_set, fact)
        except _ON_PURPOSE:
            raise
        except Exception as error:
            if is_infrastructure(error):
                raise
            self._conclude("fact", f"fact:{fact.id}", fact, error)
            self._refuse(fact, clock, refusal(), fact.event.type, touches_of(fact))
        last = self.head.seq if self.head else 0
        self.handled[fact.id] = Handled(fact.id, hashlib.sha256(value).digest(), min(first, last), last)
        self._fire_until(self.head.clock if self.head else clock, fact, room)

    @property
    def _clock(self) -> datetime:
        # The clock starts with the vendor, so that a stray fact before does not make its history too old to import.
        return self.head.clock if self.head else BEFORE_ALL

    def _working_set(self, clock: datetime) -> WorkingSet:
        return WorkingSet(self.documents, self.head.seq if self.head else 0, clock)

    def _upgrade(self, vendor: Vendor | None, fact: Fact, release: str) -> None:
        """Record the release in the journal first, since deadlines before the fact are its decisions too."""
        if vendor is not None and vendor.release != release and not isinstance(fact.event, ClockTicked):
            working_set = self._working_set(self._clock)
            administration.upgrade(working_set, release)
            self._write(working_set, fact)

    def _conclude(self, what: What, subject: str, fact: Fact, error: Exception) -> None:
        """Conclude a subject that raised before; raise `Fault` if it had not, `Halted` if it must not be concluded."""
        if subject not in self.suspects:
            raise Fault(self.vendor, subject) from error
        vendor = self.documents.get(THE_VENDOR)
        if isinstance(vendor, Vendor) and vendor.mode == "importing" and subject not in self.skipped:
            # Later facts of the history depend on it, and could not be sent again after it.
            raise Halted(self.vendor, f"its import is paused at {subject}, which cannot be decided", subject) from error
        self.concluded.append(Concluded(what, subject, fact.id, error))

    def _vendor(self) -> Vendor | None:
        try:
            found = self.documents[THE_VENDOR]
        except KeyError:
            raise NeedsDocuments((THE_VENDOR,)) from None
        return found if isinstance(found, Vendor) else None

    def _fire_until(self, clock: datetime, fact: Fact, room: int) -> None:
        while self.deadlines and self.deadlines[0][0] <= clock:
            due, subject, key = self.deadlines[0]
            if self.horizon is not None and (due, subject, key) > self.horizon:
                raise BatchFull
            if self.decisions >= room:
                raise BatchFull
            if key not in self.documents:
                raise NeedsDocuments((key,))
            self._fire(due, key, fact)
            heapq.heappop(self.deadlines)
        # Deadlines that this batch created say nothing about those that were not loaded.
        if self.horizon is not None and self.horizon[0] <= clock:
            raise BatchFull

    def _fire(self, due: datetime, key: Key, fact: Fact) -> None:
        """Write the timer's decision, or that it failed a second time; raises `NeedsDocuments` or `Fault`."""
        try:
            if due_of(self.documents[key]) != due:
                return
            working_set = self._working_set(self.head.clock if self.head else due)
            timers.fire(working_set, due, key)
            self._write(working_set, fact)
        except (NeedsDocuments, Fault):
            raise
        except Exception as error:
            if is_infrastructure(error):
                raise
            self._conclude("timer", key.subject, fact, error)
            working_set = self._working_set(self.head.clock if self.head else due)
            try:
                timers.fail(working_set, due, key)
                self._write(working_set, fact)
            except NeedsDocuments:
                self.concluded.pop()
                raise
            except Exception as again:
                raise Halted(self.vendor, f"the timer of {key.subject} cannot be disarmed") from again

    def give_up(self, fact: Fact, value: bytes, fact_type: str, error: Exception) -> None:
        """Refuse a fact whose decoding raised unexpectedly, the second time, as `take` does."""
        if fact.id in self.known or fact.id in self.handled:
            return
        self._vendor()
        self._conclude("fact", f"fact:{fact.id}", fact, error)
        self.refuse(fact, value, refusal(), fact_type=fact_type, touches=())

    def refuse(
        self, fact: Fact, value: bytes, refused: FactRejected, *, fact_type: str, touches: tuple[str, ...]
    ) -> None:
        """Write a numbered refusal for a fact that cannot be decided; the clock stays. Raise `Halted`."""
        if fact.id in self.known or fact.id in self.handled:
            return
        self._refuse(fact, self._clock, refused, fact_type, touches)
        seq = self.head.seq if self.head else 0
        self.handled[fact.id] = Handled(fact.id, hashlib.sha256(value).digest(), seq, seq)

    def _refuse(
        self, fact: Fact, clock: datetime, refused: FactRejected, fact_type: str, touches: tuple[str, ...]
    ) -> None:
        failed: Exception | None = None
        for named in (touches, ()):  # what a fact names may be what cannot be written
            try:
                working_set = self._working_set(clock)
                domain.refuse(working_set, fact.id, fact_type, named, refused)
                self._write(working_set, fact)
                return
            except Exception as error:
                if is_infrastructure(error):
                    raise
                failed = error
        raise Halted(self.vendor, f"fact {fact.id} cannot even be refused ({type(failed).__name__})") from failed

    def _write(self, working_set: WorkingSet, fact: Fact) -> None:
        """Chain the working set's entries to the journal, and make its changes visible to the next fact."""
        head = self.head
        known_at = max(head.known_at, fact.known_at) if head else fact.known_at
        previous, written, decisions = head.hash if head else GENESIS, [], 0
        for line in working_set.lines:
            content = line.event is fact.event
            previous, record = entry_record(
                vendor=self.vendor,
                seq=line.seq,
                event=line.event,
                cause=fact.id,
                clock=line.clock,
                known_at=known_at,
                subjects=distinct(line.event.subjects()),
                principal=fact.principal if content else None,
                previous=previous,
                traceparent=fact.traceparent,
            )
            written.append(record)
            decisions += line.event.kind == "decision"
        deadlines = _deadlines(working_set.changes)
        if self.careful:
            rows(working_set.changes)
        # Nothing raises from here on, so no part of a failed decision stays behind.
        self.records += written
        self.decisions += decisions
        self.head = Head(working_set.last_seq, previous, working_set.clock, known_at)
        self.change(working_set.changes)
        for deadline in deadlines:
            heapq.heappush(self.deadlines, deadline)


def _now(fact: Fact, clock: datetime, vendor: Vendor | None) -> Fact:
    """Return when to decide a resent fact: at the clock; its own time only gives the claim's place."""
    importing = vendor is not None and vendor.mode == "importing"
    return replace(fact, recorded_at=max(clock, fact.recorded_at), importing=importing)


def touches_of(fact: Fact) -> tuple[str, ...]:
    """Return what the fact names, for its refusal."""
    try:
        return fact.event.subjects()
    except Exception:
        # This may be what raised; then the refusal names only the fact itself.
        return ()


def _deadlines(documents: Mapping[Key, Document]) -> list[Deadline]:
    timed = ((due_of(document), key) for key, document in documents.items() if key.kind in TIMED)
    return [(due, key.subject, key) for due, key in timed if due is not None]
