"""What the edge keeps, in memory: the keys of requests, and the keys of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from services.registration.intake.port import Row
from services.registration.intake.submission import Submission
from shared.events.sealed import Sealed
from shared.persons import Personal
from tests.simulation.database import Database, Transaction


class MemoryKeys:
    """The table of idempotency keys."""

    def __init__(self, database: Database, *, shares_log: bool) -> None:
        self._database, self._synced = database, not shares_log

    async def enter(self, sent: Sequence[Submission]) -> list[Row]:
        async def insert(transaction: Transaction) -> dict[tuple[str, str], Row]:
            now = self._database.world.now()
            fresh: dict[tuple[str, str], Row] = {}
            for one in sorted(sent, key=lambda one: (one.vendor, one.fact)):
                await transaction.lock("key", one.vendor, one.fact)
                if transaction.get("key", (one.vendor, one.fact)) is None:
                    row = Row(False, False, one.body_hash, one.recorded_at or now, bool(one.recorded_at), one.signed_at)
                    transaction.put("key", (one.vendor, one.fact), row)
                    transaction.put("key_seen", (one.vendor, one.fact), now)
                    fresh[one.vendor, one.fact] = replace(row, fresh=True)
            return fresh

        fresh = await self._database.at_once("enter", insert, synced=self._synced)
        known = [one for one in sent if (one.vendor, one.fact) not in fresh]

        async def select() -> dict[tuple[str, str], Row]:
            return {(one.vendor, one.fact): self._database.tables["key"][one.vendor, one.fact] for one in known}

        older = await self._database.call("read keys", select) if known else {}
        return [{**older, **fresh}[one.vendor, one.fact] for one in sent]

    async def mark_appended(self, appended: Sequence[Submission]) -> None:
        signed: dict[tuple[str, str], int | None] = {}
        for one in appended:
            known = signed.get((one.vendor, one.fact))
            signed[one.vendor, one.fact] = max((at for at in (known, one.signed_at) if at is not None), default=None)

        async def done(transaction: Transaction) -> None:
            for key, signed_at in signed.items():
                await transaction.lock("key", *key)
                if (row := transaction.get("key", key)) is not None:
                    latest = max((at for at in (row.signed_at, signed_at) if at is not None), default=None)
                    transaction.put("key", key, replace(row, appended=True, signed_at=latest))

        await self._database.at_once("mark keys", done, synced=False)

    async def forget(self, days: float) -> int:
        async def done(transaction: Transaction) -> int:
            before = self._database.world.now() - timedelta(days=days)
            old = [key for key, seen in self._database.tables["key_seen"].items() if seen < before]
            for key in old:
                await transaction.lock("key", *key)
                transaction.delete("key", key)
                transaction.delete("key_seen", key)
                self._database.forgotten.add(key)
            return len(old)

        return await self._database.at_once("forget keys", done)


class MemorySeals:
    """Persons' keys; a sealed text is its own name here, so that every run has the same bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seal_many(self, asked: Sequence[Personal]) -> list[dict[str, Sealed]]:
        async def done(transaction: Transaction) -> None:
            for one in asked:
                transaction.put("person", (one.vendor, person(one)), True)

        await self._database.at_once("seal", done)
        return [{name: Sealed(person=person(one), box=name) for name in one.texts} for one in asked]


def person(one: Personal) -> str:
    return f"per_{one.lookup}"
