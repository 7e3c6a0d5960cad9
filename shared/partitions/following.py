"""Find consumers of the log that lag: partitions that nobody owns, or that do not move though records wait."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.database.errors import database_errors
from shared.errors import DealregError
from shared.observability.health import READY_SECONDS, Health

SILENT_LEASES = 2
"""A partition not renewed, or not moved though records wait, for so many leases is silent: a successor of a killed
worker takes over after one."""

# Of a view's versions, the one renewed last: the others are kept or dropped.
_POSITIONS = """
SELECT DISTINCT ON (name, partition) name, partition, next_offset,
       extract(epoch FROM clock_timestamp() - lease_until)::float8 AS ended_seconds
FROM (SELECT regexp_replace(consumer, ':[0-9]+$', '') AS name, partition, next_offset, lease_until
      FROM log.ownership) AS one
WHERE name = ANY ($1::text[]) ORDER BY name, partition, lease_until DESC
"""

DECIDER = "attribution"
"""The consumer name of the decider."""
DELIVERIES = "webhooks"
"""The consumer name of the worker that delivers events."""

_HALTED = "SELECT vendor, reason FROM attribution.halted ORDER BY vendor LIMIT $1"
MOST_VENDORS = 20
"""Halted vendors that one response lists."""

Ends = Sequence[int]
Place = tuple[str, int]


def view_consumer(view: str) -> str:
    """Return the consumer name of a view, whichever version."""
    return f"view:{view}"


@dataclass(frozen=True, slots=True)
class Silent:
    """Partitions of one consumer that have stopped for the same reason."""

    consumer: str
    partitions: tuple[int, ...]
    why: str
    whole: bool
    """True if no partition of the consumer moves."""

    def __str__(self) -> str:
        kind, _, view = self.consumer.partition(":")
        name = f"view {view}" if view else f"worker {kind}"
        if not self.partitions:
            return f"{name}: {self.why}"
        places = ", ".join(map(str, self.partitions))
        return f"{name}: partition{'s' * (len(self.partitions) > 1)} {places} {self.why}"


class Following:
    """Watches consumers' ownership rows; notices what has stopped between two calls of `silent`."""

    def __init__(self, pool: Any, lease_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._lease = lease_seconds
        self._clock = clock
        self._stood: dict[Place, tuple[int, float]] = {}
        """A partition's position with records waiting, and since when it has not moved."""

    async def degraded(self, consumers: Iterable[str]) -> Health:
        """Report health of a process that works while other processes have stopped."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                still = await self.silent(dict.fromkeys(consumers))
                return Health((), (*map(str, still), *await self._halted()))
        except (DealregError, TimeoutError):
            return Health(("database",))

    async def _halted(self) -> list[str]:
        """Return the halted vendors."""
        with database_errors():
            rows = await self._pool.fetch(_HALTED, MOST_VENDORS + 1)
        content = [f"vendor {row['vendor']} halted: {row['reason']}" for row in rows[:MOST_VENDORS]]
        return (
            content if len(rows) <= MOST_VENDORS else [*content, "more vendors halted: see dealreg attribution halted"]
        )

    async def silent(self, consumers: Mapping[str, Ends | None]) -> tuple[Silent, ...]:
        """What stands still of these consumers, each with the ends of its topic where they are known.

        Raises `Unavailable`.
        """
        with database_errors():
            rows = await self._pool.fetch(_POSITIONS, list(consumers))
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for row in rows:
            found[row["name"]].append(row)
        return tuple(one for name, ends in consumers.items() for one in self._of(name, found[name], ends))

    def _of(self, consumer: str, rows: Sequence[Any], ends: Ends | None) -> list[Silent]:
        if not rows:
            return [Silent(consumer, (), "no worker has started to follow the log", whole=True)]
        left = [row["partition"] for row in rows if row["ended_seconds"] > (SILENT_LEASES - 1) * self._lease]
        seconds = max((row["ended_seconds"] for row in rows if row["partition"] in left), default=0.0)
        stuck = [row["partition"] for row in rows if row["partition"] not in left and self._stands(consumer, row, ends)]
        whole = len(left) + len(stuck) == len(rows)
        content = []
        if left:
            content.append(Silent(consumer, tuple(left), f"without a worker for {seconds:.0f} s", whole))
        if stuck:
            content.append(Silent(consumer, tuple(stuck), "not moving though records wait", whole))
        return content

    def _stands(self, consumer: str, row: Any, ends: Ends | None) -> bool:
        place, offset = (consumer, row["partition"]), int(row["next_offset"])
        if ends is None or row["partition"] >= len(ends) or ends[row["partition"]] <= offset:
            self._stood.pop(place, None)
            return False
        now = self._clock()
        stood, since = self._stood.get(place, (offset, now))
        if stood != offset:
            stood, since = offset, now
        self._stood[place] = stood, since
        return now - since > SILENT_LEASES * self._lease
