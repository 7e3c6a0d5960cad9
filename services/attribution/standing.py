"""What stands still in deciding one vendor's facts: its halt, and timers that could not be fired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.store import PostgresSession
from shared.database import database_errors
from shared.events.vendor import VendorDocument

MOST_SUBJECTS = 100
"""Of failed timers; a vendor with more has one cause for them all."""
_HALT = "SELECT reason, release, subject, halted_at FROM attribution.halted WHERE vendor = $1"


@dataclass(frozen=True, slots=True)
class Halt:
    """Why the vendor's facts wait."""

    reason: str
    since: datetime
    subject: str
    """What an operator could skip; empty if nothing can be skipped."""
    resuming: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands still."""

    halt: Halt | None
    timers: tuple[tuple[str, str], ...]
    """Subject and timer of each that failed; a person or a later release arms it."""


async def standing_of(pool: Any, vendor: str) -> Standing:
    """Return what stands still of this vendor."""
    with database_errors():
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            row = await connection.fetchrow(_HALT, vendor)
            session = PostgresSession(connection)
            found = (await session.documents([(vendor, THE_VENDOR)]))[vendor, THE_VENDOR]
            subjects = found.disarmed[:MOST_SUBJECTS] if isinstance(found, Vendor) else ()
            keys = {one: Key(*one.split(":", 1)) for one in subjects}  # type: ignore[arg-type]
            documents = await session.documents([(vendor, key) for key in keys.values()])
    timers = [
        (subject, timer) for subject, key in keys.items() for timer in getattr(documents[vendor, key], "disarmed", ())
    ]
    return Standing(_halt(row) if row is not None else None, tuple(timers))


async def document_of(pool: Any, vendor: str) -> VendorDocument:
    """Return the vendor document that decisions go by, empty before the first one."""
    with database_errors():
        async with pool.acquire() as connection:
            found = (await PostgresSession(connection).documents([(vendor, THE_VENDOR)]))[vendor, THE_VENDOR]
    return found.document if isinstance(found, Vendor) else VendorDocument()


def _halt(row: Any) -> Halt:
    return Halt(row["reason"], row["halted_at"], row["subject"], row["release"] == "")
