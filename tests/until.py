"""Waiting for what must come true, with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

POLL_SECONDS = 0.005
LONGEST_POLL_SECONDS = 0.05
"""Most of what is waited for is asked over HTTP: two hundred questions a second would slow down who is to answer."""
_SLOWER = 1.2
PATIENT_SECONDS = 300.0
"""What takes a second on an idle machine may take minutes on a crowded one; only a test that fails waits so long."""

Found = TypeVar("Found")


async def until(condition: Callable[[], Awaitable[Found]], seconds: float = PATIENT_SECONDS) -> Found:
    """The first true answer of the condition; fails with the last one when the time is over."""
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + seconds, POLL_SECONDS
    while not (found := await condition()):
        assert loop.time() < deadline, f"still {found!r} after {seconds} s"
        await asyncio.sleep(pause)
        pause = min(pause * _SLOWER, LONGEST_POLL_SECONDS)
    return found
