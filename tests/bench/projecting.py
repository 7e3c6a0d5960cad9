"""How many entries are projected a second: views folded from the first entry of a journal that is there already."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from dealreg.parts import VIEWS, ground
from services.projections.views import PIPELINE
from shared.projection.port import View
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import Place

GOAL_PER_S = 10_000


async def project(place: Place, decided: Settings, rounds: int) -> list[Figure]:
    """The pipeline alone, then all views of a worker side by side; `decided` has the journal and no view."""
    figures = []
    for name, views in (("projected, pipeline", (PIPELINE,)), (f"projected, all {len(VIEWS)} views", VIEWS)):
        speeds, entries = [], 0
        for _ in range(rounds):
            seconds, entries = await projected(await place.fresh(like=decided), views)
            speeds.append(entries / seconds)
        goal = GOAL_PER_S if views == (PIPELINE,) else None
        figures.append(Figure(name, "entries/s", tuple(speeds), least=goal, beside={"entries": entries}))
    return figures


async def projected(settings: Settings, views: Sequence[View]) -> tuple[float, int]:
    """Seconds until the views had passed every entry, and how many those are."""
    async with ground(settings, "bench") as found:
        (entries,) = await found.log.end_offsets("journal")
        runners = [Runner(view, found.pool, found.log, settings) for view in views]
        began = time.perf_counter()
        passed = await asyncio.gather(*(_caught_up(runner) for runner in runners))
        seconds = time.perf_counter() - began
        assert set(passed) == {entries}, f"views passed {passed} of {entries} entries"
        for runner in runners:
            await runner.close()
        return seconds, entries


async def _caught_up(runner: Runner) -> int:
    passed = 0
    while step := await runner.step():
        passed += step
    return passed
