"""How many entries a rebuild folds a second, and how much memory it takes."""

from __future__ import annotations

import resource
import time

from dealreg.runtime.components import runtime
from services.projections.views import PIPELINE
from shared.projection.rebuild import OnProgress, Rebuild
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.projecting import GOAL_PER_S, projected
from tests.bench.raw import beside_raw, recorded_rebuild, said_again

GOAL_REBUILT_PER_S = 40_000
KILOBYTE = 1_024


async def rebuild(place: Place, log: str, decided: Settings, rounds: int) -> list[Figure]:
    """The pipeline rebuilt from the first entry and switched to; `decided` has the journal and no view."""
    speeds, whole, raw, entries, grown = [], [], [], 0, 0
    full = await place.fresh(like=decided)
    await projected(full, (PIPELINE,))
    tape = await recorded_rebuild(await place.fresh(like=full))
    for _ in range(rounds):
        settings = await place.fresh(like=full)
        before = _peak()
        folding, seconds, entries = await rebuilt(settings)
        grown = max(grown, _peak() - before)
        speeds.append(entries / folding)
        whole.append(entries / seconds)
        raw.append(entries / await said_again(full, place, tape, entries))
    beside = {"entries": entries, "memory grown MB": grown // KILOBYTE}
    return [
        Figure("rebuilt, pipeline, folding", "entries/s", tuple(speeds), least=GOAL_REBUILT_PER_S, beside=beside),
        *beside_raw("rebuilt, pipeline, folding", "entries/s", speeds, raw, log),
        Figure("rebuilt, pipeline, with indexes, comparison and switch", "entries/s", tuple(whole), least=GOAL_PER_S),
    ]


async def rebuilt(settings: Settings) -> tuple[float, float, int]:
    """Seconds of folding, of the whole rebuild, and the entries of it."""
    async with runtime(settings, "bench") as found:
        phases: dict[str, float] = {}
        done = await Rebuild(found.pool, found.log, settings, PIPELINE, _noted(phases)).run(keep=False)
        assert done.compared
        return phases["indexes"] - phases["folding"], done.seconds, done.entries


def _noted(phases: dict[str, float]) -> OnProgress:
    """When each phase began."""

    def told(what: str, done: int, total: int) -> None:
        phases.setdefault(what, time.perf_counter())

    return told


def _peak() -> int:
    """The most memory that this process ever had, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
