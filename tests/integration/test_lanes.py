"""Lanes: one partition that cannot be opened keeps no other one from being followed."""

from __future__ import annotations

import asyncio

from shared.database import open_pool
from shared.errors import Corrupt, DealregError, Fenced, Unavailable
from shared.partitions.ownership import Held, Ownership
from shared.partitions.worker import CommitInterval, PartitionedWorker
from shared.settings import Settings
from tests.until import until

LEASE_SECONDS = 15


class Quiet:
    """A lane that has nothing to do."""

    def __init__(self) -> None:
        self.steps = 0

    async def step(self, wait_ms: int) -> int:
        self.steps += 1
        await asyncio.sleep(0)
        return 0

    async def close(self) -> None:
        """Nothing is held."""

    async def stop_reading(self) -> None:
        """Nothing is read."""


class Losing:
    """A lane that loses its partition at its first step."""

    def __init__(self, error: DealregError) -> None:
        self.error = error
        self.reads = True

    async def step(self, wait_ms: int) -> int:
        raise self.error

    async def close(self) -> None:
        raise AssertionError("the partition is not this lane's any more")

    async def stop_reading(self) -> None:
        self.reads = False


class Busy(Quiet):
    """A lane whose steps handle so many records each."""

    def __init__(self, handled: list[int]) -> None:
        super().__init__()
        self.handled = handled

    async def step(self, wait_ms: int) -> int:
        await super().step(wait_ms)
        return self.handled[self.steps - 1]


async def test_a_partition_that_cannot_be_opened_stops_itself_alone(database: str, settings: Settings) -> None:
    pool = await open_pool(database, settings)
    ownership = Ownership(pool, "lanes", 3, "worker", LEASE_SECONDS)
    followed: dict[int, Quiet] = {}
    refused: list[int] = []
    given_up: dict[int, DealregError] = {}

    async def opened(held: Held) -> Quiet:
        if held.partition == 0:
            raise Corrupt("the log is not the remembered one")
        if held.partition == 1 and not refused:
            refused.append(1)
            raise Fenced("somebody else took it while it was opened")
        return followed.setdefault(held.partition, Quiet())

    async def give_up(partition: int, error: DealregError) -> None:
        given_up[partition] = error

    # A short lease for the loop alone: it shares again after a third of it.
    lanes, stop = PartitionedWorker(ownership, 0.3, opened, give_up, CommitInterval(0.0, 1)), asyncio.Event()
    running = asyncio.create_task(lanes.run(stop, wait_ms=0))

    async def others_followed() -> bool:
        return {partition for partition, lane in followed.items() if lane.steps} == {1, 2}

    await until(others_followed)
    stop.set()
    await running
    assert {partition: error.code for partition, error in given_up.items()} == {0: "corrupt"}
    await pool.close()


async def test_a_lane_that_was_lost_reads_no_longer(database: str, settings: Settings) -> None:
    pool = await open_pool(database, settings)
    ownership = Ownership(pool, "lanes", 1, "worker", LEASE_SECONDS)
    losing = [Losing(Fenced("somebody else took it")), Losing(Unavailable("no answer"))]
    waiting: list[Losing | Quiet] = [Quiet(), *reversed(losing)]

    async def opened(held: Held) -> Losing | Quiet:
        return waiting.pop()

    async def give_up(partition: int, error: DealregError) -> None:
        raise AssertionError(f"partition {partition} was given up: {error}")

    lanes, stop = PartitionedWorker(ownership, 0.3, opened, give_up, CommitInterval(0.0, 1)), asyncio.Event()
    running = asyncio.create_task(lanes.run(stop, wait_ms=0))

    async def followed() -> bool:
        return not waiting

    await until(followed)
    assert [lane.reads for lane in losing] == [False, False]
    stop.set()
    await running
    await pool.close()


async def test_a_full_step_is_followed_at_once_and_a_small_one_when_the_beat_is_over(
    database: str, settings: Settings
) -> None:
    pool = await open_pool(database, settings)
    ownership = Ownership(pool, "lanes", 1, "worker", LEASE_SECONDS)
    lane = Busy([10, 12, 10, 9])

    async def opened(held: Held) -> Busy:
        return lane

    async def give_up(partition: int, error: DealregError) -> None:
        raise AssertionError(f"partition {partition} was given up: {error}")

    # The beat is longer than any test: who waits for it does not come back.
    lanes, stop = (
        PartitionedWorker(ownership, LEASE_SECONDS, opened, give_up, CommitInterval(3_600.0, 10)),
        asyncio.Event(),
    )
    running = asyncio.create_task(lanes.run(stop, wait_ms=0))

    async def waits() -> bool:
        return lane.steps == len(lane.handled)

    await until(waits)
    for _ in range(100):
        await asyncio.sleep(0)
    assert lane.steps == len(lane.handled)
    stop.set()
    await running
    await pool.close()
