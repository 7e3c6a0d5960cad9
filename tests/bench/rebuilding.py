"""How many entries a rebuild folds a second, and how much memory it takes."""

from __future__ import annotations

import resource
import time

from dealreg.parts import ground
from services.projections.views import PIPELINE
from shared.projection.rebuild import Rebuild, Told
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.projecting import GOAL_PER_S

GOAL_REBUILT_PER_S = 40_000
KILOBYTE = 1_024


async def rebuild(place: Place, decided: Settings, rounds: int) -> list[Figure]:
    """The pipeline rebuilt from the first entry and switched to; `decided` has the journal and no view."""
    speeds, whole, entries, grown = [], [], 0, 0
    for _ in range(rounds):
        settings = await place.fresh(like=decided)
        async with ground(settings, "bench") as found:
            runner = Runner(PIPELINE, found.pool, found.log, settings)
            while await runner.step():
                pass
            await runner.close()
            before = _peak()
            phases: dict[str, float] = {}
            done = await Rebuild(found.pool, found.log, settings, PIPELINE, _noted(phases)).run(keep=False)
            assert done.compared
            entries = done.entries
            speeds.append(entries / (phases["indexes"] - phases["folding"]))
            whole.append(entries / done.seconds)
            grown = max(grown, _peak() - before)
    beside = {"entries": entries, "memory grown MB": grown // KILOBYTE}
    return [
        Figure("rebuilt, pipeline, folding", "entries/s", tuple(speeds), least=GOAL_REBUILT_PER_S, beside=beside),
        Figure("rebuilt, pipeline, with indexes, comparison and switch", "entries/s", tuple(whole), least=GOAL_PER_S),
    ]


def _noted(phases: dict[str, float]) -> Told:
    """When each phase began."""

    def told(what: str, done: int, total: int) -> None:
        phases.setdefault(what, time.perf_counter())

    return told


def _peak() -> int:
    """The most memory that this process ever had, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
