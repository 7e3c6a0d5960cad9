"""What stands in the log, read without any release's classes: the versions that were written, as they were."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from shared.log.port import EventLog, Topic

BATCH = 1_000


class Line(NamedTuple):
    """One record of a topic."""

    vendor: str
    seq: int
    """0 for a fact."""
    type: str
    version: int
    id: str
    cause: str
    value: dict[str, Any]


async def written(log: EventLog, topic: Topic) -> list[Line]:
    """Every record so far, each vendor's in order."""
    found: list[Line] = []
    for partition, end in enumerate(await log.end_offsets(topic)):
        reader, offset = await log.reader(topic, partition, 0), 0
        while offset < end:
            for record in await reader.fetch(BATCH, 1_000):
                offset = record.offset + 1
                told = dict(record.headers)
                name, _, version = told["ce_dataschema"].removeprefix("urn:dealreg:").rpartition(":")
                seq, cause = int(told.get("ce_seq", "0")), told.get("ce_cause", "")
                found.append(
                    Line(record.key, seq, name, int(version), told["ce_id"], cause, orjson.loads(record.value))
                )
        await reader.close()
    return found
