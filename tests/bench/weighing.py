"""What a registration weighs: bytes in each store with and without indexes, and in the write-ahead log.

Accepted over HTTP, decided and folded into every view, so that keys, persons, log, state and read models all have it.
Then the same with what could be compressed compressed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka.admin import NewTopic

from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.views import VIEWS
from shared.log.kafka_client import Cluster
from shared.log.port import TOPICS, StoredRecord, partition_of
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.accepting import CONNECTIONS, VENDOR, house, loaded
from tests.bench.draining import decided_here
from tests.bench.figures import Figure
from tests.bench.load import Job
from tests.bench.place import LONG_SECONDS, Log, Place
from tests.bench.raw import consumed, read
from tests.bench.recording import producing, send
from tests.bench.serving import served

KAFKA_BATCH = 64
"""Records of one produce request: what the decider sends of a busy vendor is more, of a quiet one less."""
COMPRESSIONS = ("uncompressed", "gzip", "lz4", "zstd")
READABLE = ("uncompressed", "gzip")
"""By a consumer with the libraries that are locked."""
SCHEMAS = ("log", "registration", "attribution", "projections")
_SIZES = """
SELECT n.nspname AS schema, c.relname AS name, pg_table_size(c.oid) AS rows, pg_indexes_size(c.oid) AS indexes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('log', 'registration', 'attribution', 'projections') ORDER BY 1, 2
"""
_LARGE = "SELECT avg((pg_column_size(entry.*) > $1)::integer)::float8 FROM log.journal AS entry"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a database is told before anything is in it: the best value of these that the server was built with."""

    name: str
    values: tuple[str, ...] = ()


AS_IT_IS = Setting("")
SETTINGS = (AS_IT_IS, Setting("wal_compression", ("lz4", "pglz")), Setting("default_toast_compression", ("lz4",)))
TOAST_BYTES = 2_000
"""PostgreSQL looks at compressing a row only above this."""


async def weigh(place: Place, log: Log, registrations: int) -> list[Figure]:
    """Bytes a registration; on Kafka, also what a topic's compression makes of them."""
    figures: list[Figure] = []
    last: Settings | None = None
    for setting in SETTINGS if log == "postgres" else (AS_IT_IS,):
        settings, token = await house(place)
        value = await _told(settings, setting)
        if value is not None:
            last = settings
            called = f", {setting.name} {value}" if value else ""
            figures += await _weighed(settings, token, registrations, called)
    assert last is not None
    if log == "kafka":
        figures += await _topics(place, last)
    return figures


async def _weighed(settings: Settings, token: str, registrations: int, suffix: str) -> list[Figure]:
    async with runtime(settings, "bench") as found:
        await found.pool.execute("CHECKPOINT", timeout=LONG_SECONDS)
        wal = [await wal_written(found)]
        async with served(settings) as url:
            # As many on a slow machine as on a fast one: the first page of an empty table weighs less of many.
            await loaded(Job(url, token, "1", LONG_SECONDS, connections=CONNECTIONS, prepared=registrations))
        wal.append(await wal_written(found))
        await decided_here(found)
        wal.append(await wal_written(found))
        for view in VIEWS:
            runner = Runner(view, found.pool, found.log, settings)
            while await runner.step():
                pass
            await runner.close()
        wal.append(await wal_written(found))
        count = await found.pool.fetchval("SELECT count(*) FROM attribution.document WHERE kind = 'registration'")
        rows = await sizes(found)
        large = await found.pool.fetchval(_LARGE, TOAST_BYTES) if settings.log == "postgres" else None
    figures = [*_tables(rows, count, suffix)]
    for name, before, after in zip(("accept", "decide", "project"), wal, wal[1:], strict=False):
        figures.append(Figure(f"write-ahead log, {name}{suffix}", "B/registration", ((after - before) / count,)))
    figures.append(Figure(f"write-ahead log, all{suffix}", "B/registration", ((wal[-1] - wal[0]) / count,)))
    if large is not None:
        figures.append(Figure(f"journal, entries that PostgreSQL looks at compressing{suffix}", "%", (100 * large,)))
    return figures


async def sizes(found: Runtime) -> list[Any]:
    """Bytes of each table's rows and indexes."""
    rows: list[Any] = await found.pool.fetch(_SIZES)
    return rows


def _tables(rows: Iterable[Any], count: int, suffix: str) -> Iterable[Figure]:
    whole = 0
    for part in SCHEMAS:
        mine = [row for row in rows if row["schema"] == part]
        data, indexes = sum(row["rows"] for row in mine), sum(row["indexes"] for row in mine)
        whole += data + indexes
        largest = sorted(mine, key=lambda row: -(row["rows"] + row["indexes"]))[:4]
        beside = {"without_indexes": data / count} | {
            row["name"]: f"{row['rows'] / count:,.0f}+{row['indexes'] / count:,.0f}" for row in largest
        }
        yield Figure(f"tables, {part}{suffix}", "B/registration", ((data + indexes) / count,), beside=beside)
    yield Figure(f"tables, all{suffix}", "B/registration", (whole / count,), beside={"registrations": count})


async def _told(settings: Settings, setting: Setting) -> str | None:
    """Every later session of the database begins with it; the value, or None where the server has none of them."""
    if not setting.values:
        return ""
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    offered = await connection.fetchval("SELECT enumvals FROM pg_settings WHERE name = $1", setting.name)
    value = next((one for one in setting.values if one in offered), None)
    if value is not None:
        database = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE \"{database}\" SET {setting.name} = '{value}'")
    await connection.close()
    return value


async def wal_written(found: Runtime) -> int:
    """Bytes that the server has written ahead so far."""
    return await found.pool.fetchval(  # type: ignore[no-any-return]
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
    )


async def _topics(place: Place, settings: Settings) -> list[Figure]:
    """Facts and journal sent again to topics that the broker compresses, and the bytes of their files."""
    figures = []
    async with runtime(settings, "bench") as found:
        count = await found.pool.fetchval("SELECT count(*) FROM attribution.document WHERE kind = 'registration'")
        partition = partition_of(VENDOR, settings.partitions)
        stored: dict[str, list[StoredRecord]] = {}
        for topic in TOPICS:
            ends = await found.log.end_offsets(topic)
            stored[topic] = await read(found.log, topic, partition, ends[partition])
    for compression in COMPRESSIONS:
        for named, records in stored.items():
            topic_name = f"{place.unused()}.{named}"
            size, seconds = await _sent(settings, topic_name, compression, records)
            beside = {"B/record": size / len(records), "sent/s": len(records) / seconds}
            if compression in READABLE:
                beside["read/s"] = len(records) / await consumed(settings, topic_name, len(records))
            name = f"topic {named}, compression {compression}"
            figures.append(Figure(name, "B/registration", (size / count,), beside=beside))
    return figures


async def _sent(settings: Settings, topic: str, compression: str, records: list[StoredRecord]) -> tuple[int, float]:
    assert settings.kafka_bootstrap is not None
    admin = Cluster(settings.kafka_bootstrap, settings.request_timeout_ms).admin()
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"compression.type": compression})])
    await admin.close()
    rows = [(one.key.encode(), one.value, [(name, value.encode()) for name, value in one.headers]) for one in records]
    async with producing(settings) as producer:
        began = time.perf_counter()
        for start in range(0, len(rows), KAFKA_BATCH):
            await send(producer, topic, 0, rows[start : start + KAFKA_BATCH])
        seconds = time.perf_counter() - began
    folders = Path(settings.data_dir).glob(f"**/{topic}-0")
    return sum(file.stat().st_size for folder in folders for file in folder.glob("*.log")), seconds
