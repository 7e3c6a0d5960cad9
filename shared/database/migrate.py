"""Migrate a database to the schema of this release. Few processes do, so Alembic is loaded where it is used."""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

import migrations
from shared.database.connections import CONNECT_SECONDS, sqlalchemy_url
from shared.database.errors import database_errors

if TYPE_CHECKING:
    from alembic.config import Config

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps its running environment in a global; other processes wait for a lock in the database."""


async def migrate(url: str) -> str | None:
    """Migrate to this release's schema; return its revision, None without migrations.

    Runs in a thread, because Alembic blocks and its environment needs an event loop of its own.
    """
    head = newest_revision()
    with database_errors():
        # Most commands find it there, and Alembic costs them a third of a second.
        if head is None or await _revision_of(url) != head:
            await asyncio.to_thread(_upgrade, alembic_config(url))
    return head


@cache
def newest_revision() -> str | None:
    """The last revision of this release, by the names of its files, each of which begins with its revision."""
    files = (Path(migrations.__file__).parent / "versions").glob("[0-9]*_*.py")
    return max((file.name.partition("_")[0] for file in files), default=None)


async def _revision_of(url: str) -> str | None:
    """The revision at which the schema is; None for an empty database."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return found


def _upgrade(config: Config) -> None:
    from alembic import command

    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def alembic_config(url: str) -> Config:
    """Alembic's settings without a file, so that an installed package migrates too."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = sqlalchemy_url(url)
    return config
