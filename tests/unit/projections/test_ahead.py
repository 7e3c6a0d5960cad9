"""Reading ahead: one batch more where a batch was full, nothing beyond the end, and what is bad is met in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.errors import Corrupt, Unavailable
from shared.events.codec import decode_entry
from shared.events.envelope import Entry
from shared.log.port import StoredRecord
from shared.projection.prefetch import Prefetcher
from tests.journals import ordinary_deals, stored

LIMIT = 10


class Log:
    """A reader over records that are there, and how many each fetch was asked for."""

    def __init__(self, records: Sequence[StoredRecord]) -> None:
        self.records, self.next = list(records), 0
        self.asked: list[int] = []
        self.failing = 0

    async def fetch(self, limit: int, wait_ms: int) -> list[StoredRecord]:
        if self.failing:
            self.failing -= 1
            raise Unavailable("the log does not answer")
        self.asked.append(limit)
        found = self.records[self.next : self.next + limit]
        self.next += len(found)
        return found

    async def close(self) -> None:
        pass


@pytest.fixture
def records() -> list[StoredRecord]:
    return stored(ordinary_deals("maven", 4).records)[: 2 * LIMIT + 5]


def ahead(log: Log, end: int | None = None, decoded: list[int] | None = None) -> Prefetcher:
    def decode(record: StoredRecord) -> Entry:
        if decoded is not None:
            decoded.append(record.offset)
        return decode_entry(record)

    return Prefetcher(log, None, decode, 0, end)


async def settled() -> None:
    for _ in range(LIMIT):
        await asyncio.sleep(0)


async def test_every_record_comes_once_and_in_order(records: list[StoredRecord]) -> None:
    reader = ahead(Log(records))
    found = [record for limit in (LIMIT, 3, LIMIT, LIMIT, LIMIT, LIMIT) for record in await reader.fetch(limit, 0)]
    assert found == records


async def test_the_next_batch_is_fetched_and_decoded_before_it_is_asked_for(records: list[StoredRecord]) -> None:
    log, decoded = Log(records), list[int]()
    reader = ahead(log, decoded=decoded)
    await reader.fetch(LIMIT, 0)
    await settled()
    assert log.next == 2 * LIMIT
    assert decoded == list(range(2 * LIMIT))
    for record in await reader.fetch(LIMIT, 0):
        assert reader.entry(record) == decode_entry(record)
    await reader.close()
    assert decoded.count(LIMIT) == 1


async def test_a_lane_that_is_level_with_its_log_waits_for_the_log(records: list[StoredRecord]) -> None:
    log = Log(records[: LIMIT - 1])
    await ahead(log).fetch(LIMIT, 0)
    await settled()
    assert log.asked == [LIMIT]


async def test_nothing_is_read_beyond_the_end(records: list[StoredRecord]) -> None:
    log = Log(records)
    reader = ahead(log, end=LIMIT + 2)
    assert len(await reader.fetch(LIMIT, 0)) == LIMIT
    assert len(await reader.fetch(LIMIT, 0)) == 2
    await settled()
    assert log.asked == [LIMIT, 2]


async def test_a_bad_record_is_met_in_its_place_and_what_is_before_it_is_read(records: list[StoredRecord]) -> None:
    records[LIMIT + 1] = replace(records[LIMIT + 1], value=b"{}")
    reader = ahead(Log(records))
    await reader.fetch(LIMIT, 0)
    good, bad, *_ = await reader.fetch(LIMIT, 0)
    assert reader.entry(good).seq == LIMIT + 1
    with pytest.raises(Corrupt):
        reader.entry(bad)
    await reader.close()


async def test_an_error_ahead_is_told_to_whoever_asks_next_and_then_forgotten(records: list[StoredRecord]) -> None:
    log = Log(records)
    reader = ahead(log)
    await reader.fetch(LIMIT, 0)
    log.failing = 1
    await settled()
    with pytest.raises(Unavailable):
        await reader.fetch(LIMIT, 0)
    assert await reader.fetch(LIMIT, 0) == records[LIMIT : 2 * LIMIT]
    await reader.close()
