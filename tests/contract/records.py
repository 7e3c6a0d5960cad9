"""Records that tests append, and what they read back."""

from __future__ import annotations

from collections.abc import Sequence

from shared.log.identity import ce_id
from shared.log.port import EventLog, Reader, Record, StoredRecord, Topic, partition_of
from tests.until import until

WAIT_MS = 5_000


def record(name: str, vendor: str = "acme", value: bytes = b"{}") -> Record:
    """A record whose `ce_id` is the name."""
    return Record(vendor, (("ce_id", name), ("ce_type", "dealreg.test")), value)


def names(records: Sequence[StoredRecord]) -> list[str | None]:
    return [ce_id(stored.headers) for stored in records]


async def read_exactly(reader: Reader, count: int) -> list[StoredRecord]:
    """The next `count` records, however many fetches they take."""
    found: list[StoredRecord] = []

    async def complete() -> bool:
        found.extend(await reader.fetch(count - len(found), WAIT_MS))
        return len(found) >= count

    await until(complete)
    return found


async def all_of(log: EventLog, topic: Topic, vendor: str) -> list[StoredRecord]:
    """Every record of the vendor's partition."""
    partition = partition_of(vendor, log.partitions)
    end = (await log.end_offsets(topic))[partition]
    reader = await log.reader(topic, partition, 0)
    try:
        return await read_exactly(reader, end) if end else []
    finally:
        await reader.close()
