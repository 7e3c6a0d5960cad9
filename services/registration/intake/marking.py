"""Mark keys as appended a moment later, many at once, off the request path."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.registration.intake.port import Keys
from services.registration.intake.submission import Submission
from shared.errors import DealregError
from shared.observability import get_logger

INTERVAL_SECONDS = 0.25
BATCH_ROWS = 2_000
WAITING_MAX = 50_000
"""How many marks wait while the database is unavailable. Others stay pending; a retry appends them again."""

_log = get_logger(__name__)


class Marking:
    """Remembers what was appended until the table says so."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._waiting: dict[tuple[str, str], Submission] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, appended: Sequence[Submission]) -> None:
        """Note that the log has these facts."""
        for one in appended:
            if len(self._waiting) < WAITING_MAX:
                self._waiting[one.vendor, one.fact] = one
        if self._waiting and self._task is None:
            self._task = asyncio.create_task(self._soon(), name="intake-marking")

    def waiting_for(self, fact: tuple[str, str]) -> tuple[bool, int | None]:
        """Return whether the fact was appended though its row may not say so yet, and when it was signed."""
        found = self._waiting.get(fact)
        return found is not None, found.signed_at if found else None

    async def flush(self) -> None:
        """Write the waiting marks to the table, if the database answers."""
        while self._waiting:
            batch = list(self._waiting.items())[:BATCH_ROWS]
            try:
                await self._keys.mark_appended([one for _, one in batch])
            except DealregError as error:
                # Nothing is lost: a key that stays pending is appended again under the same fact id.
                _log.warning("marking waits", waiting=len(self._waiting), detail=error.detail)
                return
            for fact, one in batch:
                if self._waiting.get(fact) is one:
                    del self._waiting[fact]

    async def stop(self) -> None:
        """Write what waits a last time; what the database does not take stays pending, and nothing tries again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def _soon(self) -> None:
        await asyncio.sleep(INTERVAL_SECONDS)
        try:
            await self.flush()
        finally:
            self._task = None
        if self._waiting:
            self.add(())
