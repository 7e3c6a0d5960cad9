"""Where measurements happen: servers of their own on a real disk, and a fresh database and topics for each."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from pydantic import SecretStr

from dealreg.embedded import servers
from shared.database import migrate
from shared.log.port import EventLog, Record
from shared.settings import Settings, variable

Log = Literal["postgres", "kafka"]
FILL_RECORDS = 1_000
LONG_SECONDS = 3_600
"""For a statement over a whole table; without it the pool's minute holds."""


@dataclass
class Place:
    """One installation's servers."""

    settings: Settings
    made: list[str] = field(default_factory=list)

    async def fresh(self, like: Settings | None = None, **changes: object) -> Settings:
        """Settings for a database and topics that nobody used; `like` gives its content, and its topics, instead.

        Nobody may be connected to the database that is copied.
        """
        name = self.unused()
        source = f' TEMPLATE "{_database(like)}"' if like is not None else ""
        await self._execute(f'CREATE DATABASE "{name}"{source}')
        url = _named(self._url, name)
        await migrate(url)
        prefix = like.kafka_topic_prefix if like is not None else f"{name}."
        update = {"database_url": SecretStr(url), "kafka_topic_prefix": prefix, **changes}
        return (like or self.settings).model_copy(update=update)

    def unused(self) -> str:
        """A name that nothing of this installation has."""
        self.made.append(f"bench_{len(self.made)}")
        return self.made[-1]

    @property
    def _url(self) -> str:
        assert self.settings.database_url is not None
        return self.settings.database_url.get_secret_value()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def place(log: Log, folder: Path) -> AsyncIterator[Place]:
    """Servers started for this run alone; a developer's own DEALREG_… variables reach no measurement."""
    for name in Settings.model_fields:
        os.environ.pop(variable(name), None)
    settings = Settings(log=log, data_dir=folder, port=0, rate_per_credential=1_000_000)
    async with servers(settings) as addresses:
        yield Place(addresses.applied_to(settings))


async def fill(log: EventLog, records: Sequence[Record]) -> None:
    """The facts are in the log."""
    for start in range(0, len(records), FILL_RECORDS):
        await log.append("facts", records[start : start + FILL_RECORDS])


def _database(settings: Settings) -> str:
    assert settings.database_url is not None
    return urlsplit(settings.database_url.get_secret_value()).path.lstrip("/")


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
