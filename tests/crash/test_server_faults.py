"""Backends terminated, the server stopped at once, an answer to COMMIT lost: one effect for each 202 (G1, G2, G4)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from dealreg.embedded import EmbeddedPostgres
from dealreg.runtime.in_process import Stack, stack
from dealreg.runtime.views import VIEWS
from services.attribution.worker import Worker
from shared import crash_points
from shared.database import migrate, open_pool
from shared.errors import Unavailable
from shared.log import open_log
from shared.projection.joint_runner import JointRunner
from tests.contract.test_log_ambiguity import connect, through_proxy
from tests.crash.place import quick
from tests.crash.work import Sender, answering, founded, holds
from tests.proxy import Proxy
from tests.until import until

WAVES, WAVE = 6, 20
LOST_ANSWERS = 3
_TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'dealreg%'
"""


async def test_backends_terminated_in_the_middle_of_transactions_lose_and_double_nothing(
    database: str, tmp_path: Path
) -> None:
    async with stack(quick(database, tmp_path)) as running:
        sender = Sender(await founded(running))
        operator = await asyncpg.connect(database)

        async def terminate() -> None:
            await operator.fetch(_TERMINATE)

        await _under_load(running, sender, terminate)
        await operator.close()
        await _everything_sent(running, sender)
        await holds(running, sender)


async def test_a_server_stopped_at_once_under_load_and_started_again_loses_and_doubles_nothing(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = await own_server.start()
    await migrate(url)
    async with stack(quick(url, tmp_path)) as running:
        sender = Sender(await founded(running))
        downs = 0

        async def restart() -> None:
            nonlocal downs
            if downs < 2:
                downs += 1
                await own_server.kill()
                await own_server.start()

        await _under_load(running, sender, restart)
        await _everything_sent(running, sender)
        await holds(running, sender)


async def _under_load(running: Stack, sender: Sender, harm: Callable[[], Awaitable[None]]) -> None:
    """Waves of claims, each with harm done while it is on its way."""
    for wave in range(WAVES):
        sending = asyncio.create_task(sender.send(running.base_url, range(wave * WAVE, (wave + 1) * WAVE)))
        await until(partial(_some_answered, sender, wave, sending))
        await harm()
        await sending


async def _some_answered(sender: Sender, wave: int, sending: asyncio.Task[None]) -> bool:
    return sending.done() or len(sender.accepted) > wave * WAVE // 2


async def _everything_sent(running: Stack, sender: Sender) -> None:
    """Clients repeat what was not answered, and what was, until all is accepted."""

    async def accepted() -> bool:
        if not await answering(running.base_url):
            return False
        await sender.send(running.base_url, range(WAVES * WAVE))
        return len(sender.accepted) == WAVES * WAVE

    await until(accepted)


@pytest.mark.parametrize("point", ["decider.before_commit", "joint.before_commit"])
async def test_a_commit_whose_answer_was_lost_counts_once(
    database: str, tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = quick(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    async with (
        stack(settings, work=False) as edge,
        Proxy(lambda: connect(database)) as proxy,
        await open_pool(through_proxy(database, proxy.port), settings, min_size=0, max_size=4) as far,
    ):
        log = open_log(settings, database_pool=far)
        await log.start()
        worker = Worker(far, log, settings, owner="far")
        views = JointRunner(VIEWS, far, log, settings, owner="far")
        armed = LOST_ANSWERS

        def lose_the_answer(name: str) -> None:
            nonlocal armed
            if name == point and armed:
                armed -= 1
                proxy.losing_replies = True

        monkeypatch.setattr(crash_points, "listener", lose_the_answer)
        committed = 0
        for wave in range(LOST_ANSWERS):
            await sender.send(edge.base_url, range(wave * WAVE, (wave + 1) * WAVE))
            for step in (worker.step, views.step):
                committed += await _until_caught_up(step, proxy, edge)
        assert (armed, proxy.lost >= LOST_ANSWERS) == (0, True)
        assert committed == LOST_ANSWERS
        await worker.close()
        await views.close()
        await log.stop()
    monkeypatch.undo()
    async with stack(settings) as running:
        assert len(sender.accepted) == LOST_ANSWERS * WAVE
        await holds(running, sender)


async def _until_caught_up(step: Callable[[], Awaitable[int]], proxy: Proxy, edge: Stack) -> int:
    """How often a step failed although its transaction was committed."""
    committed = 0
    while True:
        before = await _positions(edge)
        try:
            if not await step():
                return committed
        except Unavailable:
            proxy.losing_replies = False
            committed += await _positions(edge) > before


async def _positions(edge: Stack) -> int:
    found: int = await edge.pool.fetchval("SELECT coalesce(sum(next_offset), 0) FROM log.ownership")
    return found
