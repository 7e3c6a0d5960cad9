"""Whoever is told that a partition is theirs, one commits; who froze writes nothing and holds no lock (G7)."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import psutil

from dealreg.runtime.in_process import stack
from services.attribution.processor import PartitionProcessor
from services.attribution.store import PostgresStore
from shared.crash_points import CRASH_AT
from shared.log.port import partition_of
from shared.partitions.ownership import Ownership
from tests.crash.place import LEASE_SECONDS, quick, variables
from tests.crash.work import VENDOR, Sender, effects, founded, holds, journal
from tests.e2e.command import dealreg, servers
from tests.until import until

CLAIMS = range(24)
WORKER = "dealreg attribution"
# But for what a statement reads that was prepared and never run: the driver ends no transaction after it, the server
# calls the session active, and no time-out of ours ends it. Whoever reads or writes passes; only DDL waits for it.
_LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE application_name = $1 AND datname = current_database()
  AND NOT (state = 'active' AND (mode = 'AccessShareLock' OR locktype = 'virtualxid'))
"""


async def test_of_two_workers_told_that_they_own_one_partition_one_commits(database: str, tmp_path: Path) -> None:
    settings = quick(database, tmp_path).model_copy(update={"lease_seconds": 30})
    async with stack(settings, work=False) as running:
        await running.vendor(VENDOR)
        store, partition = PostgresStore(running.pool), partition_of(VENDOR, settings.partitions)
        ownership = Ownership(running.pool, "attribution", settings.partitions, "both", settings.lease_seconds)
        held = await ownership.take(partition)
        assert held is not None
        # Each is told the same of one lease, as a fault in handing it out would do.
        lanes = [await PartitionProcessor.open(store, running.log, settings, ownership, held) for _ in range(2)]
        outcomes = await asyncio.gather(*(_drained(lane) for lane in lanes), return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["Fenced", "NoneType"], outcomes
        [entry, *_] = entries = await journal(running.log)
        assert (entry.event.type, len({one.hash for one in entries})) == ("vendor.created", len(entries))


async def test_a_worker_that_froze_in_its_transaction_holds_nothing_up_and_writes_nothing_when_it_thaws(
    database: str, tmp_path: Path
) -> None:
    settings = quick(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    stopped_at = {CRASH_AT: "decider.before_commit!stop"}
    frozen_variables = {**servers(database), **variables(), **stopped_at, "DEALREG_PORT": "0"}
    async with dealreg(tmp_path, "work", "attribution", **frozen_variables) as frozen:
        process = psutil.Process(frozen.process.pid)
        async with stack(settings, work=False) as edge:

            async def holding() -> bool:
                assert frozen.process.returncode is None, frozen.said()
                found = await edge.pool.fetchval(
                    "SELECT count(*) FROM log.ownership WHERE consumer = 'attribution' AND lease_until > now()"
                )
                return bool(found == settings.partitions)

            await until(holding)
            await sender.send(edge.base_url, CLAIMS)
            assert sender.accepted.keys() == set(CLAIMS)

            async def stands_still() -> bool:
                return process.status() == psutil.STATUS_STOPPED

            await until(stands_still)
            assert await edge.pool.fetchval(_LOCKS, WORKER) > 0
        try:
            async with stack(settings) as successor:
                # It takes what it is due once the lease is over, and no lock of the frozen one is in its way.
                before = await holds(successor, sender)
                assert await successor.pool.fetchval(_LOCKS, WORKER) == 0
                process.send_signal(signal.SIGCONT)

                async def noticed() -> bool:
                    return "partition begins again" in frozen.said()

                await until(noticed)
                await _one_lease(successor)
                after = await holds(successor, sender)
                assert [one.hash for one in after] == [one.hash for one in before]
                assert set(effects(after).values()) == {1}
        finally:
            process.send_signal(signal.SIGCONT)


async def _one_lease(running: Any) -> None:
    """The frozen one had the time to do whatever it was about to."""
    end = await running.pool.fetchval("SELECT clock_timestamp() + $1::float8 * interval '1 second'", LEASE_SECONDS)

    async def over() -> bool:
        return bool(await running.pool.fetchval("SELECT clock_timestamp() > $1::timestamptz", end))

    await until(over)


async def _drained(lane: PartitionProcessor) -> None:
    while await lane.step(0):
        pass
