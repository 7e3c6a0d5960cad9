"""Connections to PostgreSQL: a pool of the plain driver for hot paths, an SQLAlchemy engine for the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import asyncpg

from shared.database.errors import database_errors
from shared.errors import Misconfigured
from shared.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 60.0
"""Time-out of a statement. A batch takes well under a second; after a minute it is lost, and its caller should know."""
STATEMENTS_CACHED = 512
PLANS_SECONDS = 1.0
"""A statement's plan is kept so long: in an empty table it reads all of it, and where a thousand rows come a second
that is soon the dearest way. The server itself looks at what a table became a minute later."""


def session_settings(settings: Settings, name: str) -> dict[str, str]:
    """Server settings of every session."""
    return {
        "application_name": name,
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": str(settings.idle_in_transaction_timeout_ms),
        "jit": "off",
    }


async def open_pool(
    url: str, settings: Settings, *, name: str = "dealreg", min_size: int = 1, max_size: int = 10
) -> asyncpg.Pool:
    """Open a pool. jsonb travels as text, which the caller encodes and parses.

    Session state must be set with SET LOCAL, since nothing but an open transaction and listeners is undone
    when a connection returns: the driver's own reset costs a round trip for each use.
    """
    with database_errors():
        return await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            statement_cache_size=STATEMENTS_CACHED,
            server_settings=session_settings(settings, name),
            connection_class=_Session,
            setup=_planned_for_now,
            reset=_keep_session,
        )


async def open_connection(url: str, settings: Settings, *, name: str) -> asyncpg.Connection:
    """Open a single connection, for LISTEN or for a session lock."""
    with database_errors():
        return await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=session_settings(settings, name))


def open_engine(
    url: str, settings: Settings, *, name: str = "dealreg", pool_size: int = 5, max_overflow: int = 5
) -> AsyncEngine:
    """Create an engine for queries, over the same driver. It connects at first use.

    Each statement is by itself: a transaction around one question would be two more round trips, and no firmer a
    view; so would one around the look whether a connection is alive still.
    """
    # A process that has none is spared a third of a second.
    from sqlalchemy.ext.asyncio import create_async_engine

    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": COMMAND_SECONDS,
            "server_settings": session_settings(settings, name),
        },
    )


def sqlalchemy_url(url: str) -> str:
    """Return the same address in SQLAlchemy's form."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise Misconfigured(f"DEALREG_DATABASE_URL must be postgresql://…, not {scheme}://…")
    return f"postgresql+asyncpg://{rest}"


class _Session(asyncpg.Connection):  # type: ignore[misc]
    """A pooled connection, and when its plans were made."""

    __slots__ = ("_planned",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._planned = time.monotonic()

    async def plan_for_now(self) -> None:
        """Discard plans older than `PLANS_SECONDS`."""
        now = time.monotonic()
        if now - self._planned >= PLANS_SECONDS:
            await self.execute("DISCARD PLANS")
            self._planned = now


async def _planned_for_now(connection: Any) -> None:
    # Before use: a connection that is lost here has done nothing yet.
    await connection.plan_for_now()


async def _keep_session(_connection: object) -> None:
    """Do nothing: the driver has already rolled back."""
