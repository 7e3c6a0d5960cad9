"""Reading what strangers sent without holding up the loop: small things at once, large ones in a thread of a few."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

READ_AT_ONCE_BYTES = 4_096
"""So much of the worst takes about a millisecond to read. A registration has 1 kB, and a thread costs it 0.1 ms."""
THREADS = 2
"""Each may hold a core; more of them would only take turns at the interpreter. Who comes later waits for one."""

_Made = TypeVar("_Made")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")


async def read_off_loop(size: int, read: Callable[[], _Made]) -> _Made:
    """What `read` makes of so many bytes, read in a thread where they are many; raises what it raises."""
    if size <= READ_AT_ONCE_BYTES:
        return read()
    return await in_thread(read)


async def in_thread(read: Callable[[], _Made]) -> _Made:
    """What `read` makes, in a thread whatever the size: for texts whose reading is slow."""
    return await asyncio.get_running_loop().run_in_executor(_threads, read)
