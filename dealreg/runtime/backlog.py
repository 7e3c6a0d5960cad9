"""How far the decider and the views are behind the log; the definition of "drained"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from dealreg.runtime.components import Runtime
from dealreg.runtime.views import VIEWS
from services.attribution.worker import CONSUMER
from shared.database import database_errors
from shared.errors import DealregError, Unavailable
from shared.projection.versions import current_of

POLL_SECONDS = 0.02

# Published and not yet marked counts as unpublished: the mark follows as soon as the decider rests.
_UNPUBLISHED = """
SELECT count(*) FROM attribution.outbox AS waiting JOIN attribution.published AS done USING (partition)
WHERE waiting.position > done.mark
"""
_POSITIONS = "SELECT consumer, partition, next_offset FROM log.ownership"
_HALTED = "SELECT view, reason FROM projections.halted ORDER BY view, partition LIMIT 1"


@dataclass(frozen=True, slots=True)
class Backlog:
    """Undecided facts, unpublished batches, and entries that each view has not folded."""

    facts: int
    unpublished: int
    entries: dict[str, int]

    @property
    def decided(self) -> bool:
        return self.facts == 0 and self.unpublished == 0

    @property
    def drained(self) -> bool:
        return self.decided and not any(self.entries.values())


async def backlog(runtime: Runtime) -> Backlog:
    """Measure the backlog. Zero everywhere is meaningful only if nothing more comes in."""
    facts = await runtime.log.end_offsets("facts")
    with database_errors():
        unpublished = await runtime.pool.fetchval(_UNPUBLISHED)
        decided = await _positions(runtime)
    # The journal after the decider, so that an entry in between counts as not folded.
    journal = await runtime.log.end_offsets("journal")
    folded = await _positions(runtime)
    consumers = {view.name: f"view:{view.name}:{(await current_of(runtime.pool, view)).version}" for view in VIEWS}
    return Backlog(
        facts=_behind(facts, decided.get(CONSUMER, {})),
        unpublished=unpublished,
        entries={name: _behind(journal, folded.get(consumer, {})) for name, consumer in consumers.items()},
    )


async def drained(
    runtime: Runtime,
    *,
    seconds: float,
    only_decided: bool = False,
    on_progress: Callable[[Backlog], None] = lambda _: None,
) -> None:
    """Wait until every fact is decided and folded by every view; raise `Unavailable` if that takes longer."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                now = await backlog(runtime)
                on_progress(now)
                if now.decided if only_decided else now.drained:
                    return
                await _assert_moving(runtime)
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise Unavailable(f"not drained after {seconds:.0f} s: {await backlog(runtime)}") from error


class ViewHalted(DealregError):
    """A view halted, so waiting for it would never end."""

    code = "view.halted"


async def _assert_moving(runtime: Runtime) -> None:
    with database_errors():
        row = await runtime.pool.fetchrow(_HALTED)
    if row is not None:
        raise ViewHalted(f"the view {row['view']} halted: {row['reason']}")


async def _positions(runtime: Runtime) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    with database_errors():
        for row in await runtime.pool.fetch(_POSITIONS):
            found.setdefault(row["consumer"], {})[row["partition"]] = row["next_offset"]
    return found


def _behind(ends: tuple[int, ...], positions: dict[int, int]) -> int:
    return sum(max(0, end - positions.get(partition, 0)) for partition, end in enumerate(ends))
