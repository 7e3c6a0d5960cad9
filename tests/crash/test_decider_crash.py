"""A worker killed between any two steps of its loop changes no outcome (G1, G3, G4, G7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch

import pytest

from services.attribution.domain.handlers import claims, decide
from services.attribution.resuming import resume, standing
from services.attribution.worker import Worker
from shared.database import open_pool
from shared.events.codec import canonical, decode_entry, encode_fact
from shared.events.registration import RegistrationSubmitted
from shared.log import open_log
from shared.log.memory import MemoryLog
from shared.log.port import EventLog, partition_of
from shared.settings import Settings
from tests.conftest import FreshDatabase
from tests.crash.crashing import Crashed, CrashingLog, CrashingPool, Fuse, passing_points
from tests.unit.attribution.house import House

MOST_STEPS = 400
"""A loop that takes more steps than this for a dozen facts has a fault of its own."""


def history() -> House:
    house = House().open(partners="A B C")
    house.submit("r1", "A", day=0)
    house.submit("r2", "B", day=1)
    house.crm("created", "o1", day=3, partner="A")
    house.submit("r3", "C", day=4)
    house.crm("won", "o1", day=10, partner="A", amount={"amount": "12.00", "currency": "EUR"})
    house.wait_until(120)
    return house


async def decided(database: str, settings: Settings, kind: str, blow_at: int | None) -> tuple[list[bytes], Fuse]:
    """The journal after one worker died at a step and another finished, and where it died."""
    pool = await open_pool(database, settings)
    log: EventLog = open_log(settings, database_pool=pool) if kind == "postgres" else MemoryLog(1)
    fuse = Fuse(blow_at)
    async for _ in started(log):
        await log.append("facts", [encode_fact(fact) for fact in history().taken])
        dying = Worker(CrashingPool(pool, fuse), CrashingLog(log, fuse), settings, owner="dying")
        try:
            with passing_points(fuse):
                await drained(dying)
        except Crashed:
            await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
            await drained(Worker(pool, log, settings, owner="next"))
        journal = await entries(log)
    await pool.close()
    return journal, fuse


async def started(log: EventLog) -> AsyncIterator[None]:
    await log.start()
    yield
    await log.stop()


async def drained(worker: Worker) -> None:
    while await worker.step():
        pass
    await worker.close()


async def entries(log: EventLog) -> list[bytes]:
    """Each entry once: a republished one must be identical and is dropped by its number, as readers do."""
    partition = partition_of("acme", log.partitions)
    end = (await log.end_offsets("journal"))[partition]
    reader = await log.reader("journal", partition, 0)
    found: dict[int, bytes] = {}
    read = 0
    while read < end:
        for record in await reader.fetch(1000, wait_ms=1000):
            read += 1
            entry = decode_entry(record)
            content = canonical(entry) + entry.hash.encode()
            assert found.setdefault(entry.seq, content) == content, (
                f"entry {entry.seq} was published twice, differently"
            )
    await reader.close()
    assert sorted(found) == list(range(1, len(found) + 1))
    return [found[seq] for seq in sorted(found)]


@pytest.mark.parametrize("kind", ["postgres", "outbox"])
async def test_a_worker_may_die_at_any_step(fresh_database: FreshDatabase, settings: Settings, kind: str) -> None:
    # Small batches, so that deaths fall between batches too.
    small = settings.model_copy(update={"partitions": 1, "batch_facts": 6})
    async with fresh_database() as database:
        expected, whole = await decided(database, small, kind, None)
    assert whole.blown is None
    assert 20 < whole.steps < MOST_STEPS
    places: set[Any] = set()
    for step in range(whole.steps):
        async with fresh_database() as database:
            journal, fuse = await decided(database, small, kind, step)
        assert journal == expected, f"death {fuse.blown} (step {step}) changed the journal"
        if fuse.blown is not None:  # else this run made larger batches, of fewer steps
            places.add(fuse.blown.split()[0])
    assert places == {"before", "after", "at"}


HALTS = ("decider.before_halt", "decider.after_halt", "decider.before_return", "decider.after_return")
"""Points that are passed only where a vendor stands still, and goes on."""


async def halted_and_resumed(
    database: str, settings: Settings, kind: str, blow_at: int | None
) -> tuple[list[bytes], Fuse]:
    """As `decided`, of an import with one fact that cannot be decided, which an operator lets go."""
    pool = await open_pool(database, settings)
    log: EventLog = open_log(settings, database_pool=pool) if kind == "postgres" else MemoryLog(1)
    fuse = Fuse(blow_at)
    submit, facts = claims.submit, history().taken

    def failing(working_set: Any, event: Any) -> None:
        submit(working_set, event)
        if event.registration == "r2":
            raise KeyError("a bug")

    async def worked(name: str, *, dying: bool) -> None:
        if fuse.blown is not None or not dying:
            await drained(Worker(pool, log, settings, owner=name))
            return
        try:
            with passing_points(fuse):
                await drained(Worker(pool, log, settings, owner=name))
        except Crashed:
            await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
            await drained(Worker(pool, log, settings, owner=f"after {name}"))

    with patch.dict(decide.HANDLERS, {RegistrationSubmitted: failing}):
        async for _ in started(log):
            await log.append("facts", [encode_fact(fact) for fact in facts])
            await worked("first", dying=True)
            assert [one.vendor for one in await standing(pool)] == ["acme"]
            await resume(pool, "acme", skip=True)
            await worked("second", dying=True)
            assert await standing(pool) == []
            journal = await entries(log)
    await pool.close()
    return journal, fuse


@pytest.mark.parametrize("kind", ["postgres", "outbox"])
async def test_a_worker_may_die_at_any_point_while_a_vendor_is_halted_and_goes_on(
    fresh_database: FreshDatabase, settings: Settings, kind: str
) -> None:
    small = settings.model_copy(update={"partitions": 1, "batch_facts": 6})
    async with fresh_database() as database:
        expected, whole = await halted_and_resumed(database, small, kind, None)
    assert b"decider.fault" in b"".join(expected)
    passed: set[str] = set()
    for step in range(whole.steps):
        async with fresh_database() as database:
            journal, fuse = await halted_and_resumed(database, small, kind, step)
        assert journal == expected, f"death {fuse.blown} changed the journal"
        if fuse.blown is not None:  # else this run made larger batches, which pass fewer points
            passed.add(fuse.blown.removeprefix("at "))
    assert passed >= set(HALTS)
