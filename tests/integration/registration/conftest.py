"""The edge on a real PostgreSQL and its log, spoken to over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import httpx
import pytest_asyncio
from fastapi import FastAPI

from services.registration.api.app import create_app
from shared.credentials import SCOPES, Credentials
from shared.database import open_pool
from shared.events.access import AccessEvent
from shared.events.codec import decode_fact
from shared.events.envelope import Fact
from shared.log.port import EventLog, partition_of
from shared.log.postgres import PostgresLog
from shared.settings import Settings

SUBMISSION = {
    "program": "hunting",
    "partner": "nordlicht",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["GTX Pro"],
    "amount": {"amount": "48000.00", "currency": "EUR"},
    "close_date": "2027-03-31",
}


@dataclass(slots=True)
class Edge:
    """One edge under test: its application, a client of it, and what it stands on."""

    app: FastAPI
    client: httpx.AsyncClient
    pool: asyncpg.Pool
    log: EventLog
    settings: Settings

    async def key(self, *scopes: str, vendor: str = "acme", partner: str | None = None) -> dict[str, str]:
        """Authorization headers of a new credential; all scopes but `import` where none is named."""
        granted = scopes or tuple(scope for scope in SCOPES if scope != "import")
        _, token = await Credentials(self.pool, 0).create(vendor, granted, partner=partner)
        return {"Authorization": f"Bearer {token}"}

    async def facts(self, vendor: str = "acme") -> list[Fact]:
        """Every fact that somebody told of the vendor, in order, repetitions included."""
        return [fact for fact in await self._facts(vendor) if not isinstance(fact.event, AccessEvent)]

    async def acts(self, vendor: str = "acme") -> list[Fact]:
        """Every fact of what was done to its credentials and connections, in order, repetitions included."""
        return [fact for fact in await self._facts(vendor) if isinstance(fact.event, AccessEvent)]

    async def _facts(self, vendor: str) -> list[Fact]:
        partition = partition_of(vendor, self.log.partitions)
        end = (await self.log.end_offsets("facts"))[partition]
        reader = await self.log.reader("facts", partition, 0)
        found: list[Fact] = []
        seen = 0
        while seen < end:
            records = await reader.fetch(1_000, 10_000)
            seen += len(records)
            found += [decode_fact(record) for record in records if record.key == vendor]
        await reader.close()
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    made = await open_pool(database, settings, max_size=12)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def log(pool: asyncpg.Pool, settings: Settings) -> AsyncIterator[EventLog]:
    made = PostgresLog(
        pool, partitions=settings.partitions, request_timeout_ms=settings.request_timeout_ms, poll_ms=settings.poll_ms
    )
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def edge(pool: asyncpg.Pool, log: EventLog, settings: Settings) -> AsyncIterator[Edge]:
    app = create_app(settings, pool, log)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://edge"
        ) as client,
    ):
        yield Edge(app, client, pool, log, settings)
