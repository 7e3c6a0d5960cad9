"""One worker writes a partition at a time, and a stale one writes nothing (G7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
import pytest_asyncio

from shared.database import open_pool
from shared.errors import Fenced, Misconfigured
from shared.log.port import Record
from shared.log.postgres import PostgresLog
from shared.partitions.ownership import Held, Ownership
from shared.settings import Settings
from tests.until import PATIENT_SECONDS, until

PARTITIONS = 8
LEASE_SECONDS = 600.0
"""None ends while a slow machine runs a test, unless the test ends it."""
SHORT_SECONDS = 1.0
IDLE_MS = 400


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database, settings) as pool:
        yield pool


def worker(pool: asyncpg.Pool, owner: str, consumer: str = "attribution", lease: float = LEASE_SECONDS) -> Ownership:
    return Ownership(pool, consumer, PARTITIONS, owner, lease)


async def left_seconds(pool: asyncpg.Pool) -> float:
    """How long the lease of the first partition still lasts."""
    left: float = await pool.fetchval(
        "SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 FROM log.ownership WHERE partition = 0"
    )
    return left


async def nearly_over(pool: asyncpg.Pool) -> None:
    """The lease has run for so long that little of it is left."""
    await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() + interval '60 seconds'")


async def over(pool: asyncpg.Pool) -> None:
    """The leases have run out."""
    await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 millisecond'")


async def taken(ownership: Ownership, partition: int = 0) -> Held:
    held = await ownership.take(partition)
    assert held is not None
    return held


async def move(pool: asyncpg.Pool, ownership: Ownership, held: Held, next_offset: int) -> Held:
    async with pool.acquire() as connection, connection.transaction():
        return await ownership.advance(connection, held, next_offset, f"f{next_offset - 1}")


async def move_all(
    pool: asyncpg.Pool, ownership: Ownership, held: dict[str, Held], next_offset: int
) -> dict[str, Held]:
    async with pool.acquire() as connection, connection.transaction():
        return await ownership.advance_all(connection, held, next_offset, f"f{next_offset - 1}")


async def test_a_new_partition_starts_at_its_first_record(pool: asyncpg.Pool) -> None:
    assert await worker(pool, "a").take(3) == Held(partition=3, epoch=1, next_offset=0, remembered=None)


async def test_of_many_workers_one_gets_the_partition(pool: asyncpg.Pool) -> None:
    held = await asyncio.gather(*(worker(pool, f"w{number}").take(0) for number in range(8)))
    assert len([one for one in held if one is not None]) == 1


async def test_consumers_do_not_compete(pool: asyncpg.Pool) -> None:
    assert await worker(pool, "a", "attribution").take(0)
    assert await worker(pool, "b", "view:pipeline:1").take(0)


async def test_the_position_is_where_the_last_owner_left_it(pool: asyncpg.Pool) -> None:
    first = worker(pool, "a")
    held = await move(pool, first, await taken(first), 17)
    await first.release(held)
    assert await worker(pool, "b").take(0) == Held(partition=0, epoch=2, next_offset=17, remembered="f16")


async def test_a_lease_that_is_not_renewed_ends(pool: asyncpg.Pool) -> None:
    stale, successor = worker(pool, "a"), worker(pool, "b")
    held = await taken(stale)
    assert await successor.take(0) is None
    assert LEASE_SECONDS / 2 < await left_seconds(pool) <= LEASE_SECONDS
    await over(pool)
    assert await successor.take(0) == Held(partition=0, epoch=2, next_offset=0, remembered=None)
    with pytest.raises(Fenced):
        await move(pool, stale, held, 1)
    with pytest.raises(Fenced):
        await stale.renew(held)


async def test_consumers_move_together_or_not_at_all(pool: asyncpg.Pool) -> None:
    owner, names = worker(pool, "a"), ("view:feed:1", "view:pipeline:1")
    held = {name: await taken(owner.beside(name)) for name in names}
    held = await move_all(pool, owner, held, 5)
    assert {(one.next_offset, one.remembered) for one in held.values()} == {(5, "f4")}
    for name in names:
        stale = held | {name: replace(held[name], epoch=held[name].epoch - 1)}
        with pytest.raises(Fenced, match=name):
            await move_all(pool, owner, stale, 9)
        with pytest.raises(Fenced, match=name):
            await move_all(pool, worker(pool, "b"), held, 9)
    elsewhere = {name: replace(one, next_offset=4) for name, one in held.items()}
    with pytest.raises(Fenced):
        await move_all(pool, owner, elsewhere, 9)
    for name in names:
        await owner.beside(name).release(held[name])
        again = await worker(pool, "b", name).take(0)
        assert again is not None
        assert (again.next_offset, again.remembered) == (5, "f4")


@pytest.mark.parametrize("by", ["renewing", "advancing"])
async def test_a_lease_is_kept_by_renewing_and_by_advancing(pool: asyncpg.Pool, by: str) -> None:
    owner, rival = worker(pool, "a"), worker(pool, "b")
    held = await taken(owner)
    for _ in range(3):
        await nearly_over(pool)
        if by == "renewing":
            await owner.renew(held)
        else:
            held = await move(pool, owner, held, held.next_offset + 1)
        assert LEASE_SECONDS / 2 < await left_seconds(pool) <= LEASE_SECONDS
        assert await rival.take(0) is None


async def test_a_stale_owner_writes_nothing(pool: asyncpg.Pool) -> None:
    log = PostgresLog(pool, partitions=PARTITIONS, request_timeout_ms=5_000, poll_ms=250)
    await log.start()
    stale, successor = worker(pool, "a"), worker(pool, "b")
    held = await taken(stale)
    await over(pool)
    assert await successor.take(0)

    async def stale_batch() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await log.append_in(connection, "journal", [Record("acme", (("ce_id", "acme:1"),), b"{}")])
            await stale.advance(connection, held, 1, "f0")

    with pytest.raises(Fenced):
        await stale_batch()
    assert sum(await log.end_offsets("journal")) == 0
    await log.stop()


async def test_only_one_of_two_batches_from_the_same_position_commits(pool: asyncpg.Pool) -> None:
    owner = worker(pool, "a")
    held = await taken(owner)
    moved = await move(pool, owner, held, 5)
    with pytest.raises(Fenced):
        await move(pool, owner, held, 5)
    assert (await move(pool, owner, moved, 6)).next_offset == 6


async def test_a_rolled_back_batch_moves_nothing(pool: asyncpg.Pool) -> None:
    owner = worker(pool, "a")
    held = await taken(owner)
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await owner.advance(connection, held, 9, "f8")
        await transaction.rollback()
    assert (await move(pool, owner, held, 1)).next_offset == 1


async def test_a_worker_that_comes_back_under_its_name_need_not_wait(pool: asyncpg.Pool) -> None:
    before = await taken(worker(pool, "a"))
    restarted = worker(pool, "a")
    assert await restarted.take(0) == Held(partition=0, epoch=2, next_offset=0, remembered=None)
    with pytest.raises(Fenced):
        await move(pool, worker(pool, "a"), before, 1)


async def test_releasing_what_was_lost_disturbs_nobody(pool: asyncpg.Pool) -> None:
    stale, successor = worker(pool, "a"), worker(pool, "b")
    held = await taken(stale)
    await over(pool)
    new = await taken(successor)
    await stale.release(held)
    assert (await move(pool, successor, new, 1)).next_offset == 1


async def test_a_frozen_owner_cannot_hold_its_successor_up(database: str, settings: Settings) -> None:
    quick = settings.model_copy(update={"idle_in_transaction_timeout_ms": IDLE_MS})
    async with await open_pool(database, quick) as pool:
        frozen, successor = worker(pool, "a", lease=SHORT_SECONDS), worker(pool, "b", lease=SHORT_SECONDS)
        held = await taken(frozen)
        connection = await pool.acquire()
        try:
            transaction = connection.transaction()
            await transaction.start()
            await frozen.advance(connection, held, 1, "f0")  # and stands still, with the row locked
            assert await until(lambda: successor.take(0)) == Held(0, 2, 0, None)
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await transaction.commit()
        finally:
            await pool.release(connection)


async def test_asking_for_a_partition_does_not_wait_for_its_owner(pool: asyncpg.Pool) -> None:
    owner, rival = worker(pool, "a"), worker(pool, "b")
    held = await taken(owner)
    async with pool.acquire() as connection, connection.transaction():
        await owner.advance(connection, held, 1, "f0")
        # The owner's transaction stays open until it was answered.
        assert await asyncio.wait_for(rival.take(0), PATIENT_SECONDS) is None


@pytest.mark.parametrize("idle_ms", [0, int(SHORT_SECONDS * 1_000)])
async def test_unbounded_locks_are_refused(database: str, settings: Settings, idle_ms: int) -> None:
    unsafe = settings.model_copy(update={"idle_in_transaction_timeout_ms": idle_ms})
    async with await open_pool(database, unsafe) as pool:
        with pytest.raises(Misconfigured, match="DEALREG_IDLE_IN_TRANSACTION_TIMEOUT_MS"):
            await worker(pool, "a", lease=SHORT_SECONDS).take(0)


async def test_workers_share_fairly_as_they_come_and_go(pool: asyncpg.Pool) -> None:
    a, b, c = (worker(pool, name) for name in "abc")
    assert await a.fair_share() == 8
    assert await b.fair_share() == 4
    assert await c.fair_share() == 3
    assert await worker(pool, "a", "view:pipeline:1").fair_share() == 8
    await c.leave()
    assert await a.fair_share() == 4
    # b says nothing any more, and its last word is older than a lease.
    await pool.execute(
        "UPDATE log.worker SET seen_at = seen_at - $1 * interval '1 second' WHERE owner = 'b'", LEASE_SECONDS
    )
    assert await a.fair_share() == 8
