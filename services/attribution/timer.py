"""The timer: while no fact arrives, append a tick when a live vendor's next deadline falls due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from services.attribution.port import Store
from shared.events.codec import encode_fact
from shared.events.envelope import Fact, derived_id
from shared.events.vendor import ClockTicked
from shared.log.port import EventLog

PRINCIPAL = "clock"


class Timer:
    """Ticks of one partition: only when caught up, at most one outstanding per vendor, dated the due time.

    A tick that finds nothing due changes nothing, so a second timer, or a tick sent twice, is harmless.
    """

    def __init__(self, log: EventLog, partition: int) -> None:
        self._log = log
        self._partition = partition
        self._next: dict[str, datetime] | None = None
        self._moved: set[str] = set()
        """Vendors whose next deadline may have moved."""
        self._outstanding: set[str] = set()
        self.quiet: Collection[str] = ()
        """Halted vendors: a tick would only wait with their facts."""

    def changed(self, vendors: Iterable[str] | None = None) -> None:
        """Note that deadlines of these vendors, or of all, may have moved."""
        if vendors is None:
            self._next = None
        else:
            self._moved.update(vendors)

    def seen(self, vendor: str) -> None:
        """Note that the vendor's tick came back through the log."""
        self._outstanding.discard(vendor)
        self._moved.add(vendor)

    async def tick(self, store: Store) -> None:
        """Append a tick for each vendor with a due deadline."""
        if self._next is None or self._moved:
            # A partition may have a thousand vendors, and a commit touches only a few.
            moved, self._moved = self._moved, set()
            async with store.session() as session:
                found = await session.next_due(self._partition, None if self._next is None else sorted(moved))
            self._next = {one: at for one, at in (self._next or {}).items() if one not in moved} | found
        if not self._next:
            return
        async with store.session() as session:
            now = await session.now()
        waiting = self._outstanding.union(self.quiet)
        ripe = [(vendor, due) for vendor, due in self._next.items() if due <= now and vendor not in waiting]
        if ripe:
            await self._log.append("facts", [encode_fact(_tick(vendor, due, now)) for vendor, due in ripe])
            self._outstanding.update(vendor for vendor, _ in ripe)


def _tick(vendor: str, due: datetime, now: datetime) -> Fact:
    return Fact(
        id=derived_id("tick", vendor, due.isoformat(), now.isoformat()),
        vendor=vendor,
        event=ClockTicked(),
        recorded_at=due,
        principal=PRINCIPAL,
        appended_at=now,
    )
