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
    """The first batch leaves its last record to the next one: another fact begins with it."""
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
    assert log.asked == [LIMIT, LIMIT - 1]
    assert decoded == list(range(2 * LIMIT - 1))
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
    _, good, bad, *_ = await reader.fetch(LIMIT, 0)
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
    found = await reader.fetch(LIMIT, 0)
    assert found == records[LIMIT - 1 : LIMIT - 1 + len(found)]
    assert found
    await reader.close()


def of_facts(*entries: int) -> list[StoredRecord]:
    """Records of facts that have so many entries each."""
    causes = [f"fact-{number}" for number, many in enumerate(entries) for _ in range(many)]
    return [
        StoredRecord(offset, "maven", (("ce_type", "dealreg.x"), ("ce_cause", cause), ("ce_hash", "")), b"{}")
        for offset, cause in enumerate(causes)
    ]


async def offsets(reader: Prefetcher) -> list[list[int]]:
    """What each fetch brings, until there is no more."""
    found = []
    while records := await reader.fetch(LIMIT, 0):
        found.append([one.offset for one in records])
    return found


async def test_a_full_batch_ends_with_a_whole_fact() -> None:
    batches = await offsets(ahead(Log(of_facts(4, 4, 4, 4, 2))))
    assert batches == [list(range(8)), list(range(8, 16)), [16, 17]]


async def test_a_fact_that_fills_a_batch_is_read_in_parts() -> None:
    batches = await offsets(ahead(Log(of_facts(2, 25, 3))))
    assert batches == [[0, 1], list(range(2, 12)), list(range(12, 22)), list(range(22, 30))]


async def test_a_rebuild_reads_full_batches() -> None:
    records = of_facts(4, 4, 4, 4)
    batches = [
        [one.offset for one in await reader.fetch(LIMIT, 0)] for reader in [ahead(Log(records), 16)] for _ in "12"
    ]
    assert batches == [list(range(10)), list(range(10, 16))]
