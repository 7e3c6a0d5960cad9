"""A worker in this process brought to the end of the facts."""

from __future__ import annotations

from dealreg.runtime.components import Runtime
from services.attribution.worker import CONSUMER, Worker

_PASSED = "SELECT coalesce(sum(next_offset), 0)::bigint FROM log.ownership WHERE consumer = $1"


async def passed(found: Runtime, consumer: str) -> int:
    """Records that the consumer has committed."""
    return await found.pool.fetchval(_PASSED, consumer)  # type: ignore[no-any-return]


async def all_decided(found: Runtime, worker: Worker) -> None:
    """Every fact of the log is decided, committed and published."""
    end = sum(await found.log.end_offsets("facts"))
    # A broker answers when it does: an empty fetch alone does not say that nothing is there.
    while await worker.step() or await passed(found, CONSUMER) < end:
        pass


async def decided_here(found: Runtime) -> None:
    """As `all_decided`, by a worker of its own."""
    worker = Worker(found.pool, found.log, found.settings)
    await all_decided(found, worker)
    await worker.close()
