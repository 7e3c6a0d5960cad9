"""How many facts one writer decides a second: a worker on one partition of a log that is full already."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

from dealreg.runtime.components import runtime
from dealreg.runtime.loading import settled
from services.attribution.worker import Worker
from shared.log.port import Record
from shared.settings import Settings
from tests.bench.draining import all_decided
from tests.bench.figures import Figure
from tests.bench.place import Place, fill
from tests.bench.raw import beside_raw, recorded_decide, said_again

GOAL_PER_S = 2_500


async def decide(place: Place, name: str, facts: Sequence[Record], rounds: int) -> tuple[Figure, Settings]:
    """The figure, and where the last round left its journal."""
    speeds, costs, entries, last = [], [], 0, place.settings
    for _ in range(rounds):
        last = await place.fresh(partitions=1)
        seconds, busy, entries = await _decided(last, facts)
        speeds.append(len(facts) / seconds)
        costs.append(1e6 * busy / len(facts))
    beside = {
        "processor_us": statistics.median(costs), "facts": len(facts), "entries_per_fact": entries / len(facts)
    }  # fmt: skip
    return Figure(name, "facts/s", tuple(speeds), least=GOAL_PER_S, beside=beside), last


async def decide_beside_raw(place: Place, log: str, name: str, facts: Sequence[Record], rounds: int) -> list[Figure]:
    """The figure, its yardstick and the part that it is of it."""
    full = await place.fresh(partitions=1)
    async with runtime(full, "bench") as found:
        await fill(found.log, facts)
    tape = await recorded_decide(await place.fresh(like=full))
    ours: list[float] = []
    raw: list[float] = []
    costs: list[float] = []
    figure = None
    for _ in range(rounds):
        figure, _ = await decide(place, name, facts, 1)
        ours.append(figure.value)
        costs.append(figure.beside["processor_us"])
        raw.append(len(facts) / await said_again(full, place, tape))
    assert figure is not None
    beside = {**figure.beside, "processor_us": statistics.median(costs)}
    return [replace(figure, rounds=tuple(ours), beside=beside), *beside_raw(name, "facts/s", ours, raw, log)]


async def _decided(settings: Settings, facts: Sequence[Record]) -> tuple[float, float, int]:
    """Seconds, those of them that this process computed, and the entries that came of it."""
    async with runtime(settings, "bench") as found:
        await fill(found.log, facts)
        await found.pool.execute("ANALYZE")
        worker = Worker(found.pool, found.log, settings)
        collect_as_a_service_does()
        began, computed = time.perf_counter(), time.process_time()
        await all_decided(found, worker)
        seconds, busy = time.perf_counter() - began, time.process_time() - computed
        await worker.close()
        (entries,) = await found.log.end_offsets("journal")
        assert entries >= len(facts), f"{entries} entries of {len(facts)} facts: they were not all decided"
        return seconds, busy, entries


def collect_as_a_service_does() -> None:
    """Garbage is collected as in a process that has settled."""
    gc.collect()
    settled()
