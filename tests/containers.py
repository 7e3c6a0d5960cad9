"""Servers from a Docker engine, where one answers and has the images or can fetch them."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dealreg.embedded.postgres import ROLE, SERVER_OPTIONS

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "confluentinc/cp-kafka:7.6.0"
"""What testcontainers itself starts and tests: it edits scripts of the image, which differ from version to version."""
PING_SECONDS = 3
START_SECONDS = 120
SHARED_MEMORY = "512m"
"""The engine's 64 MB are less than one parallel query may ask for."""
ELSEWHERE = ("listen_addresses",)
"""Options of the embedded server that a container must choose by itself."""
INITDB = "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
"""Rows sort as in the embedded server, and as Python sorts."""


def docker_answers(image: str) -> bool:
    """Whether an engine is there that has the image, or has it now; its absence is the usual case and no error."""
    with warnings.catch_warnings():
        # Without an engine the client forgets the socket it tried.
        warnings.simplefilter("ignore", ResourceWarning)
        answers = _has(image)
        gc.collect()
    return answers


def _has(image: str) -> bool:
    import docker

    try:
        client = docker.from_env(timeout=PING_SECONDS)
        try:
            client.ping()
        finally:
            client.close()
        # Pulling takes as long as it takes.
        client = docker.from_env()
        try:
            try:
                client.images.get(image)
            except docker.errors.ImageNotFound:
                client.images.pull(image)
        finally:
            client.close()
    except docker.errors.DockerException:
        return False
    return True


def postgres() -> Any:
    """A server like the embedded one, not started yet."""
    from testcontainers.community.postgres import PostgresContainer

    options = {name: value for name, value in SERVER_OPTIONS.items() if name not in ELSEWHERE}
    container = PostgresContainer(POSTGRES_IMAGE, username=ROLE, dbname=ROLE, driver=None)
    container.with_env("POSTGRES_INITDB_ARGS", INITDB).with_kwargs(shm_size=SHARED_MEMORY)
    return container.with_command(["postgres", *(f"-c{name}={value}" for name, value in options.items())])


def kafka() -> Any:
    """One node that creates no topic by itself, not started yet."""
    from testcontainers.community.kafka import KafkaContainer

    container = KafkaContainer(KAFKA_IMAGE).with_kraft()
    return container.with_envs(KAFKA_AUTO_CREATE_TOPICS_ENABLE="false", KAFKA_LOG_RETENTION_MS="-1")


@contextmanager
def postgres_container() -> Iterator[str]:
    """A URL that lets databases be created."""
    with postgres() as container:
        yield container.get_connection_url()


@contextmanager
def kafka_container() -> Iterator[str]:
    """The bootstrap address of one node."""
    container = kafka()
    try:
        container.start(timeout=START_SECONDS)
        yield container.get_bootstrap_server()
    finally:
        container.stop()
