"""The whole of dealreg inside one event loop: what `dealreg run --in-process` and the end-to-end tests start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from socket import socket

import asyncpg
import httpx

from dealreg.embedded.guardian import Guardian
from dealreg.runtime.backlog import drained
from dealreg.runtime.components import (
    AnyWorker,
    Decider,
    Delivering,
    Projections,
    Runtime,
    decider,
    projections,
    runtime,
    webhooks,
)
from dealreg.runtime.loopback import loopback_client
from dealreg.runtime.one_port import applications
from dealreg.runtime.overseer import as_part
from dealreg.runtime.server import listen, serving
from dealreg.runtime.shortcut import Shortcut
from dealreg.runtime.surface import surfaced
from dealreg.runtime.vendor import found_vendor
from shared.credentials import Credentials
from shared.log.port import EventLog
from shared.observability import Health, Ready
from shared.settings import Settings

DRAIN_SECONDS = 300.0
"""What is drained in a second on an idle machine; a worker that broke is noticed at once, whatever this is."""
POOL_SIZE = 30
"""Views, decider and requests share it."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running dealreg: its address, and what a test or a command needs beside HTTP."""

    runtime: Runtime
    base_url: str
    client: httpx.AsyncClient
    """HTTP client without a credential; send `Authorization` with each request."""
    attribution: Decider
    projections: Projections
    webhooks: Delivering

    @property
    def settings(self) -> Settings:
        return self.runtime.settings

    @property
    def pool(self) -> asyncpg.Pool:
        return self.runtime.pool

    @property
    def log(self) -> EventLog:
        return self.runtime.log

    async def drained(self, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until every fact so far is decided and folded by every view."""
        await drained(self.runtime, seconds=seconds)

    async def vendor(self, vendor: str, *, importing_from: datetime | None = None) -> None:
        """Create the vendor: live, or importing its history from that time on."""
        await found_vendor(self.runtime, vendor, name=vendor, importing_from=importing_from)

    async def key(
        self, vendor: str, scopes: Sequence[str], *, partner: str | None = None, principal: str | None = None
    ) -> str:
        """Create an API key with these scopes."""
        credentials = Credentials(self.pool, self.settings.credential_cache_seconds)
        _, token = await credentials.create(vendor, scopes, partner=partner, principal=principal)
        return str(token)


@asynccontextmanager
async def stack(
    settings: Settings, listener: socket | None = None, *, work: bool = True, guardian: Guardian | None = None
) -> AsyncIterator[Stack]:
    """Run HTTP, decider, views and deliveries inside the block, over the servers of `settings` and a migrated schema.

    Without `work` nothing decides or folds: the caller steps `attribution.worker` and the runners itself.
    An unexpected error of a worker fails the block.
    """
    listener = listener or listen(settings.host, settings.port)
    stop = asyncio.Event()
    async with AsyncExitStack() as entered:
        found = await entered.enter_async_context(runtime(settings, "run", pool_size=POOL_SIZE))
        workers = (decider(found), projections(found), webhooks(found))
        beside = _beside(workers if work else (), guardian)
        shortcut = Shortcut(settings)
        app = await entered.enter_async_context(applications(found, beside=beside, shortcut=shortcut))
        url = await entered.enter_async_context(
            serving(surfaced(app, settings), listener, settings.trusted_proxies, shortcut)
        )
        client = await entered.enter_async_context(
            loopback_client(base_url=url, timeout=60, limits=httpx.Limits(max_connections=None))
        )
        running = Stack(found, url, client, *workers)
        try:
            async with asyncio.TaskGroup() as group:
                if work:
                    group.create_task(running.attribution.run(stop), name="attribution")
                    group.create_task(running.projections.run(stop), name="projections")
                    group.create_task(running.webhooks.run(stop), name="webhooks")
                try:
                    yield running
                finally:
                    stop.set()
        finally:
            if not work:
                await running.attribution.worker.close()


def _beside(workers: Sequence[AnyWorker], guardian: Guardian | None) -> Ready:
    """Report health of what runs in this process beside HTTP."""

    async def health() -> Health:
        away = guardian.away if guardian else {}
        found = Health(tuple(f"{name}: {what}" for name, what in sorted(away.items())))
        for said in await asyncio.gather(*(one.health() for one in workers)):
            found += as_part(said)
        return found

    return health
