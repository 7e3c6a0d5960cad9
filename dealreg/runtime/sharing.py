"""A process that folds a share of a view for a rebuild."""

from __future__ import annotations

import sys

import structlog

from dealreg.runtime.components import runtime
from dealreg.runtime.process import run
from shared.errors import DealregError
from shared.projection.processes import Failed, Task

POOL_SIZE = 4


def run_share(task: Task) -> Failed | None:
    """Fold the task in this process; return its error, if it ends by one."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # what was asked prints its answer
    try:
        return run(_folded(task))
    except DealregError as error:
        return Failed.by(error)


async def _folded(task: Task) -> Failed | None:
    async with runtime(task.settings, "rebuild", pool_size=POOL_SIZE) as on:
        return await task.fold(on.pool, on.log)
