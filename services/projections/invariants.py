"""Invariants checked regularly in a running system: cheap versions of what `dealreg verify` proves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Gauge

from services.projections import open_work
from services.projections.webhooks import invariants as webhook_invariants
from shared.database import database_errors
from shared.errors import Corrupt, Unavailable
from shared.events.codec import decode_entry
from shared.log.port import EventLog
from shared.observability import registry

STATEMENT_SECONDS = 10
"""A check that takes longer is cancelled until the next time, so that it does not slow the service."""
RECENT_ENTRIES = 10_000
"""Rows of so many last entries of each vendor are checked; older ones were checked when they were new."""
RECENT_RECORDS = 500
"""Entries checked of each partition's journal."""

BROKEN = Gauge(
    "dealreg_invariant_broken", "1 if an invariant was broken at the last check.", ["invariant"],
    registry=registry,
)  # fmt: skip
LOOKED = Gauge("dealreg_invariants_looked_at", "When invariants were last checked, as Unix time.", registry=registry)

_log = structlog.get_logger(__name__)

_RECENT = f"""
WITH recent AS (
    SELECT h.view, h.vendor, h.seq - {RECENT_ENTRIES} AS seq FROM projections.head h
    JOIN projections.version v ON v.view = h.view AND v.version = h.version AND v.state = 'current'
)
"""

INVARIANTS: Mapping[str, str] = {
    "an entry's postings sum to zero": _RECENT
    + """
        SELECT p.vendor, 'entry ' || p.seq AS what, p.currency || ' ' || sum(p.amount_minor) AS found
        FROM projections.posting p JOIN recent r ON r.view = 'ledger' AND r.vendor = p.vendor AND p.seq > r.seq
        GROUP BY p.vendor, p.seq, p.currency HAVING sum(p.amount_minor) <> 0 LIMIT 1""",
    "a vendor's accounts sum to zero": """
        SELECT vendor, currency AS what, sum(debit_minor - credit_minor)::text AS found FROM projections.payout
        WHERE to_seq IS NULL GROUP BY vendor, currency HAVING sum(debit_minor - credit_minor) <> 0 LIMIT 1""",
    "shares make the whole": _RECENT
    + """
        SELECT c.vendor, c.opportunity_id AS what, sum(c.amount_minor) || ' of ' || c.value_minor AS found
        FROM projections.credit c JOIN recent r ON r.view = 'credits' AND r.vendor = c.vendor AND c.from_seq > r.seq
        WHERE c.to_seq IS NULL GROUP BY c.vendor, c.opportunity_id, c.number, c.value_minor
        HAVING sum(c.amount_minor) <> c.value_minor LIMIT 1""",
    "no view is ahead of the decider": """
        SELECT h.vendor, h.view AS what, h.seq || ' beyond ' || coalesce(d.seq, 0) AS found FROM projections.head h
        LEFT JOIN attribution.head d USING (vendor) WHERE h.seq > coalesce(d.seq, 0) LIMIT 1""",
    "a fact that was handled is in the journal": """
        SELECT f.vendor, f.fact_id AS what, f.last_seq || ' beyond ' || h.seq AS found FROM attribution.head h
        JOIN attribution.processed_fact f ON f.vendor = h.vendor AND f.last_seq > h.seq LIMIT 1""",
    **webhook_invariants.INVARIANTS,
}
"""Each returns the first row that breaks it: vendor, what, found."""
CHAIN = "the end of the journal is an unbroken chain"


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken invariant and the first row that breaks it."""

    invariant: str
    vendor: str
    what: str
    found: str


class Invariants:
    """Checks them every so many seconds; one process at a time, whichever comes first."""

    def __init__(self, pool: Any, log: EventLog, seconds: float) -> None:
        self._pool, self._log, self._seconds = pool, log, seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Check until `stop`; log and count what is broken, and stop nothing. 0 seconds: never."""
        while self._seconds and not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._seconds)
            if stop.is_set():
                return
            try:
                await self.look()
            except Unavailable as error:
                _log.warning("invariants not checked", reason=error.detail)

    async def look(self) -> list[Broken] | None:
        """Return what is broken now; None if another process checks. Raise `Unavailable`."""
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction(readonly=True):
                await connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
                if not await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended('invariants', 0))"):
                    return None
                found = {name: await connection.fetchrow(query) for name, query in INVARIANTS.items()}
                await open_work.tell(connection)
        broken = [Broken(name, row["vendor"], row["what"], row["found"]) for name, row in found.items() if row]
        broken += await self._chain()
        names = {one.invariant for one in broken}
        for name in (*INVARIANTS, CHAIN):
            BROKEN.labels(name).set(name in names)
        for one in broken:
            _log.error("invariant broken", invariant=one.invariant, vendor=one.vendor, what=one.what, found=one.found)
        LOOKED.set(time.time())
        return broken

    async def _chain(self) -> list[Broken]:
        for partition, end in enumerate(await self._log.end_offsets("journal")):
            start = max(0, end - RECENT_RECORDS)
            reader = await self._log.reader("journal", partition, start)
            last: dict[str, tuple[int, str]] = {}
            try:
                while start < end:
                    records = await reader.fetch(end - start, wait_ms=1_000)
                    for record in records:
                        entry = decode_entry(record)
                        seq, hash_ = last.get(entry.vendor, (entry.seq - 1, entry.previous))
                        if entry.seq > seq and (entry.seq != seq + 1 or entry.previous != hash_):
                            raise Corrupt(f"entry {entry.seq} of {entry.vendor} does not follow {seq}")
                        last[entry.vendor] = max((seq, hash_), (entry.seq, entry.hash))
                    start += len(records)
            except Corrupt as error:
                return [Broken(CHAIN, "", f"partition {partition}", error.detail)]
            finally:
                await reader.close()
        return []
