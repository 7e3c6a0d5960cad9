"""Put acts on credentials and connections on the log: each once, whatever broke between the act and the append."""

from __future__ import annotations

from hashlib import sha256

import asyncpg

from services.registration.intake.intake import Intake
from services.registration.intake.submission import Submission
from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import DealregError
from shared.events.access import AccessEvent
from shared.events.envelope import fact_id
from shared.events.registry import EVENTS
from shared.observability import get_logger

BATCH_ROWS = 200
"""Read at once: an administrator acts by hand, so more have gathered only while the log was away."""

_WAITING = """
SELECT number, vendor, key, principal, type, content FROM registration.administration
WHERE $1::text IS NULL OR vendor = $1 ORDER BY number LIMIT $2
"""
_DONE = "DELETE FROM registration.administration WHERE number = $1"

_log = get_logger(__name__)


class Administration:
    """Tells the log what `shared.credentials.recording` recorded."""

    def __init__(self, pool: asyncpg.Pool, intake: Intake) -> None:
        self._pool = pool
        self._intake = intake

    async def told(self, vendor: str) -> None:
        """Tell the log what was done for the vendor just now.

        The act is committed and its caller must learn of it, so a log that is away fails nothing here: the row stays,
        and `tell_again` comes back to it.
        """
        crash_point("administration.after_row")
        try:
            await self._tell(vendor)
        except DealregError as error:
            _log.warning("an act of administration is not on the log yet", code=error.code, detail=error.detail)

    async def tell_again(self) -> None:
        """The log has every act so far, also where a process died before it appended one; raises `Unavailable`."""
        await self._tell(None)

    async def _tell(self, vendor: str | None) -> None:
        while True:
            with database_errors():
                rows = await self._pool.fetch(_WAITING, vendor, BATCH_ROWS)
            for row in rows:
                await self._intake.accept(_submission(row))
                crash_point("administration.after_append")
                with database_errors():
                    await self._pool.execute(_DONE, row["number"])
            if len(rows) < BATCH_ROWS:
                return


def _submission(row: asyncpg.Record) -> Submission:
    event = EVENTS[row["type"]].model_validate_json(row["content"])
    assert isinstance(event, AccessEvent)
    # Whoever tells it, it has one identity: told twice, it is one fact.
    fact = fact_id(row["vendor"], row["principal"], row["key"])
    return Submission(
        vendor=row["vendor"],
        principal=row["principal"],
        partner=None,
        key=row["key"],
        fact=fact,
        location=f"/v1/facts/{fact}",
        body_hash=sha256(row["content"]).digest(),
        event=lambda sealed: event,
    )
