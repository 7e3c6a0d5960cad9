"""A database in memory: read committed, rows locked by who changes them, commits that may be lost on the way.

It keeps what PostgreSQL promises and this project rests on, no more: a transaction's writes become visible together;
an UPDATE waits for whoever changed its row and looks again; a connection that goes away takes its transaction along,
unless the COMMIT had been sent; a commit that did not wait for the disk may be forgotten by a server that dies.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.database import Contended
from shared.errors import Ambiguous, Unavailable
from tests.simulation.world import LATER_SECONDS, PROCESS, Process, World

T = TypeVar("T")
Table = dict[Any, Any]
OF_VIEWS = ("view", "view_head", "halted", "parked")
OF_THE_DECIDER = ("head", "document", "processed", "outbox", "published", "ownership", "halt")
TABLES = (*OF_THE_DECIDER, "worker", "key", "key_seen", "person")
GONE = object()
IDLE_SECONDS = 2.5
"""`idle_in_transaction_session_timeout`: a frozen process loses its locks."""
LOCK_SECONDS = 5.0


class Database:
    """The tables, and who holds which row."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables: dict[str, Table] = {name: {} for name in (*TABLES, *OF_VIEWS)}
        self.forgotten: set[tuple[str, str]] = set()
        """Keys of requests that were seen too long ago."""
        self.locks: dict[Any, Transaction] = {}
        self.waiting: defaultdict[Any, list[asyncio.Future[None]]] = defaultdict(list)
        self.open: list[Transaction] = []
        self.down_until = 0.0
        self.unsynced: list[list[tuple[str, Any, Any]]] = []
        """How to undo each commit that may not be on the disk yet."""
        self.appended: Callable[[list[tuple[int, Any]]], None] = lambda _: None
        """Where records go that were appended in a transaction."""
        self.watch: Callable[[dict[tuple[str, Any], Any], str], None] = lambda _writes, _who: None
        """Sees every commit just before it happens."""

    def begin(self) -> Transaction:
        return Transaction(self, PROCESS.get())

    def up(self) -> None:
        if self.down_until > self.world.loop.time():
            raise Unavailable("the database is starting up")

    async def call(
        self, op: str, act: Callable[[], Awaitable[T]], detail: str = "", late: Callable[[float], None] | None = None
    ) -> T:
        """One statement outside a transaction."""

        async def done() -> T:
            self.up()
            return await act()

        return await self.world.call(op, done, late, detail=detail)

    async def at_once(
        self,
        op: str,
        act: Callable[[Transaction], Awaitable[T]],
        *,
        synced: bool = True,
        late: Callable[[float], None] | None = None,
    ) -> T:
        """One statement that writes, committed with it."""

        async def done() -> T:
            transaction = self.begin()
            try:
                result = await act(transaction)
                transaction.apply(synced=synced)
            finally:
                transaction.end()
            return result

        return await self.call(op, done, late=late)

    def restart(self, seconds: float) -> None:
        """The server dies: open transactions are gone, and so are commits that nobody waited for."""
        for transaction in list(self.open):
            transaction.lost(arrives=False)
        for undo in reversed(self.unsynced):
            for table, key, before in undo:
                self._put(table, key, before)
        self.unsynced.clear()
        self.down_until = self.world.loop.time() + seconds

    def _put(self, table: str, key: Any, value: Any) -> None:
        if value is GONE:
            self.tables[table].pop(key, None)
        else:
            self.tables[table][key] = value


class Transaction:
    """What one connection changed and nobody sees yet."""

    def __init__(self, database: Database, process: Process | None) -> None:
        self.database, self.process = database, process
        self.writes: dict[tuple[str, Any], Any] = {}
        self.appends: list[tuple[int, Any]] = []
        self.held: list[Any] = []
        self.broken = False
        self.committing = False
        self.sent = False
        """COMMIT is on its way, whoever lives."""
        self.ended = False
        database.open.append(self)
        if process is not None:
            process.open.append(self)

    def get(self, table: str, key: Any) -> Any:
        """The row as this transaction sees it; None where there is none."""
        found = self.writes.get((table, key))
        if found is None:
            return self.database.tables[table].get(key)
        return None if found is GONE else found

    def put(self, table: str, key: Any, value: Any) -> None:
        self.writes[table, key] = value

    def delete(self, table: str, key: Any) -> None:
        self.writes[table, key] = GONE

    async def lock(self, *key: Any) -> None:
        """The row is ours until the end; waits for who has it, and then the caller must look again."""
        database = self.database
        deadline = database.world.loop.time() + LOCK_SECONDS
        while (holder := database.locks.get(key)) is not None and holder is not self:
            waiter: asyncio.Future[None] = database.world.loop.create_future()
            database.waiting[key].append(waiter)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiter
            except TimeoutError:
                self.broken = True
                raise Contended(f"waited too long for {key}") from None
        self.check()
        if holder is None:
            database.locks[key] = self
            self.held.append(key)

    def check(self) -> None:
        if self.broken or self.ended:
            self.broken = True
            raise Ambiguous("the connection was closed by the server")
        self.database.up()

    async def statement(self, op: str, act: Callable[[], Awaitable[T]], detail: str = "") -> T:
        """One statement of this transaction; after an error nothing but a rollback is left."""

        async def done() -> T:
            self.check()
            return await act()

        try:
            return await self.database.world.call(op, done, detail=detail)
        except BaseException:
            self.broken = True
            raise

    async def commit(self) -> None:
        async def done() -> None:
            self.check()
            self.apply()
            self.end()

        self.committing = not self.broken
        try:
            await self.database.world.call("commit", done, self._send, detail=self._summary())
        finally:
            if not self.sent:
                self.end()

    def _send(self, seconds: float) -> None:
        if not (self.broken or self.ended or self.sent):
            self.sent = True
            self.database.world.loop.call_later(seconds, self._arrive)

    def _arrive(self) -> None:
        if not self.ended:
            self.database.world.note(None, f"a commit arrives: {self._summary()}")
            self.apply()
            self.end()

    def apply(self, *, synced: bool = True) -> None:
        database = self.database
        database.watch(self.writes, self.process.name if self.process else "")
        undo = [(table, key, database.tables[table].get(key, GONE)) for table, key in self.writes]
        for (table, key), value in self.writes.items():
            database._put(table, key, value)
        if self.appends:
            database.appended(self.appends)
        if synced:
            database.unsynced.clear()
        else:
            database.unsynced.append(undo)

    def end(self) -> None:
        """The locks are free; what was not applied is gone."""
        if self.ended:
            return
        self.ended = True
        self.database.open.remove(self)
        if self.process is not None and self in self.process.open:
            self.process.open.remove(self)
        for key in self.held:
            del self.database.locks[key]
            for waiter in self.database.waiting.pop(key, ()):
                if not waiter.done():
                    waiter.set_result(None)

    def lost(self, *, arrives: bool = True) -> None:
        """The connection is gone; a COMMIT that is on its way may arrive."""
        if arrives and self.committing and self.database.world.chance.random() < 0.5:
            self._send(self.database.world.chance.uniform(0.0, LATER_SECONDS))
        if not (arrives and self.sent):
            self.broken = True
            self.end()

    def idle(self) -> None:
        """Its process froze: the server waits for it only so long."""
        self.database.world.loop.call_later(IDLE_SECONDS, self._timed_out)

    def _timed_out(self) -> None:
        frozen = self.process is not None and self.process.frozen_until > self.database.world.loop.time()
        if frozen and not self.ended and not self.sent:
            self.database.world.note(self.process, "loses its idle transaction")
            self.broken = True
            self.end()

    def _summary(self) -> str:
        tables = sorted({table for table, _ in self.writes})
        return f"{len(self.writes)} rows of {' '.join(tables)}" + (
            f", {len(self.appends)} appends" * bool(self.appends)
        )
