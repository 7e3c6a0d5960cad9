"""Accepting over HTTP: how many a second beside an endpoint that does nothing, how soon, and how soon visible."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

from dealreg.runtime.backlog import drained
from dealreg.runtime.components import runtime
from dealreg.runtime.everything import running
from shared.credentials import SCOPES, Credentials
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.settings import Settings
from tests.bench.draining import decided_here
from tests.bench.figures import Figure
from tests.bench.load import WARM_UP_SECONDS, Job
from tests.bench.mixed import History
from tests.bench.place import Log, Place, fill
from tests.bench.raw import accepted_in, beside_raw, raw_accept
from tests.bench.serving import served

VENDOR = "bench"
CONNECTIONS = 64
RATE = 300
LOOK_EVERY = 10
LEAST_RATIO: dict[Log, float] = {"postgres": 0.75, "kafka": 0.60}
MOST_ACCEPT_MS = 40
MOST_VISIBLE_MS = 250
DRAIN_SECONDS = 600
FASTEST = 20_000
"""Posts a second for which requests are made beforehand."""

_runs = itertools.count(1)


async def accept(place: Place, log: Log, seconds: float, rounds: int) -> list[Figure]:
    """As many as one serving process takes, in turns with the yardstick; nobody decides meanwhile."""
    settings, token = await house(place)
    ours: list[float] = []
    theirs: list[float] = []
    shares: list[float] = []
    async with served(settings) as url, _empty(settings.data_dir) as yardstick:
        for _ in range(rounds):
            for base, speeds in ((yardstick, theirs), (url, ours)):
                job = Job(base, token, str(next(_runs)), seconds, connections=CONNECTIONS)
                told = await loaded(replace(job, prepared=int((seconds + WARM_UP_SECONDS) * FASTEST)))
                speeds.append(told["per_s"])
                shares.append(told["processor_share"])
    rows = await accepted_in(settings, VENDOR)
    # Nobody listens meanwhile: what the servers take without HTTP is no part of what HTTP takes.
    raw = [await raw_accept(place, rows) for _ in range(rounds)]
    ratios = tuple(mine / other for mine, other in zip(ours, theirs, strict=True))
    return [
        Figure("empty endpoint", "posts/s", tuple(theirs), beside={"load_processor_share": statistics.median(shares)}),
        Figure("accepted", "posts/s", tuple(ours), beside={"connections": CONNECTIONS}),
        Figure("accepted / empty", "", ratios, least=LEAST_RATIO[log]),
        *beside_raw("accepted", "posts/s", ours, raw, log),
    ]


async def latency(place: Place, seconds: float, rounds: int) -> list[Figure]:
    """How soon at a steady rate, with all processes of `dealreg run` at work."""
    settings, token = await house(place)
    told: list[dict[str, Any]] = []
    async with running(settings, logs=settings.data_dir / "running.log") as started:
        for _ in range(rounds):
            job = Job(
                started.base_url, token, str(next(_runs)), seconds, rate=RATE, look_every=LOOK_EVERY,
                prepared=int((seconds + WARM_UP_SECONDS) * RATE),
            )  # fmt: skip
            told.append(await loaded(job))
            async with runtime(settings, "bench") as found:
                await drained(found, seconds=DRAIN_SECONDS)
    figures = []
    for name, key, most in (("accept", "accept_ms", MOST_ACCEPT_MS), ("visible", "visible_ms", MOST_VISIBLE_MS)):
        for part, goal in (("p50", None), ("p99", most)):
            beside = {"max": max(one[key]["max"] for one in told)} if part == "p99" else {}
            label = f"{name} {part} at {RATE}/s"
            figures.append(Figure(label, "ms", tuple(one[key][part] for one in told), most=goal, beside=beside))
    return figures


async def house(place: Place) -> tuple[Settings, str]:
    """A live vendor with partners and a program, decided, and a key that may write and read."""
    settings = await place.fresh()
    async with runtime(settings, "bench") as found:
        await fill(found.log, [encode_fact(fact) for fact in live_house()])
        await decided_here(found)
        scopes = [one for one in SCOPES if one != "import"]
        _, token = await Credentials(found.pool, settings.credential_cache_seconds).create(VENDOR, scopes)
    return settings, str(token)


def live_house() -> list[Fact]:
    """The vendor of `mixed`, live from the first."""
    facts = [replace(fact, importing=False) for fact in History(VENDOR, 1).house()]
    return [replace(facts[0], event=facts[0].event.model_copy(update={"mode": "live"})), *facts[1:]]


@asynccontextmanager
async def _empty(folder: Path) -> AsyncIterator[str]:
    with (folder / "empty.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.empty", stdout=asyncio.subprocess.PIPE, stderr=log
        )
        assert child.stdout is not None
        try:
            yield (await child.stdout.readline()).decode().strip()
        finally:
            child.terminate()
            await child.wait()


async def loaded(job: Job) -> dict[str, Any]:
    """The load in a process of its own; raises where a post was not accepted."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await child.communicate(orjson.dumps(asdict(job)))
    if child.returncode:
        raise RuntimeError(f"the load ended with {child.returncode}")
    told: dict[str, Any] = orjson.loads(answer)
    if told["failed"]:
        raise RuntimeError(f"{told['failed']} posts failed; the first: {told['first_failure']}")
    return told
