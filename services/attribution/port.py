"""What the decider asks of the place where it keeps its state; PostgreSQL in production, memory in simulations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.vendor_batch import Deadline, Head, Written
from shared.log.port import Record


@dataclass(frozen=True, slots=True)
class Waiting:
    """The outbox as the last owner left it."""

    mark: int
    """Up to here everything is published."""
    rows: list[tuple[int, Sequence[Record]]]
    """What stands above the mark, by position."""


@dataclass(frozen=True, slots=True)
class Halt:
    """A vendor that stands still: where its facts and entries are to be read from once it goes on."""

    vendor: str
    facts_from: int
    """Offset of the first fact that is not decided; those that come later wait behind it."""
    journal_from: int
    """Whatever the journal has of the vendor before is in the state."""
    reason: str
    release: str
    """It goes on under another one; empty where an operator said that it may."""
    subject: str = ""
    """The fact or timer that stopped it, where one did."""
    skip: bool = False
    """Whether an operator lets that one go."""


class Session(Protocol):
    """One conversation with the store; inside a transaction all its writes become visible together, or none."""

    connection: Any
    """What a log that joins transactions, and the ownership of partitions, write through."""

    async def now(self) -> datetime:
        """The store's clock, which the edge also dates facts by."""
        ...

    async def documents(self, wanted: Iterable[tuple[str, Key]]) -> dict[tuple[str, Key], Document | None]:
        """Each wanted document, or None where there is none."""
        ...

    async def heads(self, vendors: Iterable[str]) -> dict[str, Head]:
        """The heads of the vendors that have a journal."""
        ...

    async def releases(self, partition: int) -> dict[str, str]:
        """The releases that decided last for the vendors of the partition, each with one such vendor."""
        ...

    async def processed(self, facts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the facts (vendor, fact id) that were handled in an earlier transaction."""
        ...

    async def due(self, until: Mapping[str, datetime], limit: int) -> dict[str, list[Deadline]]:
        """Each vendor's first deadlines up to its instant, at most `limit`, in firing order."""
        ...

    async def next_due(self, partition: int, vendors: Sequence[str] | None = None) -> dict[str, datetime]:
        """For each live vendor of the partition (or of these) that has one, when its next deadline falls due."""
        ...

    async def write(self, partition: int, batch: Iterable[Written]) -> None:
        """Heads, documents and handled facts of a batch, within the transaction; raises `Fenced`."""
        ...

    async def halts(self, partition: int) -> list[Halt]:
        """The vendors of the partition that stand still, by name."""
        ...

    async def halt(self, partition: int, halt: Halt) -> None:
        """The vendor stands still from here on; what was known of it before is replaced."""
        ...

    async def read_halted(self, vendors: Sequence[str], offset: int) -> None:
        """What waited for the vendors before the offset is decided."""
        ...

    async def end_halts(self, vendors: Sequence[str]) -> None:
        """The vendors do not stand still any more."""
        ...

    async def outbox(self, partition: int) -> Waiting:
        """What waits to be published; the partition has a mark from here on."""
        ...

    async def put(self, partition: int, position: int, records: Sequence[Record]) -> None:
        """The records wait in the outbox at this position."""
        ...

    async def move_mark(self, partition: int, mark: int) -> None:
        """Everything up to the mark is published, and its rows are gone."""
        ...

    async def journal_offset(self, partition: int) -> int:
        """Up to here the journal is known to be in the state."""
        ...

    async def note_journal(self, partition: int, offset: int) -> None:
        """The state has the journal up to this offset."""
        ...


class Store(Protocol):
    """Opens sessions; the driver's errors leave them as ours."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """Each statement by itself."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """Committed when the block ends well, undone when it does not; `Ambiguous` where nobody can know."""
        ...
