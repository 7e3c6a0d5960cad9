"""Servers from Docker are asked for what the tests need, by the calls that testcontainers has today."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from dealreg.embedded.postgres import ROLE
from tests import containers


class Engine:
    """A Docker engine that starts nothing."""

    def __init__(self, **_options: Any) -> None:
        self.client = self

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testcontainers.core.container.DockerClient", Engine)


def test_the_database_sorts_and_keeps_its_word_as_the_embedded_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    container = containers.postgres()
    container._configure()
    assert container.image == containers.POSTGRES_IMAGE
    assert container.env["POSTGRES_USER"] == container.env["POSTGRES_DB"] == ROLE
    assert "--builtin-locale=C.UTF-8" in container.env["POSTGRES_INITDB_ARGS"]
    assert {"-cfsync=on", "-csynchronous_commit=on", "-cmax_connections=120"} <= set(container._command)
    assert not any(option.startswith("-clisten_addresses") for option in container._command)
    monkeypatch.setattr(container, "_container", object())
    monkeypatch.setattr(container, "get_container_host_ip", lambda: "docker.example")
    monkeypatch.setattr(container, "get_exposed_port", lambda port: 10_000 + port)
    assert container.get_connection_url() == f"postgresql://{ROLE}:test@docker.example:15432/{ROLE}"


def test_the_broker_creates_no_topic_by_itself_and_drops_nothing_by_age(monkeypatch: pytest.MonkeyPatch) -> None:
    container = containers.kafka()
    container.configure()
    assert container.image == containers.KAFKA_IMAGE
    assert container.env["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert container.env["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert container.env["KAFKA_LOG_RETENTION_MS"] == "-1"
    monkeypatch.setattr(container, "get_container_host_ip", lambda: "docker.example")
    monkeypatch.setattr(container, "get_exposed_port", lambda port: 10_000 + port)
    assert container.get_bootstrap_server() == "docker.example:19093"
    assert "timeout" in inspect.signature(container.start).parameters


def test_the_broker_is_of_the_version_that_testcontainers_is_made_for() -> None:
    from testcontainers.community.kafka import KafkaContainer

    assert inspect.signature(KafkaContainer).parameters["image"].default == containers.KAFKA_IMAGE


def test_no_engine_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert not containers.docker_answers(containers.POSTGRES_IMAGE)
