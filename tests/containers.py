"""Servers from a Docker engine, where one answers and has the images."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "confluentinc/cp-kafka:8.1.0"
PING_SECONDS = 3


def docker_answers() -> bool:
    """Whether an engine is there; its absence is the usual case and no error."""
    with warnings.catch_warnings():
        # Without an engine the client forgets the socket it tried.
        warnings.simplefilter("ignore", ResourceWarning)
        answers = _ping()
        gc.collect()
    return answers


def _ping() -> bool:
    import docker

    try:
        client = docker.from_env(timeout=PING_SECONDS)
        client.ping()
        client.close()
    except docker.errors.DockerException:
        return False
    return True


@contextmanager
def postgres_container() -> Iterator[str]:
    """A URL that lets databases be created."""
    from testcontainers.community.postgres import PostgresContainer

    with PostgresContainer(POSTGRES_IMAGE, username="dealreg", dbname="dealreg", driver=None) as container:
        yield container.get_connection_url()


@contextmanager
def kafka_container() -> Iterator[str]:
    """The bootstrap address of one node that creates no topic by itself."""
    from testcontainers.community.kafka import KafkaContainer

    container = KafkaContainer(KAFKA_IMAGE).with_kraft()
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false").with_env("KAFKA_LOG_RETENTION_MS", "-1")
    with container:
        yield container.get_bootstrap_server()
