"""One, two and four workers over many vendors: deciding facts, then projecting what they decided into every view."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psutil

from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.everything import LOOPBACK, environment
from dealreg.runtime.names import Work
from dealreg.runtime.server import listen
from dealreg.runtime.supervisor import Child, Supervisor
from services.attribution.worker import CONSUMER
from services.projections.views import PIPELINE
from shared.events.codec import encode_fact
from shared.log.port import Topic
from shared.settings import Settings
from tests.bench.draining import decided_here, passed
from tests.bench.figures import Figure
from tests.bench.mixed import History
from tests.bench.place import Place, fill

WORKERS = (1, 2, 4)
VENDORS = 16
PARTITIONS = 8
FROM, TO = 0.3, 0.9
"""The part of the way that is timed: workers have started and shared the partitions, and none is idle yet."""
POLL_SECONDS = 0.05
MOST_SECONDS = 300
LEASE_SECONDS = 2
"""Workers share anew after a third of it."""
PROJECTED_OF = 4
"""Views fold a quarter of the facts: each entry goes through ten of them."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Records a second, and processors kept busy by the workers and by the whole machine."""

    per_s: float
    workers_busy: float
    machine_busy: float


async def workers(place: Place, facts: int) -> list[Figure]:
    """The speed of so many processes, and what it is of one's."""
    figures: list[Figure] = []
    few = await _filled(place, facts // PROJECTED_OF)
    async with runtime(few, "bench") as found:
        await decided_here(found)
    works: tuple[tuple[Work, str, str], ...] = (
        ("attribution", "facts/s", CONSUMER),
        ("projections", "entries/s", f"view:{PIPELINE.name}:{PIPELINE.version}"),
    )
    for work, unit, consumer in works:
        one: float | None = None
        for count in WORKERS:
            # Deciders need a journal of their own, which with Kafka is no part of the database.
            settings = await (_filled(place, facts) if work == "attribution" else place.fresh(like=few))
            speed = await _speed(settings, work, count, consumer)
            one = one or speed.per_s
            beside = {"times one": speed.per_s / one, "processors": speed.workers_busy, "of all": speed.machine_busy}
            figures.append(Figure(f"{work}, {count} processes", unit, (speed.per_s,), beside=beside))
    return figures


async def _filled(place: Place, facts: int) -> Settings:
    """Facts of many vendors, spread over the partitions as they would come in."""
    settings = await place.fresh(
        partitions=PARTITIONS, lease_seconds=LEASE_SECONDS, idle_in_transaction_timeout_ms=1_500
    )
    histories = [iter(History(f"vendor-{number}", facts // VENDORS)) for number in range(VENDORS)]
    async with runtime(settings, "bench") as found:
        while records := [encode_fact(fact) for one in histories if (fact := next(one, None)) is not None]:
            for one in histories:
                records += [encode_fact(fact) for _, fact in zip(range(50), one, strict=False)]
            await fill(found.log, records)
        await found.pool.execute("ANALYZE")
    return settings


async def _speed(settings: Settings, work: Work, count: int, consumer: str) -> Speed:
    health = [listen(LOOPBACK, 0) for _ in range(count)]
    children = [
        Child(f"{work}-{number}", ("work", work, "--lifeline", "--listen-fd", str(place.fileno())), (place.fileno(),))
        for number, place in enumerate(health)
    ]
    supervisor = Supervisor(children, environment(settings), settings.data_dir / "workers.log")
    async with runtime(settings, "bench watch", pool_size=2) as found, supervisor.supervising():
        topic: Topic = "facts" if consumer == CONSUMER else "journal"
        total = sum(await found.log.end_offsets(topic))
        first = await _reached(found, consumer, FROM * total)
        began, busy, all_busy = time.perf_counter(), _processor_seconds(supervisor), _machine_seconds()
        last = await _reached(found, consumer, TO * total)
        seconds = time.perf_counter() - began
        speed = Speed(
            (last - first) / seconds,
            (_processor_seconds(supervisor) - busy) / seconds,
            (_machine_seconds() - all_busy) / seconds,
        )
    for one in health:
        one.close()
    return speed


async def _reached(found: Runtime, consumer: str, goal: float) -> int:
    """Records passed, once they are as many."""
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            if (done := await passed(found, consumer)) >= goal:
                return done
            await asyncio.sleep(POLL_SECONDS)


def _processor_seconds(supervisor: Supervisor) -> float:
    times = [psutil.Process(one.pid).cpu_times() for one in supervisor.running.values() if one.returncode is None]
    return float(sum(one.user + one.system for one in times))


def _machine_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)
