"""Group commit: whoever appends while a write is under way shares the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

from shared.errors import Ambiguous, DealregError, Unavailable

Row = TypeVar("Row")
Write = Callable[[Sequence[Row]], Awaitable[None]]
Session = Callable[[], AbstractAsyncContextManager[Write[Row]]]

GROUP_ROWS = 5_000
"""Records of one write: about 50 ms of one PostgreSQL transaction, so nobody waits longer for the one before."""
QUEUED_ROWS = 100_000
"""Records that may wait for a write; about 100 MB, and seconds of work."""

_Waiting = tuple[Sequence[Row], "asyncio.Future[None]"]


class GroupCommit(Generic[Row]):
    """A queue in front of one place to write: one write at a time, in the order of arrival.

    `session` opens what a write needs (a connection) once for as long as callers keep coming; it and the
    write raise a `DealregError`, which every caller of the group gets. So callers hand in rows that nothing is wrong
    with: one that cannot be written would fail its neighbours too.
    """

    def __init__(self, session: Session[Row]) -> None:
        self._session = session
        self._waiting: deque[_Waiting[Row]] = deque()
        self._queued = 0
        self._worker: asyncio.Task[None] | None = None
        self.closed = False

    async def append(self, rows: Sequence[Row]) -> None:
        """The rows are written when this returns; a caller that is cancelled cannot take them back."""
        if self.closed:
            raise Unavailable("the log is closed")
        if self._waiting and self._queued + len(rows) > QUEUED_ROWS:
            raise Unavailable(f"{self._queued} records are waiting for the log; try again")
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, written))
        self._queued += len(rows)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="group-commit")
        await written

    async def close(self, timeout_seconds: float) -> None:
        """Nothing is under way any more: what could be written in time is, the rest was refused."""
        self.closed = True
        if self._worker is None:
            return
        _, unfinished = await asyncio.wait([self._worker], timeout=timeout_seconds)
        for worker in unfinished:
            worker.cancel()
            await asyncio.wait([worker])

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._serve()
        finally:
            self._worker = None

    async def _serve(self) -> None:
        group: list[_Waiting[Row]] = []
        try:
            async with self._session() as write:
                while self._waiting:
                    group = self._next_group()
                    await write([row for rows, _ in group for row in rows])
                    _settle(group, None)
                    group = []
        except DealregError as error:
            # Without a group the session did not open, and would not for those behind the first either.
            _settle(group or self._everybody(), error)
        except BaseException as error:
            # Cancelled by `close`, or a bug: a caller must never wait for ever.
            _settle(group, Ambiguous(f"an append was interrupted ({error!r})"))
            _settle(self._everybody(), Unavailable(f"the log stopped ({error!r})"))
            raise

    def _next_group(self) -> list[_Waiting[Row]]:
        """At least one caller; an append is never split."""
        group = [self._waiting.popleft()]
        size = len(group[0][0])
        while self._waiting and size + len(self._waiting[0][0]) <= GROUP_ROWS:
            group.append(self._waiting.popleft())
            size += len(group[-1][0])
        self._queued -= size
        return group

    def _everybody(self) -> list[_Waiting[Row]]:
        group, self._queued = list(self._waiting), 0
        self._waiting.clear()
        return group


def _settle(group: list[_Waiting[Any]], error: DealregError | None) -> None:
    for _, written in group:
        if written.done():
            continue  # its caller was cancelled
        if error is None:
            written.set_result(None)
        else:
            # One exception object for many callers would gather all their tracebacks.
            alike = type(error)(error.detail, error.problems)
            alike.__cause__ = error.__cause__
            written.set_exception(alike)
