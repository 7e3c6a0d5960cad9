"""Map the driver's errors to ours: was anything done, and can a retry help?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from shared.errors import Ambiguous, DealregError, Unavailable


class Contended(Unavailable):
    """Another transaction was in the way (deadlock, serialization, lock timeout): rolled back, try again."""

    code = "contended"


class Conflict(DealregError):
    """A row with this unique key already exists."""

    code = "conflict"
    status = 409

    def __init__(self, detail: str, constraint: str = "") -> None:
        super().__init__(detail)
        self.constraint = constraint


class Refused(DealregError):
    """PostgreSQL will never take this statement: a bug of ours, or a schema older than the code."""

    code = "database_refused"


_CONTENDED = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
_NEVER_BEGAN = (
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    ConnectionRefusedError,
    FileNotFoundError,  # the socket of a server that does not run
)
_LOST_ON_THE_WAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # the driver lost track of the protocol on a dying connection
    TimeoutError,
    OSError,
)


def as_our_error(error: BaseException) -> DealregError | None:
    """Return the `DealregError` for a driver's error; None if it is not the database's."""
    if type(error).__module__ == "sqlalchemy.exc":
        return _unwrapped(error)
    if isinstance(error, asyncpg.UniqueViolationError | asyncpg.ExclusionViolationError):
        return Conflict(f"the row already exists ({error.constraint_name})", error.constraint_name or "")
    if isinstance(error, _CONTENDED):
        return Contended(_message(error))
    if isinstance(error, _NEVER_BEGAN):
        return Unavailable(f"the database does not answer: {_message(error)}")
    # Whether a COMMIT under way was carried out cannot be known.
    if isinstance(error, _LOST_ON_THE_WAY):
        return Ambiguous(f"the database stopped answering: {_message(error)}")
    if isinstance(error, asyncpg.InsufficientResourcesError | asyncpg.PostgresSystemError):
        return Unavailable(f"the database has run out of a resource: {_message(error)}")
    # No two of our tasks share a connection: the other operation is one that a dying connection never ended. Seen where
    # PostgreSQL ended the transaction of a process that was stopped meanwhile.
    if isinstance(error, asyncpg.InterfaceError) and "another operation is in progress" in str(error):
        return Ambiguous(f"the database stopped answering: {_message(error)}")
    if isinstance(error, asyncpg.InterfaceError) and ("clos" in str(error) or "released" in str(error)):
        return Unavailable(f"the connection or its pool is closed: {_message(error)}")
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return Refused(_message(error))
    return None


@contextmanager
def database_errors() -> Iterator[None]:
    """Inside the block, raise the driver's errors as ours, with theirs as the cause."""
    try:
        yield
    except DealregError:
        raise
    except Exception as error:
        ours = as_our_error(error)
        if ours is None:
            raise
        raise ours from error


def _unwrapped(error: BaseException) -> DealregError | None:
    """Unwrap the driver's error, which SQLAlchemy keeps as the cause of its own."""
    # Who raised it has loaded it; a command that asks the plain driver alone starts a tenth of a second earlier.
    from sqlalchemy import exc

    cause = error.orig.__cause__ if isinstance(error, exc.DBAPIError) and error.orig is not None else None
    if cause is not None:
        return as_our_error(cause)
    return Unavailable(f"no connection is free: {error}") if isinstance(error, exc.TimeoutError) else None


def _message(error: BaseException) -> str:
    # PostgreSQL quotes a value that it could not parse, which may be a person's name.
    if isinstance(error, asyncpg.DataError):
        return type(error).__name__
    # Only the primary message: DETAIL quotes the row.
    first = str(error).splitlines()
    return f"{type(error).__name__}: {first[0]}" if first else type(error).__name__
