"""Resuming: an operator looks at the vendors that stand still, and lets one go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.attribution.worker import CONSUMER
from shared.database import database_errors
from shared.errors import DealregError

_HALTED = """
SELECT vendor, partition, reason, release, subject, skip, halted_at FROM attribution.halted ORDER BY vendor
"""
# The ownership first, as the decider does. Whoever decides meanwhile finds its epoch gone, and begins again.
_FENCE = """
UPDATE log.ownership SET epoch = epoch + 1, owner = NULL, lease_until = clock_timestamp()
WHERE consumer = $1 AND partition = (SELECT partition FROM attribution.halted WHERE vendor = $2)
"""
_RESUME = "UPDATE attribution.halted SET release = '', skip = $2 WHERE vendor = $1 RETURNING subject"


class NotHalted(DealregError):
    """The vendor does not stand still."""

    code = "vendor.not_halted"
    status = 409


class NothingToSkip(DealregError):
    """It is neither a fact nor a timer that the vendor stands still at."""

    code = "halt.nothing_to_skip"
    status = 409


@dataclass(frozen=True, slots=True)
class Standing:
    """A vendor that stands still."""

    vendor: str
    partition: int
    reason: str
    release: str
    """The release that could not go on; empty once it was told to."""
    subject: str
    """What `--skip` lets go; empty where nothing can be skipped."""
    skip: bool
    halted_at: datetime


async def standing(pool: Any) -> Sequence[Standing]:
    """Every vendor that stands still."""
    with database_errors():
        return [Standing(**row) for row in await pool.fetch(_HALTED)]


async def resume(pool: Any, vendor: str, *, skip: bool) -> None:
    """The vendor goes on: what stopped it is tried again, or let go where `skip` says so.

    Raises `NotHalted` and `NothingToSkip`.
    """
    with database_errors():
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_FENCE, CONSUMER, vendor)
            row = await connection.fetchrow(_RESUME, vendor, skip)
            if row is None:
                raise NotHalted(
                    f"vendor {vendor!r} is not halted; list halted vendors with: dealreg attribution halted"
                )
            if skip and not row["subject"]:
                raise NothingToSkip(
                    f"vendor {vendor!r} is halted by its stored state, not by a fact that could be skipped: "
                    "install a repaired release, or restore the database, then resume it without --skip"
                )
