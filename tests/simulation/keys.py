"""What the edge keeps, in memory: the keys of requests, and the keys of persons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import replace
from datetime import timedelta

from services.registration.intake.port import Entered, Row
from services.registration.intake.records import record_of
from services.registration.intake.submission import Submission
from shared.errors import Unavailable
from shared.events.sealed import Sealed
from shared.persons import Personal
from tests.simulation.database import Database, Transaction
from tests.simulation.log import SimulatedLog


class MemoryKeys:
    """The table of idempotency keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enter(self, sent: Sequence[Submission]) -> list[Row]:
        async def insert(transaction: Transaction) -> dict[tuple[str, str], Row]:
            return await inserted(transaction, sent, appended=False)

        fresh = await self._database.at_once("enter", insert)
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


async def inserted(
    transaction: Transaction, sent: Sequence[Submission], *, appended: bool
) -> dict[tuple[str, str], Row]:
    """The rows that were missing, in the order of the primary key."""
    now = transaction.database.world.now()
    fresh: dict[tuple[str, str], Row] = {}
    for one in sorted(sent, key=lambda one: (one.vendor, one.fact)):
        await transaction.lock("key", one.vendor, one.fact)
        if transaction.get("key", (one.vendor, one.fact)) is None:
            at, importing = one.recorded_at or now, one.recorded_at is not None
            row = Row(False, appended, one.body_hash, at, importing, one.signed_at)
            transaction.put("key", (one.vendor, one.fact), row)
            transaction.put("key_seen", (one.vendor, one.fact), now)
            fresh[one.vendor, one.fact] = replace(row, fresh=True)
    return fresh


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


class MemoryAtOnce:
    """Keys and facts in one call; a person's key has its name from its look-up here, so none is ever sealed again."""

    def __init__(self, database: Database, log: SimulatedLog) -> None:
        self._database, self._log = database, log

    async def enter(self, batch: Sequence[Submission]) -> list[Entered]:
        async def call(transaction: Transaction) -> list[Row]:
            for one in batch:
                if one.personal is not None:
                    transaction.put("person", (one.vendor, person(one.personal)), True)
            fresh = await inserted(transaction, batch, appended=True)
            records = []
            for one in batch:
                if (row := fresh.get((one.vendor, one.fact))) is not None:
                    records.append(record_of(one, boxes(one), row.recorded_at, importing=row.importing))
            await self._log.append_within(transaction, "facts", records)
            return [fresh.get(key) or transaction.get("key", key) for key in ((one.vendor, one.fact) for one in batch)]

        def late(seconds: float) -> None:
            self._log.on_its_way += 1
            world = self._database.world
            # Nobody's call any more: the process that sent it may be gone.
            world.loop.call_later(
                seconds, lambda: world.loop.create_task(self._arrives(call), name="late"), context=Context()
            )

        rows = await self._database.at_once("enter and append", call, late=late)
        return [Entered(row, boxes(one)) for one, row in zip(batch, rows, strict=True)]

    async def _arrives(self, call: Callable[[Transaction], Awaitable[list[Row]]]) -> None:
        with suppress(Unavailable):
            await self._database.at_once("", call)
        self._log.on_its_way -= 1


def boxes(one: Submission) -> dict[str, Sealed]:
    if one.personal is None:
        return {}
    return {name: Sealed(person=person(one.personal), box=name) for name in one.personal.texts}


def person(one: Personal) -> str:
    return f"per_{one.lookup}"
