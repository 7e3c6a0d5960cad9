"""Our topics in Kafka: created as the guarantees need them, and checked at every start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from shared.errors import Misconfigured
from shared.log.kafka_client import MESSAGE_BYTES, RETRY_BACKOFF_MS, Cluster
from shared.log.kafka_failures import DRIVER_ERRORS, read_failure
from shared.settings import variable

REPLICAS = 3
IN_SYNC = 2
"""One broker may be down, and still no acknowledged record has fewer than two copies."""

KEPT_FOR_EVER = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
}


@dataclass(frozen=True, slots=True)
class TopicState:
    """One topic as the cluster describes it."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]


async def ensure_topics(cluster: Cluster, names: Sequence[str], partitions: int, *, allow_single_node: bool) -> None:
    """The topics exist and keep every record for ever; raises `Misconfigured` naming all that is wrong, and how
    to set it right, or `Unavailable`."""
    admin = cluster.admin()
    try:
        async with asyncio.timeout(cluster.seconds):
            await admin.start()
            brokers = len((await admin.describe_cluster())["brokers"])
            replicas = min(brokers, REPLICAS) if allow_single_node else REPLICAS
            in_sync = IN_SYNC if replicas == REPLICAS else 1
            await _create_missing(admin, names, partitions, replicas, in_sync)
            states = [await _state(admin, name) for name in names]
    except DRIVER_ERRORS as error:
        raise read_failure(error) from error
    finally:
        await admin.close()
    wrong = [line for state in states for line in _wrong(state, partitions, allow_single_node)]
    if wrong:
        raise Misconfigured("; ".join(wrong))


async def _create_missing(
    admin: AIOKafkaAdminClient, names: Sequence[str], partitions: int, replicas: int, in_sync: int
) -> None:
    missing = [name for name in names if await _described(admin, name) is None]
    if not missing:
        return
    settings = {
        **KEPT_FOR_EVER,
        "min.insync.replicas": str(in_sync),
        "max.message.bytes": str(1_048_588),
    }
    answer = await admin.create_topics(
        [NewTopic(name, partitions, replicas, topic_configs=settings) for name in missing]
    )
    for name, code, message in answer.topic_errors:
        error = for_code(code)
        # Another process that started with us may have been faster.
        if error not in (NoError, TopicAlreadyExistsError):
            raise Misconfigured(
                f"Kafka did not create the topic {name} with {replicas} replicas ({error.__name__}: {message}); "
                f"it needs {REPLICAS} brokers, or {variable('allow_single_node')}=true for development"
            )


async def _known(admin: AIOKafkaAdminClient, name: str) -> dict[str, Any]:
    """The topic's metadata as soon as whichever broker is asked has heard of it: of a new one each hears by itself."""
    while (topic := await _described(admin, name)) is None:
        await asyncio.sleep(RETRY_BACKOFF_MS / 1_000)
    return topic


async def _described(admin: AIOKafkaAdminClient, name: str) -> dict[str, Any] | None:
    """The topic's metadata once every partition has a leader, None while it does not exist."""
    topic: dict[str, Any]
    (topic,) = await admin.describe_topics([name])
    error = for_code(topic["error_code"])
    if error is UnknownTopicOrPartitionError:
        return None
    if error is not NoError:
        raise error(name)
    return topic


async def _state(admin: AIOKafkaAdminClient, name: str) -> TopicState:
    topic = await _known(admin, name)
    while True:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        ((code, message, _, _, entries),) = answer.resources
        if for_code(code) is not UnknownTopicOrPartitionError:
            break
        await asyncio.sleep(RETRY_BACKOFF_MS / 1_000)
    if for_code(code) is not NoError:
        raise Misconfigured(f"Kafka does not describe the topic {name} ({message}); grant DescribeConfigs on it")
    return TopicState(
        name,
        len(topic["partitions"]),
        min(len(partition["replicas"]) for partition in topic["partitions"]),
        {entry[0]: entry[1] for entry in entries},
    )


def _wrong(state: TopicState, partitions: int, allow_single_node: bool) -> list[str]:
    """What would break a guarantee, each with its remedy."""
    wrong = []
    if state.partitions != partitions:
        wrong.append(
            f"topic {state.name} has {state.partitions} partitions, {partitions} were chosen: a vendor's order "
            f"would break; set {variable('partitions')}={state.partitions} only if nothing was appended yet"
        )
    for name, value in KEPT_FOR_EVER.items():
        if state.settings.get(name) != value:
            wrong.append(f"topic {state.name} has {name}={state.settings.get(name)}; alter it to {value}")
    if int(state.settings["max.message.bytes"]) < MESSAGE_BYTES:
        wrong.append(
            f"topic {state.name} has max.message.bytes={state.settings['max.message.bytes']}; "
            f"alter it to {MESSAGE_BYTES} or more"
        )
    if allow_single_node:
        return wrong
    if int(state.settings["min.insync.replicas"]) < IN_SYNC:
        wrong.append(
            f"topic {state.name} has min.insync.replicas={state.settings['min.insync.replicas']}; "
            f"alter it to {IN_SYNC}, or set {variable('allow_single_node')}=true for development"
        )
    if state.replicas < REPLICAS:
        wrong.append(
            f"topic {state.name} has replication factor {state.replicas}; reassign it to {REPLICAS} brokers, "
            f"or set {variable('allow_single_node')}=true for development"
        )
    return wrong
