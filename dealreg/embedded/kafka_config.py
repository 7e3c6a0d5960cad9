"""Configuration of an embedded Kafka node: as strict as production, replication as far as it has nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPLICAS_MAX = 3
IN_SYNC_OF_THREE = 2

JVM_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starts in half the time; the second compiler pays off after minutes
    "-Xshare:auto",
    "-Djava.awt.headless=true",
)

LOG4J = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One broker and controller: its number and its two loopback ports."""

    id: int
    port: int
    controller_port: int


def server_properties(node: Node, nodes: Sequence[Node], log_dir: Path, extra: Mapping[str, str]) -> str:
    """Return the text of one node's server.properties; `extra` wins."""
    replicas = min(len(nodes), REPLICAS_MAX)
    in_sync = IN_SYNC_OF_THREE if replicas == REPLICAS_MAX else 1
    lines = {
        "process.roles": "broker,controller",
        "node.id": str(node.id),
        "controller.quorum.voters": ",".join(f"{n.id}@127.0.0.1:{n.controller_port}" for n in nodes),
        "listeners": f"BROKER://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"BROKER://127.0.0.1:{node.port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(log_dir),
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "log.retention.ms": "-1",
        "default.replication.factor": str(replicas),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.replication.factor": str(replicas),
        "transaction.state.log.replication.factor": str(replicas),
        "transaction.state.log.min.isr": str(in_sync),
        "share.coordinator.state.topic.replication.factor": str(replicas),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        # A handful of consumers needs no 50 partitions of offsets, each with files and a leader.
        "offsets.topic.num.partitions": "4",
        # Waiting three seconds for more consumers to join serves large groups only.
        "group.initial.rebalance.delay.ms": "0",
    }
    if len(nodes) == 1:
        # A killed broker may not register again before its last session ends: 9 s by default.
        lines |= {"broker.session.timeout.ms": "4000", "broker.heartbeat.interval.ms": "500"}
    return "".join(f"{name}={value}\n" for name, value in {**lines, **extra}.items())
