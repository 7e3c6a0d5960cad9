"""The database schema, in the order it grew."""

from __future__ import annotations

from alembic import op
from sqlalchemy.util import await_only


def execute_script(sql: str) -> None:
    """Every statement of the script has run, within the migration's transaction.

    `op.execute` takes one statement a call, since the driver prepares it; DDL reads better in one piece.
    """
    # The adapter begins its transaction with the first statement it prepares.
    op.execute("SELECT 1")
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("a migration runs on an open connection")
    await_only(connection.execute(sql))
