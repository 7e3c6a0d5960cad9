"""The timer: when no fact comes, a tick is appended as a live vendor's next deadline falls due."""

from __future__ import annotations

from datetime import datetime

from services.attribution.port import Store
from shared.events.codec import encode_fact
from shared.events.envelope import Fact, derived_id
from shared.events.vendor import ClockTicked
from shared.log.port import EventLog

PRINCIPAL = "clock"


class Timer:
    """One partition's ticks: only when caught up, at most one outstanding for each vendor, dated the due time.

    A tick that finds nothing due changes nothing, so a second timer, or a tick sent twice, is harmless.
    """

    def __init__(self, log: EventLog, partition: int) -> None:
        self._log = log
        self._partition = partition
        self._next: dict[str, datetime] | None = None
        self._outstanding: set[str] = set()

    def changed(self) -> None:
        """Deadlines may have moved: look again when next at rest."""
        self._next = None

    def seen(self, vendor: str) -> None:
        """The vendor's tick came back through the log."""
        self._outstanding.discard(vendor)
        self._next = None

    async def tick(self, store: Store) -> None:
        """A tick for each vendor whose next deadline is not after now."""
        if self._next is None:
            async with store.session() as session:
                self._next = await session.next_due(self._partition)
        if not self._next:
            return
        async with store.session() as session:
            now = await session.now()
        ripe = [(vendor, due) for vendor, due in self._next.items() if due <= now and vendor not in self._outstanding]
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
