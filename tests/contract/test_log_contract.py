"""What every log promises, whoever keeps it."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from shared.errors import Corrupt, Invalid, Unavailable
from shared.log import EventLog
from shared.log.port import TOPICS, Record, StoredRecord, bare, partition_of
from shared.log.postgres import encoded
from tests.contract.places import DURABLE, LogPlace
from tests.contract.records import WAIT_MS, all_of, names, read_exactly, record

ACME = partition_of("acme", 3)
LONG_MS = 120_000
"""More than any machine takes to deliver a record that it was told of."""
"""An appended record is read in well under the 250 ms of a poll that would find it too."""


async def test_what_was_appended_is_read_back_whole(log: EventLog) -> None:
    given = Record("acme", (("ce_id", "f1"), ("ce_subject", "süd/α"), ("traceparent", "")), b'{"n":1}\x00\xff')
    await log.append("facts", [given])
    (stored,) = await all_of(log, "facts", "acme")
    assert (stored.offset, stored.key, stored.headers, stored.value) == (0, "acme", given.headers, given.value)


async def test_a_vendor_keeps_its_order_within_and_across_appends(log: EventLog) -> None:
    expected = [f"f{number}" for number in range(1_200)]
    for start in range(0, 1_200, 400):
        # About 1 kB each, so that one append takes several batches.
        await log.append("facts", [record(name, value=b"x" * 1_000) for name in expected[start : start + 400]])
    stored = await all_of(log, "facts", "acme")
    assert names(stored) == expected
    assert [found.offset for found in stored] == list(range(1_200))


async def test_an_append_over_many_vendors_keeps_the_order_of_each(log: EventLog) -> None:
    vendors = [f"vendor-{number}" for number in range(20)]
    await log.append("facts", [record(f"{vendor}:{n}", vendor) for n in range(30) for vendor in vendors])
    for vendor in vendors:
        stored = [found for found in await all_of(log, "facts", vendor) if found.key == vendor]
        assert names(stored) == [f"{vendor}:{n}" for n in range(30)]


async def test_many_appenders_at_once_lose_nothing_and_keep_their_own_order(log: EventLog) -> None:
    async def appender(number: int) -> None:
        for step in range(20):
            await log.append("facts", [record(f"{number}:{step}:{part}", f"vendor-{number % 7}") for part in "ab"])

    await asyncio.gather(*(appender(number) for number in range(40)))
    found: list[str] = []
    for vendor in ("vendor-0", "vendor-1", "vendor-2", "vendor-3", "vendor-4", "vendor-5", "vendor-6"):
        found += [str(name) for name in names(await all_of(log, "facts", vendor)) if str(name) not in set(found)]
    for number in range(40):
        mine = [name for name in found if name.startswith(f"{number}:")]
        assert mine == [f"{number}:{step}:{part}" for step in range(20) for part in "ab"]
    assert sum(await log.end_offsets("facts")) == 40 * 20 * 2


async def test_several_processes_append_to_the_same_vendors_while_a_third_reads(place: LogPlace) -> None:
    vendors = [f"vendor-{number}" for number in range(6)]
    writers = [await place.open() for _ in range(3)]
    reading = await place.open()
    partitions = sorted({partition_of(vendor, reading.partitions) for vendor in vendors})

    async def write(writer: int) -> None:
        for step in range(30):
            # Each in its own order of vendors, so that whoever locked as given would wait in a circle.
            order = vendors if writer % 2 else vendors[::-1]
            await writers[writer].append("facts", [record(f"{writer}:{vendor}:{step}", vendor) for vendor in order])

    async def read(partition: int, count: int) -> list[StoredRecord]:
        reader = await reading.reader("facts", partition, 0)
        try:
            return await read_exactly(reader, count)
        finally:
            await reader.close()

    counts = {p: 90 * sum(partition_of(vendor, reading.partitions) == p for vendor in vendors) for p in partitions}
    found, *_ = await asyncio.gather(
        asyncio.gather(*(read(partition, counts[partition]) for partition in partitions)),
        *(write(writer) for writer in range(len(writers))),
    )
    for records in found:
        assert [stored.offset for stored in records] == list(range(len(records)))
    all_names = [name for records in found for name in names(records)]
    for writer in range(len(writers)):
        for vendor in vendors:
            mine = [name for name in all_names if str(name).startswith(f"{writer}:{vendor}:")]
            assert mine == [f"{writer}:{vendor}:{step}" for step in range(30)]


async def test_topics_do_not_mix(log: EventLog) -> None:
    await log.append("journal", [record("j1")])
    assert await log.end_offsets("facts") == (0, 0, 0)
    assert names(await all_of(log, "journal", "acme")) == ["j1"]


async def test_nothing_appended_is_nothing_done(log: EventLog) -> None:
    for topic in TOPICS:
        await log.append(topic, [])
        assert await log.end_offsets(topic) == (0, 0, 0)


async def test_a_reader_takes_at_most_what_it_asked_for(log: EventLog) -> None:
    await log.append("facts", [record(f"f{n}") for n in range(5)])
    reader = await log.reader("facts", ACME, 0)
    assert names(await read_exactly(reader, 2)) == ["f0", "f1"]
    assert names(await read_exactly(reader, 3)) == ["f2", "f3", "f4"]
    assert await reader.fetch(10, wait_ms=0) == []
    await reader.close()


async def test_records_of_other_keys_may_come_bare_but_never_the_last(log: EventLog) -> None:
    other = next(one for one in (f"other-{n}" for n in count()) if partition_of(one, log.partitions) == ACME)
    await log.append("facts", [record(f"f{n}", "acme" if n in (1, 2) else other) for n in range(5)])
    for since, remembered in ((0, None), (4, "f3")):
        reader = await log.reader("facts", ACME, since, remembered, whose="acme".__eq__)
        found = await read_exactly(reader, 5 - since)
        await reader.close()
        expected = [(n, "acme" if n in (1, 2) else other) for n in range(since, 5)]
        assert [(one.offset, one.key) for one in found] == expected
        assert found[-1] == StoredRecord(4, other, record("f4").headers, b"{}")
        for one in found:
            whole = StoredRecord(one.offset, one.key, record(f"f{one.offset}").headers, b"{}")
            assert one == whole or (one.key == other and one == bare(one.offset, other))


async def test_a_reader_resumes_after_what_it_remembers(place: LogPlace) -> None:
    first = await place.open()
    await first.append("facts", [record(f"f{n}") for n in range(10)])
    second = await place.open()
    reader = await second.reader("facts", ACME, 4, remembered="f3")
    assert names(await read_exactly(reader, 6)) == ["f4", "f5", "f6", "f7", "f8", "f9"]
    await reader.close()


async def test_a_reader_at_the_end_resumes_with_what_comes(log: EventLog) -> None:
    await log.append("facts", [record("f0")])
    reader = await log.reader("facts", ACME, 1, remembered="f0")
    assert await reader.fetch(10, wait_ms=0) == []
    await log.append("facts", [record("f1")])
    assert names(await read_exactly(reader, 1)) == ["f1"]
    await reader.close()


async def test_a_waiting_reader_is_told_and_need_not_look(place: LogPlace) -> None:
    # It would look by itself only after it has given up: what it reads it was told of.
    reading, writing = await place.open(poll_ms=2 * LONG_MS), await place.open()
    reader = await reading.reader("facts", ACME, 0)
    for number in range(20):
        waiting = asyncio.create_task(reader.fetch(10, LONG_MS))
        await asyncio.sleep(0)
        await writing.append("facts", [record(f"f{number}")])
        assert names(await waiting) == [f"f{number}"]
    await reader.close()


async def test_another_record_than_the_remembered_one_is_corrupt(log: EventLog) -> None:
    await log.append("facts", [record("f0"), record("f1")])
    with pytest.raises(Corrupt, match="f0"):
        await log.reader("facts", ACME, 2, remembered="f0")


async def test_a_position_beyond_the_end_is_corrupt(log: EventLog) -> None:
    await log.append("facts", [record("f0")])
    with pytest.raises(Corrupt, match="facts"):
        await log.reader("facts", ACME, 7, remembered="f6")


async def test_a_log_that_starts_again_is_corrupt_for_a_new_reader(place: LogPlace) -> None:
    log = await place.open()
    await log.append("facts", [record(f"f{n}") for n in range(5)])
    await place.replace("facts")
    with pytest.raises(Corrupt, match="facts"):
        await log.reader("facts", ACME, 5, remembered="f4")


async def test_a_log_that_starts_again_is_corrupt_for_a_waiting_reader(place: LogPlace) -> None:
    log = await place.open()
    await log.append("facts", [record(f"f{n}") for n in range(5)])
    reader = await log.reader("facts", ACME, 0)
    await read_exactly(reader, 5)
    await place.replace("facts")
    with pytest.raises(Corrupt):
        await read_exactly(reader, 1)
    await reader.close()


@pytest.mark.parametrize("place", DURABLE, indirect=True)
@pytest.mark.parametrize("next_offset, remembered", [(0, None), (3, "f2"), (6, "f5")])
async def test_records_lost_unread_are_corrupt(place: LogPlace, next_offset: int, remembered: str | None) -> None:
    log = await place.open()
    await log.append("facts", [record(f"f{n}") for n in range(10)])
    await place.forget("facts", ACME, before=6)

    async def read() -> None:
        reader = await log.reader("facts", ACME, next_offset, remembered)
        await reader.fetch(10, WAIT_MS)

    with pytest.raises(Corrupt, match="facts"):
        await read()


@pytest.mark.parametrize("place", DURABLE, indirect=True)
async def test_records_lost_before_the_remembered_one_do_not_matter(place: LogPlace) -> None:
    log = await place.open()
    await log.append("facts", [record(f"f{n}") for n in range(10)])
    await place.forget("facts", ACME, before=6)
    reader = await log.reader("facts", ACME, 7, remembered="f6")
    assert names(await read_exactly(reader, 3)) == ["f7", "f8", "f9"]
    await reader.close()


async def test_a_record_that_no_log_takes_fails_alone(log: EventLog) -> None:
    good = [log.append("facts", [record(f"f{n}")]) for n in range(10)]
    bad = log.append("facts", [Record("ac\x00me", (("ce_id", "bad"),), b"{}")])
    outcomes = await asyncio.gather(*good[:5], bad, *good[5:], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Invalid]
    assert len(await all_of(log, "facts", "acme")) == 10


async def test_a_cancelled_appender_does_not_disturb_its_neighbours(log: EventLog) -> None:
    tasks = [asyncio.create_task(log.append("facts", [record(f"f{n}")])) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    stored = set(names(await all_of(log, "facts", "acme")))
    assert {f"f{n}" for n in range(1, 20, 2)} <= stored


async def test_a_closed_log_takes_nothing(log: EventLog) -> None:
    await log.stop()
    with pytest.raises(Unavailable):
        await log.append("facts", [record("f0")])
    if log.joins_transaction:
        with pytest.raises(Unavailable):
            await log.append_through("facts", "log.append_facts", [0], ["acme"], [b"[]"], [b"{}"])


async def test_a_function_appends_where_a_transaction_can_and_nowhere_else(log: EventLog) -> None:
    one = record("f0")
    columns = [partition_of("acme", log.partitions)], ["acme"], *([part] for part in encoded(one))
    if not log.joins_transaction:
        with pytest.raises(NotImplementedError):
            await log.append_through("facts", "log.append_facts", *columns)
        return
    assert [tuple(row) for row in await log.append_through("facts", "log.append_facts", *columns)] == [
        (partition_of("acme", log.partitions), 1)
    ]
    assert names(await all_of(log, "facts", "acme")) == ["f0"]
