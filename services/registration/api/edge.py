"""What the routes of the edge work with, put together once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import asyncpg
import httpx
from fastapi import Request

from services.registration.directory.reading import Directory
from services.registration.intake.backlog import Backlog
from services.registration.intake.connections import Connections
from services.registration.intake.erasure import Erasures
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.submission import Submissions
from shared.log.port import EventLog
from shared.persons import MasterKey, Persons
from shared.settings import Settings

READY_SECONDS = 3.0
"""A server that needs longer for one small question cannot serve requests in time."""


@dataclass(slots=True)
class Edge:
    """The parts of the registration service."""

    settings: Settings
    pool: asyncpg.Pool
    log: EventLog
    submissions: Submissions
    intake: Intake
    erasures: Erasures
    idempotency: Idempotency
    connections: Connections
    directory: Directory
    backlog: Backlog
    query_client: httpx.AsyncClient | None
    importing: set[str] = field(default_factory=set)
    """Vendors of which an import's bulk request is under way in this process."""

    async def missing(self) -> list[str]:
        """What does not answer, for `/readyz`."""
        answers = await asyncio.gather(self._database(), self._log(), return_exceptions=True)
        names = ("database", "log")
        return [name for name, answer in zip(names, answers, strict=True) if isinstance(answer, BaseException)]

    async def _database(self) -> None:
        async with asyncio.timeout(READY_SECONDS):
            await self.pool.fetchval("SELECT 1")

    async def _log(self) -> None:
        async with asyncio.timeout(READY_SECONDS):
            await self.log.end_offsets("facts")


def build(settings: Settings, pool: asyncpg.Pool, log: EventLog, query_client: httpx.AsyncClient | None) -> Edge:
    """The parts, wired; nothing runs yet."""
    master_key = MasterKey(settings.master_key_bytes())
    idempotency = Idempotency(pool, shares_log=log.joins_transaction)
    persons, submissions = Persons(pool, master_key), Submissions(master_key)
    intake = Intake(idempotency, persons, log, settings, Marking(idempotency))
    return Edge(
        settings=settings,
        pool=pool,
        log=log,
        submissions=submissions,
        intake=intake,
        erasures=Erasures(persons, intake, submissions),
        idempotency=idempotency,
        connections=Connections(pool, master_key, settings.credential_cache_seconds),
        directory=Directory(pool),
        backlog=Backlog(pool, log, settings.bulk_lag_limit),
        query_client=query_client,
    )


def edge_of(request: Request) -> Edge:
    """The edge that serves this request."""
    return cast(Edge, request.app.state.edge)
