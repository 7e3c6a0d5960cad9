"""Sold deals put into the tables of the views by COPY, under the constraints that bind the views too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

from services.projections.views import ALL
from tests.bench.sold import Sold

ENTRIES_PER_COPY = 20_000
"""Each table's rows of them in a transaction of its own, as the views write theirs: no entry is torn."""


async def load(pool: Any, sold: Sold) -> dict[str, int]:
    """The vendor's rows are there, with the heads that say so; how many each table got."""
    counts: dict[str, int] = {}
    entries = sold.entries()
    while chunk := list(islice(entries, ENTRIES_PER_COPY)):
        tables: dict[str, list[Any]] = {}
        for table, row in chain.from_iterable(chunk):
            tables.setdefault(table, []).append(row)
        await asyncio.gather(*(_copied(pool, table, made) for table, made in tables.items()))
        for table, made in tables.items():
            counts[table] = counts.get(table, 0) + len(made)
    heads = [(view.name, view.version, sold.vendor, sold.last, "0" * 64) for view in ALL]
    await pool.copy_records_to_table("head", schema_name="projections", records=heads)
    return counts


async def settled(pool: Any, tables: Iterable[str]) -> None:
    """Statistics and the map of what all may see, which a server that runs for a day has made by itself."""
    for table in tables:
        await pool.execute(f"VACUUM (ANALYZE) projections.{table}", timeout=None)


async def _copied(pool: Any, table: str, rows: list[Any]) -> None:
    await pool.copy_records_to_table(
        table, schema_name="projections", columns=type(rows[0])._fields, records=rows, timeout=None
    )
