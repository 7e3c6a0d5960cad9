"""The log of blind checks: who asked what, kept for a year, so that fishing becomes visible."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from services.attribution.domain.handlers.blind import identifiers_of
from services.attribution.domain.matching.identity import identity_of
from shared.database import database_errors
from shared.events.registration import RegistrationSubmitted
from shared.persons import MasterKey

KEPT_DAYS = 365
"""A year shows which customers a partner asked about repeatedly."""
FORGET_ROWS = 1_000
"""Rows per deletion."""
HASH_BYTES = 16

_PAGE = """
SELECT check_id, at, principal, partner, program, identifiers, customer, answer FROM attribution.blind_check
WHERE vendor = $1 AND (at, check_id) < (coalesce($2, 'infinity'::timestamptz), $3) {whose}
ORDER BY at DESC, check_id DESC LIMIT $4
"""
_OF_ALL, _OF_PARTNER = _PAGE.format(whose=""), _PAGE.format(whose="AND partner = $5")
_PLACE = """
SELECT at FROM attribution.blind_check WHERE vendor = $1 AND check_id = $2 AND ($3::text IS NULL OR partner = $3)
"""
_WRITE = """
INSERT INTO attribution.blind_check (vendor, check_id, principal, partner, program, identifiers, customer, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_FORGET = """
DELETE FROM attribution.blind_check WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM attribution.blind_check WHERE at < clock_timestamp() - $1::interval ORDER BY at LIMIT $2
))
"""


@dataclass(frozen=True, slots=True)
class Check:
    """A stored check; `customer` is a hash: equal for equal names, and it reveals none."""

    check_id: str
    at: datetime
    principal: str
    partner: str
    program: str
    identifiers: tuple[str, ...]
    customer: bytes
    answer: str


class CheckLog:
    """Writes, reads and deletes checks."""

    def __init__(self, pool: Any, master_key: MasterKey) -> None:
        self._pool = pool
        # Keyed, because there are few enough company names to try them all.
        self._hash_key = master_key.derive("blind check")

    async def write(self, vendor: str, principal: str, asked: RegistrationSubmitted, answer: str) -> None:
        """Store the check."""
        name = identity_of(asked.customer).name_key
        customer = blake2b(f"{vendor}\x1f{name}".encode(), key=self._hash_key, digest_size=HASH_BYTES).digest()
        with database_errors():
            await self._pool.execute(
                _WRITE,
                vendor,
                f"chk_{uuid.uuid4().hex}",
                principal,
                asked.partner,
                asked.program,
                list(identifiers_of(asked.customer)),
                customer,
                answer,
            )

    async def page(self, vendor: str, *, partner: str | None, after: str | None, limit: int) -> list[Check] | None:
        """Return checks after that id, newest first; None if there is no such check."""
        with database_errors():
            at = None
            if after is not None:
                at = await self._pool.fetchval(_PLACE, vendor, after, partner)
                if at is None:
                    return None
            place = (vendor, at, after or "", limit)
            if partner is None:
                rows = await self._pool.fetch(_OF_ALL, *place)
            else:
                rows = await self._pool.fetch(_OF_PARTNER, *place, partner)
        return [Check(**{**row, "identifiers": tuple(row["identifiers"])}) for row in rows]

    async def forget(self, days: int = KEPT_DAYS) -> int:
        """Delete older rows, at most `FORGET_ROWS`; return how many."""
        with database_errors():
            done: str = await self._pool.execute(_FORGET, timedelta(days=days), FORGET_ROWS)
        return int(done.split()[-1])
