"""Idempotency keys in PostgreSQL: inserted before anything is appended, marked once the log has the fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from services.registration.intake.port import Row
from services.registration.intake.submission import Submission
from shared.database import database_errors

# One clock reading a batch, taken once the rows are about to be written. The insert is in the order of the primary
# key, so that two batches with common keys wait for each other in one direction only.
_INSERT = """
WITH sent AS (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::timestamptz[],
        $9::bigint[]
    ) AS s (vendor, fact_id, principal, key, partner, body_hash, location, recorded_at, signed_at)
), now AS MATERIALIZED (
    SELECT clock_timestamp() AS at
)
INSERT INTO registration.idempotency AS i
    (vendor, fact_id, principal, key, partner, body_hash, location, recorded_at, importing, signed_at, seen_at)
SELECT s.vendor, s.fact_id, s.principal, s.key, s.partner, s.body_hash, s.location,
    coalesce(s.recorded_at, now.at), s.recorded_at IS NOT NULL, s.signed_at, now.at
FROM sent s, now
ORDER BY s.vendor, s.fact_id
ON CONFLICT (vendor, fact_id) DO NOTHING
RETURNING vendor, fact_id, recorded_at
"""

_SELECT = """
SELECT i.vendor, i.fact_id, i.body_hash, i.status, i.recorded_at, i.importing, i.signed_at
FROM unnest($1::text[], $2::text[]) AS s (vendor, fact_id)
JOIN registration.idempotency i ON i.vendor = s.vendor AND i.fact_id = s.fact_id
"""

# Nobody waits for the disk here: a mark that a crash takes back costs a duplicate append and no more. The latest
# time stays, whichever edge comes last: a delivery of that time must not be taken again.
_MARK = """
UPDATE registration.idempotency i SET status = 'appended', signed_at = greatest(s.signed_at, i.signed_at)
FROM (
    SELECT vendor, fact_id, max(signed_at) AS signed_at
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS s (vendor, fact_id, signed_at) GROUP BY 1, 2 ORDER BY 1, 2
) s, (SELECT set_config('synchronous_commit', 'off', true)) AS lazily
WHERE i.vendor = s.vendor AND i.fact_id = s.fact_id
"""

_FORGET = """
DELETE FROM registration.idempotency WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM registration.idempotency WHERE seen_at < clock_timestamp() - $1::interval LIMIT $2
))
"""
FORGET_ROWS = 5_000
"""Rows deleted per statement, for short locks and little WAL at once."""


def columns_of(sent: Sequence[Submission]) -> tuple[list[Any], ...]:
    """What the submissions say of their rows, as arrays: an insert here and the one call take them in this order."""
    return (
        [one.vendor for one in sent],
        [one.fact for one in sent],
        [one.principal for one in sent],
        [one.key for one in sent],
        [one.partner for one in sent],
        [one.body_hash for one in sent],
        [one.location for one in sent],
        [one.recorded_at for one in sent],
        [one.signed_at for one in sent],
    )


class Idempotency:
    """The table of keys."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def enter(self, sent: Sequence[Submission]) -> list[Row]:
        """Insert missing rows and return the row of each submission, in order. Their fact ids are distinct."""
        with database_errors():
            async with self._pool.acquire() as connection:
                fresh = await connection.fetch(_INSERT, *columns_of(sent))
                recorded = {(row[0], row[1]): row[2] for row in fresh}
                known = [one for one in sent if (one.vendor, one.fact) not in recorded]
                older = await self._older(connection, known) if known else {}
        return [
            Row(
                True,
                False,
                one.body_hash,
                recorded[one.vendor, one.fact],
                one.recorded_at is not None,
                one.signed_at,
            )
            if (one.vendor, one.fact) in recorded
            else older[one.vendor, one.fact]
            for one in sent
        ]

    async def _older(self, connection: asyncpg.Connection, known: Sequence[Submission]) -> dict[tuple[str, str], Row]:
        # A separate statement sees the rows that the insert waited for.
        rows = await connection.fetch(_SELECT, [one.vendor for one in known], [one.fact for one in known])
        return {
            (row["vendor"], row["fact_id"]): Row(
                False,
                row["status"] == "appended",
                row["body_hash"],
                row["recorded_at"],
                row["importing"],
                row["signed_at"],
            )
            for row in rows
        }

    async def mark_appended(self, appended: Sequence[Submission]) -> None:
        """Mark that the log has these facts. A lost mark costs a duplicate append, which the decider drops."""
        with database_errors():
            await self._pool.execute(
                _MARK,
                [one.vendor for one in appended],
                [one.fact for one in appended],
                [one.signed_at for one in appended],
            )

    async def forget(self, days: int) -> int:
        """Delete keys last seen longer ago, at most `FORGET_ROWS` of them; return how many.

        A retry after that is a new request under the same fact id, which the decider drops.
        """
        with database_errors():
            done: str = await self._pool.execute(_FORGET, timedelta(days=days), FORGET_ROWS)
        return int(done.split()[-1])
