"""The log port: what an append-only, partitioned event log must do for us, whoever keeps it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Topic = Literal["facts", "journal"]
TOPICS: tuple[Topic, ...] = ("facts", "journal")

Headers = tuple[tuple[str, str], ...]
Whose = Callable[[str], bool]
"""Whether somebody reads the records of a key."""


@dataclass(frozen=True, slots=True)
class Record:
    """One event to append: the vendor it belongs to, CloudEvents attributes as headers, JSON as value."""

    key: str
    headers: Headers
    value: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One event as the log has it; offsets of a partition rise by one without gaps in what a reader sees."""

    offset: int
    key: str
    headers: Headers
    value: bytes


def bare(offset: int, key: str) -> StoredRecord:
    """Build the record of somebody else's key: where it is and whose, for whoever reads past it."""
    return StoredRecord(offset, key, (), b"")


def needed(keys: Sequence[str], whose: Whose) -> list[bool]:
    """Return which records of a fetch come whole, given the key of each: one's own, and the last, to be remembered."""
    mine = set(filter(whose, set(keys)))
    return [*(key in mine for key in keys[:-1]), *(True for _ in keys[-1:])]


def partition_of(vendor: str, partitions: int) -> int:
    """The partition that holds all of a vendor's events, in both topics and both adapters, for ever."""
    return zlib.crc32(vendor.encode()) % partitions


class Reader(Protocol):
    """A cursor over one partition; it never skips: an offset the log no longer has raises `Corrupt`."""

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        """The next records in order, at most `limit`; waits up to `wait_ms` for the first one, else empty."""
        ...

    async def close(self) -> None: ...


class EventLog(Protocol):
    """An ordered log of two topics, `facts` and `journal`, with the same number of partitions each."""

    partitions: int
    joins_transaction: bool
    """True where `append_in` writes inside the caller's PostgreSQL transaction (no outbox is needed)."""

    async def start(self) -> None:
        """Connect and assert every setting that a guarantee rests on; raises `Misconfigured` or `Unavailable`."""
        ...

    async def stop(self) -> None:
        """Close in bounded time, whatever the servers do."""
        ...

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        """Durable when it returns, in the order given per key.

        Raises `Ambiguous` when the log may have some of them: appending the same again is safe for the
        caller, since consumers drop repeated identities.
        """
        ...

    async def append_in(self, connection: Any, topic: Topic, records: Sequence[Record]) -> None:
        """Append within the caller's open transaction; only where `joins_transaction`."""
        ...

    async def append_through(self, topic: Topic, function: str, *arguments: Any) -> list[Any]:
        """Call a function of the database that appends to the topic beside its own writes, and return its rows.

        All of it is one transaction, durable when this returns; only where `joins_transaction`. Raises as `append`
        does: where it is `Ambiguous`, everything was done or nothing.
        """
        ...

    async def reader(
        self,
        topic: Topic,
        partition: int,
        next_offset: int,
        remembered: str | None = None,
        *,
        shared: bool = False,
        whose: Whose | None = None,
    ) -> Reader:
        """A cursor at `next_offset`; `remembered` is the `ce_id` of the record before it.

        `shared` readers of one process may be given what one of them has just read; others see what is stored now.
        Given `whose`, a record of another key may come `bare`, but the last of a fetch comes whole, to be remembered.

        Raises `Corrupt` where that record is absent or another one (the log was truncated or replaced).
        """
        ...

    async def end_offsets(self, topic: Topic) -> tuple[int, ...]:
        """For each partition, the offset that the next record will get; raises `Unavailable`."""
        ...
