"""A process that dies at the n-th step outside itself: what it had committed stays, all else is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from shared import crash_points


class Crashed(BaseException):
    """The process is gone. Not an `Exception`: no error handling may survive it."""


class Fuse:
    """Counts the steps of a worker outside itself (queries, commits, appends), and blows before or after one."""

    def __init__(self, blow_at: int | None = None) -> None:
        self.steps = 0
        self.blown: str | None = None
        self._blow_at = blow_at

    def step(self, name: str) -> None:
        """One side of a step; each has two: before it is done and after."""
        if self.steps == self._blow_at:
            self.blown = name
        self.steps += 1
        if self.blown is not None:
            raise Crashed(self.blown)


_WITHIN: ContextVar[Fuse | None] = ContextVar("fuse", default=None)


@contextmanager
def passing_points(fuse: Fuse) -> Iterator[None]:
    """The crash points that the source names pass the fuse too, those around each commit among them.

    Only of what is started within: a service that other tests share may run in this process as well.
    """
    assert crash_points.listener is None
    within = _WITHIN.set(fuse)
    crash_points.listener = lambda name: fuse.step(f"at {name}") if _WITHIN.get() is fuse else None
    try:
        yield
    finally:
        crash_points.listener = None
        _WITHIN.reset(within)


class CrashingConnection:
    """A connection whose every query passes the fuse; a transaction that a crash leaves is rolled back."""

    def __init__(self, connection: Any, fuse: Fuse) -> None:
        self._connection, self._fuse = connection, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in ("execute", "executemany", "fetch", "fetchrow", "fetchval"):
            return found

        async def passing(query: str, *arguments: Any, **options: Any) -> Any:
            label = f"{name} {' '.join(query.split())[:60]}"
            self._fuse.step(f"before {label}")
            result = await found(query, *arguments, **options)
            self._fuse.step(f"after {label}")
            return result

        return passing


class CrashingPool:
    """A pool of such connections."""

    def __init__(self, pool: Any, fuse: Fuse) -> None:
        self._pool, self._fuse = pool, fuse

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[CrashingConnection]:
        async with self._pool.acquire() as connection:
            yield CrashingConnection(connection, self._fuse)

    def __getattr__(self, name: str) -> Any:
        return getattr(CrashingConnection(self._pool, self._fuse), name)


class CrashingLog:
    """A log whose appends pass the fuse; one that blows after the append is the ambiguous case."""

    def __init__(self, log: Any, fuse: Fuse) -> None:
        self._log, self._fuse = log, fuse

    async def append(self, topic: str, records: Any) -> None:
        self._fuse.step(f"before append {topic}")
        await self._log.append(topic, records)
        self._fuse.step(f"after append {topic}")

    async def append_in(self, connection: CrashingConnection, topic: str, records: Any) -> None:
        self._fuse.step(f"before append in transaction {topic}")
        await self._log.append_in(connection._connection, topic, records)
        self._fuse.step(f"after append in transaction {topic}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)
