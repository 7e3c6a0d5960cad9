"""Deciders and projection workers that come, go and die under load on Kafka: fair shares, one effect each (G4, G7)."""

from __future__ import annotations

import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from dealreg.runtime.in_process import Stack, stack
from dealreg.runtime.names import WORKS
from dealreg.runtime.views import VIEWS
from services.attribution.worker import CONSUMER
from shared.partitions.following import DELIVERIES
from shared.projection.joint_runner import joint_consumer
from tests.broker.cluster.conftest import PARTITIONS, Brokers
from tests.broker.cluster.load import Load
from tests.crash.work import Sender, founded, holds
from tests.e2e.command import Command, dealreg
from tests.until import until

pytestmark = pytest.mark.timeout(300)
SHARED_SECONDS = 90.0
CLAIMS = 20
CONSUMERS = {CONSUMER, DELIVERIES, joint_consumer(VIEWS), *(f"view:{view.name}:{view.version}" for view in VIEWS)}
_SHARES = """
SELECT consumer, array_agg(held ORDER BY held) AS shares FROM (
    SELECT consumer, owner, count(*) AS held FROM log.ownership
    WHERE owner IS NOT NULL AND lease_until > clock_timestamp() GROUP BY consumer, owner
) AS each GROUP BY consumer
"""


async def test_workers_that_come_go_and_die_under_load_share_and_do_everything_once(
    brokers: Brokers, database: str, tmp_path: Path
) -> None:
    settings = brokers.settings(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    told = brokers.variables(settings)
    async with stack(settings, work=False) as edge, AsyncExitStack() as commands:

        async def join(number: int) -> list[Command]:
            """One more decider, and one more that folds."""
            joined = []
            for work in WORKS:
                folder = tmp_path / f"{work}-{number}"
                folder.mkdir()
                joined.append(await commands.enter_async_context(dealreg(folder, "work", work, **told)))
            return joined

        load = Load(edge.base_url, sender)
        async with load.running():
            first, second = await join(1), await join(2)
            await _shared(edge, 2)
            await load.reaches(CLAIMS)
            third = await join(3)
            await _shared(edge, 3)
            await load.reaches(CLAIMS)
            for worker in second:
                assert await worker.end(signal.SIGTERM) == 0
            await _shared(edge, 2)
            await load.reaches(CLAIMS)
            for worker in first:
                assert await worker.end(signal.SIGKILL) == -signal.SIGKILL
            await _shared(edge, 1)
            await load.reaches(CLAIMS)
        await holds(edge, sender)
        for worker in third:
            assert worker.process.returncode is None, worker.said()


async def _shared(edge: Stack, workers: int) -> None:
    """Each partition of the decider and of every view has one owner, and no owner two more than another."""
    fair = [PARTITIONS // workers + (one < PARTITIONS % workers) for one in range(workers)]
    expected = dict.fromkeys(CONSUMERS, sorted(fair))
    found: dict[str, list[int]] = {}

    async def shared() -> bool:
        nonlocal found
        found = {row["consumer"]: row["shares"] for row in await edge.pool.fetch(_SHARES)}
        return found == expected

    try:
        await until(shared, SHARED_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{workers} workers share so: {found}") from error
