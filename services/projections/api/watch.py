"""Wait for views to reach a position: one query for all waiters, while there are any."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from shared.database import database_errors
from shared.errors import DealregError

LOOK_SECONDS = 0.02
"""Polling interval: one small query however many wait."""

# One statement, because every request that waits pays for it; and one snapshot, so a head that has passed a fact's
# entries never comes without the fact. Readers name the fold that they were written for; its live version can change.
_LOOK = """
SELECT h.vendor, h.view AS name, v.shape, h.seq FROM projections.head h
JOIN projections.version v ON v.view = h.view AND v.version = h.version AND v.state = 'current'
WHERE h.vendor = ANY ($1::text[])
UNION ALL
SELECT f.vendor, f.fact_id, NULL, f.last_seq FROM attribution.processed_fact f
JOIN unnest($2::text[], $3::text[]) AS k (vendor, fact_id) USING (vendor, fact_id)
"""

Place = tuple[str, str, int]
"""Vendor, view, and the fold that the reader was written for (`View.version`)."""
AssertKnown = Callable[[str], Awaitable[None]]
"""Raises if there is no such fact: to wait for it would end in 503 for ever."""
Heads = dict[tuple[str, str], tuple[int, int]]
"""Vendor and view; the fold of the live version, and its last entry."""


@dataclass(frozen=True, slots=True)
class _Waiter:
    place: Place
    seq: int
    fact: str | None
    reached: asyncio.Future[int]


class Watch:
    """Knows how far views have read, and lets requests wait for more."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._waiters: set[_Waiter] = set()
        self._task: asyncio.Task[None] | None = None

    async def head(self, place: Place) -> int:
        """Return the last entry that the view has folded for the vendor; 0 before the first."""
        heads, _ = await self._look([place[0]], [])
        return _head(heads, place) or 0

    async def reach(
        self, place: Place, seq: int, fact: str | None, seconds: float, assert_known: AssertKnown | None = None
    ) -> int:
        """Wait until the view has entry `seq` and all entries of the fact; return its head; raise `TimeoutError`.

        Before it waits for a fact that is not decided, it calls `assert_known` with it.
        """
        heads, facts = await self._look([place[0]], [(place[0], fact)] if fact else [])
        if fact is not None and assert_known is not None and (place[0], fact) not in facts:
            await assert_known(fact)
        waiter = _Waiter(place, seq, fact, asyncio.get_running_loop().create_future())
        self._tell(waiter, heads, facts)
        if waiter.reached.done():
            return waiter.reached.result()
        if seconds <= 0:
            raise TimeoutError
        self._waiters.add(waiter)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="view-watch")
        try:
            return await asyncio.wait_for(waiter.reached, seconds)
        finally:
            self._waiters.discard(waiter)

    async def _follow(self) -> None:
        while self._waiters:
            await asyncio.sleep(LOOK_SECONDS)
            waiters = list(self._waiters)
            try:
                heads, facts = await self._look(
                    {one.place[0] for one in waiters}, {(one.place[0], one.fact) for one in waiters if one.fact}
                )
            except DealregError as error:
                for one in waiters:
                    if not one.reached.done():
                        one.reached.set_exception(error)
                continue
            for one in waiters:
                self._tell(one, heads, facts)

    def _tell(self, one: _Waiter, heads: Heads, facts: dict[tuple[str, str], int]) -> None:
        head = _head(heads, one.place)
        last = one.seq if one.fact is None else facts.get((one.place[0], one.fact))
        if head is None or last is None or one.reached.done():
            return
        if head >= max(last, one.seq):
            one.reached.set_result(head)

    async def _look(
        self, vendors: Iterable[str], facts: Iterable[tuple[str, str]]
    ) -> tuple[Heads, dict[tuple[str, str], int]]:
        asked = list(facts)
        with database_errors():
            rows = await self._pool.fetch(
                _LOOK, list(vendors), [vendor for vendor, _ in asked], [fact for _, fact in asked]
            )
        return (
            {(row["vendor"], row["name"]): (row["shape"], row["seq"]) for row in rows if row["shape"] is not None},
            {(row["vendor"], row["name"]): row["seq"] for row in rows if row["shape"] is None},
        )


def _head(heads: Heads, place: Place) -> int | None:
    """The view's head, 0 before the vendor's first entry; None where an older fold is read than the reader needs.

    A newer fold than its own serves it: a release only ever adds columns, and an upgrade lasts a while.
    """
    vendor, view, fold = place
    shape, seq = heads.get((vendor, view), (fold, 0))
    return seq if shape >= fold else None
