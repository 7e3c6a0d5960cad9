"""Runs the migrations: one process at a time, waiting little for locks that live traffic holds."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

MIGRATION_LOCK = 0x6465616C726567
"""`dealreg` in ASCII: two processes that start together migrate one after the other."""
LOCK_TIMEOUT_MS = 5_000
"""A migration that cannot have its lock gives up, rather than queue every query behind itself."""


async def main() -> None:
    engine = create_async_engine(context.config.attributes["url"], poolclass=NullPool)
    event.listen(engine.sync_engine, "do_execute", _run_script)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
            await connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
            await connection.commit()
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def _run_script(cursor: Any, statement: str, parameters: Any, execution: Any) -> bool:
    """Lets `op.execute` take a whole script, which reads better than one call a statement.

    The driver would prepare it, and a prepared statement is one statement.
    """
    if parameters or ";" not in statement.rstrip().rstrip(";"):
        return False
    # The adapter opens the migration's transaction with the first statement that it prepares itself.
    cursor.execute("SELECT 1")
    await_only(execution.root_connection.connection.driver_connection.execute(statement))
    return True


asyncio.run(main())
