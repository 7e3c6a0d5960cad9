"""This release, its services within the test's own process, each ended by itself as an operator ends a process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr

from dealreg.runtime.components import Decider, Runtime, decider, projections, runtime
from dealreg.runtime.names import Service
from dealreg.runtime.one_port import applications
from dealreg.runtime.server import listen, serving
from shared.settings import Settings
from tests.working import working

HTTP: tuple[Service, ...] = ("registration", "query")
"""Blind checks need no order among releases: they write nothing that another service reads."""


@dataclass(slots=True)
class OldRelease:
    """What runs of it, and where it answers."""

    runtime: Runtime
    urls: dict[str, str] = field(default_factory=dict)
    _running: dict[str, AsyncExitStack] = field(default_factory=dict)

    async def end(self, name: str) -> None:
        """The service has answered what was under way, and given back what it held."""
        await self._running.pop(name).aclose()

    async def start(self) -> None:
        """All four answer."""
        for name in HTTP:
            stack = self._running[name] = AsyncExitStack()
            app = await stack.enter_async_context(applications(self.runtime, (name,)))
            listener = listen(self.runtime.settings.host, 0)
            self.urls[name] = await stack.enter_async_context(serving(app, listener))
        for worker in (decider(self.runtime), projections(self.runtime)):
            stack = self._running["attribution" if isinstance(worker, Decider) else "projections"] = AsyncExitStack()
            await stack.enter_async_context(working(worker))

    async def close(self) -> None:
        for name in list(self._running):
            await self.end(name)


@asynccontextmanager
async def old_release(database: str, settings: Settings) -> AsyncIterator[OldRelease]:
    """It runs inside the block."""
    named = settings.model_copy(update={"database_url": SecretStr(database)})
    async with runtime(named, "old", pool_size=30) as found:
        old = OldRelease(found)
        try:
            await old.start()
            yield old
        finally:
            await old.close()
