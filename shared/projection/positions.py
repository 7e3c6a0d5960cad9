"""Positions of views, stored beside their rows: heads by vendor, and where a view halted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.projection.reading import Halt, Head

_HEADS = "SELECT vendor, seq, hash FROM projections.head WHERE view = $1 AND version = $2 AND vendor = ANY ($3::text[])"
# Such a transaction may be forgotten in a crash of the server: its rows and its position go together, and the entries
# come again. Ten views that wait for the disk with each commit keep those waiting who have something to lose.
_MOVE = """
WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO projections.head (view, version, vendor, seq, hash)
SELECT views.*, moved.* FROM unnest($1::text[], $2::int[]) AS views,
  unnest($3::text[], $4::bigint[], $5::text[]) AS moved, unhurried
ON CONFLICT (view, version, vendor) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
"""
_HALT = """
INSERT INTO projections.halted (view, version, partition, vendor, seq, type, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (view, version, partition) DO UPDATE
SET vendor = excluded.vendor, seq = excluded.seq, type = excluded.type, reason = excluded.reason
"""


async def heads_of(connection: Any, view: str, version: int, vendors: Iterable[str]) -> dict[str, Head]:
    """Load the heads of these vendors, as far as the view has read any of them."""
    rows = await connection.fetch(_HEADS, view, version, sorted(vendors))
    return {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}


async def move_heads(connection: Any, view: str, version: int, heads: Mapping[str, Head]) -> None:
    """Save the heads within the caller's transaction."""
    await move_heads_of_all(connection, [(view, version)], heads)


async def move_heads_of_all(connection: Any, views: Iterable[tuple[str, int]], heads: Mapping[str, Head]) -> None:
    """Save the heads that these views, by name and version, have reached together."""
    if heads:
        moved, names = sorted(heads.items()), sorted(views)
        await connection.execute(
            _MOVE,
            [name for name, _ in names],
            [version for _, version in names],
            [vendor for vendor, _ in moved],
            [head.seq for _, head in moved],
            [head.hash for _, head in moved],
        )


async def record_halt(connection: Any, view: str, version: int, partition: int, halt: Halt) -> None:
    """Store that the view halted there, and why."""
    await connection.execute(_HALT, view, version, partition, halt.vendor, halt.seq, halt.type, halt.reason[:2000])


async def clear_halt(connection: Any, view: str, version: int, partition: int) -> None:
    """Delete the halt of the partition."""
    await connection.execute(
        "DELETE FROM projections.halted WHERE view = $1 AND version = $2 AND partition = $3",
        view,
        version,
        partition,
    )
