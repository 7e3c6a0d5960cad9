"""Deliveries die at any step, with their worker or their receiver: every event arrives, under one id, none is lost."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from services.projections.invariants import INVARIANTS
from services.projections.verify import verify
from services.projections.views import FEED
from services.projections.webhooks import schedule
from services.projections.webhooks.receiver import Parts, Receiver
from services.projections.webhooks.store import Store
from services.projections.webhooks.verification import Delivered
from services.projections.webhooks.worker import Webhooks
from shared.crash_points import CRASH_AT
from shared.credentials import operator
from shared.database import open_pool
from shared.errors import Fenced
from shared.log import open_log
from shared.log.port import EventLog
from shared.outward import Guard, Outward, networks_of
from shared.partitions.following import DELIVERIES
from shared.partitions.ownership import Held, Ownership
from shared.persons import MasterKey, Persons
from shared.projection.runner import Runner
from shared.settings import Settings
from shared.webhooks import Endpoints, Wanted
from tests.crash.crashing import Crashed, CrashingPool, Fuse, passing_points
from tests.crash.place import variables as quick_variables
from tests.e2e.command import dealreg, servers
from tests.journals import ordinary_deals
from tests.receiving import BUSY, OK, Received, receiving
from tests.until import until

VENDOR = "maven"
POINTS = ("webhooks.after_sending", "webhooks.before_commit", "webhooks.after_commit")
KILLED = -signal.SIGKILL
ENTRIES = 5
MOST_STEPS = 300
LOOPBACK = "127.0.0.0/8"


@pytest_asyncio.fixture(loop_scope="session")
async def place(database: str, settings: Settings) -> AsyncIterator[tuple[Any, EventLog, Settings]]:
    """A feed of one deal, and nothing delivered."""
    settings = settings.model_copy(update={"partitions": 1, "outward_networks": LOOPBACK, "lease_seconds": 30})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        await log.append("journal", ordinary_deals(VENDOR, 1).records[:ENTRIES])
        runner = Runner(FEED, pool, log, settings)
        while await runner.step():
            pass
        await runner.close()
        # Only what is young is compared with the log of deliveries, which forgets.
        await pool.execute("UPDATE projections.feed SET known_at = clock_timestamp()")
        yield pool, log, settings
    finally:
        await log.stop()
        await pool.close()


class Process:
    """What delivers, as one process with its own name has it."""

    def __init__(self, pool: Any, settings: Settings, held: Held, ownership: Ownership) -> None:
        self.master = MasterKey(settings.master_key_bytes())
        self.store = Store(pool, self.master, ownership, held)
        outward = Outward(Guard(networks_of(settings.outward_networks)))
        self.parts = Parts(pool.fetch, Persons(pool, self.master), outward, settings)

    async def deliver(self, endpoint: str) -> None:
        """Until nothing is due."""
        loaded = await self.store.load(endpoint)
        assert loaded is not None
        receiver = Receiver(loaded, self.store, self.parts)
        try:
            while await receiver.step() or receiver.late_tasks():
                pass
        finally:
            await receiver.close()


async def owned(pool: Any, owner: str) -> tuple[Ownership, Held]:
    """The partition, taken after its last owner died."""
    await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
    ownership = Ownership(pool, DELIVERIES, 1, owner, 30)
    held = await ownership.take(0)
    assert held is not None
    return ownership, held


async def broken_invariants(pool: Any) -> list[Any]:
    return [row for name in INVARIANTS if "webhook" in name and (row := await pool.fetchrow(INVARIANTS[name]))]


@pytest.mark.parametrize("ordered", [False, True], ids=["any order", "in order"])
async def test_dying_at_any_step_loses_no_event(place: tuple[Any, EventLog, Settings], ordered: bool) -> None:
    pool, _, settings = place
    endpoints = Endpoints(pool, MasterKey(settings.master_key_bytes()))
    positions = await pool.fetchval("SELECT count(*) FROM projections.feed")
    met: Counter[str] = Counter()

    def answers(one: Received) -> bytes:
        met[one.message] += 1
        return BUSY if one.event["position"] % 3 == 0 and met[one.message] == 1 else OK

    died: list[str | None] = []
    async with receiving(answers) as receiver:
        # Every step once; kept in order, what differs is who waits for whom, and every fifth step meets that.
        for blow_at in range(0, MOST_STEPS, 5 if ordered else 1):
            met.clear()
            receiver.came.clear()
            wanted = Wanted(receiver.url, "desk", ordered=ordered)
            made, secret = await endpoints.create(None, wanted, after=0, by=operator(VENDOR))
            fuse = Fuse(blow_at)
            dying = Process(CrashingPool(pool, fuse), settings, *reversed(await owned(pool, "dying")))
            try:
                with passing_points(fuse):
                    await dying.deliver(made.endpoint)
            except Crashed:
                died.append(fuse.blown)
            successor = Process(pool, settings, *reversed(await owned(pool, "next")))
            await successor.deliver(made.endpoint)
            while await pool.fetchval("SELECT count(*) FROM webhooks.waiting"):
                assert await broken_invariants(pool) == []
                await pool.execute("UPDATE webhooks.waiting SET next_at = clock_timestamp()")
                await successor.deliver(made.endpoint)
            arrived = [one.event["position"] for one in receiver.came]
            assert set(arrived) == set(range(1, positions + 1)), fuse.blown
            ids = {(one.message, one.event["position"]) for one in receiver.came}
            assert len(ids) == positions, "one id for each event, whatever died"
            Webhook(secret).verify(receiver.came[-1].body.decode(), receiver.came[-1].headers)
            assert await broken_invariants(pool) == []
            await endpoints.delete(made.endpoint, by=operator(VENDOR))
            if fuse.blown is None:
                break
    assert fuse.blown is None
    assert ordered or set(died) >= {f"at {point}" for point in POINTS}


async def test_processes_killed_at_each_point_lose_no_event(
    place: tuple[Any, EventLog, Settings], database: str, tmp_path: Path
) -> None:
    pool, _, settings = place
    endpoints = Endpoints(pool, MasterKey(settings.master_key_bytes()))
    positions = await pool.fetchval("SELECT count(*) FROM projections.feed")
    told = {
        **servers(database), **quick_variables(),
        "DEALREG_PARTITIONS": "1", "DEALREG_OUTWARD_NETWORKS": LOOPBACK,
    }  # fmt: skip
    arguments = ("work", "webhooks", "--port", "0")
    async with receiving() as receiver:
        made, _ = await endpoints.create(None, Wanted(receiver.url, "desk"), after=0, by=operator(VENDOR))
        for point in POINTS:
            # One more event for each, so that the next process has something to die of.
            await endpoints.test(made.endpoint, by=operator(VENDOR))
            async with dealreg(tmp_path, *arguments, **told, **{CRASH_AT: point}) as command:
                assert await command.process.wait() == KILLED, f"{point}: {command.said()}"
        every = {*range(1, positions + 1)}
        async with dealreg(tmp_path, *arguments, **told):
            await receiver.until(lambda one: {each.event["position"] for each in one.came} >= every)
            await until(lambda: _nothing_waits(pool))
        ids = {one.message for one in receiver.came if one.event["position"] in every}
        assert len(ids) == positions, "one id for each event, whatever died"
    assert await broken_invariants(pool) == []


async def _nothing_waits(pool: Any) -> bool:
    return bool(await pool.fetchval("SELECT count(*) FROM webhooks.waiting") == 0)


async def test_a_worker_that_lost_its_partition_writes_nothing(place: tuple[Any, EventLog, Settings]) -> None:
    pool, _, settings = place
    endpoints = Endpoints(pool, MasterKey(settings.master_key_bytes()))
    async with receiving() as receiver:
        made, _ = await endpoints.create(None, Wanted(receiver.url, "desk"), after=0, by=operator(VENDOR))
        stale = Process(pool, settings, *reversed(await owned(pool, "frozen")))
        await owned(pool, "next")
        with pytest.raises(Fenced):
            await stale.deliver(made.endpoint)
        assert (await endpoints.get(made.endpoint, by=operator(VENDOR))).cursor == 0
        assert await pool.fetchval("SELECT count(*) FROM webhooks.delivery") == 0


async def test_a_receiver_that_dies_and_comes_back_gets_everything(
    place: tuple[Any, EventLog, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, log, settings = place
    monkeypatch.setattr(schedule, "FIRST_SECONDS", 0.1)
    monkeypatch.setattr(schedule, "FACTOR", 1.0)
    endpoints = Endpoints(pool, MasterKey(settings.master_key_bytes()))
    positions = await pool.fetchval("SELECT count(*) FROM projections.feed")
    stop = asyncio.Event()
    worker = asyncio.create_task(Webhooks(pool, log, settings).run(stop))
    async with receiving() as receiver:
        await receiver.stop()
        made, _ = await endpoints.create(None, Wanted(receiver.url, "desk"), after=0, by=operator(VENDOR))

        async def failing() -> Any:
            return (await endpoints.get(made.endpoint, by=operator(VENDOR))).failing_since

        await until(failing)
        await receiver.start()
        await receiver.until(lambda one: {each.event["position"] for each in one.came} == {*range(1, positions + 1)})
    stop.set()
    await worker
    assert await broken_invariants(pool) == []


async def test_a_cursor_that_passed_what_nobody_got_is_noticed(place: tuple[Any, EventLog, Settings]) -> None:
    pool, log, settings = place
    endpoints = Endpoints(pool, MasterKey(settings.master_key_bytes()))
    async with receiving() as receiver:
        made, _ = await endpoints.create(None, Wanted(receiver.url, "desk"), after=0, by=operator(VENDOR))
        await Process(pool, settings, *reversed(await owned(pool, "one"))).deliver(made.endpoint)
    assert await broken_invariants(pool) == []
    await pool.execute("UPDATE webhooks.delivery SET outcome = 'failed' WHERE position = 2")
    [lost] = await broken_invariants(pool)
    assert (lost["what"], lost["found"]) == (made.endpoint, "position 2")
    report = await verify(pool, log, [FEED], beside=[Delivered()])
    assert [(one.view, one.key, one.found) for one in report.differences if one.view == "webhooks"] == [
        ("webhooks", made.endpoint, "position 2")
    ]
    await pool.execute("UPDATE webhooks.delivery SET outcome = 'given_up' WHERE position = 2")
    await pool.execute("UPDATE webhooks.endpoint SET cursor = 1000")
    assert [row["found"] for row in await broken_invariants(pool)] == ["1000 beyond the end"]
