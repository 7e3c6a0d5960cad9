"""How fast events reach a webhook receiver: a feed that is there already, and one that grows by a hundred a second."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from dealreg.runtime.components import Runtime, runtime
from services.projections.views import FEED
from services.projections.webhooks.worker import Webhooks
from shared.credentials import operator
from shared.persons import MasterKey
from shared.projection.runner import Runner
from shared.settings import Settings
from shared.webhooks import Endpoints, Wanted
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.journals import ordinary_deals

VENDOR = "acme"
GOAL_PER_S, GOAL_P99_MS = 1_000, 500
STEADY_PER_S, AT_A_TIME = 100, 5


async def deliver(place: Place, deals: int, seconds: float, rounds: int) -> list[Figure]:
    """Deliveries a second of a whole feed, and how long an entry takes from the feed to the receiver."""
    speeds, late = [], []
    records = ordinary_deals(VENDOR, deals).records
    entries = min(round(seconds * STEADY_PER_S), len(records))
    count = 0
    for _ in range(rounds):
        settings = await place.fresh(outward_networks="127.0.0.0/8")
        async with runtime(settings, "bench") as found:
            await found.log.append("journal", records)
            await _folded(found, settings)
            count = await found.pool.fetchval("SELECT count(*) FROM projections.feed WHERE vendor = $1", VENDOR)
            async with _delivered(found, settings, count) as receiver:
                began = time.monotonic()
                await receiver.done.wait()
            speeds.append(count / (max(receiver.came.values()) - began))
        settings = await place.fresh(outward_networks="127.0.0.0/8", batch_entries=AT_A_TIME)
        async with runtime(settings, "bench") as found:
            await found.log.append("journal", records)
            late.append(await _steady(found, settings, entries))
    p50 = tuple(1e3 * statistics.median(each) for each in late)
    p99 = tuple(1e3 * statistics.quantiles(each, n=100)[98] for each in late)
    return [
        Figure("delivered to a receiver", "events/s", tuple(speeds), least=GOAL_PER_S, beside={"events": count}),
        Figure("feed to receiver, p50", "ms", p50, beside={"events/s": STEADY_PER_S}),
        Figure("feed to receiver, p99", "ms", p99, most=GOAL_P99_MS, beside={"events/s": STEADY_PER_S}),
    ]


async def _folded(found: Runtime, settings: Settings) -> None:
    runner = Runner(FEED, found.pool, found.log, settings)
    while await runner.step():
        pass
    await runner.close()


async def _steady(found: Runtime, settings: Settings, entries: int) -> list[float]:
    """Seconds from the commit of each entry to its arrival."""
    readable: dict[int, float] = {}
    runner = Runner(FEED, found.pool, found.log, settings)
    async with _delivered(found, settings, entries) as receiver:
        began = time.monotonic()
        while len(readable) < entries:
            folded = await runner.step()
            at = time.monotonic()
            for position in range(len(readable) + 1, len(readable) + folded + 1):
                readable[position] = at
            await asyncio.sleep(max(0.0, began + len(readable) / STEADY_PER_S - time.monotonic()))
        await receiver.done.wait()
    await runner.close()
    return [receiver.came[position] - at for position, at in readable.items() if position in receiver.came]


@dataclass(slots=True)
class _Receiver:
    came: dict[int, float] = field(default_factory=dict)
    """By position: when it came first, by the clock that processes share."""
    done: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def _delivered(found: Runtime, settings: Settings, entries: int) -> AsyncIterator[_Receiver]:
    """A worker delivers the vendor's feed to a process of its own, which says when it has so many entries."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.receiving", str(entries), stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    endpoints = Endpoints(found.pool, MasterKey(settings.master_key_bytes()))
    wanted = Wanted(f"http://127.0.0.1:{port}/hook", "bench")
    await endpoints.create(None, wanted, after=0, by=operator(VENDOR))
    receiver, stop = _Receiver(), asyncio.Event()
    worker = asyncio.create_task(Webhooks(found.pool, found.log, settings).run(stop))
    told = asyncio.create_task(_told(process.stdout, receiver))
    try:
        yield receiver
    finally:
        stop.set()
        await worker
        await told
        await process.wait()


async def _told(output: Any, receiver: _Receiver) -> None:
    receiver.came = {int(position): at for position, at in orjson.loads(await output.read()).items()}
    receiver.done.set()
