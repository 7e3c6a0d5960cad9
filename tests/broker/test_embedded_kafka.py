"""The embedded Kafka refuses what production refuses, and a killed node comes back with what it acknowledged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from dealreg.embedded.kafka import EmbeddedKafka
from dealreg.embedded.processes import free_ports


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kafka(tmp_path_factory) -> AsyncIterator[EmbeddedKafka]:  # type: ignore[no-untyped-def]
    folder: Path = tmp_path_factory.mktemp("kafka")
    server = EmbeddedKafka(folder)
    await server.start()
    yield server
    await server.stop()


async def broker_settings(bootstrap: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}
    finally:
        await admin.close()


async def test_no_topic_by_accident_no_leader_with_a_hole_no_record_dropped_by_age(kafka: EmbeddedKafka) -> None:
    found = await broker_settings(kafka.bootstrap)
    assert found["auto.create.topics.enable"] == "false"
    assert found["unclean.leader.election.enable"] == "false"
    assert found["log.retention.ms"] == "-1"


async def test_a_cluster_whose_id_begins_with_a_dash_starts_too(tmp_path: Path) -> None:
    port, controller_port = free_ports(2)
    made = {"cluster_id": "-" + "A" * 21, "nodes": [{"id": 1, "port": port, "controller_port": controller_port}]}
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "cluster.json").write_text(json.dumps(made))
    server = EmbeddedKafka(tmp_path)
    try:
        assert await server.start() == f"127.0.0.1:{port}"
    finally:
        await server.stop()


async def test_a_second_user_finds_the_same_broker(kafka: EmbeddedKafka) -> None:
    other = EmbeddedKafka(kafka.folder)
    assert await other.start() == kafka.bootstrap
    await other.stop()
    assert "auto.create.topics.enable" in await broker_settings(kafka.bootstrap)


async def test_what_was_acknowledged_is_there_after_the_node_was_killed(kafka: EmbeddedKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait("kept", b"42", partition=0)
    await producer.stop()

    await kafka.kill(1)
    await kafka.start_node(1)

    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    consumer.assign([TopicPartition("kept", 0)])
    await consumer.seek_to_beginning()
    assert (await consumer.getone()).value == b"42"
    await consumer.stop()
