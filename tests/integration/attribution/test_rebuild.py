"""The decider's documents rebuilt from the journal: the same, taken up by a running decider, found out where edited."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.attribution import rebuild
from services.attribution.rebuild import Differs, Rebuild
from shared.database import open_pool
from shared.errors import Corrupt, Unavailable
from shared.log.memory import MemoryLog
from shared.projection.bulk import only_one
from shared.projection.reading import read
from shared.settings import Settings
from tests.conftest import MakeDatabase
from tests.integration.attribution.conftest import Deciding
from tests.integration.attribution.test_worker import history, lines

DOCUMENTS = "SELECT vendor, kind, id, due, body::text, packed FROM attribution.document ORDER BY 1, 2, 3"
OPTIONS = "SELECT reloptions FROM pg_class WHERE oid = 'attribution.document'::regclass"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'attribution' AND tablename = 'document' ORDER BY 1"


async def rebuilt(deciding: Deciding, **asked: Any) -> Any:
    return await Rebuild(deciding.pool, deciding.log, asked.pop("told", lambda *_: None)).run(**asked)


@pytest_asyncio.fixture(loop_scope="session")
async def undisturbed(make_database: MakeDatabase, settings: Settings) -> AsyncIterator[list[Any]]:
    """The journal as a decider writes it that nobody interrupts."""
    small = settings.model_copy(update={"partitions": 2})
    pool = await open_pool(await make_database(), small)
    log = MemoryLog(2)
    await log.start()
    alone = Deciding(pool, log, small)
    await alone.append(*history().taken)
    await alone.decide()
    yield lines(await alone.journal())
    await pool.close()


async def test_the_same_documents_come_from_the_journal_and_the_decider_goes_on_with_them(
    deciding: Deciding, undisturbed: list[Any]
) -> None:
    house = history()
    await deciding.append(*house.taken[:9])
    worker = deciding.worker()
    while await worker.step():
        pass
    before = await deciding.pool.fetch(DOCUMENTS)
    indexes, options = await deciding.pool.fetch(INDEXES), await deciding.pool.fetch(OPTIONS)
    done = await rebuilt(deciding)
    assert (done.documents, done.not_compared) == (len(before), [])
    assert done.entries == len(await deciding.journal())
    assert await deciding.pool.fetch(DOCUMENTS) == before
    assert (await deciding.pool.fetch(INDEXES), await deciding.pool.fetch(OPTIONS)) == (indexes, options)
    assert await deciding.pool.fetchval("SELECT to_regnamespace('attribution_anew')") is None
    await worker.close()
    await deciding.append(*house.taken[9:])
    await deciding.decide()
    assert lines(await deciding.journal()) == undisturbed


async def test_a_decider_that_works_meanwhile_is_fenced_and_loses_nothing(
    deciding: Deciding, undisturbed: list[Any]
) -> None:
    house = history()
    stop = asyncio.Event()
    worker = deciding.worker(poll_ms=20)
    task = asyncio.create_task(worker.run(stop))
    for fact in house.taken[:-3]:
        await deciding.append(fact)
    for _ in range(3):
        await rebuilt(deciding)
    await deciding.append(*house.taken[-3:])
    async with asyncio.timeout(300):
        while len(await deciding.journal()) < len(undisturbed):
            await asyncio.sleep(0.02)
    stop.set()
    await task
    assert lines(await deciding.journal()) == undisturbed


async def test_what_was_killed_goes_on_where_it_was(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(rebuild, "BATCH_ENTRIES", 4)
    monkeypatch.setattr(rebuild, "CATCH_UP_ENTRIES", 4)
    await deciding.append(*history().taken)
    await deciding.decide()
    before = await deciding.pool.fetch(DOCUMENTS)
    folded = []
    for phase, after in (("folding", 1), ("folding", 3), ("indexes", 0), ("switching", 0), ("comparing", 0)):
        times = 0

        def told(what: str, done: int, total: int, phase: str = phase, after: int = after) -> None:
            nonlocal times
            times += what == phase
            if times > after:
                raise Killed

        with contextlib.suppress(Killed):
            await rebuilt(deciding, told=told)
        folded.append(await deciding.pool.fetchval("SELECT sum(next_offset) FROM attribution_anew.position"))
    assert folded == sorted(folded)
    assert 0 < folded[0] < folded[1] < folded[2] == len(await deciding.journal())
    assert await deciding.pool.fetch(DOCUMENTS) == before
    assert (await rebuilt(deciding)).entries == 0
    assert await deciding.pool.fetch(DOCUMENTS) == before


async def test_an_edited_document_is_named_and_nothing_is_switched_until_it_is_accepted(deciding: Deciding) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    before = await deciding.pool.fetch(DOCUMENTS)
    await deciding.pool.execute("UPDATE attribution.document SET due = NULL WHERE kind = 'partner' AND id = 'B'")
    await deciding.pool.execute("DELETE FROM attribution.document WHERE kind = 'partner' AND id = 'A'")
    with pytest.raises(Differs, match="vendor acme, partner A: stored None"):
        await rebuilt(deciding)
    assert len(await deciding.pool.fetch(DOCUMENTS)) == len(before) - 1
    await rebuilt(deciding, accept_differences=True)
    assert await deciding.pool.fetch(DOCUMENTS) == before


async def test_a_journal_that_was_rewritten_meanwhile_is_not_folded(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    before = await deciding.pool.fetch(DOCUMENTS)
    monkeypatch.setattr(rebuild, "BATCH_ENTRIES", 4)
    losing = lambda records, *args, **more: read(records[1:], *args, **more)  # noqa: E731
    monkeypatch.setattr("services.attribution.rebuild.read", losing)
    with pytest.raises(Corrupt, match="vendor acme, entry 2"):
        await rebuilt(deciding)
    assert await deciding.pool.fetch(DOCUMENTS) == before


async def test_two_rebuilds_do_not_meet(deciding: Deciding, database: str) -> None:
    await deciding.append(*history().taken)
    await deciding.decide()
    other = await open_pool(database, deciding.settings)
    try:
        async with only_one(other, rebuild.LOCK):
            with pytest.raises(Unavailable, match="another process"):
                await rebuilt(deciding)
    finally:
        await other.close()
