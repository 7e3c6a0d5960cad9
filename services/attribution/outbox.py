"""The outbox of a log that cannot join a transaction: one row a commit, published in order, told by a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.attribution.port import Session
from shared.log.port import EventLog, Record

READ_ROWS = 50
"""Outbox rows published in one go after a start: each holds a batch."""


@dataclass(slots=True)
class Outbox:
    """What one partition has still to publish. It belongs to the lane that holds the partition."""

    log: EventLog
    partition: int
    position: int = 0
    """Of the newest row written."""
    mark: int = 0
    """Up to here everything is published; what is above is sent again after an error."""
    saved_mark: int = 0
    waiting: list[tuple[int, Sequence[Record]]] = field(default_factory=list)

    @classmethod
    async def open(cls, session: Session, log: EventLog, partition: int) -> Outbox:
        """The outbox where the last owner left it; rows above the mark wait to be sent again."""
        found = await session.outbox(partition)
        waiting, mark = list(found.rows), found.mark
        return cls(log, partition, waiting[-1][0] if waiting else mark, mark, mark, waiting)

    async def write(self, session: Session, records: Sequence[Record]) -> int | None:
        """The journal's new records, kept in the caller's transaction; a position where they wait in the outbox."""
        if self.log.joins_transaction:
            await self.log.append_in(session.connection, "journal", records)
            return None
        await self.save_mark(session)
        position = self.position + 1
        await session.put(self.partition, position, records)
        return position

    async def save_mark(self, session: Session) -> None:
        """The mark is remembered, and rows below it are gone; a lost mark only means sending again."""
        if self.mark == self.saved_mark:
            return
        await session.move_mark(self.partition, self.mark)
        self.saved_mark = self.mark

    def committed(self, position: int | None, records: Sequence[Record]) -> None:
        """The transaction that wrote this row is durable."""
        if position is not None:
            self.position = position
            self.waiting.append((position, records))

    async def publish(self) -> None:
        """Everything that waits is in the log, in order; raises `Ambiguous` or `Unavailable` and keeps it waiting."""
        while self.waiting:
            batch = self.waiting[:READ_ROWS]
            await self.log.append("journal", [record for _, records in batch for record in records])
            self.mark = batch[-1][0]
            del self.waiting[: len(batch)]
