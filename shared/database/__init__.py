"""PostgreSQL: connections, migrations, and the mapping of its errors."""

from shared.database.connections import open_connection, open_engine, open_pool, session_settings, sqlalchemy_url
from shared.database.durability import assert_durable
from shared.database.errors import Conflict, Contended, Refused, as_our_error, database_errors
from shared.database.migrate import migrate

__all__ = [
    "Conflict",
    "Contended",
    "Refused",
    "as_our_error",
    "assert_durable",
    "database_errors",
    "migrate",
    "open_connection",
    "open_engine",
    "open_pool",
    "session_settings",
    "sqlalchemy_url",
]
