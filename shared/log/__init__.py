"""The log: one port, two adapters. `open_log` chooses."""

from __future__ import annotations

import asyncpg

from shared.errors import Misconfigured
from shared.log.port import EventLog
from shared.log.postgres import PostgresLog
from shared.settings import Settings, variable


def open_log(settings: Settings, *, database_pool: asyncpg.Pool, kafka_bootstrap: str | None = None) -> EventLog:
    """The log that the settings name, not started yet; the pool also keeps the topology and every position."""
    if settings.log == "postgres":
        return PostgresLog(
            database_pool,
            partitions=settings.partitions,
            request_timeout_ms=settings.request_timeout_ms,
            poll_ms=settings.poll_ms,
        )
    if kafka_bootstrap is None:
        raise Misconfigured(f"{variable('log')}=kafka needs the address of a broker")
    # Its client is loaded by those who use it.
    from shared.log.kafka import KafkaLog

    return KafkaLog(
        database_pool,
        kafka_bootstrap,
        partitions=settings.partitions,
        request_timeout_ms=settings.request_timeout_ms,
        allow_single_node=settings.allow_single_node,
        topic_prefix=settings.kafka_topic_prefix,
    )
