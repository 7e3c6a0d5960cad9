"""Ten thousand vendors in one installation: what grows with their number and not with what they do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from dealreg.runtime.backlog import backlog
from dealreg.runtime.components import runtime
from services.attribution.store import PostgresStore
from services.projections.views import ALL
from shared.log.port import partition_of
from tests.bench.asking import percentile
from tests.bench.figures import Figure
from tests.bench.place import LONG_SECONDS, Place

OPEN_A_VENDOR = 20
BEGAN = datetime(2025, 1, 6, tzinfo=UTC)
TIMES = 40
BODY = '{"claim": "%s"}' % ("x" * 1_200)


async def vendors(place: Place, count: int) -> list[Figure]:
    """The decider's look for the next deadline of a partition, and a look at how far everybody is behind."""
    settings = await place.fresh()
    async with runtime(settings, "bench") as found:
        names = [f"vendor-{number:05d}" for number in range(count)]
        heads = [(name, partition_of(name, settings.partitions), True, 1, "0" * 64, BEGAN, BEGAN) for name in names]
        await _copy(found.pool, "attribution", "head", heads)
        documents = [
            (name, "registration", f"reg_{name}_{number}", BEGAN + timedelta(days=9_000, minutes=number), BODY)
            for name in names
            for number in range(OPEN_A_VENDOR)
        ]
        await _copy(found.pool, "attribution", "document", documents)
        told = [(view.name, view.version, name, 1, "0" * 64) for view in ALL for name in names]
        await _copy(found.pool, "projections", "head", told)
        await found.pool.execute("VACUUM (ANALYZE) attribution.document", timeout=LONG_SECONDS)
        await found.pool.execute("ANALYZE", timeout=LONG_SECONDS)
        store = PostgresStore(found.pool)

        async def due(vendors: list[str] | None = None) -> None:
            async with store.session() as session:
                await session.next_due(0, vendors)

        beside = {"vendors": count, "of a partition": sum(head[1] == 0 for head in heads)}
        return [
            await _timed("next deadlines of a partition, at first", due, beside),
            await _timed("next deadline of a vendor, after its facts", lambda: due(names[:1]), beside),
            await _timed("how far all are behind", lambda: backlog(found), beside),
        ]


async def _timed(name: str, ask: Callable[[], Awaitable[Any]], beside: dict[str, Any]) -> Figure:
    taken = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        await ask()
        taken.append(1_000 * (time.perf_counter() - began))
    return Figure(name, "ms", (percentile(taken[1:], 0.5),), beside={**beside, "p99": percentile(taken[1:], 0.99)})


async def _copy(pool: Any, schema: str, table: str, rows: list[Any]) -> None:
    await pool.copy_records_to_table(table, schema_name=schema, records=rows, timeout=LONG_SECONDS)
