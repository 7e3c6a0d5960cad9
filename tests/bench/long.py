"""A long journal: how fast and in how much memory it is rebuilt, and how soon people see theirs meanwhile.

Deciding a million facts takes minutes; here one vendor's journal is decided once and written again under other names,
each entry chained anew, which takes seconds.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from dealreg.runtime.backlog import drained
from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.everything import environment, running
from dealreg.runtime.process import run
from dealreg.runtime.sharing import run_share
from dealreg.runtime.views import VIEWS
from services.projections.views import PIPELINE
from shared.events.codec import encode_fact, entry_hash
from shared.events.envelope import GENESIS
from shared.log.port import Record, StoredRecord
from shared.partitions.ownership import Ownership
from shared.projection.bulk import Bulk
from shared.projection.port import View
from shared.projection.processes import Processes
from shared.projection.rebuild import Rebuild
from shared.settings import Settings
from tests.bench.accepting import DRAIN_SECONDS, LOOK_EVERY, RATE, house, loaded
from tests.bench.deciding import decide
from tests.bench.figures import Figure
from tests.bench.load import WARM_UP_SECONDS, Job
from tests.bench.mixed import History
from tests.bench.place import FILL_RECORDS, LONG_SECONDS, Place
from tests.bench.raw import read

SAMPLE_FACTS = 2_000
"""Of one vendor: some ten thousand entries."""
PROCESSES = 2
LEAST_BY_PROCESSES_PER_S = 30_000
MOST_SECONDS_BY_PROCESSES = 45
LEAST_PER_S = 40_000
MOST_SECONDS_A_MILLION = 30
MOST_GROWTH = 1.25
"""Of memory from the first tenth of the journal to its end: flat, but for what the interpreter keeps."""
MOST_TIMES = 2
MEGABYTE = 2**20


async def long(place: Place, entries: int) -> list[Figure]:
    """The pipeline rebuilt from so many entries, as a process of its own would."""
    settings = await place.fresh(partitions=1)
    async with runtime(settings, "bench") as found:
        await _written(found, place, entries)
        (whole,) = await found.log.end_offsets("journal")
        await _folded(found, PIPELINE)
    told = await _apart(settings, 1)
    several = await _apart(settings, PROCESSES)
    rate, peak, early = whole / told["folding"], told["peak"], told["early"]
    beside = {
        "entries": whole,
        "whole_rebuild_s": told["whole"],
        "seconds": told["folding"],
        "processor_us": told["processor_us"],
    }
    million = 1e6 * told["whole"] / whole
    return [
        Figure("long rebuild, folding", "entries/s", (rate,), least=LEAST_PER_S, beside=beside),
        Figure("long rebuild, whole, a million entries", "s", (million,), most=MOST_SECONDS_A_MILLION),
        Figure("long rebuild, memory at the end / at a tenth", "", (peak / early,), most=MOST_GROWTH,
               beside={"MB": peak / MEGABYTE}),
        Figure(f"long rebuild by {PROCESSES} processes, folding", "entries/s", (whole / several["folding"],),
               least=LEAST_BY_PROCESSES_PER_S, beside={"entries": whole, "processor_us": several["processor_us"]}),
        Figure(f"long rebuild by {PROCESSES} processes, whole, a million entries", "s",
               (1e6 * several["whole"] / whole,), most=MOST_SECONDS_BY_PROCESSES),
        Figure(f"long rebuild, {PROCESSES} processes / one", "times", (told["folding"] / several["folding"],)),
    ]  # fmt: skip


async def during(place: Place, entries: int, seconds: float) -> list[Figure]:
    """What people wait while the pipeline is rebuilt over and over, beside what they wait otherwise."""
    settings, token = await house(place)
    async with runtime(settings, "bench") as found:
        await _written(found, place, entries)
        for view in VIEWS:
            await _folded(found, view)
        ends = await found.log.end_offsets("journal")
        await found.pool.executemany(
            "UPDATE attribution.published SET journal_offset = $2 WHERE partition = $1", list(enumerate(ends))
        )
    found_ms: dict[str, list[dict[str, Any]]] = {"quiet": [], "rebuilding": []}
    rebuilds = 0
    async with running(settings, logs=settings.data_dir / "during.log") as started:
        for turn, name in enumerate(("quiet", "rebuilding", "quiet", "rebuilding")):
            job = Job(
                started.base_url, token, str(700 + turn), seconds, rate=RATE, look_every=LOOK_EVERY,
                prepared=int((seconds + WARM_UP_SECONDS) * RATE),
            )  # fmt: skip
            load = asyncio.create_task(loaded(job))
            while name == "rebuilding" and not load.done():
                await _rebuilt_by_command(settings)
                rebuilds += 1
            found_ms[name].append(await load)
        async with runtime(settings, "bench") as found:
            await drained(found, seconds=DRAIN_SECONDS)
    figures = []
    for kind in ("accept", "visible"):
        p99 = {name: tuple(one[f"{kind}_ms"]["p99"] for one in found) for name, found in found_ms.items()}
        times = tuple(busy / quiet for quiet, busy in zip(p99["quiet"], p99["rebuilding"], strict=True))
        figures += [Figure(f"{kind} p99 at {RATE}/s, {name}", "ms", values) for name, values in p99.items()]
        figures += [
            Figure(f"{kind} p99, rebuilding / quiet", "times", times, most=MOST_TIMES, beside={"rebuilds": rebuilds})
        ]
    return figures


async def _written(found: Runtime, place: Place, entries: int) -> None:
    """The journal has so many entries more, of as many vendors as that takes."""
    _, decided = await decide(place, "decided", [encode_fact(fact) for fact in History("acme", SAMPLE_FACTS)], 1)
    async with runtime(decided, "bench") as other:
        (end,) = await other.log.end_offsets("journal")
        sample = await read(other.log, "journal", 0, end)
    vendors, left = 0, entries
    while left > 0:
        copied = _copied(sample[: min(left, len(sample))], f"copy-{vendors:05d}")
        for records in _chunks(copied):
            await found.log.append("journal", records)
        vendors, left = vendors + 1, left - len(sample)
    await found.pool.execute("ANALYZE log.journal", timeout=LONG_SECONDS)


def _copied(sample: Sequence[StoredRecord], vendor: str) -> Iterator[Record]:
    """The same entries as another vendor's."""
    previous = GENESIS
    for one in sample:
        headers = []
        for name, value in one.headers:
            if name == "ce_source":
                value = f"/vendors/{vendor}"
            elif name == "ce_id":
                value = f"{vendor}:{value.rpartition(':')[2]}"
            elif name == "ce_previous":
                value = previous
            if name not in ("ce_hash", "traceparent"):
                headers.append((name, value))
        previous = entry_hash(headers, one.value)
        yield Record(vendor, (*headers, ("ce_hash", previous)), one.value)


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for one in records:
        chunk.append(one)
        if len(chunk) == FILL_RECORDS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _folded(found: Runtime, view: View) -> None:
    """The version that is read has the whole journal, in bulk."""
    ownership = Ownership(
        found.pool, f"view:{view.name}:{view.version}", found.log.partitions, "bench", found.settings.lease_seconds
    )
    bulk = Bulk(view, found.pool, found.log, ownership, found.settings)
    await bulk.take()
    await bulk.fold(await found.log.end_offsets("journal"), lambda _: None)
    await bulk.release()


async def _apart(settings: Settings, processes: int) -> dict[str, float]:
    """A rebuild in a process of its own, whose memory is that of the rebuild; it starts those that fold, if several."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.long", str(processes),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, _ = await child.communicate(orjson.dumps(environment(settings)))
    if child.returncode:
        raise RuntimeError(f"the rebuild ended with {child.returncode}")
    told: dict[str, float] = orjson.loads(answer)
    return told


async def _rebuilt_by_command(settings: Settings) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dealreg.cli", "projections", "rebuild", PIPELINE.name,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env={**os.environ, **environment(settings)},
    )  # fmt: skip
    _, said = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"the rebuild ended with {child.returncode}: {said.decode()[-500:]}")


async def _rebuild_here(processes: int) -> dict[str, float]:
    settings = Settings()
    indexed, early = 0.0, 0

    def told(what: str, done: int, total: int) -> None:
        nonlocal indexed, early
        if what == "folding" and not early and done > total // 10:
            early = _peak()
        if what == "indexes" and not indexed:
            indexed = time.perf_counter()

    async with runtime(settings, "bench") as found:
        began, busy = time.perf_counter(), _busy()
        several = Processes(processes, run_share) if processes > 1 else None
        done = await Rebuild(found.pool, found.log, settings, PIPELINE, told, several).run(keep=False)
    return {
        "folding": indexed - began, "whole": done.seconds, "peak": _peak(), "early": early or _peak(),
        "processor_us": 1e6 * (_busy() - busy) / done.entries,
    }  # fmt: skip


def _busy() -> float:
    """Seconds of processor that this process had, and those that it started and has outlived."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _peak() -> int:
    """The most memory that this process had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


def main() -> None:
    """Settings come on standard input, the number of processes as argument; what it took goes to standard output."""
    os.environ.update(orjson.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(orjson.dumps(run(_rebuild_here(int(sys.argv[1])))))


if __name__ == "__main__":
    main()
