"""A channel that goes on sending claims whatever happens, and knows how long nobody answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx

from tests.crash.work import TIMEOUT_SECONDS, Sender
from tests.until import until

CLIENTS = 8
PATIENCE_SECONDS = 90.0
PAUSE_SECONDS = 0.02
"""Between two requests of a client: a few hundred claims a second, on two processors that have other work."""


@dataclass(slots=True)
class Load:
    """Clients that repeat each claim under its key until it is accepted, one after the other."""

    base_url: str
    sender: Sender
    stall_seconds: float = 0.0
    """The longest time in which nothing was accepted."""
    _numbers: count[int] = field(default_factory=count)
    _stopping: bool = False
    _last: float = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """They send inside the block, and each has its last answer after it."""
        self._last = asyncio.get_running_loop().time()
        async with (
            httpx.AsyncClient(base_url=self.base_url, timeout=TIMEOUT_SECONDS) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(CLIENTS):
                group.create_task(self._send(client))
            try:
                yield
            finally:
                self._stopping = True

    async def reaches(self, more: int) -> None:
        """So many claims more than now are accepted."""
        goal = len(self.sender.accepted) + more

        async def reached() -> bool:
            return len(self.sender.accepted) >= goal

        await until(reached, PATIENCE_SECONDS)

    async def _send(self, client: httpx.AsyncClient) -> None:
        while not self._stopping:
            number = next(self._numbers)
            while not await self.sender.send_one(client, number):
                await asyncio.sleep(PAUSE_SECONDS)
            now = asyncio.get_running_loop().time()
            self.stall_seconds, self._last = max(self.stall_seconds, now - self._last), now
            await asyncio.sleep(PAUSE_SECONDS)


async def passed(seconds: float) -> None:
    """So much time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds

    async def over() -> bool:
        return loop.time() >= end

    await until(over, 2 * seconds)
