"""The stage of a run: nobody logs, and what production leaves to chance or to the clock comes from the seed."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import structlog

from services.attribution import processor
from shared.partitions import worker
from shared.projection import joint, joint_runner, members, runner
from shared.projection import processor as projecting
from tests.simulation.ownership import MemoryOwnership
from tests.simulation.projections import MemoryPool


@contextmanager
def quiet(seed: int) -> Iterator[None]:
    """Nobody logs, and what production leaves to chance comes from the seed."""
    logged, chance, release = structlog.get_config(), worker._chance, processor.RELEASE
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    worker._chance = random.Random(f"{seed}|lanes")  # type: ignore[assignment]
    with ExitStack() as replaced:
        for module in (runner, joint_runner):
            replaced.enter_context(patch.object(module, "Ownership", _owning))
        for timed in (projecting, joint, members):
            replaced.enter_context(patch.object(timed, "time", _Clock))
        try:
            yield
        finally:
            structlog.configure(**logged)
            worker._chance = chance
            processor.RELEASE = release


class _Clock:
    """What lanes measure their leases by."""

    @staticmethod
    def monotonic() -> float:
        return asyncio.get_running_loop().time()


def _owning(pool: MemoryPool, consumer: str, partitions: int, owner: str, lease_seconds: float) -> MemoryOwnership:
    return MemoryOwnership(pool.database, consumer, partitions, owner, lease_seconds)
