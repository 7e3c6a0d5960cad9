"""Who may work on a partition, in memory: the rows of `log.ownership`, compared and set in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.partitions.ownership import Held, Ownership
from tests.simulation.database import Database, Transaction


class Owned(NamedTuple):
    owner: str | None
    lease_until: datetime
    epoch: int
    next_offset: int
    remembered: str | None


class MemoryOwnership(Ownership):
    """The rows of `log.ownership`, compared and set."""

    def __init__(self, database: Database, consumer: str, partitions: int, owner: str, lease_seconds: float) -> None:
        super().__init__(None, consumer, partitions, owner, lease_seconds)  # type: ignore[arg-type]
        self._database = database

    def _until(self) -> datetime:
        return self._database.world.now() + timedelta(seconds=self._lease)

    async def take(self, partition: int, *, begin: bool = True) -> Held | None:
        key = self._consumer, partition

        async def done(transaction: Transaction) -> Held | None:
            row = transaction.get("ownership", key)
            if row is not None and not self._free(row):
                return None
            await transaction.lock("ownership", key)
            row = transaction.get("ownership", key) or Owned(None, self._database.world.now(), 0, 0, None)
            if not self._free(row):
                return None
            taken = row._replace(owner=self._owner, lease_until=self._until(), epoch=row.epoch + 1)
            transaction.put("ownership", key, taken)
            return Held(partition, taken.epoch, taken.next_offset, taken.remembered)

        return await self._database.at_once("take", done)

    def _free(self, row: Owned) -> bool:
        return row.owner in (None, self._owner) or row.lease_until < self._database.world.now()

    async def fair_share(self) -> int:
        async def done(transaction: Transaction) -> int:
            now = self._database.world.now()
            transaction.put("worker", (self._consumer, self._owner), now)
            seen = {**self._database.tables["worker"], (self._consumer, self._owner): now}
            fresh = now - timedelta(seconds=self._lease)
            return sum(at > fresh for (consumer, _), at in seen.items() if consumer == self._consumer)

        alive = await self._database.at_once("share", done)
        return -(-self.partitions // max(alive, 1))

    async def advance(self, connection: Any, held: Held, next_offset: int, remembered: str | None) -> Held:
        key = self._consumer, held.partition

        async def done() -> Owned | None:
            await connection.lock("ownership", key)
            row: Owned = connection.get("ownership", key)
            if not self.matches(row, held):
                return None
            moved = row._replace(next_offset=next_offset, remembered=remembered, lease_until=self._until())
            connection.put("ownership", key, moved)
            return moved

        if await connection.statement("advance", done) is None:
            raise self._fenced(held)
        return replace(held, next_offset=next_offset, remembered=remembered)

    def beside(self, consumer: str) -> MemoryOwnership:
        return MemoryOwnership(self._database, consumer, self.partitions, self._owner, self._lease)

    async def advance_all(
        self, connection: Any, held: Mapping[str, Held], next_offset: int, remembered: str | None
    ) -> dict[str, Held]:
        return {
            consumer: await self.beside(consumer).advance(connection, one, next_offset, remembered)
            for consumer, one in sorted(held.items())
        }

    def matches(self, row: Owned, held: Held) -> bool:
        """The comparison of the compare-and-set."""
        return (row.owner, row.epoch, row.next_offset) == (self._owner, held.epoch, held.next_offset)

    async def renew(self, held: Held) -> None:
        if not await self._change("renew", held, lambda row: row._replace(lease_until=self._until())):
            raise self._fenced(held)

    async def release(self, held: Held) -> None:
        now = self._database.world.now
        await self._change("release", held, lambda row: row._replace(owner=None, lease_until=now()))

    async def _change(self, op: str, held: Held, change: Callable[[Owned], Owned]) -> bool:
        key = self._consumer, held.partition

        async def done(transaction: Transaction) -> bool:
            await transaction.lock("ownership", key)
            row = transaction.get("ownership", key)
            if row is None or (row.owner, row.epoch) != (self._owner, held.epoch):
                return False
            transaction.put("ownership", key, change(row))
            return True

        return await self._database.at_once(op, done)

    async def leave(self) -> None:
        async def done(transaction: Transaction) -> None:
            transaction.delete("worker", (self._consumer, self._owner))

        await self._database.at_once("leave", done)
