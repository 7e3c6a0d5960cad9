"""Three real brokers on which the whole stack runs; `make faults` alone starts them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from dealreg.embedded.kafka import EmbeddedKafka
from dealreg.embedded.processes import recall
from shared.log.port import Topic, partition_of
from shared.settings import Settings
from tests.crash.place import quick
from tests.e2e.command import servers

PARTITIONS = 3
REQUEST_TIMEOUT_MS = 4_000
LEASES = {"lease_seconds": 6, "idle_in_transaction_timeout_ms": 3_000}
"""Long enough for three workers of ten views each, three brokers and a database on two processors."""
# A dead broker is missed after three seconds instead of nine; the order of events stays the same.
NOTICED_SOONER = {"broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500"}


@dataclass(frozen=True, slots=True)
class Brokers:
    """A cluster, and what can be done to it."""

    kafka: EmbeddedKafka

    async def kill_all(self) -> None:
        """Every broker has ended without a word."""
        await asyncio.gather(*(self.kafka.kill(one) for one in self.kafka.node_ids))

    async def start_all(self) -> None:
        """Every broker answers, on the addresses and with the records that it had."""
        await asyncio.gather(*(self.kafka.start_node(one) for one in self.kafka.node_ids))

    @asynccontextmanager
    async def frozen(self, broker: int) -> AsyncIterator[None]:
        """The broker does nothing inside the block: its connections stay open, and nobody answers on them."""
        process = recall(self.kafka.folder / "kafka" / f"node-{broker}" / "pid.json")
        assert process is not None
        psutil.Process(process.pid).send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            psutil.Process(process.pid).send_signal(signal.SIGCONT)

    async def leader(self, settings: Settings, topic: Topic, vendor: str) -> int:
        """Who leads the vendor's partition of the topic."""
        leader: int = (await self._described(settings, topic, vendor))["leader"]
        return leader

    async def in_sync(self, settings: Settings, topic: Topic, vendor: str) -> int:
        """How many brokers have all of the vendor's partition."""
        return len((await self._described(settings, topic, vendor))["isr"])

    async def _described(self, settings: Settings, topic: Topic, vendor: str) -> dict[str, Any]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)
        await admin.start()
        try:
            (found,) = await admin.describe_topics([f"{settings.kafka_topic_prefix}{topic}"])
        finally:
            await admin.close()
        number = partition_of(vendor, PARTITIONS)
        described: dict[str, Any] = next(one for one in found["partitions"] if one["partition"] == number)
        return described

    def settings(self, database: str, folder: Path) -> Settings:
        """Rather short leases, three copies, and topics of its own."""
        return quick(database, folder).model_copy(
            update={
                "log": "kafka",
                "kafka_bootstrap": self.kafka.bootstrap,
                "kafka_topic_prefix": f"test-{uuid4().hex[:12]}-",
                "partitions": PARTITIONS,
                **LEASES,
                "request_timeout_ms": REQUEST_TIMEOUT_MS,
            }
        )

    def variables(self, settings: Settings) -> dict[str, str]:
        """The same for another process."""
        assert settings.database_url is not None
        database = settings.database_url.get_secret_value()
        return {
            **servers(database, self.kafka.bootstrap, settings.kafka_topic_prefix),
            "DEALREG_ALLOW_SINGLE_NODE": "false",
            "DEALREG_PARTITIONS": str(PARTITIONS),
            "DEALREG_REQUEST_TIMEOUT_MS": str(REQUEST_TIMEOUT_MS),
            "DEALREG_PORT": "0",
            **{f"DEALREG_{name.upper()}": str(value) for name, value in LEASES.items()},
        }


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def brokers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Brokers]:
    server = EmbeddedKafka(tmp_path_factory.mktemp("brokers"), nodes=3, extra=NOTICED_SOONER)
    await server.start()
    yield Brokers(server)
    await server.stop()
