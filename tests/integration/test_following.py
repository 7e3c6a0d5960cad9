"""Who follows the log: what stands still is told by consumer and partition, what merely rests is not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from services.attribution.worker import CONSUMER
from shared.database import migrate, open_pool
from shared.observability import Health
from shared.partitions.following import DECIDER, SILENT_LEASES, Following
from shared.settings import Settings

LEASE = 10.0


@pytest_asyncio.fixture
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    await migrate(database)
    opened = await open_pool(database, settings, max_size=2)
    yield opened
    await opened.close()


async def follows(
    pool: asyncpg.Pool, consumer: str, partition: int, *, offset: int = 0, ends_in: float = LEASE
) -> None:
    await pool.execute(
        "INSERT INTO log.ownership (consumer, partition, owner, lease_until, epoch, next_offset) "
        "VALUES ($1, $2, 'w', clock_timestamp() + $3 * interval '1 second', 1, $4) "
        "ON CONFLICT (consumer, partition) DO UPDATE SET lease_until = excluded.lease_until, "
        "next_offset = excluded.next_offset",
        consumer, partition, ends_in, offset,
    )  # fmt: skip


async def told(following: Following, consumer: str, *ends: int) -> list[str]:
    return [str(one) for one in await following.silent({consumer: ends or None})]


def test_the_decider_is_known_by_the_name_under_which_it_follows() -> None:
    assert DECIDER == CONSUMER


async def test_a_consumer_that_nobody_ever_was_is_told(pool: asyncpg.Pool) -> None:
    following = Following(pool, LEASE)
    assert await told(following, DECIDER) == ["worker attribution: no worker has started to follow the log"]
    assert await following.degraded([DECIDER]) == Health(
        (), ("worker attribution: no worker has started to follow the log",)
    )


async def test_partitions_whose_lease_is_long_over_are_told_by_number(pool: asyncpg.Pool) -> None:
    await follows(pool, "view:pipeline:1", 0)
    await follows(pool, "view:pipeline:1", 1, ends_in=-LEASE / 2)  # a successor takes it in a moment
    await follows(pool, "view:pipeline:1", 2, ends_in=-3 * LEASE)
    await follows(pool, "view:pipeline:1", 5, ends_in=-3 * LEASE)
    following = Following(pool, LEASE)
    assert await told(following, "view:pipeline") == ["view pipeline: partitions 2, 5 without a worker for 30 s"]
    [silent] = await following.silent({"view:pipeline": None})
    assert not silent.whole
    await follows(pool, "view:pipeline:1", 0, ends_in=-3 * LEASE)
    await follows(pool, "view:pipeline:1", 1, ends_in=-3 * LEASE)
    [silent] = await following.silent({"view:pipeline": None})
    assert silent.whole


async def test_an_older_version_that_nobody_folds_any_more_is_no_alarm(pool: asyncpg.Pool) -> None:
    await follows(pool, "view:pipeline:1", 0, ends_in=-3_600)
    await follows(pool, "view:pipeline:2", 0)
    assert await told(Following(pool, LEASE), "view:pipeline") == []


async def test_a_partition_that_keeps_its_lease_and_does_not_move_is_told_once_records_wait(
    pool: asyncpg.Pool,
) -> None:
    now = 0.0
    following = Following(pool, LEASE, clock=lambda: now)
    await follows(pool, DECIDER, 0, offset=7)
    await follows(pool, DECIDER, 1, offset=9)
    assert await told(following, DECIDER, 7, 9) == []
    now = 1_000.0  # at rest for long: nothing waited
    assert await told(following, DECIDER, 8, 9) == []
    now += SILENT_LEASES * LEASE - 1
    assert await told(following, DECIDER, 8, 9) == []
    now += 2
    assert await told(following, DECIDER, 8, 9) == ["worker attribution: partition 0 not moving though records wait"]
    await follows(pool, DECIDER, 0, offset=8)
    assert await told(following, DECIDER, 20, 9) == []
