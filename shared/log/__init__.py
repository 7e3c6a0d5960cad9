"""The log: one port, two adapters. `open_log` chooses."""

from __future__ import annotations

import asyncpg

from shared.log.port import EventLog
from shared.log.postgres import PostgresLog
from shared.settings import Settings


def open_log(settings: Settings, *, database_pool: asyncpg.Pool, kafka_bootstrap: str | None = None) -> EventLog:
    """The log that the settings name, not started yet; the pool also keeps the topology and every position."""
    return PostgresLog(
        database_pool,
        partitions=settings.partitions,
        request_timeout_ms=settings.request_timeout_ms,
        poll_ms=settings.poll_ms,
    )
