"""A rebuild killed with SIGKILL goes on where it was, and readers see the same all the while (G6)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

import asyncpg
import orjson
import pytest

from dealreg.commands.errors import EXIT_TRY_AGAIN
from services.attribution.worker import Worker
from services.projections.verify import verify, view_digests
from services.projections.views import PIPELINE
from shared.crash_points import CRASH_AT
from shared.database import open_pool
from shared.events.codec import encode_fact
from shared.log import open_log
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.conftest import TEST_KEY
from tests.integration.attribution.test_rebuild import DOCUMENTS
from tests.integration.attribution.test_worker import history
from tests.journals import ordinary_deals
from tests.until import until

DEALS = 700
POSITION = "SELECT coalesce(sum(next_offset), 0) FROM log.ownership WHERE consumer = 'view:pipeline:2'"


REBUILDING = ("rebuild.after_begin", "rebuild.after_following", "rebuild.before_switch", "rebuild.after_switch")
IN_A_SHARE = ("rebuild.in_share", "rebuild.in_share:3")
BY_PROCESSES = (*IN_A_SHARE, "rebuild.before_joining")
REBUILDING_DOCUMENTS = ("rebuild_documents.before_switch", "rebuild_documents.after_switch")
KILLED = -signal.SIGKILL


async def started(database: str, *arguments: str, **more: str) -> Process:
    environment = {
        **os.environ,
        "DEALREG_DATABASE_URL": database,
        "DEALREG_MASTER_KEY": TEST_KEY.get_secret_value(),
        "DEALREG_PARTITIONS": "1",
        "DEALREG_LEASE_SECONDS": "2",
        "DEALREG_BULK_ENTRIES": "200",
        "DEALREG_IDLE_IN_TRANSACTION_TIMEOUT_MS": "1000",
        **more,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dealreg.cli", *(arguments or ("projections", "rebuild", "pipeline", "--json")),
        env=environment, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip


async def killed_at(database: str, pool: Any, offset: int) -> int:
    """One rebuild that dies once it has come so far, or began so far; where it stood then."""
    process = await started(database)
    while process.returncode is None and await pool.fetchval(POSITION) < offset:
        await asyncio.sleep(0.005)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    return int(await pool.fetchval(POSITION))


async def test_a_killed_rebuild_goes_on_where_it_was(database: str, settings: Settings) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        journal = ordinary_deals("maven", DEALS)
        for start in range(0, journal.seq, 5_000):
            await log.append("journal", journal.records[start : start + 5_000])
        runner = Runner(PIPELINE, pool, log, settings)
        while await runner.step():
            pass
        await runner.close()
        before = await view_digests(pool, [PIPELINE])
        stood = [await killed_at(database, pool, journal.seq * percent // 100) for percent in (10, 50, 99)]
        assert 0 < stood[0] <= stood[1] <= stood[2]
        assert await view_digests(pool, [PIPELINE]) == before
        done = orjson.loads(await answered(database))
        assert done["version"] == 2
        assert done["compared"] is True
        assert done["entries"] == journal.seq - stood[2]
        assert await view_digests(pool, [PIPELINE]) == before
        assert (await verify(pool, log, [PIPELINE])).holds
    finally:
        await log.stop()
        await pool.close()


async def answered(database: str, *arguments: str) -> bytes:
    """What a rebuild prints; the lease of one that was killed ends by itself, until then it is refused."""
    async with asyncio.timeout(600):
        while True:
            process = await started(database, *arguments)
            printed, told = await process.communicate()
            if process.returncode == 0:
                return printed
            assert process.returncode == EXIT_TRY_AGAIN, told.decode()
            await until(lambda: _no_lease(database))


async def _no_lease(database: str) -> bool:
    connection = await asyncpg.connect(database)
    try:
        leased = "SELECT EXISTS (SELECT FROM log.ownership WHERE lease_until > clock_timestamp())"
        return not await connection.fetchval(leased)
    finally:
        await connection.close()


@pytest.mark.parametrize("point", REBUILDING)
async def test_a_rebuild_killed_at_a_point_leaves_what_is_read_and_is_finished_later(
    database: str, settings: Settings, point: str
) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        await log.append("journal", ordinary_deals("maven", 20).records)
        runner = Runner(PIPELINE, pool, log, settings)
        while await runner.step():
            pass
        await runner.close()
        before = await view_digests(pool, [PIPELINE])
        process = await started(database, **{CRASH_AT: point})
        _, told = await process.communicate()
        assert process.returncode == KILLED, told.decode()
        assert await view_digests(pool, [PIPELINE]) == before
        assert (await verify(pool, log, [PIPELINE])).holds
        await answered(database)
        assert await view_digests(pool, [PIPELINE]) == before
        states = await pool.fetch("SELECT state FROM projections.version WHERE view = 'pipeline'")
        assert [row[0] for row in states] == ["current"]
    finally:
        await log.stop()
        await pool.close()


@pytest.mark.parametrize("point", BY_PROCESSES)
async def test_a_rebuild_by_processes_is_finished_wherever_one_of_them_was_killed(
    database: str, settings: Settings, point: str
) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        for vendor in ("maven", "other", "third", "fourth"):
            await log.append("journal", ordinary_deals(vendor, 40).records)
        runner = Runner(PIPELINE, pool, log, settings)
        while await runner.step():
            pass
        await runner.close()
        before = await view_digests(pool, [PIPELINE])
        several = ("projections", "rebuild", "pipeline", "--json", "--processes", "2")
        process = await started(database, *several, **{CRASH_AT: point})
        _, told = await process.communicate()
        # The process that folds a share dies alone; the one that waits for it says so.
        assert process.returncode == (EXIT_TRY_AGAIN if point in IN_A_SHARE else KILLED), told.decode()
        assert await view_digests(pool, [PIPELINE]) == before
        done = orjson.loads(await answered(database, *several))
        assert done["compared"] is True
        assert await view_digests(pool, [PIPELINE]) == before
        assert await pool.fetchval("SELECT count(*) FROM log.ownership WHERE consumer LIKE '%/%'") == 0
        assert (await verify(pool, log, [PIPELINE])).holds
    finally:
        await log.stop()
        await pool.close()


@pytest.mark.parametrize("point", REBUILDING_DOCUMENTS)
async def test_documents_whose_rebuild_was_killed_are_the_same(database: str, settings: Settings, point: str) -> None:
    settings = settings.model_copy(update={"partitions": 1})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        await log.append("facts", [encode_fact(fact) for fact in history().taken])
        worker = Worker(pool, log, settings)
        while await worker.step():
            pass
        await worker.close()
        before = await pool.fetch(DOCUMENTS)
        process = await started(database, "attribution", "rebuild", **{CRASH_AT: point})
        _, told = await process.communicate()
        assert process.returncode == KILLED, told.decode()
        assert await pool.fetch(DOCUMENTS) == before
        again = await started(database, "attribution", "rebuild")
        _, told = await again.communicate()
        assert again.returncode == 0, told.decode()
        assert await pool.fetch(DOCUMENTS) == before
    finally:
        await log.stop()
        await pool.close()
