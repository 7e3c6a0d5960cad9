"""Check that a partner exists, once the directory has read far enough."""

from __future__ import annotations

import asyncio

import asyncpg

from services.registration.directory import VIEW
from shared.database import database_errors
from shared.errors import DealregError, FieldProblem, Unavailable
from shared.log.port import EventLog, partition_of
from shared.partitions.following import DECIDER, view_consumer

WAIT_SECONDS = 5.0
"""The directory is usually 100 ms behind. If it is seconds behind, nobody knows who exists."""
POLL_SECONDS = 0.05
PUBLISHED_SECONDS = 1.0
"""With a journal outside PostgreSQL, entries follow the decider's transaction within this time."""

_KNOWN = "SELECT true FROM registration.directory_partner WHERE vendor = $1 AND partner = $2"
_POSITIONS = """
SELECT regexp_replace(consumer, ':[0-9]+$', '') AS name, max(next_offset) AS next_offset FROM log.ownership
WHERE partition = $1 AND regexp_replace(consumer, ':[0-9]+$', '') = ANY ($2::text[]) GROUP BY 1
"""


class PartnerUnknown(DealregError):
    """The vendor has no partner of this id."""

    code = "partner.unknown"
    status = 422


class References:
    """Looks things up in the directory, and waits for it if it may be behind."""

    def __init__(self, pool: asyncpg.Pool, log: EventLog) -> None:
        self._pool = pool
        self._log = log

    async def assert_partner(self, vendor: str, partner: str) -> None:
        """Assert that the partner was enrolled by a fact accepted before this call.

        Raises `PartnerUnknown`, and `Unavailable` if the directory does not get that far in time.
        """
        partition = partition_of(vendor, self._log.partitions)
        asked = (await self._log.end_offsets("facts"))[partition]
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not await self._known(vendor, partner):
                    if await self._has_read(partition, asked):
                        # Again, since the row may have arrived between the two queries.
                        if await self._known(vendor, partner):
                            return
                        detail = f"the vendor {vendor} has no partner {partner!r}; enroll it first"
                        raise PartnerUnknown(detail, (FieldProblem("partner", "partner.unknown", detail),))
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise Unavailable(
                f"cannot tell whether vendor {vendor} has a partner {partner!r}: its facts are not decided and "
                f"read after {WAIT_SECONDS:.0f} s (do the workers run?); try again"
            ) from error

    async def _known(self, vendor: str, partner: str) -> bool:
        with database_errors():
            return bool(await self._pool.fetchval(_KNOWN, vendor, partner))

    async def _has_read(self, partition: int, facts: int) -> bool:
        """Return whether the facts before that offset are decided and the directory has applied the result."""
        directory = view_consumer(VIEW.name)
        decided = await self._positions(partition, DECIDER, directory)
        if decided.get(DECIDER, 0) < facts:
            return False
        if not self._log.joins_transaction:
            await asyncio.sleep(PUBLISHED_SECONDS)
        end = (await self._log.end_offsets("journal"))[partition]
        return (await self._positions(partition, directory)).get(directory, 0) >= end

    async def _positions(self, partition: int, *consumers: str) -> dict[str, int]:
        with database_errors():
            rows = await self._pool.fetch(_POSITIONS, partition, list(consumers))
        return {row["name"]: row["next_offset"] for row in rows}
