"""How many facts one writer decides a second: a worker on one partition of a log that is full already."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence

from dealreg.parts import ground
from dealreg.server import COLLECT_AFTER
from services.attribution.worker import Worker
from shared.log.port import Record
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import Place, fill

GOAL_PER_S = 2_000


async def decide(place: Place, name: str, facts: Sequence[Record], rounds: int) -> tuple[Figure, Settings]:
    """The figure, and where the last round left its journal."""
    speeds, entries, last = [], 0, place.settings
    for _ in range(rounds):
        last = await place.fresh(partitions=1)
        seconds, entries = await _decided(last, facts)
        speeds.append(len(facts) / seconds)
    beside = {"facts": len(facts), "entries_per_fact": entries / len(facts)}
    return Figure(name, "facts/s", tuple(speeds), least=GOAL_PER_S, beside=beside), last


async def _decided(settings: Settings, facts: Sequence[Record]) -> tuple[float, int]:
    async with ground(settings, "bench") as found:
        await fill(found.log, facts)
        await found.pool.execute("ANALYZE")
        worker = Worker(found.pool, found.log, settings)
        _collect_as_a_service_does()
        began = time.perf_counter()
        while await worker.step():
            pass
        seconds = time.perf_counter() - began
        await worker.close()
        (entries,) = await found.log.end_offsets("journal")
        assert entries >= len(facts), f"{entries} entries of {len(facts)} facts: they were not all decided"
        return seconds, entries


def _collect_as_a_service_does() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
