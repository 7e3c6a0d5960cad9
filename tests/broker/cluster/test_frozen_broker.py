"""A broker that stands still past every time-out, under load, and then wakes up as if nothing had been (G1, G2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dealreg.runtime.in_process import stack
from tests.broker.cluster.conftest import REQUEST_TIMEOUT_MS, Brokers
from tests.broker.cluster.load import Load, passed
from tests.crash.work import VENDOR, Sender, founded, holds
from tests.until import until

pytestmark = pytest.mark.timeout(300)
FROZEN_SECONDS = 2 * REQUEST_TIMEOUT_MS / 1_000
MOST_STALL_SECONDS = 5 * REQUEST_TIMEOUT_MS / 1_000
"""An append and a new producer that waited for the frozen broker, another leader's election, and slow machines."""
CLAIMS = 40
IN_SYNC_SECONDS = 60.0


# A connection that the client gave up while the broker was frozen is closed by nobody but the collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*AIOKafkaConnection:pytest.PytestUnraisableExceptionWarning")
async def test_a_frozen_and_thawed_broker_loses_and_doubles_nothing(
    brokers: Brokers, database: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    settings = brokers.settings(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
        load = Load(running.base_url, sender)
        async with load.running():
            await load.reaches(CLAIMS)
            leader = await brokers.leader(settings, "facts", VENDOR)
            async with brokers.frozen(leader):
                await passed(FROZEN_SECONDS)
                # The others went on without it.
                await load.reaches(CLAIMS)
                assert await brokers.leader(settings, "facts", VENDOR) != leader
            await load.reaches(CLAIMS)
        record_property("stall_seconds", round(load.stall_seconds, 1))
        print(f"nothing was accepted for {load.stall_seconds:.1f} s, {sender.refused} times 503")

        async def whole() -> bool:
            return await brokers.in_sync(settings, "facts", VENDOR) == 3

        # It has thrown away what it alone had, and has what the others have.
        await until(whole, IN_SYNC_SECONDS)
        await holds(running, sender)
    assert load.stall_seconds < MOST_STALL_SECONDS
