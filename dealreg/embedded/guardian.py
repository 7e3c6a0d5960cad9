"""The guardian of the embedded servers: one that ends is started again, over the same data, at the same address."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from shared.backoff import Backoff
from shared.errors import DealregError

LOOK_SECONDS = 0.25
"""Between two looks whether a server runs: one read of its process's state, and a part of the time that we are away."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
"""A server that cannot start, as on a full disk, is tried again this often."""
SETTLED_SECONDS = 30.0
"""A server that ran for so long begins with the first pause again."""

_log = structlog.get_logger(__name__)


class Guarded(Protocol):
    """An embedded server as the guardian sees it."""

    name: str

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        ...

    async def revive(self) -> None:
        """It answers again; raises `DealregError` when it does not start."""
        ...


@dataclass(slots=True)
class Guardian:
    """Watches servers and restarts those that end, whoever ended them."""

    servers: Sequence[Guarded]
    away: dict[str, str] = field(default_factory=dict)
    """Servers that do not run now, by name, with what is done about it."""
    revived: dict[str, int] = field(default_factory=dict)
    """How often each was started again."""

    @asynccontextmanager
    async def guarding(self) -> AsyncIterator[Guardian]:
        """The servers are watched inside the block."""
        tasks = [asyncio.create_task(self._keep(one), name=f"guard {one.name}") for one in self.servers]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, server: Guarded) -> None:
        backoff, up_since = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS), time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if server.alive:
                continue
            if time.monotonic() - up_since > SETTLED_SECONDS:
                backoff.reset()
            _log.error("server ended", server=server.name)
            self.away[server.name] = "it ended and is started again"
            while not await self._revived(server, backoff):
                pass
            up_since = time.monotonic()

    async def _revived(self, server: Guarded, backoff: Backoff) -> bool:
        await asyncio.sleep(backoff.next())
        try:
            await server.revive()
        except Exception as error:
            # Whatever it is: a guardian that died would leave the server away for good.
            self._cannot(server, error.detail if isinstance(error, DealregError) else repr(error))
            return False
        self.away.pop(server.name, None)
        self.revived[server.name] = self.revived.get(server.name, 0) + 1
        _log.info("server started again", server=server.name, times=self.revived[server.name])
        return True

    def _cannot(self, server: Guarded, reason: str) -> None:
        detail = f"it ended and cannot be started: {reason.splitlines()[0]}"
        # Once for each reason: a full disk lasts for hours.
        if self.away.get(server.name) != detail:
            _log.error("server cannot be started", server=server.name, reason=reason)
        self.away[server.name] = detail
