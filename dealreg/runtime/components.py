"""Wire a process: connection pool, event log, and the services over them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from dealreg.runtime.loading import loading
from shared.database import open_pool
from shared.errors import DealregError, Unavailable
from shared.log import open_log
from shared.log.port import EventLog, Topic
from shared.observability import READY_SECONDS, Health, unanswered
from shared.partitions.following import DECIDER, DELIVERIES, Following, view_consumer
from shared.settings import Settings

if TYPE_CHECKING:
    from services.attribution.worker import Worker
    from services.projections.invariants import Invariants
    from services.projections.webhooks.worker import Webhooks
    from shared.projection.supervisor import ViewSupervisor

CLOSE_SECONDS = 5.0
"""Time-out of closing the pool; connections still in use are cut, and nothing acknowledged depends on them."""
POOL_SIZE = 10


@dataclass(frozen=True, slots=True)
class Runtime:
    """Resolved settings, connection pool and event log, shared by every component of the process."""

    settings: Settings
    pool: asyncpg.Pool
    log: EventLog

    async def health(self) -> Health:
        """The server that does not answer."""
        return await unanswered(
            {"database": lambda: self.pool.fetchval("SELECT 1"), "log": lambda: self.log.end_offsets("facts")}
        )


class Away(Unavailable):
    """A server that the process needs does not answer; `server` names it as `/readyz` does."""

    def __init__(self, server: str, detail: str) -> None:
        super().__init__(detail)
        self.server = server


@asynccontextmanager
async def runtime(settings: Settings, name: str, *, pool_size: int = POOL_SIZE) -> AsyncIterator[Runtime]:
    """The database and the log answer inside the block; `settings` name both.

    Raises `Away` or `Misconfigured`.
    """
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    async with AsyncExitStack() as stack:
        with _needed("database"):
            pool = await open_pool(url, settings, name=f"dealreg {name}", max_size=pool_size)
        stack.push_async_callback(_close, pool)
        log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
        with _needed("log"):
            await log.start()
        stack.push_async_callback(log.stop)
        yield Runtime(settings, pool, log)


@contextlib.contextmanager
def _needed(server: str) -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise Away(server, error.detail) from error


@dataclass(frozen=True, slots=True)
class Decider:
    """The service attribution in this process."""

    runtime: Runtime
    worker: Worker
    following: Following

    async def run(self, stop: asyncio.Event) -> None:
        await self.worker.run(stop)

    async def health(self) -> Health:
        """Report what keeps it from deciding: servers, stopped partitions, halted vendors, partitions without owner."""
        said = [f"worker attribution: {phrase}" for phrase in self.worker.missing]
        # A halted vendor blocks nobody else, and must not block the roll-out of its repair.
        vendors = tuple(f"worker attribution: vendor {one} halted" for one in self.worker.halted)
        still = Health(tuple(one for one in said if not one.startswith(vendors)), tuple(said))
        return await _at_work(self.runtime, self.following, "facts", [DECIDER]) + still


@dataclass(frozen=True, slots=True)
class Projections:
    """The workers of the service projections in this process, the edge's directory included."""

    runtime: Runtime
    views: ViewSupervisor
    invariants: Invariants
    following: Following

    async def run(self, stop: asyncio.Event) -> None:
        """Run all views until `stop`; an unexpected error ends the process."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.views.run(stop), name="views")
            group.create_task(self.invariants.run(stop), name="invariants")

    async def health(self) -> Health:
        """Report what keeps views from being folded: servers, halted views, partitions without owner."""
        unfed = tuple(self.views.missing)
        consumers = [view_consumer(view.name) for view in self.views.views]
        return await _at_work(self.runtime, self.following, "journal", consumers) + Health(unfed, unfed)


@dataclass(frozen=True, slots=True)
class Delivering:
    """The worker that delivers events to webhook endpoints, in this process."""

    runtime: Runtime
    worker: Webhooks
    following: Following

    async def run(self, stop: asyncio.Event) -> None:
        await self.worker.run(stop)

    async def health(self) -> Health:
        """Report what keeps events from being delivered; an endpoint that fails is its owner's matter, not this."""
        found = await self.runtime.health()
        if found.missing:
            return found
        said = tuple(f"worker webhooks: {phrase}" for phrase in self.worker.missing)
        try:
            async with asyncio.timeout(READY_SECONDS):
                still = await self.following.silent({DELIVERIES: None})
        except (Unavailable, TimeoutError):
            return Health(("database",))
        # Partitions without a worker are seen by their leases: a receiver's place in a feed is not the log's.
        return Health(tuple(map(str, still)), tuple(str(one) for one in still if not one.whole)) + Health(said, said)


AnyWorker = Decider | Projections | Delivering
"""A background worker of this process."""


async def _at_work(runtime: Runtime, following: Following, topic: Topic, consumers: list[str]) -> Health:
    """Report health of a worker: stopped partitions are missing, or degraded if others move.

    Nobody routes requests to a worker, so a 503 of its own costs no answer; whoever asks for all of dealreg on one port
    takes out of service what `missing` has beyond `degraded`.
    """
    found = await runtime.health()
    if found.missing:
        return found
    try:
        async with asyncio.timeout(READY_SECONDS):
            ends = await runtime.log.end_offsets(topic)
            still = await following.silent(dict.fromkeys(consumers, ends))
    except (Unavailable, TimeoutError):
        return Health(("database",))
    return Health(tuple(map(str, still)), tuple(str(one) for one in still if not one.whole))


# Each loads what it runs, so that a process of one worker does without the others.


def decider(runtime: Runtime) -> Decider:
    with loading():
        from services.attribution.worker import Worker

    return Decider(runtime, Worker(runtime.pool, runtime.log, runtime.settings), _following(runtime))


def projections(runtime: Runtime) -> Projections:
    with loading():
        from dealreg.runtime.views import VIEWS
        from services.projections.invariants import Invariants
        from shared.projection.supervisor import ViewSupervisor

    views = ViewSupervisor(VIEWS, runtime.pool, runtime.log, runtime.settings)
    invariants = Invariants(runtime.pool, runtime.log, runtime.settings.invariant_seconds)
    return Projections(runtime, views, invariants, _following(runtime))


def webhooks(runtime: Runtime) -> Delivering:
    with loading():
        from services.projections.webhooks.worker import Webhooks

    return Delivering(runtime, Webhooks(runtime.pool, runtime.log, runtime.settings), _following(runtime))


def _following(runtime: Runtime) -> Following:
    return Following(runtime.pool, runtime.settings.lease_seconds)


async def _close(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except (TimeoutError, DealregError, OSError, asyncpg.PostgresError):
        pool.terminate()
