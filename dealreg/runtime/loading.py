"""When a process looks for garbage: not while it loads, and afterwards only in what it has made since."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

COLLECT_AFTER = (50_000, 20, 50)
"""Objects made before a collection, by generation. Some hundred requests under way hold about a hundred objects each;
at the default of 700 they are walked again for every second request, which cost 40 % of the processor."""
WHOLE_AFTER_SECONDS = 300.0
"""Between two looks through everything. What failed hangs together in circles, with the batch that it was about; where
nearly all else goes by itself, so many objects are never made that a look would come."""


def settled() -> None:
    """What was made so far stays to the end, so collections skip it, and come seldom."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@contextmanager
def loading() -> Iterator[None]:
    """Inside the block no garbage is collected: what modules make stays, and looking took a seventh of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@asynccontextmanager
async def collecting(seconds: float = WHOLE_AFTER_SECONDS) -> AsyncIterator[None]:
    """Inside the block all garbage is collected now and then, however little is made."""

    async def collect() -> None:
        while True:
            await asyncio.sleep(seconds)
            gc.collect()

    task = asyncio.create_task(collect(), name="garbage")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
