"""What lanes and replays of views say to PostgreSQL, in memory: each of their statements, known by its own text.

No port stands between a view and its database, so this is where production's SQL ends and memory begins. A statement
that is not known here fails loudly.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from shared.database import Conflict
from shared.projection import parking, positions, replay
from shared.projection.reading import Head
from tests.simulation.database import Database, Transaction
from tests.simulation.store import in_transaction


class Parked(NamedTuple):
    """A row of `projections.parked`."""

    partition: int
    type: str
    subjects: tuple[str, ...]
    reason: str
    headers: bytes
    value: bytes


class MemoryConnection:
    """A connection, in a transaction or with each statement by itself."""

    def __init__(self, database: Database, transaction: Transaction | None = None) -> None:
        self.database, self._transaction = database, transaction

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Committed when the block ends well; inside another one, a savepoint."""
        if (outer := self._transaction) is not None:
            before = dict(outer.writes)
            try:
                yield
            except Exception:
                outer.writes = before
                raise
            return
        try:
            async with in_transaction(self.database) as transaction:
                self._transaction = transaction
                yield
        finally:
            self._transaction = None

    async def lock(self, *key: Any) -> None:
        """For the ownership of partitions, which is compared and set in our transaction."""
        await self._in_transaction.lock(*key)

    def get(self, table: str, key: Any) -> Any:
        return self._in_transaction.get(table, key)

    def put(self, table: str, key: Any, value: Any) -> None:
        self._in_transaction.put(table, key, value)

    async def statement(self, op: str, act: Callable[[], Awaitable[Any]]) -> Any:
        return await self._in_transaction.statement(op, act)

    @property
    def _in_transaction(self) -> Transaction:
        assert self._transaction is not None, "a write outside a transaction"
        return self._transaction

    async def fetch(self, query: str, *told: Any) -> list[Any]:
        op, act = STATEMENTS[_text(query)]
        if (transaction := self._transaction) is not None:
            return await transaction.statement(op, lambda: act(transaction, *told))

        async def alone() -> list[Any]:
            transaction = self.database.begin()
            try:
                rows = await act(transaction, *told)
                if transaction.writes:
                    transaction.apply()
            finally:
                transaction.end()
            return rows

        return await self.database.call(op, alone)

    async def fetchval(self, query: str, *told: Any) -> Any:
        rows = await self.fetch(query, *told)
        return next(iter(rows[0].values())) if rows else None

    async def fetchrow(self, query: str, *told: Any) -> Any:
        rows = await self.fetch(query, *told)
        return rows[0] if rows else None

    async def execute(self, query: str, *told: Any) -> None:
        await self.fetch(query, *told)


class MemoryPool(MemoryConnection):
    """Connections of one database."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[MemoryConnection]:
        yield MemoryConnection(self.database)


Act = Callable[..., Awaitable[list[dict[str, Any]]]]
STATEMENTS: dict[str, tuple[str, Act]] = {}


def _text(query: str) -> str:
    return " ".join(query.split())


def _says(op: str, query: str) -> Callable[[Act], Act]:
    def register(act: Act) -> Act:
        STATEMENTS[_text(query)] = op, act
        return act

    return register


@_says("read versions", "SELECT version, state FROM projections.version WHERE view = $1")
async def _versions(_transaction: Transaction, _view: str) -> list[dict[str, Any]]:
    """Nobody has built another one."""
    return []


@_says("read heads", positions._HEADS)
async def _heads(transaction: Transaction, view: str, version: int, vendors: Sequence[str]) -> list[dict[str, Any]]:
    rows = [(vendor, transaction.get("view_head", (view, version, vendor))) for vendor in vendors]
    return [{"vendor": vendor, "seq": row.seq, "hash": row.hash} for vendor, row in rows if row is not None]


@_says("write heads", positions._MOVE)
async def _move(
    transaction: Transaction,
    views: Sequence[str],
    versions: Sequence[int],
    vendors: Sequence[str],
    seqs: Sequence[int],
    hashes: Sequence[str],
) -> list[dict[str, Any]]:
    for view, version in zip(views, versions, strict=True):
        for vendor, seq, hash_ in zip(vendors, seqs, hashes, strict=True):
            transaction.put("view_head", (view, version, vendor), Head(seq, hash_))
    return []


@_says("halt", positions._HALT)
async def _halt(transaction: Transaction, view: str, version: int, partition: int, *why: Any) -> list[dict[str, Any]]:
    transaction.put("halted", (view, version, partition), why)
    return []


@_says("clear halt", "DELETE FROM projections.halted WHERE view = $1 AND version = $2 AND partition = $3")
async def _clear(transaction: Transaction, view: str, version: int, partition: int) -> list[dict[str, Any]]:
    if transaction.get("halted", (view, version, partition)) is not None:
        transaction.delete("halted", (view, version, partition))
    return []


@_says(
    "read parked count", "SELECT count(*) FROM projections.parked WHERE view = $1 AND version = $2 AND partition = $3"
)
async def _count(transaction: Transaction, view: str, version: int, partition: int) -> list[dict[str, Any]]:
    return [{"count": sum(row.partition == partition for _, row in parked_rows(transaction, view, version))}]


@_says("read blocked", parking._SUBJECTS)
async def _subjects(transaction: Transaction, view: str, version: int, vendors: Sequence[str]) -> list[dict[str, Any]]:
    since: dict[tuple[str, str], int] = {}
    for (vendor, seq), row in parked_rows(transaction, view, version):
        if vendor in vendors:
            for subject in row.subjects:
                since.setdefault((vendor, subject), seq)
    return [{"vendor": vendor, "subject": subject, "since": seq} for (vendor, subject), seq in since.items()]


@_says("park", parking._PARK)
async def _park(
    transaction: Transaction, view: str, version: int, vendor: str, seq: int, partition: int, type_: str,
    subjects: Sequence[str], reason: str, headers: bytes, value: bytes,
) -> list[dict[str, Any]]:  # fmt: skip
    key = view, version, vendor, seq
    if transaction.get("parked", key) is not None:
        raise Conflict("the row already exists", "parked_pkey")
    transaction.put("parked", key, Parked(partition, type_, tuple(subjects), reason, headers, value))
    return []


@_says("fence", replay._FENCE)
async def _fence(transaction: Transaction, consumer: str, partition: int) -> list[dict[str, Any]]:
    await transaction.lock("ownership", (consumer, partition))
    row = transaction.get("ownership", (consumer, partition))
    now = transaction.database.world.now()
    transaction.put("ownership", (consumer, partition), row._replace(epoch=row.epoch + 1, owner=None, lease_until=now))
    return [{"partition": partition}]


@_says("read parked partitions", replay._PARTITIONS)
async def _partitions(transaction: Transaction, view: str, version: int) -> list[dict[str, Any]]:
    found = sorted({row.partition for _, row in parked_rows(transaction, view, version)})
    return [{"partition": partition} for partition in found]


@_says("read parked", replay._NEXT)
async def _next(
    transaction: Transaction, view: str, version: int, partition: int, vendor: str, seq: int, limit: int
) -> list[dict[str, Any]]:
    rows = [
        {"vendor": key[0], "seq": key[1], **row._asdict()}
        for key, row in parked_rows(transaction, view, version)
        if row.partition == partition and key > (vendor, seq)
    ]
    return rows[:limit]


@_says("unpark", replay._APPLIED)
async def _applied(
    transaction: Transaction, view: str, version: int, vendors: Sequence[str], seqs: Sequence[int]
) -> list[dict[str, Any]]:
    for vendor, seq in zip(vendors, seqs, strict=True):
        transaction.delete("parked", (view, version, vendor, seq))
    return []


@_says("note parked", replay._FAILED)
async def _failed(
    transaction: Transaction, view: str, version: int, vendor: str, seq: int, reason: str
) -> list[dict[str, Any]]:
    key = view, version, vendor, seq
    transaction.put("parked", key, transaction.get("parked", key)._replace(reason=reason))
    return []


def parked_rows(transaction: Transaction, view: str, version: int) -> list[tuple[tuple[str, int], Parked]]:
    """By vendor and number, in order, as the transaction sees them."""
    keys = {key for table, key in transaction.writes if table == "parked"} | transaction.database.tables[
        "parked"
    ].keys()
    rows = {key: transaction.get("parked", key) for key in keys}
    return [(key[2:], row) for key, row in sorted(rows.items()) if row is not None and key[:2] == (view, version)]
