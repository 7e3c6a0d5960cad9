"""What every process of dealreg stands on: a pool, a started log, and the services put together over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from services.attribution.worker import Worker
from services.projections.invariants import Invariants
from services.projections.views import ALL
from services.registration.directory import VIEW as DIRECTORY
from shared.database import open_pool
from shared.errors import DealregError
from shared.log import open_log
from shared.log.port import EventLog
from shared.projection.fleet import Fleet
from shared.projection.port import View
from shared.settings import Settings

CLOSE_SECONDS = 5.0
"""A connection that is not given back by then is cut: nothing acknowledged depends on it."""
READY_SECONDS = 3.0
"""A server that needs longer for one small question does not answer."""
POOL_SIZE = 10

VIEWS: tuple[View, ...] = (*ALL, DIRECTORY)
"""Every fold of the journal: the read models, and what the edge knows."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings with nothing left to find out, the database and the log."""

    settings: Settings
    pool: asyncpg.Pool
    log: EventLog

    async def missing(self) -> list[str]:
        """What does not answer, for `/readyz`."""
        checks = {"database": self._database(), "log": self._log()}
        answers = await asyncio.gather(*checks.values(), return_exceptions=True)
        return [name for name, answer in zip(checks, answers, strict=True) if isinstance(answer, BaseException)]

    async def _database(self) -> None:
        async with asyncio.timeout(READY_SECONDS):
            await self.pool.fetchval("SELECT 1")

    async def _log(self) -> None:
        async with asyncio.timeout(READY_SECONDS):
            await self.log.end_offsets("facts")


@asynccontextmanager
async def ground(settings: Settings, name: str, *, pool_size: int = POOL_SIZE) -> AsyncIterator[Ground]:
    """The database and the log answer inside the block; `settings` name both.

    Raises `Unavailable` or `Misconfigured`.
    """
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    async with AsyncExitStack() as stack:
        pool = await open_pool(url, settings, name=f"dealreg {name}", max_size=pool_size)
        stack.push_async_callback(_close, pool)
        log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
        await log.start()
        stack.push_async_callback(log.stop)
        yield Ground(settings, pool, log)


@dataclass(frozen=True, slots=True)
class Decider:
    """The service attribution in this process."""

    ground: Ground
    worker: Worker

    async def run(self, stop: asyncio.Event) -> None:
        await self.worker.run(stop)

    async def missing(self) -> list[str]:
        return [*await self.ground.missing(), *self.worker.missing]


@dataclass(frozen=True, slots=True)
class Projections:
    """The workers of the service projections in this process, one a view, and the fold of the edge's directory."""

    ground: Ground
    fleets: tuple[Fleet, ...]
    invariants: Invariants

    async def run(self, stop: asyncio.Event) -> None:
        """All views until `stop`; the first that breaks for a reason unforeseen breaks all, and the process."""
        async with asyncio.TaskGroup() as group:
            for fleet in self.fleets:
                group.create_task(fleet.run(stop), name=f"view-{fleet.view.name}")
            group.create_task(self.invariants.run(stop), name="invariants")

    async def missing(self) -> list[str]:
        unfed = [phrase for fleet in self.fleets for phrase in fleet.missing]
        return [*await self.ground.missing(), *unfed]


def decider(ground: Ground) -> Decider:
    return Decider(ground, Worker(ground.pool, ground.log, ground.settings))


def projections(ground: Ground) -> Projections:
    fleets = tuple(Fleet(view, ground.pool, ground.log, ground.settings) for view in VIEWS)
    return Projections(ground, fleets, Invariants(ground.pool, ground.log, ground.settings.invariant_seconds))


async def _close(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except (TimeoutError, DealregError, OSError, asyncpg.PostgresError):
        pool.terminate()
