"""Recent: readers that follow a partition together ask for its records once, and get what each would have read."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.log.port import StoredRecord
from shared.log.recent import MOST_RECORDS, Recent


class Partition:
    """Records as a server has them; counts who asks."""

    def __init__(self, size: int = 0) -> None:
        self.records = [StoredRecord(offset, "acme", (), str(offset).encode()) for offset in range(size)]
        self.asked = 0

    async def select(self, start: int, end: int) -> list[StoredRecord]:
        self.asked += 1
        await asyncio.sleep(0)
        return self.records[start:end]


async def test_readers_that_wake_together_ask_once() -> None:
    partition, recent = Partition(5), Recent(1)
    found = await asyncio.gather(*(recent.fetch(0, 1_000, partition.select) for _ in range(10)))
    assert all(one == partition.records for one in found)
    assert partition.asked == 1


@pytest.mark.parametrize("partitions", [1, 8, 32])
async def test_all_partitions_together_keep_what_one_would(partitions: int) -> None:
    """So a process that follows all of them needs no more memory where there are many."""
    share = MOST_RECORDS // partitions
    partition, recent = Partition(3_000), Recent(partitions)
    await recent.fetch(0, 3_000, partition.select)
    await recent.fetch(3_000 - share, 3_000, partition.select)
    assert partition.asked == 1
    await recent.fetch(3_000 - share - 1, 3_000, partition.select)
    assert partition.asked == 2


async def test_a_reader_far_behind_reads_for_itself_and_takes_nothing_from_the_others() -> None:
    partition, recent = Partition(30), Recent(1, most=10)
    await recent.fetch(20, 30, partition.select)
    assert await recent.fetch(3, 8, partition.select) == partition.records[3:8]
    await recent.fetch(22, 30, partition.select)
    assert partition.asked == 2


async def test_a_reader_ahead_of_the_others_leaves_no_gap_for_them() -> None:
    partition, recent = Partition(30), Recent(1)
    await recent.fetch(0, 5, partition.select)
    await recent.fetch(20, 25, partition.select)
    assert await recent.fetch(5, 12, partition.select) == partition.records[5:12]
    assert await recent.fetch(22, 30, partition.select) == partition.records[22:25]
    assert await recent.fetch(25, 30, partition.select) == partition.records[25:30]


async def test_nothing_is_remembered_of_a_question_that_failed() -> None:
    partition, recent = Partition(5), Recent(1)

    async def unavailable(_: int, __: int) -> list[StoredRecord]:
        raise ConnectionError

    results = await asyncio.gather(
        recent.fetch(0, 5, unavailable), recent.fetch(0, 5, partition.select), return_exceptions=True
    )
    assert isinstance(results[0], ConnectionError)
    assert results[1] == partition.records


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 9)), max_size=60), st.integers(1, 12))
def test_each_reader_gets_what_the_partition_has(moves: list[tuple[int, int, int]], most: int) -> None:
    """Whoever reads, however much and in whatever turn, while the partition grows."""

    async def read() -> None:
        partition, recent, cursors = Partition(), Recent(1, most=most), [0] * 4
        for reader, grown, limit in moves:
            size = len(partition.records) + grown
            partition.records = Partition(size).records
            start = cursors[reader]
            found = await recent.fetch(start, start + limit, partition.select)
            assert found == partition.records[start : start + len(found)]
            assert found or start == size
            assert len(found) <= limit
            cursors[reader] += len(found)

    asyncio.run(read())
