"""What a driver error of PostgreSQL means for the work that was under way."""

from __future__ import annotations

import asyncpg

from shared.errors import Ambiguous, DealregError, Invalid, Misconfigured, Unavailable

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

# By the first two characters of an SQLSTATE, else the error is ambiguous: 08 (connection lost), 57P0x (backend
# terminated, perhaps after its commit), 58 and XX (the server is in trouble) say nothing about the commit.
ROLLED_BACK = frozenset({"25", "40", "53", "55"})
WRONG_SET_UP = frozenset({"0A", "28", "3D", "3F", "42"})
WRONG_INPUT = frozenset({"22", "23"})
QUERY_CANCELED = "57014"
COMPLETION_UNKNOWN = "40003"


def write_failure(error: BaseException) -> DealregError:
    """The error of a write that had been sent: `Ambiguous` unless the server said that it rolled back."""
    state = _sqlstate(error)
    if state == QUERY_CANCELED or (state[:2] in ROLLED_BACK and state != COMPLETION_UNKNOWN):
        return Unavailable(f"PostgreSQL rolled the write back ({error!r})")
    if state[:2] in WRONG_SET_UP:
        return _misconfigured(error)
    if state[:2] in WRONG_INPUT:
        return Invalid(f"PostgreSQL refused the write ({error!r})")
    return Ambiguous(f"PostgreSQL may or may not have committed ({error!r})")


def read_failure(error: BaseException) -> DealregError:
    """The error of a read, or of taking a connection: nothing was done."""
    if _sqlstate(error)[:2] in WRONG_SET_UP:
        return _misconfigured(error)
    return Unavailable(f"PostgreSQL did not answer ({error!r})")


def _misconfigured(error: BaseException) -> Misconfigured:
    return Misconfigured(f"PostgreSQL refused ({error!r}); check the database's address, rights and migrations")


def _sqlstate(error: BaseException) -> str:
    return (error.sqlstate or "") if isinstance(error, asyncpg.PostgresError) else ""
