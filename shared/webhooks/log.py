"""The delivery log: one row for each attempt, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from shared.database import database_errors
from shared.values.written import in_utc

Outcome = Literal["delivered", "failed", "given_up"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_PAGE = """
SELECT number, message, position, type, attempt, at, outcome, status, failure, took_ms, next_at FROM webhooks.delivery
WHERE endpoint = $1 AND ($2::bigint IS NULL OR number < $2) AND ($3::text IS NULL OR outcome = $3)
ORDER BY number DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver a message."""

    number: int
    message: str
    position: int | None
    """The position of the event; None for a test event."""
    type: str
    attempt: int
    at: datetime
    outcome: Outcome
    status: int | None
    """The status that the receiver answered with."""
    failure: str | None
    """Why there was no good answer."""
    took_ms: int
    next_at: datetime | None
    """When it is tried again."""


class Deliveries:
    """Reads the log of attempts."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def of(
        self, endpoint: str, *, before: int | None = None, outcome: Outcome | None = None, limit: int
    ) -> list[Delivery]:
        """Return up to `limit` attempts before that number, newest first."""
        with database_errors():
            rows = await self._pool.fetch(_PAGE, endpoint, before, outcome, limit)
        return [_delivery(row) for row in rows]


def _delivery(row: Any) -> Delivery:
    found = dict(row)
    found["at"] = in_utc(found["at"])
    found["next_at"] = found["next_at"] and in_utc(found["next_at"])
    return Delivery(**found)
