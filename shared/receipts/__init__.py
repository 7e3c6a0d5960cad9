"""Receipts: what the edge accepted under a key, so that a reader can tell `pending` from `unknown`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.database import database_errors

__all__ = ["Receipt", "receipt_of"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A request that the edge accepted: `pending` until the log is known to have it."""

    vendor: str
    fact: str
    principal: str
    partner: str | None
    """The partner whose credential sent it, the only partner that may see it."""
    key: str
    status: Literal["pending", "appended"]
    location: str
    recorded_at: datetime


async def receipt_of(source: Any, vendor: str, fact: str) -> Receipt | None:
    """Return the receipt of the vendor's fact; None if there was no such request, or its key was deleted by age.

    `source` is an asyncpg pool or connection.
    """
    with database_errors():
        row = await source.fetchrow(
            "SELECT vendor, fact_id, principal, partner, key, status, location, recorded_at "
            "FROM registration.idempotency WHERE vendor = $1 AND fact_id = $2",
            vendor,
            fact,
        )
    return None if row is None else Receipt(*row)
