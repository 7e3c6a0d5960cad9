"""The outbox of a log that cannot join a transaction: one row per commit, published in order up to a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.attribution.port import Session
from shared.log.port import EventLog, Record

READ_ROWS = 50
"""Outbox rows published at once after a start; each has a batch."""


@dataclass(slots=True)
class Outbox:
    """What one partition still has to publish. It belongs to the partition's processor."""

    log: EventLog
    partition: int
    position: int = 0
    """Position of the newest row written."""
    mark: int = 0
    """Everything up to here is published; rows above are sent again after an error."""
    saved_mark: int = 0
    waiting: list[tuple[int, Sequence[Record]]] = field(default_factory=list)

    @classmethod
    async def open(cls, session: Session, log: EventLog, partition: int) -> Outbox:
        """Load the outbox as the last owner left it; rows above the mark wait to be sent again."""
        found = await session.outbox(partition)
        waiting, mark = list(found.rows), found.mark
        return cls(log, partition, waiting[-1][0] if waiting else mark, mark, mark, waiting)

    async def write(self, session: Session, records: Sequence[Record]) -> int | None:
        """Keep the journal's new records in the caller's transaction; return their position in the outbox."""
        if self.log.joins_transaction:
            await self.log.append_in(session.connection, "journal", records)
            return None
        await self.save_mark(session)
        position = self.position + 1
        await session.put(self.partition, position, records)
        return position

    async def save_mark(self, session: Session) -> None:
        """Save the mark and delete the rows below it. A lost mark only means sending again."""
        if self.mark == self.saved_mark:
            return
        await session.move_mark(self.partition, self.mark)
        self.saved_mark = self.mark

    def committed(self, position: int | None, records: Sequence[Record]) -> None:
        """Note that the transaction that wrote this row is durable."""
        if position is not None:
            self.position = position
            self.waiting.append((position, records))

    async def publish(self) -> None:
        """Publish everything that waits, in order; raise `Ambiguous` or `Unavailable` and keep it waiting."""
        while self.waiting:
            batch = self.waiting[:READ_ROWS]
            await self.log.append("journal", [record for _, records in batch for record in records])
            self.mark = batch[-1][0]
            del self.waiting[: len(batch)]
