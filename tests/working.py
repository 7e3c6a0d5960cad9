"""A worker at work while a test looks on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Protocol


class Runs(Protocol):
    """A decider, a view's runner, or all of a process."""

    def run(self, stop: asyncio.Event) -> Awaitable[None]: ...


@asynccontextmanager
async def working(worker: Runs) -> AsyncIterator[None]:
    """It works inside the block; then it ends, and what broke it is raised."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task
