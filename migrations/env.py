"""Runs the migrations: one process at a time, waiting little for locks that live traffic holds."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from alembic import context
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from shared.database import Contended, as_our_error
from shared.errors import Misconfigured

MIGRATION_LOCK = 0x6465616C726567
"""`dealreg` in ASCII: two processes that start together migrate one after the other."""
FIRST_RELEASE = "0.2.0"
_BEFORE_THE_FIRST = re.compile(r"00[0-9]{2}")
"""Revisions of the formats that came before it; nothing that was deployed has them."""
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
    """Every migration is there; raises `Contended` where one gave up, and the schema is as the one before left it."""
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    _assert_known(connection)
    try:
        with context.begin_transaction():
            context.run_migrations()
    except Exception as error:
        if not isinstance(as_our_error(error), Contended):
            raise
        connection.rollback()
        raise Contended(
            f"the schema stays at {_stands_at(connection)}: the next migration waited {LOCK_TIMEOUT_MS / 1000:g} s for "
            "a lock that another transaction holds, and gave up; run it again"
        ) from error


def _assert_known(connection: Connection) -> None:
    """Raise `Misconfigured` for a schema that this release cannot bring up to date: a later one's, or too old."""
    known = [one.revision for one in context.script.walk_revisions()]
    stands_at = _stands_at(connection)
    if stands_at is not None and _BEFORE_THE_FIRST.fullmatch(stands_at):
        raise Misconfigured(
            f"the database was made before {FIRST_RELEASE}, which changed the formats: delete it, or its data folder, "
            "and start again"
        )
    if stands_at is not None and stands_at not in known:
        raise Misconfigured(
            f"the schema is at {stands_at}, which a later release made; this one knows it up to {known[0]}. "
            "Its services may run on that schema; leave migrations to the later release"
        )


def _stands_at(connection: Connection) -> str | None:
    """The last migration that is there."""
    heads = context.get_context().get_current_heads()
    connection.rollback()
    return heads[0] if heads else None


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
