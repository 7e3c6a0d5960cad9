"""The guardian of the embedded servers: restarts one that ends, over the same data, at the same address."""

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
"""Interval of checks whether a server runs: a cheap read of its process's state."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
"""Longest pause between attempts to start a server, for example with a full disk."""
SETTLED_SECONDS = 30.0
"""After running for so long, a server starts with the first pause again."""

_log = structlog.get_logger(__name__)


class Guarded(Protocol):
    """An embedded server as the guardian sees it."""

    name: str

    @property
    def alive(self) -> bool:
        """Return whether it still runs."""
        ...

    async def revive(self) -> None:
        """Start it again and wait until it answers; raise `DealregError` if it does not start."""
        ...


@dataclass(slots=True)
class Guardian:
    """Watches servers and restarts those that end, whoever ended them."""

    servers: Sequence[Guarded]
    away: dict[str, str] = field(default_factory=dict)
    """Servers that do not run now, by name, with the reason."""
    revived: dict[str, int] = field(default_factory=dict)
    """How often each was restarted."""

    @asynccontextmanager
    async def guarding(self) -> AsyncIterator[Guardian]:
        """Watch the servers inside the block."""
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
            # Whatever the error: without its guardian the server would stay down for good.
            self._cannot(server, error.detail if isinstance(error, DealregError) else repr(error))
            return False
        self.away.pop(server.name, None)
        self.revived[server.name] = self.revived.get(server.name, 0) + 1
        _log.info("server started again", server=server.name, times=self.revived[server.name])
        return True

    def _cannot(self, server: Guarded, reason: str) -> None:
        detail = f"it ended and cannot be started: {reason.splitlines()[0]}"
        # Once per reason: a full disk lasts for hours.
        if self.away.get(server.name) != detail:
            _log.error("server cannot be started", server=server.name, reason=reason)
        self.away[server.name] = detail
