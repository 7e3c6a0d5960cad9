"""How many entries are projected a second: views folded from the first entry of a journal that is there already."""

from __future__ import annotations

import time
from collections.abc import Sequence

from dealreg.runtime.components import runtime
from dealreg.runtime.views import VIEWS
from services.projections.views import PIPELINE
from shared.projection.joint_runner import JointRunner
from shared.projection.port import View
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.raw import beside_raw, recorded_project, said_again

GOAL_PER_S = 10_000
ALL_VIEWS_PER_S = 7_000


async def project(place: Place, log: str, decided: Settings, rounds: int) -> list[Figure]:
    """The pipeline beside its yardstick, then all views of a worker at once; `decided` has the journal and no view."""
    name, unit = "projected, pipeline", "entries/s"
    tape = await recorded_project(await place.fresh(like=decided))
    speeds, raw, entries = [], [], 0
    for _ in range(rounds):
        seconds, entries = await projected(await place.fresh(like=decided), (PIPELINE,))
        speeds.append(entries / seconds)
        raw.append(entries / await said_again(decided, place, tape, entries))
    beside = {"entries": entries}
    figures = [Figure(name, unit, tuple(speeds), least=GOAL_PER_S, beside=beside)]
    figures += beside_raw(name, unit, speeds, raw, log)
    speeds = []
    for _ in range(rounds):
        seconds, entries = await projected(await place.fresh(like=decided), VIEWS)
        speeds.append(entries / seconds)
    name = f"projected, all {len(VIEWS)} views"
    return [*figures, Figure(name, unit, tuple(speeds), least=ALL_VIEWS_PER_S, beside=beside)]


async def projected(settings: Settings, views: Sequence[View]) -> tuple[float, int]:
    """Seconds until the views had passed every entry, and how many those are."""
    async with runtime(settings, "bench") as found:
        (entries,) = await found.log.end_offsets("journal")
        alone = len(views) == 1
        runner = (
            Runner(views[0], found.pool, found.log, settings)
            if alone
            else JointRunner(views, found.pool, found.log, settings)
        )
        began = time.perf_counter()
        passed = 0
        while step := await runner.step():
            passed += step
        seconds = time.perf_counter() - began
        assert passed == entries, f"passed {passed} of {entries} entries"
        await runner.close()
        return seconds, entries
