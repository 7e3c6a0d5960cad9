"""Migrate a database to the schema of this release. Few processes do, so Alembic is loaded where it is used."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import migrations
from shared.database.connections import sqlalchemy_url
from shared.database.errors import database_errors

if TYPE_CHECKING:
    from alembic.config import Config

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps its running environment in a global; other processes wait for a lock in the database."""


async def migrate(url: str) -> str | None:
    """Migrate to this release's schema; return its revision, None without migrations.

    Runs in a thread, because Alembic blocks and its environment needs an event loop of its own.
    """
    from alembic.script import ScriptDirectory

    config = alembic_config(url)
    with database_errors():
        await asyncio.to_thread(_upgrade, config)
    return ScriptDirectory.from_config(config).get_current_head()


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
