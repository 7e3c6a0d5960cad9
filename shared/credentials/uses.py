"""Record when credentials were last used: in memory, written in batches, to the minute."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from shared.database import database_errors
from shared.errors import DealregError
from shared.observability import get_logger

WRITE_EVERY_SECONDS = 60.0
WRITE_SECONDS = 5.0
"""How long a stopping process waits for a database that does not answer."""
MAX_NOTED = 50_000
"""Credentials noted between two batches. The one unused for longest is dropped until it is used again."""

# A row changes once in each minute of use, however many processes saw the key. The rows are locked in one order, so
# that two batches wait for each other and never both.
_WRITE = """
WITH used AS (
    SELECT c.credential_id, u.used_at FROM registration.credential c
    JOIN unnest($1::text[], $2::timestamptz[]) AS u (credential_id, used_at) USING (credential_id)
    WHERE c.last_used_at IS NULL OR c.last_used_at < u.used_at
    ORDER BY c.credential_id FOR NO KEY UPDATE OF c
)
UPDATE registration.credential c SET last_used_at = used.used_at FROM used WHERE c.credential_id = used.credential_id
"""

_log = get_logger(__name__)


class Uses:
    """Remembers the last minute in which each credential was used, until it is written."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._minutes: OrderedDict[str, int] = OrderedDict()

    def note(self, credential: str) -> None:
        """Note that the credential is used now, without a query."""
        self._minutes[credential] = int(time.time()) // 60
        self._minutes.move_to_end(credential)
        self._forget_surplus()

    async def write(self) -> None:
        """Write what was noted; keep it for the next batch if the database fails."""
        noted, self._minutes = self._minutes, OrderedDict()
        if not noted:
            return
        try:
            with database_errors():
                moments = [datetime.fromtimestamp(minute * 60, UTC) for minute in noted.values()]
                async with asyncio.timeout(WRITE_SECONDS):
                    await self._pool.execute(_WRITE, list(noted), moments)
        except DealregError as error:
            self._minutes = OrderedDict({**noted, **self._minutes})
            self._forget_surplus()
            _log.warning(
                "the last use of keys was not written; trying again later", code=error.code, detail=error.detail
            )

    @asynccontextmanager
    async def written(self) -> AsyncIterator[None]:
        """Write once a minute inside the block, and once more at its end."""
        writing = asyncio.create_task(self._write_on(), name="credential-uses")
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await self.write()

    def _forget_surplus(self) -> None:
        while len(self._minutes) > MAX_NOTED:
            self._minutes.popitem(last=False)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_SECONDS)
            await self.write()
