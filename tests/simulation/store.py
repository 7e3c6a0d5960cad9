"""What the decider keeps, in memory: the statements of its PostgreSQL store, one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from services.attribution.documents import stored
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.port import Halt, Waiting
from services.attribution.written import Deadline, Head, Written
from shared.database import Conflict
from shared.errors import Fenced
from shared.log.port import Record
from tests.simulation.database import Database, Transaction

T = TypeVar("T")
NEVER = datetime.max.replace(tzinfo=UTC)


class HeadRow(NamedTuple):
    partition: int
    head: Head
    live: bool


class MemorySession:
    """A connection, in a transaction or not."""

    def __init__(self, database: Database, transaction: Transaction | None = None) -> None:
        self._database, self.connection = database, transaction

    async def now(self) -> datetime:
        return await self._read("now", lambda: self._database.world.now())

    async def documents(self, wanted: Iterable[tuple[str, Key]]) -> dict[tuple[str, Key], Document | None]:
        keys = list(wanted)

        def found() -> dict[tuple[str, Key], Document | None]:
            rows = {one: self._get("document", one) for one in keys}
            return {one: None if row is None else stored(*one, row[1]) for one, row in rows.items()}

        return await self._read("documents", found) if keys else {}

    async def heads(self, vendors: Iterable[str]) -> dict[str, Head]:
        asked = sorted(vendors)
        rows = await self._read("heads", lambda: {one: self._get("head", one) for one in asked})
        return {vendor: row.head for vendor, row in rows.items() if row is not None}

    async def releases(self, partition: int) -> dict[str, str]:
        return {}  # here releases only rise

    async def processed(self, facts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        pairs = sorted(set(facts))
        return await self._read("processed", lambda: {one for one in pairs if self._get("processed", one) is not None})

    async def due(self, until: Mapping[str, datetime], limit: int) -> dict[str, list[Deadline]]:
        def found() -> dict[str, list[Deadline]]:
            deadlines: dict[str, list[Deadline]] = {vendor: [] for vendor in sorted(until)}
            for (vendor, key), (due, _) in self._database.tables["document"].items():
                if due is not None and vendor in deadlines and due <= until[vendor]:
                    deadlines[vendor].append((due, key.subject, key))
            return {vendor: sorted(rows)[:limit] for vendor, rows in deadlines.items()}

        return await self._read("due", found)

    async def next_due(self, partition: int, vendors: Sequence[str] | None = None) -> dict[str, datetime]:
        def found() -> dict[str, datetime]:
            tables = self._database.tables
            next_: dict[str, datetime] = {}
            asked = tables["head"].items() if vendors is None else ((one, tables["head"].get(one)) for one in vendors)
            live = sorted(one for one, row in asked if row is not None and row.partition == partition and row.live)
            for (vendor, _), (due, _) in tables["document"].items():
                if due is not None and vendor in live and (vendors is None or vendor in vendors):
                    next_[vendor] = min(due, next_.get(vendor, NEVER))
            return next_

        return await self._read("next_due", found)

    async def write(self, partition: int, batch: Iterable[Written]) -> None:
        transaction = self._writing
        batch = sorted(batch, key=lambda one: one.vendor)

        async def done() -> None:
            for one in batch:
                await transaction.lock("head", one.vendor)
                row = transaction.get("head", one.vendor)
                if one.was is None and row is not None:
                    raise Conflict("the row already exists", "head_pkey")
                if one.was is not None and (row is None or row.head.seq != one.was.seq):
                    raise Fenced(f"partition {partition}: a vendor's head was moved by another writer")
                transaction.put("head", one.vendor, HeadRow(partition, one.now, one.live))
            for one in batch:
                for key, due, body in one.rows:
                    stored = transaction.get("document", (one.vendor, key)) is not None
                    if stored and key in one.created:
                        raise Conflict("the row already exists", "document_pkey")
                    if not stored and key not in one.created and key not in one.unseen:
                        raise Fenced(f"partition {partition}: another writer took a document away")
                    transaction.put("document", (one.vendor, key), (due, body))
                for fact in one.handled.values():
                    await transaction.lock("processed", one.vendor, fact.fact_id)
                    if transaction.get("processed", (one.vendor, fact.fact_id)) is not None:
                        raise Conflict("the row already exists", "processed_fact_pkey")
                    transaction.put("processed", (one.vendor, fact.fact_id), fact)

        await transaction.statement("write", done)

    async def halts(self, partition: int) -> list[Halt]:
        def found() -> list[Halt]:
            rows = sorted(self._database.tables["halt"].items())
            return [halt for _, (where, halt) in rows if where == partition]

        return await self._read("halts", found)

    async def halt(self, partition: int, halt: Halt) -> None:
        transaction = self._writing

        async def done() -> None:
            await transaction.lock("halt", halt.vendor)
            transaction.put("halt", halt.vendor, (partition, halt))

        await transaction.statement("halt", done)

    async def read_halted(self, vendors: Sequence[str], offset: int) -> None:
        transaction = self._writing

        async def done() -> None:
            for vendor in vendors:
                await transaction.lock("halt", vendor)
                row = transaction.get("halt", vendor)
                if row is not None:
                    where, halt = row
                    moved = replace(halt, facts_from=max(halt.facts_from, offset))
                    transaction.put("halt", vendor, (where, moved))

        await transaction.statement("read halted", done)

    async def end_halts(self, vendors: Sequence[str]) -> None:
        transaction = self._writing

        async def done() -> None:
            for vendor in vendors:
                await transaction.lock("halt", vendor)
                transaction.delete("halt", vendor)

        await transaction.statement("end halts", done)

    async def outbox(self, partition: int) -> Waiting:
        async def done(transaction: Transaction) -> None:
            await transaction.lock("published", partition)
            if transaction.get("published", partition) is None:
                transaction.put("published", partition, (0, 0))

        await self._database.at_once("outbox", done)
        mark = await self._read("mark of the outbox", lambda: self._get("published", partition)[0])

        def rows() -> list[tuple[int, Sequence[Record]]]:
            table = self._database.tables["outbox"]
            return sorted((at, records) for (where, at), records in table.items() if where == partition and at > mark)

        return Waiting(mark, await self._read("rows of the outbox", rows))

    async def put(self, partition: int, position: int, records: Sequence[Record]) -> None:
        transaction = self._writing

        async def done() -> None:
            await transaction.lock("outbox", partition, position)
            if transaction.get("outbox", (partition, position)) is not None:
                raise Conflict("the row already exists", "outbox_pkey")
            transaction.put("outbox", (partition, position), tuple(records))

        await transaction.statement("put", done)

    async def move_mark(self, partition: int, mark: int) -> None:
        transaction = self._writing

        async def done() -> None:
            await transaction.lock("published", partition)
            _, offset = transaction.get("published", partition)
            transaction.put("published", partition, (mark, offset))
            for where, at in list(self._database.tables["outbox"]):
                if where == partition and at <= mark:
                    transaction.delete("outbox", (where, at))

        await transaction.statement("mark", done)

    async def journal_offset(self, partition: int) -> int:
        return await self._read("journal_offset", lambda: self._get("published", partition)[1])

    async def note_journal(self, partition: int, offset: int) -> None:
        transaction = self._writing

        async def done() -> None:
            await transaction.lock("published", partition)
            mark, _ = transaction.get("published", partition)
            transaction.put("published", partition, (mark, offset))

        await transaction.statement("note", done)

    @property
    def _writing(self) -> Transaction:
        assert self.connection is not None, "a write outside a transaction"
        return self.connection

    def _get(self, table: str, key: Any) -> Any:
        return self.connection.get(table, key) if self.connection else self._database.tables[table].get(key)

    async def _read(self, op: str, found: Callable[[], T]) -> T:
        async def done() -> T:
            return found()

        call = self.connection.statement if self.connection else self._database.call
        return await call(f"read {op}", done)


class MemoryStore:
    """Sessions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MemorySession]:
        yield MemorySession(self._database)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemorySession]:
        async with in_transaction(self._database) as transaction:
            yield MemorySession(self._database, transaction)


@asynccontextmanager
async def in_transaction(database: Database) -> AsyncIterator[Transaction]:
    """Committed when the block ends well, else gone."""
    transaction = database.begin()
    try:
        yield transaction
    except BaseException:
        transaction.end()
        raise
    await transaction.commit()
