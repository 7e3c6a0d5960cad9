"""A database with a log, views that are run by hand, and the query API in the same process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projections.api import create_app
from services.projections.views import ALL
from shared.credentials import SCOPES, Credentials
from shared.database import open_engine, open_pool
from shared.log import open_log
from shared.log.port import EventLog
from shared.persons import MasterKey, Persons
from shared.projection.joint_runner import JointRunner
from shared.projection.port import View
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.journals import Journal


@dataclass
class World:
    """Everything a test of the read side needs."""

    settings: Settings
    pool: Any
    engine: AsyncEngine
    log: EventLog
    client: httpx.AsyncClient
    _appended: dict[str, int] = field(default_factory=dict)

    async def append(self, *journals: Journal) -> None:
        """What the journals gained since the last time is in the log."""
        for journal in journals:
            done = self._appended.get(journal.vendor, 0)
            await self.log.append("journal", journal.records[done:])
            self._appended[journal.vendor] = len(journal.records)

    async def project(self, *views: View) -> None:
        """The views have read all that the log has."""
        if not views:
            together = JointRunner(ALL, self.pool, self.log, self.settings)
            while await together.step():
                pass
            await together.close()
            assert together.halted == {}
        for view in views:
            runner = Runner(view, self.pool, self.log, self.settings)
            while await runner.step():
                pass
            await runner.close()

    async def show(self, *journals: Journal) -> None:
        await self.append(*journals)
        await self.project()

    async def key(self, vendor: str = "maven", partner: str | None = None, **options: Any) -> dict[str, str]:
        """The Authorization header of a new credential."""
        scopes = options.pop("scopes", ("pipeline:read", "payouts:read", "events:read") if partner else SCOPES)
        _, token = await Credentials(self.pool, 0).create(vendor, scopes, partner=partner, **options)
        return {"Authorization": f"Bearer {token}"}

    @property
    def persons(self) -> Persons:
        return Persons(self.pool, MasterKey(self.settings.master_key_bytes()))

    async def get(self, path: str, headers: dict[str, str], **query: Any) -> httpx.Response:
        return await self.client.get(path, headers=headers, params=query)

    async def processed(self, vendor: str, fact: str, last_seq: int) -> None:
        """The decider's word that it is done with the fact."""
        await self.pool.execute(
            "INSERT INTO attribution.processed_fact VALUES ($1, $2, '', $3, $3)", vendor, fact, last_seq
        )


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: str, settings: Settings) -> AsyncIterator[World]:
    settings = settings.model_copy(
        update={"partitions": 2, "poll_ms": 20, "lease_seconds": 10, "idle_in_transaction_timeout_ms": 5_000}
    )
    pool = await open_pool(database, settings)
    engine = open_engine(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    app = create_app(settings, pool, engine)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://dealreg") as client:
            yield World(settings, pool, engine, log, client)
    finally:
        await log.stop()
        await engine.dispose()
        await pool.close()
