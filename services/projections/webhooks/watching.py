"""One look for all receivers of a process: how far each vendor's feed is, and which endpoints there are."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

import structlog

from services.projections.views import FEED
from services.projections.webhooks.metrics import ENDPOINTS, WAITING
from shared.database import database_errors
from shared.errors import DealregError

HEADS_SECONDS = 0.05
"""Between two looks at the feed: a tenth of what a delivery may take."""
ENDPOINTS_SECONDS = 0.5
"""Between two looks at the endpoints: a change takes effect this soon."""

_HEADS = """
SELECT h.vendor, h.seq FROM projections.head h
JOIN projections.version v ON v.view = h.view AND v.version = h.version AND v.state = 'current'
WHERE h.view = $1 AND h.vendor = ANY ($2::text[])
"""
_LISTED = """
SELECT e.endpoint, e.vendor, e.revision, e.state, e.failing_since IS NOT NULL AS failing,
       EXISTS (SELECT FROM webhooks.waiting w WHERE w.endpoint = e.endpoint AND w.position IS NULL) AS tested
FROM webhooks.endpoint e WHERE e.deleted_at IS NULL
"""
_WAITING = "SELECT count(*) FROM webhooks.waiting"

_log = structlog.get_logger(__name__)


class Listed(NamedTuple):
    """An endpoint as the look found it."""

    endpoint: str
    vendor: str
    revision: int
    state: str
    failing: bool
    tested: bool
    """Whether a test event waits."""

    @property
    def is_busy(self) -> bool:
        """Whether it needs a receiver."""
        return self.state == "enabled" or self.tested


class Watching:
    """Looks while it runs; receivers wait for news of their vendor."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._heads: dict[str, int] = {}
        self._moved: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.listed: dict[str, Listed] = {}
        self.vendors: set[str] = set()
        """Vendors that have a receiver here."""

    def head(self, vendor: str) -> int:
        """The last entry of the vendor's feed at the last look."""
        return self._heads.get(vendor, 0)

    def moved(self, vendor: str) -> asyncio.Event:
        """Set at the vendor's next entry."""
        return self._moved[vendor]

    async def run(self, stop: asyncio.Event) -> None:
        """Look until `stop`."""
        loop = asyncio.get_running_loop()
        listed_at = -ENDPOINTS_SECONDS
        while not stop.is_set():
            try:
                if loop.time() - listed_at >= ENDPOINTS_SECONDS:
                    await self.look()
                    listed_at = loop.time()
                if self.vendors:
                    await self._look_at_heads(self.vendors)
            except DealregError as error:
                _log.warning("endpoints not looked at", code=error.code, reason=error.detail)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), HEADS_SECONDS)

    async def look(self) -> None:
        """Read which endpoints there are, and count them."""
        with database_errors():
            rows = await self._pool.fetch(_LISTED)
            waiting = await self._pool.fetchval(_WAITING)
        self.listed = {row["endpoint"]: Listed(*row) for row in rows}
        disabled = [one for one in self.listed.values() if one.state == "disabled"]
        failing = [one for one in self.listed.values() if one.failing and one.state == "enabled"]
        ENDPOINTS.labels("disabled").set(len(disabled))
        ENDPOINTS.labels("failing").set(len(failing))
        ENDPOINTS.labels("delivering").set(len(self.listed) - len(disabled) - len(failing))
        WAITING.set(waiting)

    async def _look_at_heads(self, vendors: Collection[str]) -> None:
        with database_errors():
            rows = await self._pool.fetch(_HEADS, FEED.name, list(vendors))
        for vendor, seq in rows:
            if self._heads.get(vendor) != seq:
                self._heads[vendor] = seq
                self._moved.pop(vendor, asyncio.Event()).set()
