"""A pooled connection for one piece of work, given up rather than waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from shared.database.errors import database_errors
from shared.errors import Ambiguous, Unavailable


@asynccontextmanager
async def connected(pool: asyncpg.Pool, timeout_seconds: float) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool, and the driver's errors inside the block as ours.

    Raises `Unavailable` when none is to be had in time: then nothing was done.
    """
    with database_errors():
        try:
            with database_errors():
                connection = await pool.acquire(timeout=timeout_seconds)
        except Ambiguous as error:
            raise Unavailable(error.detail) from error
        try:
            yield connection
        except (Ambiguous, TimeoutError, asyncio.CancelledError):
            # Taking it back would wait for the answer that did not come.
            abandon(connection)
            raise
        finally:
            await pool.release(connection)


def abandon(connection: asyncpg.Connection) -> None:
    """The connection is closed without a word to the server; the pool makes a new one when it needs one."""
    with contextlib.suppress(asyncpg.InterfaceError):  # it was closed, and has left the pool already
        connection.terminate()
