"""A killed embedded Kafka is started again on its ports, with what it acknowledged."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from dealreg.embedded.guardian import Guardian
from dealreg.embedded.kafka import EmbeddedKafka
from shared.errors import Corrupt
from tests.until import until


async def test_a_killed_broker_is_back_on_its_ports_with_what_it_acknowledged(tmp_path: Path) -> None:
    server = EmbeddedKafka(tmp_path)
    bootstrap = await server.start()
    try:
        await _topic(bootstrap)
        async with Guardian([server]).guarding() as guardian:
            for times in (1, 2):
                await _sent(bootstrap, times)
                for pid in server.pids:
                    os.kill(pid, signal.SIGKILL)

                async def revived(times: int = times) -> bool:
                    return guardian.revived.get(server.name) == times

                await until(revived)
                assert server.alive
                assert server.bootstrap == bootstrap
            assert await _read(bootstrap) == [b"1", b"2"]
    finally:
        await server.stop()


async def test_a_broker_whose_log_is_gone_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    server = EmbeddedKafka(tmp_path)
    await server.start()
    try:
        os.kill(server.pids[0], signal.SIGKILL)
        (tmp_path / "kafka" / "node-1" / "log").rename(tmp_path / "aside")
        with pytest.raises(Corrupt, match="restore it"):
            await server.revive()
    finally:
        await server.stop()


async def _topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", 1, 1)])
    await admin.close()


async def _sent(bootstrap: str, number: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait("kept", str(number).encode(), partition=0)
    await producer.stop()


async def _read(bootstrap: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    place = TopicPartition("kept", 0)
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    records = (await consumer.getmany(timeout_ms=10_000))[place]
    await consumer.stop()
    return [record.value for record in records]
