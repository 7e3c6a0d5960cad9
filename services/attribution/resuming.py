"""List halted vendors, and resume one."""

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
# Ownership first, as the decider does. A decider that runs meanwhile finds its epoch gone and starts again.
_FENCE = """
UPDATE log.ownership SET epoch = epoch + 1, owner = NULL, lease_until = clock_timestamp()
WHERE consumer = $1 AND partition = (SELECT partition FROM attribution.halted WHERE vendor = $2)
"""
_RESUME = "UPDATE attribution.halted SET release = '', skip = $2 WHERE vendor = $1 RETURNING subject"


class NotHalted(DealregError):
    """The vendor is not halted."""

    code = "vendor.not_halted"
    status = 409


class NothingToSkip(DealregError):
    """The vendor was halted by neither a fact nor a timer."""

    code = "halt.nothing_to_skip"
    status = 409


@dataclass(frozen=True, slots=True)
class Standing:
    """A halted vendor."""

    vendor: str
    partition: int
    reason: str
    release: str
    """The release that halted it; empty once an operator resumed it."""
    subject: str
    """What `--skip` would skip; empty if nothing can be skipped."""
    skip: bool
    halted_at: datetime


async def standing(pool: Any) -> Sequence[Standing]:
    """Return every halted vendor."""
    with database_errors():
        return [Standing(**row) for row in await pool.fetch(_HALTED)]


async def resume(pool: Any, vendor: str, *, skip: bool) -> None:
    """Resume the vendor: try what halted it again, or skip it if `skip` is set.

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
