"""A decider on a real PostgreSQL, with the log in it or in memory behind an outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.attribution.api import constant_time, create_app
from services.attribution.worker import Worker
from shared.database import open_pool
from shared.events.codec import decode_entry, encode_fact
from shared.events.envelope import Entry, Fact
from shared.log import open_log
from shared.log.memory import MemoryLog
from shared.log.port import EventLog, StoredRecord, partition_of
from shared.settings import Settings
from tests.integration.attribution.checking import Desk


class Deciding:
    """A log, a database and deciders on them."""

    def __init__(self, pool: Any, log: EventLog, settings: Settings) -> None:
        self.pool, self.log, self.settings = pool, log, settings

    def worker(self, **settings: object) -> Worker:
        return Worker(self.pool, self.log, self.settings.model_copy(update=settings))

    async def append(self, *facts: Fact) -> None:
        await self.log.append("facts", [encode_fact(fact) for fact in facts])

    async def decide(self, worker: Worker | None = None) -> None:
        """Everything in the log is decided and the partitions are free again."""
        deciding = worker or self.worker()
        while await deciding.step():
            pass
        await deciding.close()

    async def records(self, vendor: str = "acme") -> list[StoredRecord]:
        partition = partition_of(vendor, self.log.partitions)
        end = (await self.log.end_offsets("journal"))[partition]
        reader = await self.log.reader("journal", partition, 0)
        found: list[StoredRecord] = []
        while len(found) < end:
            found += await reader.fetch(1000, wait_ms=1000)
        await reader.close()
        # A batch published twice is dropped by its number, as every reader does; it must be the same.
        by_seq: dict[int, StoredRecord] = {}
        for record in (one for one in found if one.key == vendor):
            first = by_seq.setdefault(decode_entry(record).seq, record)
            assert (first.headers, first.value) == (record.headers, record.value)
        return list(by_seq.values())

    async def journal(self, vendor: str = "acme") -> list[Entry]:
        return [decode_entry(record) for record in await self.records(vendor)]


@pytest.fixture(params=["postgres", "outbox"])
def log_kind(request: pytest.FixtureRequest) -> str:
    """Both ways of writing the journal: in the decider's transaction, and through the outbox."""
    return str(request.param)


@pytest_asyncio.fixture(loop_scope="session")
async def deciding(database: str, settings: Settings, log_kind: str) -> AsyncIterator[Deciding]:
    small = settings.model_copy(update={"partitions": 2})
    pool = await open_pool(database, small)
    log: EventLog = open_log(small, database_pool=pool) if log_kind == "postgres" else MemoryLog(2)
    await log.start()
    yield Deciding(pool, log, small)
    await log.stop()
    await pool.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Attribution's API, which tells at shorter intervals than in production."""
    monkeypatch.setattr(constant_time, "TELL_EVERY_MS", 20)
    small = settings.model_copy(update={"partitions": 2, "checks_per_minute": 1_000})
    pool = await open_pool(database, small)
    log = open_log(small, database_pool=pool)
    await log.start()
    app = create_app(small, pool)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://desk") as client,
    ):
        yield Desk(app, client, pool, log, small)
    await log.stop()
    await pool.close()
