"""Limit bulk requests: count undecided facts of a partition, and check for paused imports."""

from __future__ import annotations

import time

import asyncpg

from services.registration.intake.errors import BulkBacklog, ImportPaused
from shared.database import database_errors
from shared.log.port import EventLog, partition_of
from shared.partitions.following import DECIDER

FRESH_SECONDS = 0.5
"""How long counts are cached. An importer sends a few thousand rows in that time; the limit leaves room for them."""


class Backlog:
    """Compares the ends of the facts with the decider's positions, at most twice a second."""

    def __init__(self, pool: asyncpg.Pool, log: EventLog, limit: int) -> None:
        self._pool = pool
        self._log = log
        self._limit = limit
        self._seen: tuple[float, list[int]] | None = None
        self._paused: tuple[float, dict[str, str]] | None = None

    async def check(self, vendor: str) -> None:
        """Raise `BulkBacklog` if the vendor's partition is over the limit."""
        behind = (await self._behind())[partition_of(vendor, self._log.partitions)]
        if behind > self._limit:
            raise BulkBacklog(f"{behind} earlier facts are not decided yet; send the rows again in a second")

    async def check_import(self, vendor: str) -> None:
        """Raise `ImportPaused` if the vendor's import is halted."""
        now = time.monotonic()
        if self._paused is None or now - self._paused[0] > FRESH_SECONDS:
            with database_errors():
                rows = await self._pool.fetch("SELECT vendor, reason FROM attribution.halted")
            self._paused = now, {row["vendor"]: row["reason"] for row in rows}
        reason = self._paused[1].get(vendor)
        if reason is not None:
            raise ImportPaused(
                f"{reason}; nothing is lost. Send the rows again under the same keys once the operator of the service "
                "has resumed the import"
            )

    async def _behind(self) -> list[int]:
        now = time.monotonic()
        if self._seen is None or now - self._seen[0] > FRESH_SECONDS:
            # The positions first, so that facts arriving in between count as undecided.
            with database_errors():
                rows = await self._pool.fetch(
                    "SELECT partition, next_offset FROM log.ownership WHERE consumer = $1", DECIDER
                )
            decided = {row["partition"]: row["next_offset"] for row in rows}
            ends = await self._log.end_offsets("facts")
            self._seen = now, [end - decided.get(partition, 0) for partition, end in enumerate(ends)]
        return self._seen[1]
