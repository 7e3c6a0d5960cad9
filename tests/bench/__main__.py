"""`make bench`: both logs measured, a table for people and JSON for machines; comparisons are made within one run."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from dealreg.backlog import drained
from dealreg.founding import found_vendor
from dealreg.parts import ground
from dealreg.process import standing
from dealreg.running import running
from services.attribution.worker import Worker
from services.projections.views import ALL
from shared.credentials import SCOPES, Credentials
from shared.events.codec import encode_fact
from shared.log.port import partition_of
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.mixed import History

VENDOR = "bench"
ROUNDS = 3
CONNECTIONS = 32
RATE = 300


def settings_for(log: str, folder: str) -> Settings:
    """A fresh installation on embedded servers."""
    return Settings(
        log=log, data_dir=Path(folder), port=0, allow_single_node=True, rate_per_credential=1_000_000,  # type: ignore[arg-type]
    )  # fmt: skip


async def load(how: str, url: str, token: str, posts: int, speed: float) -> dict[str, Any]:
    """One run of the load in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", how, url, token, str(posts), str(speed),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await child.communicate()
    found: dict[str, Any] = orjson.loads(told)
    return found


@asynccontextmanager
async def empty() -> AsyncIterator[str]:
    """The address of the yardstick."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.empty", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert child.stdout is not None
    try:
        yield (await child.stdout.readline()).decode().strip()
    finally:
        child.kill()
        await child.wait()


async def http(log: str, posts: int) -> dict[str, Any]:
    """Accepting over HTTP beside the yardstick, in turns; then latency at a steady rate with all workers running."""
    with tempfile.TemporaryDirectory(prefix="dealreg-bench-") as folder:
        async with (
            running(settings_for(log, folder)) as started,
            empty() as yardstick,
            ground(started.settings, "bench") as found,
        ):
            await found_vendor(found, VENDOR, name=VENDOR)
            house = list(islice(History(VENDOR, 1), 1, 63))
            await found.log.append("facts", [encode_fact(_live(fact)) for fact in house])
            _, key = await Credentials(found.pool, 5).create(VENDOR, [one for one in SCOPES if one != "import"])
            token = str(key)
            await drained(found, seconds=600)
            ours, theirs = [], []
            for _ in range(ROUNDS):
                theirs.append((await load("closed", yardstick, token, posts, CONNECTIONS))["posts_per_s"])
                ours.append((await load("closed", started.base_url, token, posts, CONNECTIONS))["posts_per_s"])
                await drained(found, seconds=600)
            steady = await load("open", started.base_url, token, max(posts // 2, RATE * 5), RATE)
            await drained(found, seconds=600)
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return {
            "accepted_per_s": statistics.median(ours),
            "empty_endpoint_per_s": statistics.median(theirs),
            "ratio": round(statistics.median(ratios), 2),
            f"at_{RATE}_per_s": steady,
        }


def _live(fact: Any) -> Any:
    return replace(fact, importing=False)


async def workers(log: str, facts: int) -> dict[str, Any]:
    """One writer over a log that is full already, then each view over the journal that it wrote."""
    with tempfile.TemporaryDirectory(prefix="dealreg-bench-") as folder:
        async with standing(settings_for(log, folder)) as settings, ground(settings, "bench") as found:
            history = [encode_fact(fact) for fact in History(VENDOR, facts)]
            for start in range(0, len(history), 2_000):
                await found.log.append("facts", history[start : start + 2_000])
            began = time.perf_counter()
            worker = Worker(found.pool, found.log, settings)
            while await worker.step():
                pass
            seconds = time.perf_counter() - began
            await worker.close()
            partition = partition_of(VENDOR, found.log.partitions)
            entries = (await found.log.end_offsets("journal"))[partition]
            told: dict[str, Any] = {
                "facts_decided_per_s": round(len(history) / seconds),
                "entries_per_fact": round(entries / len(history), 2),
            }
            for view in ALL:
                began = time.perf_counter()
                runner = Runner(view, found.pool, found.log, settings)
                while await runner.step():
                    pass
                await runner.close()
                told[f"{view.name}_entries_projected_per_s"] = round(entries / (time.perf_counter() - began))
            return told


async def main() -> None:
    """Every figure of the chosen logs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--log", choices=["postgres", "kafka"], action="append", help="Repeat it; both where absent.")
    parser.add_argument("--only", choices=["http", "workers"], action="append", help="Repeat it; all where absent.")
    parser.add_argument("--quick", action="store_true", help="Small sizes: a minute, for a first look.")
    parser.add_argument("--json", type=Path, help="Also write the figures here.")
    asked = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    for log in asked.log or ["postgres", "kafka"]:
        figures[log] = {}
        for name, measure, size in (("http", http, 3_000), ("workers", workers, 20_000)):
            if asked.only is None or name in asked.only:
                figures[log] |= await measure(log, size // 5 if asked.quick else size)
                show(log, figures[log])
    written = orjson.dumps(figures)
    if asked.json is not None:
        asked.json.write_bytes(written)
    print(written.decode())


def show(log: str, figures: dict[str, Any]) -> None:
    """One line a figure."""
    for name, value in figures.items():
        print(f"{log:>9}  {name:<45} {value}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
