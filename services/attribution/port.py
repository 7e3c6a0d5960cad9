"""Ports of the decider's store: PostgreSQL in production, memory in simulations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.written import Deadline, Head, Written
from shared.log.port import Record


@dataclass(frozen=True, slots=True)
class Waiting:
    """The outbox as the last owner left it."""

    mark: int
    """Everything up to here is published."""
    rows: list[tuple[int, Sequence[Record]]]
    """Rows above the mark, by position."""


@dataclass(frozen=True, slots=True)
class Halt:
    """A halted vendor: where to read its facts and entries once it resumes."""

    vendor: str
    facts_from: int
    """Offset of the first undecided fact; later ones wait behind it."""
    journal_from: int
    """The state has the vendor's journal up to here."""
    reason: str
    release: str
    """Another release resumes it; empty if an operator resumed it."""
    subject: str = ""
    """The fact or timer that halted it, if one did."""
    skip: bool = False
    """True if an operator decided to skip it."""


class Session(Protocol):
    """One session with the store. Inside a transaction its writes become visible together, or not at all."""

    connection: Any
    """The connection for a log that joins transactions, and for ownership."""

    async def now(self) -> datetime:
        """Return the store's clock, which also dates facts at the edge."""
        ...

    async def documents(self, wanted: Iterable[tuple[str, Key]]) -> dict[tuple[str, Key], Document | None]:
        """Load each wanted document, or None if there is none."""
        ...

    async def heads(self, vendors: Iterable[str]) -> dict[str, Head]:
        """Load the heads of the vendors that have a journal."""
        ...

    async def releases(self, partition: int) -> dict[str, str]:
        """Return the releases that decided last for the partition's vendors, each with one such vendor."""
        ...

    async def processed(self, facts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of the facts (vendor, fact id) that an earlier transaction handled."""
        ...

    async def due(self, until: Mapping[str, datetime], limit: int) -> dict[str, list[Deadline]]:
        """Load each vendor's first deadlines up to its instant, at most `limit`, in firing order."""
        ...

    async def next_due(self, partition: int, vendors: Sequence[str] | None = None) -> dict[str, datetime]:
        """Return when the next deadline of each live vendor of the partition (or of these) falls due."""
        ...

    async def write(self, partition: int, batch: Iterable[Written]) -> None:
        """Write heads, documents and handled facts of a batch within the transaction; raise `Fenced`."""
        ...

    async def halts(self, partition: int) -> list[Halt]:
        """Load the halted vendors of the partition, by name."""
        ...

    async def halt(self, partition: int, halt: Halt) -> None:
        """Halt the vendor, replacing what was stored about it."""
        ...

    async def read_halted(self, vendors: Sequence[str], offset: int) -> None:
        """Note that what waited for the vendors before the offset is decided."""
        ...

    async def end_halts(self, vendors: Sequence[str]) -> None:
        """Resume the vendors."""
        ...

    async def outbox(self, partition: int) -> Waiting:
        """Load what waits to be published; create the partition's mark."""
        ...

    async def put(self, partition: int, position: int, records: Sequence[Record]) -> None:
        """Add the records to the outbox at this position."""
        ...

    async def move_mark(self, partition: int, mark: int) -> None:
        """Save the mark, and delete the rows up to it."""
        ...

    async def journal_offset(self, partition: int) -> int:
        """Return the journal offset up to which the state is known to be complete."""
        ...

    async def note_journal(self, partition: int, offset: int) -> None:
        """Save that the state has the journal up to this offset."""
        ...


class Store(Protocol):
    """Opens sessions; maps the driver's errors to ours."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """Open a session in which each statement commits by itself."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """Open a transaction: committed if the block succeeds, rolled back if not; `Ambiguous` if unknown."""
        ...
