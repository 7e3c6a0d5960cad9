"""One process of dealreg: its loop, what ends it, and the servers it stands on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

from dealreg.embedded import servers
from dealreg.embedded.guardian import Guardian
from shared.database import migrate
from shared.settings import Settings

ENDING = (signal.SIGINT, signal.SIGTERM)
_LIFELINE_BYTES = 4_096

_T = TypeVar("_T")


def run(main: Coroutine[None, None, _T]) -> _T:
    """Run the coroutine, on the fast event loop if it is installed."""
    factory = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


@asynccontextmanager
async def stop_signal(*, lifeline: bool = False) -> AsyncIterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set; with `lifeline`, also the end of standard input, as when a parent died."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for ending in ENDING:
        loop.add_signal_handler(ending, stop.set)
    if lifeline:
        loop.add_reader(sys.stdin.fileno(), _watch, stop)
    try:
        yield stop
    finally:
        if lifeline:
            loop.remove_reader(sys.stdin.fileno())
        for ending in ENDING:
            loop.remove_signal_handler(ending)


async def unless_stopped(work: Awaitable[_T], stop: asyncio.Event) -> _T | None:
    """Await the work; None if the stop event came first, which cancels it."""
    task, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        return None
    finally:
        for one in (task, stopping):
            one.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


def _watch(stop: asyncio.Event) -> None:
    descriptor = sys.stdin.fileno()
    if not os.read(descriptor, _LIFELINE_BYTES):
        asyncio.get_running_loop().remove_reader(descriptor)
        stop.set()


@asynccontextmanager
async def standing(settings: Settings) -> AsyncIterator[tuple[Settings, Guardian]]:
    """Start servers and migrate the schema; yield resolved settings and the guardian."""
    async with servers(settings) as addresses:
        await migrate(addresses.database_url)
        yield addresses.applied_to(settings), addresses.guardian
