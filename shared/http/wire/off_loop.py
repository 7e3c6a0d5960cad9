"""Parse foreign input without blocking the event loop: small inputs at once, large ones in a few threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

READ_AT_ONCE_BYTES = 4_096
"""The worst input of this size takes about a millisecond. A registration has 1 kB; a thread would cost it 0.1 ms."""
THREADS = 2
"""Threads. Each may use a core; more would only compete for the interpreter. Later inputs wait."""

_Made = TypeVar("_Made")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")


async def read_off_loop(size: int, read: Callable[[], _Made]) -> _Made:
    """Run `read`, in a thread if there are many bytes; raise what it raises."""
    if size <= READ_AT_ONCE_BYTES:
        return read()
    return await in_thread(read)


async def in_thread(read: Callable[[], _Made]) -> _Made:
    """Run `read` in a thread whatever the size, for texts that are slow to parse."""
    return await asyncio.get_running_loop().run_in_executor(_threads, read)
