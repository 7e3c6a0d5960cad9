"""The engine: one vendor's facts decided in memory by the decider of production, with its timers, without any I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.attribution.scenarios.decider import BatchFull, Document, Key, NeedsDocuments, VendorBatch, due_of
from shared.events.base import Event
from shared.events.codec import decode_entry
from shared.events.envelope import Entry, Fact
from shared.events.vendor import ClockTicked

DECISIONS_PER_TRANSACTION = 500
"""As in production, so that what one transaction does not hold goes on in the next."""


class Documents(dict[Key, Document | None]):
    """All documents there are: what is not here does not exist."""

    def __missing__(self, key: Key) -> None:
        return None

    def __contains__(self, key: object) -> bool:
        return True


@dataclass
class Engine:
    """A vendor whose facts are decided one after the other; `entries` is its journal."""

    ledger: VendorBatch = field(default_factory=lambda: VendorBatch("acme", None, Documents()))
    count: int = 0
    """Facts and ticks so far: each takes its id from it."""
    entries: list[Entry] = field(default_factory=list)
    taken: list[Fact] = field(default_factory=list)
    release: str = "test"
    room: int = DECISIONS_PER_TRANSACTION

    def copy(self) -> Engine:
        """Return an engine that goes on from here by itself; documents are immutable and shared."""
        batch = self.ledger
        ledger = replace(
            batch, documents=Documents(batch.documents), deadlines=[*batch.deadlines], handled={**batch.handled},
            changed={}, known={*batch.known}, records=[], concluded=[],
        )  # fmt: skip
        return Engine(ledger, self.count, [*self.entries], [*self.taken], self.release, self.room)

    def decide(self, event: Event, at: datetime, *, partner: str | None = None, importing: bool = False) -> list[Event]:
        """Decide the event as a fact recorded at that instant; return what it, and deadlines before it, wrote."""
        self.count += 1
        fact = Fact(
            id=f"fact{self.count}", vendor="acme", event=event, recorded_at=at, principal="test",
            partner=partner, importing=importing,
        )  # fmt: skip
        return self.take(fact)

    def take(self, fact: Fact) -> list[Event]:
        """Decide the fact, in as many transactions as it needs."""
        self.taken.append(fact)
        before = len(self.entries)
        self._begin()
        while True:
            try:
                self.ledger.take(fact, b"", self.release, self.room)
                break
            except NeedsDocuments as missing:
                self.load(missing.keys)
            except BatchFull:
                self._keep()
                self._begin()
        self._keep()
        return [entry.event for entry in self.entries[before:]]

    def load(self, keys: tuple[Key, ...]) -> None:
        """Load documents that are not at hand: here all are."""
        raise AssertionError(f"{keys} are missing")

    def tick(self, due: datetime) -> list[Event]:
        """Let the clock tick at the instant, dated as a deadline due then."""
        self.count += 1
        return self.take(Fact(f"tick{self.count}", "acme", ClockTicked(), due, "timer", appended_at=due))

    def pass_time(self, until: datetime) -> list[Event]:
        """Fire every deadline due by then, each by a tick of its own as production does."""
        written: list[Event] = []
        while (due := self._next_due()) is not None and due <= until:
            written += self.tick(due)
        return written

    def _next_due(self) -> datetime | None:
        # A deadline that has moved since stands in the heap until its turn comes.
        documents = self.ledger.documents
        return min(
            (due for due, _, key in self.ledger.deadlines if due_of(documents[key]) == due),
            default=None,
        )

    def _begin(self) -> None:
        self.ledger.begin(self.ledger.deadlines, self.ledger.handled, None)

    def _keep(self) -> None:
        self.entries += [decode_entry(record) for record in self.ledger.records]
