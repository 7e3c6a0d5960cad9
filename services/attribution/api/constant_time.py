"""Constant time: responses leave at fixed instants, so that their timing reveals nothing."""

from __future__ import annotations

import math
from asyncio import get_running_loop, sleep
from collections.abc import Awaitable
from typing import TypeVar

TELL_EVERY_MS = 250
"""A response leaves at a multiple of this after its request. The work takes about a tenth of it;
a machine so busy that it takes longer tells at the next multiple."""

_T = TypeVar("_T")


async def held(work: Awaitable[_T], since: float) -> _T:
    """Await the work and return or raise its result at the next multiple after `since`, a time of the loop."""
    try:
        return await work
    finally:
        await sleep(wait_seconds(get_running_loop().time() - since))


def wait_seconds(passed: float) -> float:
    """Return the time from so many seconds after the request to the next multiple."""
    every = TELL_EVERY_MS / 1000
    return (math.floor(passed / every) + 1) * every - passed
