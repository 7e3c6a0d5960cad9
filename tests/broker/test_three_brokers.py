"""With three brokers, what was acknowledged survives the loss of one; with two lost, nothing is acknowledged (G1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from dealreg.embedded.kafka import EmbeddedKafka
from shared.database import open_pool
from shared.errors import Unavailable
from shared.log.kafka import KafkaLog
from shared.settings import Settings
from tests.contract.records import all_of, names, record
from tests.until import until

PARTITIONS = 3
VENDORS = ("acme", "globex", "initech", "umbrella")
REQUEST_TIMEOUT_MS = 5_000
# A dead broker is missed after three seconds instead of nine; the order of events stays the same.
NOTICED_SOONER = {"broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedKafka]:
    folder: Path = tmp_path_factory.mktemp("three")
    server = EmbeddedKafka(folder, nodes=3, extra=NOTICED_SOONER)
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pool(module_database: str) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(module_database, Settings()) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="session")
async def log(cluster: EmbeddedKafka, pool: asyncpg.Pool) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(
        pool,
        cluster.bootstrap,
        partitions=PARTITIONS,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        allow_single_node=False,
    )
    await log.start()
    yield log
    await log.stop()


@dataclass
class Load:
    """Appenders, one a vendor, that repeat each record until it is accepted, as an edge's clients do."""

    log: KafkaLog
    accepted: dict[str, list[str]] = field(default_factory=lambda: {vendor: [] for vendor in VENDORS})
    failures: int = 0
    stopping: bool = False

    async def run(self, tag: str) -> None:
        await asyncio.gather(*(self._append(tag, vendor) for vendor in VENDORS))

    async def _append(self, tag: str, vendor: str) -> None:
        number = 0
        while not self.stopping:
            name = f"{tag}:{vendor}:{number}"
            try:
                await self.log.append("facts", [record(name, vendor)])
            except Unavailable:
                self.failures += 1
                continue
            self.accepted[vendor].append(name)
            number += 1

    async def reaches(self, count: int) -> None:
        """Every vendor has that many records more than now."""
        goal = {vendor: len(accepted) + count for vendor, accepted in self.accepted.items()}

        async def reached() -> bool:
            return all(len(self.accepted[vendor]) >= goal[vendor] for vendor in VENDORS)

        await until(reached)


async def kept(log: KafkaLog, vendor: str, tag: str) -> list[str]:
    """The vendor's records of one test in log order, repeated identities dropped, as every consumer does."""
    stored = [found for found in await all_of(log, "facts", vendor) if found.key == vendor]
    return [name for name in dict.fromkeys(str(name) for name in names(stored)) if name.startswith(f"{tag}:")]


async def test_a_killed_broker_loses_nothing_that_was_accepted(log: KafkaLog, cluster: EmbeddedKafka) -> None:
    load = Load(log)
    running = asyncio.create_task(load.run("one"))
    await load.reaches(100)
    killed = cluster.node_ids[0]
    await cluster.kill(killed)
    await load.reaches(100)
    await cluster.start_node(killed)
    await load.reaches(100)
    load.stopping = True
    await running
    for vendor in VENDORS:
        assert await kept(log, vendor, "one") == load.accepted[vendor]


async def test_without_a_second_copy_nothing_is_accepted(log: KafkaLog, cluster: EmbeddedKafka) -> None:
    load = Load(log)
    running = asyncio.create_task(load.run("two"))
    await load.reaches(20)
    first, second, _ = cluster.node_ids
    await cluster.kill(first)
    await cluster.kill(second)

    # One append per vendor may have been on its way; from then on each one fails.
    async def refused() -> bool:
        return load.failures >= len(VENDORS)

    await until(refused)
    before = {vendor: len(accepted) for vendor, accepted in load.accepted.items()}
    with pytest.raises(Unavailable):
        await log.append("facts", [record("two:alone", "acme")])
    assert before == {vendor: len(accepted) for vendor, accepted in load.accepted.items()}
    await asyncio.gather(cluster.start_node(first), cluster.start_node(second))
    await load.reaches(20)
    load.stopping = True
    await running
    for vendor in VENDORS:
        found = [name for name in await kept(log, vendor, "two") if name != "two:alone"]
        assert found[: len(load.accepted[vendor])] == load.accepted[vendor]
